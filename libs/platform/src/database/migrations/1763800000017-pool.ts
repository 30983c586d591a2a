import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Status apart from stage with its requests, the protection of first reports, and the pool (公海): who was released from
 * whom, why and when, who took it, and what became of the first report's credit.
 */
export class Pool1763800000017 implements MigrationInterface {
  name = 'Pool1763800000017';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('Status requests and the pool have no way back: restore a backup instead.');
  }
}

const sql = /* sql */ `
-- Every change of status that was asked for (domain.md A1 row 30, B2 'any → 退库 / lost', 'reopen'), releases into the pool
-- and extensions of a protection among them. APPLIED: took effect at once, no second person was needed. OVERTAKEN: what
-- it was asked for no longer held. Without requested_by the system asked.
create table status_request (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  act text not null check (act in ('SUSPEND','RESUME','WITHDRAW','LOSE','REOPEN','RELEASE','EXTEND')),
  from_status project_status not null,
  to_status project_status not null,
  state text not null check (state in ('WAITING','APPLIED','APPROVED','REJECTED','OVERTAKEN')),
  reason_code text not null,
  reason text,
  lost_to_region text,
  lost_to_competitor text,
  happened_on date,
  silent_since date,
  protection_until date,
  requested_by uuid references staff (id),
  requested_at timestamptz not null default now(),
  decided_by uuid references staff (id),
  decided_at timestamptz,
  decision_note text,
  version int not null default 1,
  constraint status_request_act check (to_status = case act when 'SUSPEND' then 'SUSPENDED'::project_status when 'WITHDRAW' then 'WITHDRAWN' when 'LOSE' then 'LOST'
    when 'RELEASE' then 'POOLED' when 'EXTEND' then from_status else 'ACTIVE' end),
  -- Separation of duty cannot be argued with: who asked does not decide.
  constraint status_request_second_person check (decided_by is null or decided_by is distinct from requested_by),
  constraint status_request_decided check ((state in ('APPROVED','REJECTED')) = (decided_by is not null) and (state = 'WAITING') = (decided_at is null)),
  constraint status_request_reason check (reason_code <> 'OTHER' or btrim(coalesce(reason, '')) <> ''),
  constraint status_request_note check (state <> 'REJECTED' or btrim(coalesce(decision_note, '')) <> ''),
  constraint status_request_lost check (act = 'LOSE' or (lost_to_region is null and lost_to_competitor is null and happened_on is null)),
  -- An extension says how long; by whom it was asked is always a person.
  constraint status_request_extension check (act <> 'EXTEND' or (requested_by is not null and (state = 'APPROVED') <= (protection_until is not null)))
);
create index status_request_of_project on status_request (project_id, requested_at desc);
create unique index status_request_waiting on status_request (project_id) where state = 'WAITING';
create index status_request_newest on status_request (zone_id, requested_at desc, id desc);

-- One stay in the pool. At most one is open; owner and unit that are cleared on the project are remembered here.
create table pool_entry (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  stage stage not null,
  how text not null check (how in ('MANUAL','APPROVED','AUTO')),
  reason_code text not null,
  reason text,
  from_owner_id uuid references staff (id),
  from_department_id uuid references department (id),
  silent_since date,
  released_by uuid references staff (id),
  released_at timestamptz not null default now(),
  left_how text check (left_how in ('CLAIMED','ASSIGNED','OVERTAKEN')),
  left_at timestamptz,
  left_by uuid references staff (id),
  taken_by uuid references staff (id),
  taken_department_id uuid references department (id),
  constraint pool_entry_left check ((left_how is null) = (left_at is null) and coalesce(left_how in ('CLAIMED','ASSIGNED'), false) = (taken_by is not null)),
  constraint pool_entry_claimed check (left_how is distinct from 'CLAIMED' or left_by = taken_by),
  constraint pool_entry_order check (left_at >= released_at)
);
-- Exactly one can take it: the stay is closed once.
create unique index pool_entry_open on pool_entry (project_id) where left_at is null;
create index pool_entry_of_project on pool_entry (project_id, released_at desc);
create index pool_entry_shown on pool_entry (zone_id, released_at desc, id desc) where left_at is null;
create index pool_entry_taken on pool_entry (taken_by, left_at) where taken_by is not null;
create index pool_entry_former on pool_entry (from_department_id) where left_at is null;

-- What a release or a late reopening means for the first report's credit. The rule of the zone decides, and the row must agree with it.
create table credit_ruling (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  cause text not null check (cause in ('RELEASE','REOPEN')),
  rule text not null check (rule in ('ALWAYS','WITHIN_PROTECTION','NEVER')),
  ruled_on date not null,
  protected_until date,
  kept boolean not null,
  begins_on date,
  ruled_by uuid references staff (id),
  ruled_at timestamptz not null default now(),
  constraint credit_ruling_follows_rule check (kept = case rule when 'ALWAYS' then true when 'NEVER' then false else protected_until is null or ruled_on <= protected_until end),
  constraint credit_ruling_begins check (begins_on is null or (cause = 'REOPEN' and not kept))
);
comment on column credit_ruling.protected_until is 'How long the first report was protected; NULL: without end, for the project was signed';
comment on column credit_ruling.begins_on is 'A new protection begins, for the first report was too old';
create index credit_ruling_of_project on credit_ruling (project_id, id);
create trigger credit_ruling_once before update on credit_ruling for each row when (old.* is distinct from new.* and old.project_id = new.project_id) execute function refuse_change();

-- Told once for each silence; nothing is released by the clock that was not announced its working days before.
create table pool_warning (
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  silent_since date not null,
  warned_on date not null,
  primary key (project_id, silent_since)
);

-- A limit in calendar months after a day; on a rest day it rolls on to the next working day. NULL without a limit or beyond the published calendar.
create function silence_due(since date, months int) returns date language plpgsql stable parallel safe as $$
begin
  return add_working_days((since + make_interval(months => months))::date, 0);
end $$;
-- The n-th working day before a day. NULL when the published years do not reach from the one to the other.
create function working_days_before(before date, n int) returns date language plpgsql stable parallel safe as $$
begin
  return (
  select w.day from working_day w
  where w.seq = (select seq from working_day where day < before order by day desc limit 1) + 1 - n
    and exists (select from calendar_year where year = extract(year from before)::int and published)
    and (select count(*) from calendar_year where published and year between extract(year from w.day) and extract(year from before)) = extract(year from before) - extract(year from w.day) + 1
  );
end $$;

select wall_zone(t) from unnest(array['status_request','pool_entry','credit_ruling','pool_warning']::regclass[]) t;
select keep_books(t, true) from unnest(array['status_request','pool_entry','credit_ruling']::regclass[]) t;
grant select, insert, update on status_request, pool_entry to yinfeng_app;
grant select, insert on credit_ruling, pool_warning to yinfeng_app;
`;
