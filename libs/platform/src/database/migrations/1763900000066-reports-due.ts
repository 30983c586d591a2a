import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Reports that units hand in by a day, and the reasons for months without progress. */
export class ReportsDue1763900000066 implements MigrationInterface {
  name = 'ReportsDue1763900000066';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('Reports handed in and reasons given are records of what was done: restore a backup instead.');
  }
}

const sql = String.raw/* sql */ `
------------------------------------------------------------------ working days backwards
create function working_before(until date, n int) returns date language plpgsql stable parallel safe as $$
begin
  return (select d from (select until - i as d from generate_series(case when n = 0 then 0 else 1 end, n * 3 + 30) i) t
    where coalesce((select exists (select from working_day w where w.day = d) from calendar_year y where y.published and y.year = extract(year from d)::int), extract(isodow from d) < 6)
    order by d desc offset greatest(n - 1, 0) limit 1);
end $$;
comment on function working_before is 'Working day n before a day (0: the day itself or the last one before it); in years whose holidays are not published Monday to Friday are taken as working days, as working_due() does';

------------------------------------------------------------------ when the next step of a project was set anew
-- What is done with a project leaves visits, milestones and agreements; a new next step leaves nothing but an audit entry.
create table follow_up_turn (
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  changed_on date not null,
  primary key (project_id, changed_on)
);
comment on table follow_up_turn is 'Shanghai days on which the next step or its day was set anew, but by a visit, which tells of itself';
create index follow_up_turn_day on follow_up_turn (zone_id, changed_on);
create function follow_up_turned() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into follow_up_turn (zone_id, project_id, changed_on) values (new.zone_id, new.id, shanghai_day(app_now())) on conflict do nothing;
  return null;
end $$;
create trigger follow_up_turned after update of next_step, next_follow_up_on on project for each row
  when (new.last_visit_id is not distinct from old.last_visit_id and (new.next_step, new.next_follow_up_on) is distinct from (old.next_step, old.next_follow_up_on)
    and (new.next_step is not null or new.next_follow_up_on is not null))
  execute function follow_up_turned();
-- What was there before, as the books tell it.
insert into follow_up_turn (zone_id, project_id, changed_on)
select distinct p.zone_id, p.id, shanghai_day(a.at) from audit_entry a join project p on p.id::text = a.entity_id
where a.entity = 'project' and a.operation = 'UPDATE' and not a.after ? 'last_visit_id' and (coalesce(a.after ->> 'next_step', '') <> '' or coalesce(a.after ->> 'next_follow_up_on', '') <> '');

------------------------------------------------------------------ a month without progress
create table no_progress_note (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  month date not null check (extract(day from month) = 1),
  reason text not null check (reason ~ '^[A-Z][A-Z0-9_]{1,39}$'),
  reason_zh text not null,
  reason_en text not null,
  content text not null check (trim(content) <> ''),
  said_by uuid not null references staff (id),
  said_at timestamptz not null default app_now(),
  replaced_at timestamptz,
  withdrawn_by uuid references staff (id),
  withdrawn_at timestamptz,
  withdraw_reason text,
  version int not null default 1,
  constraint no_progress_note_withdrawn check ((withdrawn_at is null) = (coalesce(withdraw_reason, '') = '') and (withdrawn_at is null) = (withdrawn_by is null)),
  constraint no_progress_note_once check (replaced_at is null or withdrawn_at is null)
);
comment on table no_progress_note is 'Why nothing happened to a project in a calendar month. What was said is never changed: a correction is a new row, which replaces the one before it';
create unique index no_progress_note_stands on no_progress_note (project_id, month) where replaced_at is null and withdrawn_at is null;
create index no_progress_note_of_project on no_progress_note (project_id, month);

------------------------------------------------------------------ reports due
create table report_filing (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  department_id uuid not null references department (id),
  code text not null check (code ~ '^[A-Z][A-Z0-9_]{1,39}$'),
  label_zh text not null,
  label_en text not null,
  period_on date not null,
  month date not null check (extract(day from month) = 1),
  from_on date not null,
  due_on date not null,
  due_at timestamptz not null,
  provisional boolean not null,
  rule jsonb not null,
  opened_at timestamptz not null default app_now(),
  state text not null default 'DUE' check (state in ('DUE','FILED','LATE','EXCUSED')),
  filed_at timestamptz,
  filed_by uuid references staff (id),
  note text,
  file_id uuid references stored_file (id),
  excused_at timestamptz,
  excused_by uuid references staff (id),
  reason text,
  last_act_id uuid,
  version int not null default 1,
  unique (department_id, code, period_on),
  constraint report_filing_order check (from_on < due_on and shanghai_day(due_at) = due_on),
  constraint report_filing_filed check ((state in ('FILED','LATE')) = (filed_at is not null) and (filed_at is null) = (filed_by is null) and (filed_at is not null or (note is null and file_id is null))),
  -- In time is up to and including the moment, and nothing else.
  constraint report_filing_in_time check (filed_at is null or (state = 'FILED') = (filed_at <= due_at)),
  constraint report_filing_excused check ((state = 'EXCUSED') = (excused_at is not null) and (excused_at is null) = (excused_by is null) and (excused_at is null) = (coalesce(reason, '') = '')),
  constraint report_filing_acted check (state = 'DUE' or last_act_id is not null)
);
comment on table report_filing is 'What a unit has to hand in for one period of one report (policy reportsDue), and whether it did. Opened by the job reports.open';
comment on column report_filing.period_on is 'The day of the rule before a holiday moved it: it names the period';
comment on column report_filing.month is 'The last whole calendar month before the day it is due: the one whose silence asks for a reason';
comment on column report_filing.from_on is 'The day on which the one before it was due: what happened after that belongs to this one';
comment on column report_filing.rule is 'The zone''s rule as it counts for this period: who hands in, what is looked through, who is told';
create index report_filing_due on report_filing (zone_id, due_at desc, id desc);
create index report_filing_of_unit on report_filing (department_id, code, due_at);

create table report_act (
  id uuid primary key,
  zone_id uuid not null,
  filing_id uuid not null references report_filing (id),
  act text not null check (act in ('FILE','EXCUSE','WITHDRAW')),
  at timestamptz not null default app_now(),
  by uuid not null references staff (id),
  words text,
  file_id uuid references stored_file (id),
  late boolean not null,
  constraint report_act_reason check (act = 'FILE' or coalesce(words, '') <> '')
);
comment on table report_act is 'Everything that was done with a report; append-only, so that what was taken back stays readable';
create index report_act_of_filing on report_act (filing_id, at);
create trigger report_act_books before update or delete on report_act for each row execute function refuse_change();
alter table report_filing add constraint report_filing_last_act foreign key (last_act_id) references report_act (id);

create table report_gap (
  zone_id uuid not null,
  act_id uuid not null references report_act (id),
  kind text not null check (kind ~ '^[A-Z][A-Z_]{1,39}$'),
  project_id uuid not null references project (id) on delete cascade,
  primary key (act_id, kind, project_id)
);
comment on table report_gap is 'What a report was looked through for, as it stood when it was handed in or excused: one row a project; frozen';
create index report_gap_of_project on report_gap (project_id);
create trigger report_gap_books before update on report_gap for each row execute function refuse_change();

------------------------------------------------------------------ walls, books, grants
select wall_zone(t) from unnest(array['follow_up_turn','no_progress_note','report_filing','report_act','report_gap']::regclass[]) t;
select keep_books('report_filing'::regclass);
select keep_books('report_act'::regclass, true);
-- Words about a firm may hold a number of somebody: the books keep it masked, as those of visits.
create trigger audit_insert after insert on no_progress_note for each row execute function audit_row_veiled();
create trigger audit_update after update on no_progress_note for each row execute function audit_row_veiled();
create trigger audit_delete after delete on no_progress_note referencing old table as changed_old for each statement execute function audit_delete_veiled();
grant select, update (project_id) on follow_up_turn to yinfeng_app;
grant select, insert, update (replaced_at, withdrawn_by, withdrawn_at, withdraw_reason, version, project_id) on no_progress_note to yinfeng_app;
grant select, insert, update, delete on report_filing to yinfeng_app;
grant select, insert on report_act, report_gap to yinfeng_app;
revoke execute on function follow_up_turned() from public;
`;
