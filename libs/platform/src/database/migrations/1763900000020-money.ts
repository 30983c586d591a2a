import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Monthly investment planned and done, each figure with its earlier versions; bases of growth; rates of the day; capital that arrived, with evidence. */
export class Money1763900000020 implements MigrationInterface {
  name = 'Money1763900000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table arrival_evidence, capital_arrival, fx_rate, investment_base, investment_history, investment_actual, investment_plan;
      drop function investment_due_keep(uuid, date), investment_plan_told(), investment_actual_told(), investment_plan_keep(), investment_actual_keep(), capital_arrival_told();
      delete from deadline where kind in ('PLAN','ARRIVAL');`);
  }
}

const sql = String.raw/* sql */ `
------------------------------------------------------------------ plan and actual
create table investment_plan (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  month date not null check (extract(day from month) = 1),
  whole_year boolean not null default false,
  amount numeric(24,2) not null check (amount >= 0),
  raw text,
  reason text,
  due_on date,
  set_by uuid references staff (id),
  set_at timestamptz not null default now(),
  version int not null default 1,
  unique (project_id, month, whole_year),
  constraint investment_plan_year check (not whole_year or extract(month from month) = 1),
  constraint investment_plan_reason check (version = 1 or coalesce(reason, '') <> '')
);
comment on table investment_plan is 'Fixed-asset investment planned for a month of a project, or for its whole year (month is then January), in 元';
comment on column investment_plan.reason is 'Why it differs from the version before; asked for from the second version on';
comment on column investment_plan.due_on is 'By which day the actual of the month is to be reported';
create index investment_plan_month on investment_plan (zone_id, month);

create table investment_actual (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  month date not null check (extract(day from month) = 1),
  amount numeric(24,2) not null check (amount >= 0),
  civil_works numeric(24,2) check (civil_works >= 0),
  equipment numeric(24,2) check (equipment >= 0),
  installation numeric(24,2) check (installation >= 0),
  land numeric(24,2) check (land >= 0),
  other numeric(24,2) check (other >= 0),
  cumulative numeric(24,2) check (cumulative >= 0),
  raw text,
  note text,
  reason text,
  reported_on date not null,
  reported_by uuid not null references staff (id),
  reported_at timestamptz not null default now(),
  state text not null default 'REPORTED' check (state in ('REPORTED','CONFIRMED')),
  confirmed_by uuid references staff (id),
  confirmed_at timestamptz,
  version int not null default 1,
  unique (project_id, month),
  constraint investment_actual_second_person check (confirmed_by is null or confirmed_by <> reported_by),
  constraint investment_actual_confirmed check ((state = 'CONFIRMED') = (confirmed_at is not null))
);
comment on table investment_actual is 'Fixed-asset investment done in a month of a project, in 元';
comment on column investment_actual.cumulative is 'What the sender says it comes to since January; compared, never counted';
comment on column investment_actual.reported_on is 'Shanghai day of the first report of the month; corrections leave it';
comment on column investment_actual.reported_by is 'Who gave the present figure';
comment on column investment_actual.reason is 'Why it was corrected';
create index investment_actual_month on investment_actual (zone_id, month);
create index investment_actual_newest on investment_actual (zone_id, id desc);

create table investment_history (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  plan_id uuid references investment_plan (id) on delete cascade,
  actual_id uuid references investment_actual (id) on delete cascade,
  version int not null,
  amount numeric(24,2) not null,
  raw text,
  reason text,
  state text,
  given_by uuid references staff (id),
  given_at timestamptz not null,
  confirmed_by uuid references staff (id),
  replaced_at timestamptz not null default app_now(),
  constraint investment_history_one check (num_nonnulls(plan_id, actual_id) = 1),
  unique (plan_id, version),
  unique (actual_id, version)
);
comment on table investment_history is 'What a plan or an actual said before it was changed: written by triggers, never changed';

-- A changed figure keeps the one before it; a confirmed one falls back to reported and says why.
create function investment_plan_keep() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into investment_history (zone_id, plan_id, version, amount, raw, reason, given_by, given_at) values (old.zone_id, old.id, old.version, old.amount, old.raw, old.reason, old.set_by, old.set_at);
  return null;
end $$;
create trigger investment_plan_keep after update of amount on investment_plan for each row when (old.amount is distinct from new.amount) execute function investment_plan_keep();
create function investment_actual_keep() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if old.state = 'CONFIRMED' and (new.state = 'CONFIRMED' or coalesce(new.reason, '') = '') then
    raise exception 'a confirmed month is corrected with a reason and confirmed anew' using errcode = 'check_violation', constraint = 'investment_actual_corrected', table = 'investment_actual';
  end if;
  insert into investment_history (zone_id, actual_id, version, amount, raw, reason, state, given_by, given_at, confirmed_by)
  values (old.zone_id, old.id, old.version, old.amount, old.raw, old.reason, old.state, old.reported_by, old.reported_at, old.confirmed_by);
  return null;
end $$;
create trigger investment_actual_keep after update on investment_actual for each row
  when ((old.amount, old.civil_works, old.equipment, old.installation, old.land, old.other, old.cumulative) is distinct from (new.amount, new.civil_works, new.equipment, new.installation, new.land, new.other, new.cumulative))
  execute function investment_actual_keep();

-- A month that is planned is due to be reported by whoever took the project over, else by its department.
create function investment_due_keep(of_project uuid, of_month date) returns void language plpgsql security definer set search_path = public as $$
declare p investment_plan;
begin
  for p in select * from investment_plan where project_id = of_project and month = of_month and not whole_year loop
    perform deadline_keep(p.zone_id, p.project_id, 'PLAN', p.id, '', to_char(p.month, 'YYYY-MM'), p.month, case when p.amount > 0 then p.due_on end,
      (select h.to_department_id from handoff h where h.project_id = p.project_id and h.state = 'ACCEPTED' order by h.decided_at desc limit 1), null,
      (select a.reported_on from investment_actual a where a.project_id = p.project_id and a.month = p.month));
  end loop;
end $$;
create function investment_plan_told() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if tg_op = 'DELETE' then perform deadline_keep(old.zone_id, old.project_id, 'PLAN', old.id, '', null, null, null, null, null, null);
  else perform investment_due_keep(new.project_id, new.month); end if;
  return null;
end $$;
create trigger investment_plan_deadline after insert or delete or update of project_id, amount, due_on on investment_plan for each row execute function investment_plan_told();
create function investment_actual_told() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if tg_op <> 'INSERT' then perform investment_due_keep(old.project_id, old.month); end if;
  if tg_op <> 'DELETE' then perform investment_due_keep(new.project_id, new.month); end if;
  return null;
end $$;
create trigger investment_actual_deadline after insert or delete or update of project_id, month on investment_actual for each row execute function investment_actual_told();

create table investment_base (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  department_id uuid references department (id),
  from_month date not null check (extract(day from from_month) = 1),
  to_month date not null check (extract(day from to_month) = 1),
  amount numeric(24,2) not null check (amount >= 0),
  raw text,
  source text not null check (trim(source) <> ''),
  set_by uuid not null references staff (id),
  set_at timestamptz not null default now(),
  version int not null default 1,
  constraint investment_base_order check (from_month <= to_month),
  unique nulls not distinct (zone_id, department_id, from_month, to_month)
);
comment on table investment_base is 'Fixed-asset investment of an earlier period whose projects are not on record: what growth is told against';

------------------------------------------------------------------ rates and arrivals
create table fx_rate (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  currency currency not null check (currency <> 'CNY'),
  day date not null,
  rate numeric(18,8) not null check (rate > 0),
  source text not null check (trim(source) <> ''),
  recorded_by uuid not null references staff (id),
  recorded_at timestamptz not null default now(),
  version int not null default 1,
  unique (zone_id, currency, day)
);
comment on column fx_rate.rate is '元 for one unit of the currency, as published for the day';

create table capital_arrival (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  nature text not null check (nature in ('DOMESTIC','FOREIGN')),
  form text not null,
  origin text not null check (origin in ('ABROAD','OUTSIDE_PROVINCE','OUTSIDE_CITY','WITHIN_CITY','LOCAL')),
  arrived_on date not null,
  amount numeric(24,2) not null check (amount > 0),
  currency currency not null,
  raw text,
  rate numeric(18,8) check (rate > 0),
  rate_on date,
  rate_source text,
  usd_rate numeric(18,8) check (usd_rate > 0),
  cny numeric(24,2) generated always as (case when currency = 'CNY' then amount else round(amount * rate, 2) end) stored,
  usd numeric(24,2) generated always as (case when currency = 'USD' then amount when currency = 'CNY' then round(amount / usd_rate, 2) else round(amount * rate / usd_rate, 2) end) stored,
  counts_for_year int not null check (counts_for_year between 1990 and 2100),
  levels text[] not null default '{}',
  payer text,
  voucher_no text,
  note text,
  state text not null default 'RECORDED' check (state in ('RECORDED','CONFIRMED','REJECTED')),
  confirm_due_on date,
  recorded_by uuid not null references staff (id),
  recorded_at timestamptz not null default now(),
  decided_by uuid references staff (id),
  decided_at timestamptz,
  decision_note text,
  excluded_code text,
  excluded_note text,
  excluded_by uuid references staff (id),
  excluded_at timestamptz,
  voided_at timestamptz,
  voided_by uuid references staff (id),
  void_reason text,
  version int not null default 1,
  constraint capital_arrival_second_person check (decided_by is null or decided_by <> recorded_by),
  constraint capital_arrival_decided check ((state = 'RECORDED') = (decided_at is null)),
  constraint capital_arrival_reject_reason check (state <> 'REJECTED' or coalesce(decision_note, '') <> ''),
  constraint capital_arrival_excluded check ((excluded_code is null) = (excluded_at is null)),
  constraint capital_arrival_void_reason check ((voided_at is null) = (coalesce(void_reason, '') = '')),
  constraint capital_arrival_rate check ((rate is null) = (rate_on is null) and (rate is null) = (rate_source is null) and (currency <> 'CNY' or rate is null))
);
comment on table capital_arrival is '到位资金: one payment that arrived. A wrong one is voided and recorded anew: amount, day, currency and kind never change';
comment on column capital_arrival.rate is '元 for one unit of the currency on rate_on; absent: no rate was on record, and it is added to no sum in 元';
comment on column capital_arrival.usd_rate is '元 for one US dollar on the day it arrived, from fx_rate; absent: added to no sum in dollars unless it arrived in dollars';
comment on column capital_arrival.levels is 'Superior levels it counts for, codes of the zone policy';
comment on column capital_arrival.excluded_code is 'Why it is not counted, a code of the zone policy';
create index capital_arrival_of_project on capital_arrival (project_id, arrived_on);
create index capital_arrival_newest on capital_arrival (zone_id, id desc);
create index capital_arrival_year on capital_arrival (zone_id, counts_for_year, nature);
create index capital_arrival_voucher on capital_arrival (zone_id, voucher_no) where voucher_no is not null;

create table arrival_evidence (
  arrival_id uuid not null references capital_arrival (id) on delete cascade,
  file_id uuid not null references stored_file (id),
  zone_id uuid not null,
  kind text not null check (kind in ('BANK_SLIP','CAPITAL_REPORT','INVOICE','FDI_REGISTRATION','AUDIT_REPORT','LAND_RECEIPT','SETTLEMENT','OTHER')),
  added_by uuid not null references staff (id),
  added_at timestamptz not null default now(),
  primary key (arrival_id, file_id)
);
create index arrival_evidence_file on arrival_evidence (file_id);

create function capital_arrival_told() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if tg_op = 'DELETE' then perform deadline_keep(old.zone_id, old.project_id, 'ARRIVAL', old.id, '', null, null, null, null, null, null); return null; end if;
  perform deadline_keep(new.zone_id, new.project_id, 'ARRIVAL', new.id, '', new.currency || ' ' || trim_scale(new.amount), shanghai_day(new.recorded_at), case when new.voided_at is null then new.confirm_due_on end,
    null, null, shanghai_day(new.decided_at));
  return null;
end $$;
create trigger capital_arrival_deadline after insert or delete or update of project_id, state, confirm_due_on, voided_at on capital_arrival for each row execute function capital_arrival_told();

------------------------------------------------------------------ walls, books, grants
select wall_zone(t) from unnest(array['investment_plan','investment_actual','investment_history','investment_base','fx_rate','capital_arrival','arrival_evidence']::regclass[]) t;
select keep_books(t) from unnest(array['investment_plan','investment_actual']::regclass[]) t;
select keep_books(t, true) from unnest(array['investment_base','fx_rate','capital_arrival','arrival_evidence']::regclass[]) t;
grant select, insert, update on investment_plan, investment_actual, investment_base, fx_rate to yinfeng_app;
grant select on investment_history to yinfeng_app;
grant select, insert on capital_arrival, arrival_evidence to yinfeng_app;
-- What arrived stays as it was recorded; a rate is filled in once, by the confirmation.
grant update (project_id, rate, rate_on, rate_source, usd_rate, state, decided_by, decided_at, decision_note, excluded_code, excluded_note, excluded_by, excluded_at, voided_at, voided_by, void_reason, version) on capital_arrival to yinfeng_app;
revoke execute on function investment_due_keep(uuid, date), investment_plan_told(), investment_actual_told(), investment_plan_keep(), investment_actual_keep(), capital_arrival_told() from public;
`;
