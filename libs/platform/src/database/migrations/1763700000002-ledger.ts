import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The one ledger: enterprises, projects from lead to production, first reports, visits, signings, gates, handoffs,
 * reminders; the books of the pipeline (movements by trigger, folded totals); imports with what undo needs.
 */
export class Ledger1763700000002 implements MigrationInterface {
  name = 'Ledger1763700000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('The ledger has no way back: restore a backup instead.');
  }
}

const sql = /* sql */ `
------------------------------------------------------------------ enterprises
create table enterprise (
  id uuid primary key default new_id(),
  zone_id uuid not null references zone (id),
  name text not null check (name <> ''),
  folded_name text not null,
  core_name text not null,
  uscc text check (uscc ~ '^[0-9A-Z]{18}$'),
  pinyin text not null default '',
  initials text not null default '',
  source_region text,
  nature text,
  classes text[] not null default '{}',
  profile text,
  parent_id uuid references enterprise (id),
  extra jsonb not null default '{}',
  import_id uuid,
  version int not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid references staff (id)
);
create unique index enterprise_uscc on enterprise (zone_id, uscc) where uscc is not null;
create index enterprise_folded_name on enterprise (zone_id, folded_name);
create index enterprise_core_name on enterprise (zone_id, core_name);
create index enterprise_name_trgm on enterprise using gin (name gin_trgm_ops);
create index enterprise_newest on enterprise (zone_id, id desc);

create table contact (
  id uuid primary key default new_id(),
  zone_id uuid not null references zone (id),
  enterprise_id uuid references enterprise (id),
  project_id uuid,
  name text,
  title text,
  phones text[] not null default '{}',
  full_name boolean not null default true,
  source text,
  import_id uuid,
  version int not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid references staff (id)
);
create index contact_of_enterprise on contact (enterprise_id);
create index contact_of_project on contact (project_id);

------------------------------------------------------------------ project
-- Size classes are computed, not typed (domain.md A1 row 33). Foreign amounts are classed, never added, at a fixed
-- reference rate; the limits include themselves: 5000万元, 1亿, 5亿, 10亿, 50亿.
create function size_class(amount numeric, cur currency) returns text language sql immutable parallel safe as $$
  select case when amount is null then 'UNKNOWN'
    else (select case when cny < 50000000 then 'UNDER_50M' when cny < 100000000 then 'FROM_50M' when cny < 500000000 then 'FROM_100M'
                      when cny < 1000000000 then 'FROM_500M' when cny < 5000000000 then 'FROM_1B' else 'FROM_5B' end
          from (select amount * case cur when 'CNY' then 1 when 'USD' then 7 when 'EUR' then 7.8 when 'HKD' then 0.9 else 0.05 end as cny) t) end
$$;

create table project (
  id uuid primary key default new_id(),
  zone_id uuid not null references zone (id),
  version int not null default 1,
  code text not null,
  name text not null check (name <> ''),
  folded_name text not null,
  core_name text not null,
  stage stage not null default 'LEAD',
  status project_status not null default 'ACTIVE',
  status_reason text,
  state_at timestamptz not null default now(),
  prior_states jsonb not null default '[]',
  light light not null default 'GREEN',
  class text,
  capital_source text not null default 'UNKNOWN' check (capital_source in ('DOMESTIC','FOREIGN','UNKNOWN')),
  content text,
  industry_code text references industry (code),
  industry_division text generated always as (left(industry_code, 3)) stored,
  sector text,
  local_chain text,
  source_region text,
  source_province text generated always as (nullif(split_part(source_region, '-', 1), '')) stored,
  department_id uuid references department (id),
  owner_id uuid references staff (id),
  park_id uuid references park (id),
  site text,
  land_need text,
  environment_need text,
  output_estimate text,
  channel text,
  total_amount numeric(24,2) check (total_amount >= 0),
  total_currency currency not null default 'CNY',
  total_raw text,
  total_approximate boolean not null default false,
  fixed_cny numeric(24,2) check (fixed_cny >= 0),
  size_class text generated always as (size_class(total_amount, total_currency)) stored,
  enterprise_id uuid references enterprise (id),
  enterprise_name text,
  last_visit_id uuid,
  last_visit_on date,
  visit_count int not null default 0,
  next_follow_up_on date,
  next_step text,
  last_activity_on date not null default shanghai_day(now()),
  idle_due_on date,
  triage_due_on date,
  extra jsonb not null default '{}',
  import_id uuid,
  created_at timestamptz not null default now(),
  created_by uuid references staff (id),
  updated_at timestamptz not null default now(),
  unique (zone_id, code)
);
comment on column project.total_amount is 'Total investment in units of total_currency (元, not 万元)';
comment on column project.fixed_cny is 'Fixed-asset investment in 元';
comment on column project.state_at is 'Since when the present stage and status hold';
comment on column project.prior_states is 'States passed before the record entered this system: [{"stage","status","at"}], oldest first; the books are opened with them';
create index project_newest on project (zone_id, id desc);
create index project_stage on project (zone_id, stage, status, id desc);
create index project_department_stage on project (zone_id, department_id, stage, status, id desc);
create index project_owner on project (zone_id, owner_id, stage, status, id desc);
create index project_folded_name on project (zone_id, folded_name);
create index project_core_name on project (zone_id, core_name);
create index project_of_enterprise on project (enterprise_id);
create index project_import on project (import_id) where import_id is not null;
create index project_idle on project (zone_id, idle_due_on) where status = 'ACTIVE';
create index project_triage on project (zone_id, triage_due_on) where stage = 'LEAD' and status = 'ACTIVE';
create index project_follow_up on project (zone_id, next_follow_up_on) where status = 'ACTIVE';
create index project_name_trgm on project using gin (name gin_trgm_ops);
alter table contact add foreign key (project_id) references project (id) on delete cascade;

-- The rules of the day: the latest row of a stage's policy that is valid then.
create function stage_rule(zone uuid, st stage, on_day date) returns stage_policy language sql stable parallel safe as $$
  select p from stage_policy p where p.zone_id = zone and p.stage = st and p.valid_from <= on_day order by p.valid_from desc limit 1
$$;
-- When a project of this stage counts as idle if nothing happens after a day; NULL without a limit or beyond the published calendar.
create function idle_due(zone uuid, st stage, last_activity date) returns date language sql stable parallel safe as $$
  select add_working_days(last_activity, (stage_rule(zone, st, last_activity)).idle_working_days)
$$;

create table project_code_counter (zone_id uuid not null references zone (id), year int not null, last int not null, primary key (zone_id, year));

create table project_enterprise (
  zone_id uuid not null references zone (id),
  project_id uuid not null references project (id) on delete cascade,
  enterprise_id uuid not null references enterprise (id),
  role text not null default 'INVESTOR' check (role in ('INVESTOR','SIGNING_PARTY','REGISTERED_COMPANY','PARENT')),
  position int not null default 0,
  primary key (project_id, enterprise_id, role)
);
create index project_enterprise_of on project_enterprise (enterprise_id);

create table project_member (
  zone_id uuid not null references zone (id),
  project_id uuid not null references project (id) on delete cascade,
  staff_id uuid not null references staff (id),
  role text not null default 'COMPANION' check (role in ('COMPANION','TASKFORCE')),
  primary key (project_id, staff_id, role)
);
create index project_member_of on project_member (staff_id, project_id);

create table project_amount (
  id uuid primary key default new_id(),
  zone_id uuid not null references zone (id),
  project_id uuid not null references project (id) on delete cascade,
  kind text not null check (kind in ('TOTAL','FIXED','FILED','CONTRACT_FOREIGN','REGISTERED','ARRIVED_TOTAL','ARRIVED_YEAR','FOREIGN_YEAR','STATISTICAL','OUTPUT_YEAR','TAX_YEAR')),
  year int,
  amount numeric(24,2) not null,
  upper_bound numeric(24,2),
  currency currency not null default 'CNY',
  raw text,
  approximate boolean not null default false,
  bound text check (bound in ('LOWER','UPPER','RANGE')),
  placeholder boolean not null default false,
  as_of date,
  source text,
  unique nulls not distinct (project_id, kind, year)
);

-- Written once. The receipt is the digest of what was said and when; a row can go only together with its project.
create table first_report (
  project_id uuid primary key references project (id) on delete cascade,
  zone_id uuid not null references zone (id),
  number text not null,
  reported_at timestamptz not null,
  reporter_id uuid references staff (id),
  reporter_name text,
  department_id uuid references department (id),
  source text,
  referrer text,
  receipt bytea not null,
  created_at timestamptz not null default now(),
  unique (zone_id, number)
);
create trigger first_report_once before update on first_report for each row execute function refuse_change();

-- One row per project and kind. The counting day follows the zone's rule stamped on the row (domain.md finding 2).
create function counting_day(rule text, event_on date, approved_at timestamptz, entered_at timestamptz) returns date language sql immutable parallel safe as $$
  select case rule when 'EVENT' then coalesce(event_on, shanghai_day(approved_at), shanghai_day(entered_at))
                   when 'ENTRY' then shanghai_day(entered_at)
                   else coalesce(shanghai_day(approved_at), event_on, shanghai_day(entered_at)) end
$$;
create table milestone (
  id uuid primary key default new_id(),
  zone_id uuid not null references zone (id),
  project_id uuid not null references project (id) on delete cascade,
  kind text not null check (kind in ('REPORTED','RESERVED','NEGOTIATED','SIGNED','LANDED','STARTED','RESUMED','COMPLETED','PRODUCING','STATISTICS_ENTRY')),
  event_on date,
  entered_at timestamptz not null default now(),
  approved_at timestamptz,
  counting_rule text not null default 'APPROVAL',
  counting_on date not null generated always as (counting_day(counting_rule, event_on, approved_at, entered_at)) stored,
  precision text not null default 'DAY' check (precision in ('DAY','MONTH','QUARTER','YEAR')),
  note text,
  actor_id uuid references staff (id),
  import_id uuid,
  voided_at timestamptz,
  void_reason text
);
create unique index milestone_once on milestone (project_id, kind) where voided_at is null;
create index milestone_counting on milestone (zone_id, kind, counting_on) include (project_id) where voided_at is null;

------------------------------------------------------------------ visits, signings, evidence, gates
create table visit (
  id uuid primary key default new_id(),
  zone_id uuid not null references zone (id),
  project_id uuid references project (id) on delete cascade,
  enterprise_id uuid references enterprise (id),
  direction text not null check (direction in ('OUTBOUND','INBOUND','EVENT','CALL')),
  visited_on date not null,
  staff_id uuid references staff (id),
  department_id uuid references department (id),
  leader_name text,
  leader_level text,
  headcount int check (headcount between 0 and 10000),
  city text,
  place text,
  met jsonb not null default '[]',
  companions text[] not null default '{}',
  companion_ids uuid[] not null default '{}',
  content text not null,
  result text,
  next_step text,
  next_follow_up_on date,
  extra jsonb not null default '{}',
  import_id uuid,
  version int not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid references staff (id)
);
create index visit_of_project on visit (project_id, visited_on desc, id desc);
create index visit_newest on visit (zone_id, visited_on desc, id desc);
create index visit_of_staff on visit (zone_id, staff_id, visited_on desc, id desc);
create index visit_of_enterprise on visit (enterprise_id);

create table signing (
  id uuid primary key default new_id(),
  zone_id uuid not null references zone (id),
  project_id uuid not null references project (id) on delete cascade,
  kind text not null check (kind in ('FRAMEWORK','INTENT','CONTRACT','SUPPLEMENT','OTHER')),
  signed_on date not null,
  title text,
  party_name text,
  party_uscc text,
  event_name text,
  total_amount numeric(24,2),
  currency currency not null default 'CNY',
  total_raw text,
  fixed_cny numeric(24,2),
  commitments text,
  import_id uuid,
  version int not null default 1,
  recorded_by uuid references staff (id),
  recorded_at timestamptz not null default now()
);
create index signing_of_project on signing (project_id, signed_on);
create index signing_newest on signing (zone_id, signed_on desc, id desc);

create table evidence (
  id uuid primary key default new_id(),
  zone_id uuid not null references zone (id),
  project_id uuid not null references project (id) on delete cascade,
  item text not null,
  file_id uuid not null references stored_file (id),
  signing_id uuid references signing (id) on delete cascade,
  added_by uuid references staff (id),
  added_at timestamptz not null default now()
);
create index evidence_of_project on evidence (project_id, item);
create index evidence_of_file on evidence (file_id);

create table stage_request (
  id uuid primary key default new_id(),
  zone_id uuid not null references zone (id),
  project_id uuid not null references project (id) on delete cascade,
  from_stage stage not null,
  to_stage stage not null,
  state text not null default 'WAITING' check (state in ('WAITING','APPROVED','REJECTED')),
  event_on date,
  note text,
  requested_by uuid not null references staff (id),
  requested_at timestamptz not null default now(),
  decided_by uuid references staff (id),
  decided_at timestamptz,
  decision_note text,
  version int not null default 1,
  -- Separation of duty cannot be argued with: who asked does not decide.
  constraint stage_request_second_person check (decided_by is distinct from requested_by or decided_by is null),
  constraint stage_request_decided check ((state = 'WAITING') = (decided_at is null))
);
create unique index stage_request_waiting on stage_request (project_id) where state = 'WAITING';
create index stage_request_of_zone on stage_request (zone_id, state, requested_at);

create table handoff (
  id uuid primary key default new_id(),
  zone_id uuid not null references zone (id),
  project_id uuid not null references project (id) on delete cascade,
  attempt int not null default 1,
  state text not null default 'SUBMITTED' check (state in ('SUBMITTED','RETURNED','ACCEPTED')),
  from_department_id uuid references department (id),
  to_department_id uuid not null references department (id),
  checklist jsonb not null default '[]',
  note text,
  submitted_by uuid not null references staff (id),
  submitted_at timestamptz not null default now(),
  due_on date,
  decided_by uuid references staff (id),
  decided_at timestamptz,
  return_reason text,
  version int not null default 1,
  unique (project_id, attempt),
  constraint handoff_second_person check (decided_by is distinct from submitted_by or decided_by is null),
  constraint handoff_reason check (state <> 'RETURNED' or return_reason <> ''),
  constraint handoff_decided check ((state = 'SUBMITTED') = (decided_at is null))
);
create unique index handoff_open on handoff (project_id) where state = 'SUBMITTED';
create index handoff_newest on handoff (zone_id, submitted_at desc, id desc);
create index handoff_receiver on handoff (to_department_id, state, project_id);

------------------------------------------------------------------ reminders
create table reminder (
  id uuid primary key default new_id(),
  zone_id uuid not null references zone (id),
  kind text not null check (kind in ('FOLLOW_UP','IDLE','TRIAGE','APPROVAL','HANDOFF')),
  cause text not null,
  project_id uuid references project (id) on delete cascade,
  recipient_id uuid not null references staff (id),
  due_on date not null,
  due_at timestamptz not null,
  detail jsonb not null default '{}',
  state text not null default 'PLANNED' check (state in ('PLANNED','DELIVERED','DONE','CANCELLED')),
  delivered_at timestamptz,
  done_at timestamptz,
  done_by uuid references staff (id),
  snoozed_from timestamptz,
  version int not null default 1,
  created_at timestamptz not null default now(),
  unique (zone_id, cause, recipient_id)
);
comment on column reminder.cause is 'What is reminded of, once: kind, subject and the day or attempt that makes it new';
create index reminder_due on reminder (due_at, id) where state = 'PLANNED';
create index reminder_inbox on reminder (recipient_id, state, due_at, id);
create index reminder_of_project on reminder (project_id, kind) where state in ('PLANNED','DELIVERED');
create index reminder_delivered on reminder (delivered_at) where state = 'DELIVERED';
create table reminder_delivery (
  id uuid primary key default new_id(),
  zone_id uuid not null references zone (id),
  reminder_id uuid not null references reminder (id) on delete cascade,
  channel text not null check (channel in ('INBOX')),
  due_at timestamptz not null,
  state text not null default 'CLAIMED' check (state in ('CLAIMED','SENT','DROPPED')),
  claimed_at timestamptz not null default clock_timestamp(),
  sent_at timestamptz,
  unique (reminder_id, channel, due_at)
);
create index reminder_delivery_claimed on reminder_delivery (claimed_at) where state = 'CLAIMED';
-- Reminders come at 09:00 in Shanghai of the working day on or after their day; NULL beyond the published calendar.
create function reminder_due_at(day date) returns timestamptz language sql stable parallel safe as $$
  select shanghai_midnight(add_working_days(day, 0)) + interval '9 hours'
$$;
-- The sweep looks over all zones at once, therefore as the owner; it gives ids alone, and delivery reads them behind the wall.
-- What is due, in order, after the last one seen: a delivery per reminder and due instant, once, whoever sweeps at the same time.
-- The look-up of the delivery is a sub-select on purpose: an index look-up per due row, never a hash of all past deliveries.
create function reminders_claim(batch int, after_at timestamptz, after_id uuid) returns table (zone_id uuid, delivery_id uuid, due_at timestamptz, reminder_id uuid)
  language sql volatile security definer set search_path = public as $$
  with due as (
    select r.id, r.zone_id, r.due_at from reminder r
    where r.state = 'PLANNED' and r.due_at <= app_now() and (r.due_at, r.id) > (after_at, after_id)
      and coalesce((select d.state from reminder_delivery d where d.reminder_id = r.id and d.channel = 'INBOX' and d.due_at = r.due_at), 'DROPPED') = 'DROPPED'
    order by r.due_at, r.id limit batch for update of r skip locked)
  insert into reminder_delivery as c (zone_id, reminder_id, channel, due_at, claimed_at)
  select due.zone_id, due.id, 'INBOX', due.due_at, app_now() from due
  on conflict (reminder_id, channel, due_at) do update set state = 'CLAIMED', claimed_at = excluded.claimed_at where c.state = 'DROPPED'
  returning c.zone_id, c.id, c.due_at, c.reminder_id
$$;
-- What has just come into the inboxes of these people, of whatever zones: for the live subscriptions of one process.
create function reminders_delivered(since timestamptz, people uuid[]) returns table (reminder_id uuid, recipient_id uuid, delivered_at timestamptz)
  language sql stable security definer set search_path = public as $$
  select r.id, r.recipient_id, r.delivered_at from reminder r where r.state = 'DELIVERED' and r.delivered_at >= since and r.recipient_id = any(people) order by r.delivered_at, r.id limit 1000
$$;
-- Which zones a recurring job has to visit, one transaction each.
create function zone_ids() returns setof uuid language sql stable security definer set search_path = public as $$ select id from zone order by id $$;
-- Claimed a minute ago and still not sent: the worker died or the queue was wiped. Claimed again.
create function reminders_reclaim(batch int) returns table (zone_id uuid, delivery_id uuid)
  language sql volatile security definer set search_path = public as $$
  update reminder_delivery d set claimed_at = app_now()
  where d.id in (select c.id from reminder_delivery c where c.state = 'CLAIMED' and c.claimed_at < app_now() - interval '1 minute'
                 order by c.claimed_at limit batch for update skip locked)
  returning d.zone_id, d.id
$$;

------------------------------------------------------------------ imports
create table ledger_import (
  id uuid primary key default new_id(),
  zone_id uuid not null references zone (id),
  file_id uuid references stored_file (id),
  file_name text not null,
  sha256 bytea not null,
  kind text,
  as_of date,
  state text not null default 'READING' check (state in ('READING','WAITING','APPLYING','APPLIED','UNDOING','UNDONE','FAILED')),
  mapping jsonb not null default '{}',
  options jsonb not null default '{}',
  questions jsonb not null default '[]',
  counts jsonb not null default '{}',
  warnings jsonb not null default '{}',
  sheets jsonb not null default '[]',
  progress int not null default 0,
  total int not null default 0,
  failure text,
  version int not null default 1,
  created_by uuid references staff (id),
  created_at timestamptz not null default now(),
  applied_at timestamptz,
  undone_at timestamptz
);
create index ledger_import_newest on ledger_import (zone_id, id desc);
create table ledger_row (
  import_id uuid not null references ledger_import (id) on delete cascade,
  zone_id uuid not null references zone (id),
  sheet text not null,
  row int not null,
  action text not null check (action in ('CREATE','UPDATE','UNCHANGED','MERGE','HOLD','REJECT')),
  decision text check (decision in ('SAME','DIFFERENT')),
  key text,
  reason text,
  project_id uuid,
  visit_id uuid,
  candidates jsonb,
  fields jsonb not null default '{}',
  raw jsonb not null default '{}',
  warnings jsonb not null default '[]',
  primary key (import_id, sheet, row)
);
create index ledger_row_project on ledger_row (project_id);
create table import_change (
  import_id uuid not null references ledger_import (id) on delete cascade,
  zone_id uuid not null references zone (id),
  seq bigint generated always as identity,
  entity text not null,
  entity_id uuid not null,
  before jsonb,
  after jsonb,
  primary key (import_id, seq)
);
create table ledger_mapping (
  zone_id uuid not null references zone (id),
  fingerprint text not null,
  mapping jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (zone_id, fingerprint)
);

------------------------------------------------------------------ the books of the pipeline
create table pipeline_movement (
  id bigint generated always as identity primary key,
  zone_id uuid not null,
  project_id uuid not null,
  stage stage not null,
  department_id uuid,
  owner_id uuid,
  park_id uuid,
  industry text,
  source_province text,
  capital_source text not null,
  size_class text not null,
  delta smallint not null check (delta in (1, -1)),
  cny numeric(24,2) not null,
  usd numeric(24,2) not null,
  fixed_cny numeric(24,2) not null,
  at timestamptz not null,
  entered_at timestamptz not null default clock_timestamp(),
  actor_id uuid,
  request_id text,
  cause text,
  txid xid8 not null default pg_current_xact_id()
);
comment on table pipeline_movement is 'Append-only: a project enters (+1) or leaves (-1) a stage, with its dimensions and amounts (元, 美元), at an effective instant. Only ACTIVE projects stand in a stage. Written by triggers alone.';
create index pipeline_movement_project on pipeline_movement (project_id, at, id);
create index pipeline_movement_at on pipeline_movement (zone_id, stage, at, id);
create index pipeline_movement_day on pipeline_movement (zone_id, at);
create index pipeline_movement_tail on pipeline_movement (txid, id);
create trigger pipeline_movement_books before update or delete on pipeline_movement for each row execute function refuse_change();
create trigger pipeline_movement_books_truncate before truncate on pipeline_movement for each statement execute function refuse_change();

-- A new project opens the books with every state it passed, each leaving when the next begins.
create function project_opened() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into pipeline_movement (zone_id, project_id, stage, department_id, owner_id, park_id, industry, source_province, capital_source, size_class, delta, cny, usd, fixed_cny, at, actor_id, request_id, cause)
  select zone_id, id, stage_then, department_id, owner_id, park_id, industry_division, source_province, capital_source, size_class, delta,
    delta * case when total_currency = 'CNY' then coalesce(total_amount, 0) else 0 end,
    delta * case when total_currency = 'USD' then coalesce(total_amount, 0) else 0 end,
    delta * coalesce(fixed_cny, 0), moved_at, app_staff(), app_request(), app_cause()
  from (
    select n.*, s.stage as stage_then, d.delta, case d.delta when 1 then s.at else s.until end as moved_at
    from opened n
    cross join lateral (
      select t.stage, t.status, t.at, lead(t.at) over (order by t.n) as until
      from (select (e.v ->> 'stage')::stage as stage, (e.v ->> 'status')::project_status as status, (e.v ->> 'at')::timestamptz as at, e.n
            from jsonb_array_elements(n.prior_states) with ordinality as e (v, n)
            union all select n.stage, n.status, n.state_at, 1000) t
    ) s
    cross join (values (1::smallint), (-1::smallint)) d (delta)
    where s.status = 'ACTIVE' and (d.delta = 1 or s.until is not null)
  ) m
  order by id, moved_at, delta;
  return null;
end $$;
-- A change of state, dimension or amount leaves the old place and enters the new one. A state that begins later moves at
-- its beginning; a state taken back (its beginning before the present one's) moves at the beginning of what is taken back;
-- any other change moves now.
create function project_moved() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into pipeline_movement (zone_id, project_id, stage, department_id, owner_id, park_id, industry, source_province, capital_source, size_class, delta, cny, usd, fixed_cny, at, actor_id, request_id, cause)
  select zone_id, id, stage, department_id, owner_id, park_id, industry_division, source_province, capital_source, size_class, delta,
    delta * case when total_currency = 'CNY' then coalesce(total_amount, 0) else 0 end,
    delta * case when total_currency = 'USD' then coalesce(total_amount, 0) else 0 end,
    delta * coalesce(fixed_cny, 0), moved_at, app_staff(), app_request(), app_cause()
  from (
    select o.zone_id, o.id, o.stage, o.status, o.department_id, o.owner_id, o.park_id, o.industry_division, o.source_province, o.capital_source, o.size_class, o.total_currency, o.total_amount, o.fixed_cny,
      (-1)::smallint as delta, case when n.state_at > o.state_at then n.state_at when n.state_at < o.state_at then o.state_at else app_now() end as moved_at
    from moved_old o join moved_new n on n.id = o.id
    where (o.status = 'ACTIVE' or n.status = 'ACTIVE') and
      (o.stage, o.status, o.department_id, o.owner_id, o.park_id, o.industry_code, o.source_region, o.capital_source, o.total_amount, o.total_currency, o.fixed_cny)
      is distinct from (n.stage, n.status, n.department_id, n.owner_id, n.park_id, n.industry_code, n.source_region, n.capital_source, n.total_amount, n.total_currency, n.fixed_cny)
    union all
    select n.zone_id, n.id, n.stage, n.status, n.department_id, n.owner_id, n.park_id, n.industry_division, n.source_province, n.capital_source, n.size_class, n.total_currency, n.total_amount, n.fixed_cny,
      1::smallint, case when n.state_at > o.state_at then n.state_at when n.state_at < o.state_at then o.state_at else app_now() end
    from moved_old o join moved_new n on n.id = o.id
    where (o.status = 'ACTIVE' or n.status = 'ACTIVE') and
      (o.stage, o.status, o.department_id, o.owner_id, o.park_id, o.industry_code, o.source_region, o.capital_source, o.total_amount, o.total_currency, o.fixed_cny)
      is distinct from (n.stage, n.status, n.department_id, n.owner_id, n.park_id, n.industry_code, n.source_region, n.capital_source, n.total_amount, n.total_currency, n.fixed_cny)
  ) m
  where status = 'ACTIVE'
  order by id, delta;
  return null;
end $$;
-- A project taken out (undo of an import) is reversed entry by entry: every past figure is as if it had never been.
create function project_closed() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into pipeline_movement (zone_id, project_id, stage, department_id, owner_id, park_id, industry, source_province, capital_source, size_class, delta, cny, usd, fixed_cny, at, actor_id, request_id, cause)
  select m.zone_id, m.project_id, m.stage, m.department_id, m.owner_id, m.park_id, m.industry, m.source_province, m.capital_source, m.size_class, -m.delta, -m.cny, -m.usd, -m.fixed_cny, m.at, app_staff(), app_request(), app_cause()
  from pipeline_movement m join closed c on c.id = m.project_id
  order by m.id;
  return null;
end $$;
create trigger project_opened after insert on project referencing new table as opened for each statement execute function project_opened();
create trigger project_moved after update on project referencing old table as moved_old new table as moved_new for each statement execute function project_moved();
create trigger project_closed after delete on project referencing old table as closed for each statement execute function project_closed();

-- Folded totals: net movements by year, month and day and over all time, per stage × department × one further dimension.
-- NULL keys are kept as '' so that the primary key holds.
create table pipeline_cube (
  zone_id uuid not null,
  dimension text not null,
  grain text not null check (grain in ('ALL','YEAR','MONTH','DAY')),
  starts_on date not null,
  stage stage not null,
  department_id uuid not null default '00000000-0000-0000-0000-000000000000',
  key text not null default '',
  count bigint not null,
  cny numeric not null,
  usd numeric not null,
  fixed_cny numeric not null,
  primary key (zone_id, dimension, grain, starts_on, stage, department_id, key)
);
create table pipeline_fold_state (only_row boolean primary key default true check (only_row), txid xid8 not null, folded_at timestamptz not null default now());
insert into pipeline_fold_state (txid) values ('0');

-- Folds whole transactions below the snapshot's horizon; a reader takes the cube plus the movements from the watermark on.
create function pipeline_fold() returns bigint language plpgsql security definer set search_path = public as $$
declare low xid8; high xid8 := pg_snapshot_xmin(pg_current_snapshot()); n bigint;
begin
  select txid into low from pipeline_fold_state for update;
  if low >= high then return 0; end if;
  select count(*) into n from pipeline_movement where txid >= low and txid < high;
  if n > 0 then
    insert into pipeline_cube as c (zone_id, dimension, grain, starts_on, stage, department_id, key, count, cny, usd, fixed_cny)
    select zone_id, dimension, grain, starts_on, stage, coalesce(department_id, '00000000-0000-0000-0000-000000000000'), coalesce(key, ''), sum(count), sum(cny), sum(usd), sum(fixed_cny)
    from (select zone_id, stage, department_id, owner_id, park_id, industry, source_province, capital_source, size_class, shanghai_day(at) as day,
            sum(delta) as count, sum(cny) as cny, sum(usd) as usd, sum(fixed_cny) as fixed_cny
          from pipeline_movement where txid >= low and txid < high group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) m
    cross join lateral (values ('INDUSTRY', industry), ('STAFF', owner_id::text), ('PARK', park_id::text), ('SOURCE_REGION', source_province), ('CAPITAL_SOURCE', capital_source), ('SIZE', size_class)) d (dimension, key)
    cross join lateral (values ('ALL', '2000-01-01'::date), ('YEAR', date_trunc('year', day)::date), ('MONTH', date_trunc('month', day)::date), ('DAY', day)) g (grain, starts_on)
    group by 1, 2, 3, 4, 5, 6, 7
    having sum(count) <> 0 or sum(cny) <> 0 or sum(usd) <> 0 or sum(fixed_cny) <> 0
    on conflict (zone_id, dimension, grain, starts_on, stage, department_id, key) do update
      set count = c.count + excluded.count, cny = c.cny + excluded.cny, usd = c.usd + excluded.usd, fixed_cny = c.fixed_cny + excluded.fixed_cny;
  end if;
  update pipeline_fold_state set txid = high, folded_at = clock_timestamp();
  return n;
end $$;
-- After a restore into another cluster transaction ids mean nothing: all is folded anew.
create function pipeline_refold() returns bigint language plpgsql security definer set search_path = public as $$
begin
  delete from pipeline_cube;
  update pipeline_fold_state set txid = '0';
  return pipeline_fold();
end $$;

------------------------------------------------------------------ walls, books, grants
select wall_zone(t) from unnest(array['enterprise','contact','project','project_code_counter','project_enterprise','project_member','project_amount','first_report','milestone',
  'visit','signing','evidence','stage_request','handoff','reminder','reminder_delivery','ledger_import','ledger_row','import_change','ledger_mapping','pipeline_movement','pipeline_cube']::regclass[]) t;
select keep_books(t) from unnest(array['enterprise','contact','project','project_enterprise','project_member','project_amount','first_report','milestone',
  'visit','signing','evidence','stage_request','handoff']::regclass[]) t;

grant select, insert, update on enterprise, contact, project, project_code_counter, project_enterprise, project_member, project_amount, milestone,
  visit, signing, evidence, stage_request, handoff, reminder, reminder_delivery, ledger_import, ledger_row, import_change, ledger_mapping to yinfeng_app;
grant select, insert on first_report to yinfeng_app;
grant select on pipeline_movement, pipeline_cube, pipeline_fold_state to yinfeng_app;
grant delete on project_enterprise, project_member, project_amount, ledger_row, import_change to yinfeng_app;
revoke execute on function pipeline_fold(), pipeline_refold() from public;
revoke execute on function reminders_claim(int, timestamptz, uuid), reminders_reclaim(int), reminders_delivered(timestamptz, uuid[]), zone_ids() from public;
grant execute on function reminders_claim(int, timestamptz, uuid), reminders_reclaim(int), reminders_delivered(timestamptz, uuid[]), zone_ids() to yinfeng_app;
`;
