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
-- zone_id of the busy tables has no foreign key: the wall's check keeps it right, and the key-share lock that every writer
-- would take on the one zone row turns into multixacts under load.
------------------------------------------------------------------ enterprises
-- Tables that imports fill by the hundred thousand name their zone without a foreign key: row-level security lets nobody
-- write another zone than the own, and projects keep theirs.
create table enterprise (
  id uuid primary key default new_id(),
  zone_id uuid not null,
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
create index enterprise_parent on enterprise (parent_id) where parent_id is not null;
create index enterprise_newest on enterprise (zone_id, id desc);

create table contact (
  id uuid primary key default new_id(),
  zone_id uuid not null,
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
-- Foreign amounts are classed, never added: the fixed reference rate serves limits and size classes alone.
create function reference_cny(amount numeric, cur currency) returns numeric language sql immutable parallel safe as $$
  select amount * case cur when 'CNY' then 1 when 'USD' then 7 when 'EUR' then 7.8 when 'HKD' then 0.9 else 0.05 end
$$;
-- Size classes are computed, not typed (domain.md A1 row 33); the limits include themselves: 5000万元, 1亿, 5亿, 10亿, 50亿.
create function size_class(amount numeric, cur currency) returns text language sql immutable parallel safe as $$
  select case when amount is null then 'UNKNOWN'
    else (select case when cny < 50000000 then 'UNDER_50M' when cny < 100000000 then 'FROM_50M' when cny < 500000000 then 'FROM_100M'
                      when cny < 1000000000 then 'FROM_500M' when cny < 5000000000 then 'FROM_1B' else 'FROM_5B' end
          from (select reference_cny(amount, cur) as cny) t) end
$$;

create table project (
  id uuid primary key default new_id(),
  zone_id uuid not null,
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
-- What an activity changes (last visit, next follow-up, idle clock, light) stands in no index, so that logging a visit is a
-- heap-only update; the daily idle sweep may read the zone once.
alter table project set (fillfactor = 85);
create index project_newest on project (zone_id, id desc);
create index project_stage on project (zone_id, stage, status, id desc);
create index project_department_stage on project (zone_id, department_id, stage, status, id desc);
create index project_owner on project (zone_id, owner_id, stage, status, id desc);
create index project_folded_name on project (zone_id, folded_name);
create index project_core_name on project (zone_id, core_name);
create index project_of_enterprise on project (enterprise_id);
create index project_import on project (import_id) where import_id is not null;
create index project_triage on project (zone_id, triage_due_on) where stage = 'LEAD' and status = 'ACTIVE';
create index project_name_trgm on project using gin (name gin_trgm_ops);
alter table contact add foreign key (project_id) references project (id) on delete cascade;

-- The rules of the day: the latest row of a stage's policy that is valid then.
create function stage_rule(zone uuid, st stage, on_day date) returns stage_policy language plpgsql stable parallel safe as $$
declare rule stage_policy;
begin
  select * into rule from stage_policy p where p.zone_id = zone and p.stage = st and p.valid_from <= on_day order by p.valid_from desc limit 1;
  return rule;
end $$;
-- When a project of this stage counts as idle if nothing happens after a day; NULL without a limit or beyond the published calendar.
create function idle_due(zone uuid, st stage, last_activity date) returns date language plpgsql stable parallel safe as $$
begin
  return add_working_days(last_activity, (stage_rule(zone, st, last_activity)).idle_working_days);
end $$;

create table project_code_counter (zone_id uuid not null, year int not null, last int not null, primary key (zone_id, year));

create table project_enterprise (
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  enterprise_id uuid not null references enterprise (id),
  role text not null default 'INVESTOR' check (role in ('INVESTOR','SIGNING_PARTY','REGISTERED_COMPANY','PARENT')),
  position int not null default 0,
  primary key (project_id, enterprise_id, role)
);
create index project_enterprise_of on project_enterprise (enterprise_id);

create table project_member (
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  staff_id uuid not null references staff (id),
  role text not null default 'COMPANION' check (role in ('COMPANION','TASKFORCE')),
  primary key (project_id, staff_id, role)
);
create index project_member_of on project_member (staff_id, project_id);

create table project_amount (
  id uuid primary key default new_id(),
  zone_id uuid not null,
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
  zone_id uuid not null,
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
  zone_id uuid not null,
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
-- Also for what goes with a project: partial indexes do not serve cascades.
create index milestone_of_project on milestone (project_id);
create index milestone_counting on milestone (zone_id, kind, counting_on) include (project_id) where voided_at is null;

------------------------------------------------------------------ visits, signings, evidence, gates
create table visit (
  id uuid primary key default new_id(),
  zone_id uuid not null,
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
create index visit_of_enterprise on visit (enterprise_id) where enterprise_id is not null;

create table signing (
  id uuid primary key default new_id(),
  zone_id uuid not null,
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
  zone_id uuid not null,
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
  zone_id uuid not null,
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
create index stage_request_of_project on stage_request (project_id);
create unique index stage_request_waiting on stage_request (project_id) where state = 'WAITING';
create index stage_request_of_zone on stage_request (zone_id, state, requested_at);

create table handoff (
  id uuid primary key default new_id(),
  zone_id uuid not null,
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
  zone_id uuid not null,
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
create index reminder_project on reminder (project_id);
create index reminder_of_project on reminder (project_id, kind) where state in ('PLANNED','DELIVERED');
create index reminder_delivered on reminder (delivered_at) where state = 'DELIVERED';
create table reminder_delivery (
  id uuid primary key default new_id(),
  zone_id uuid not null,
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
create function reminder_due_at(day date) returns timestamptz language plpgsql stable parallel safe as $$
begin
  return shanghai_midnight(add_working_days(day, 0)) + interval '9 hours';
end $$;
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
  zone_id uuid not null,
  file_id uuid references stored_file (id),
  file_name text not null,
  sha256 bytea not null,
  kind text,
  as_of date,
  state text not null default 'READING' check (state in ('READING','WAITING','APPLYING','APPLIED','UNDOING','UNDONE','FAILED')),
  mapping jsonb not null default '{}',
  options jsonb not null default '{}',
  fingerprints text[] not null default '{}',
  questions jsonb not null default '[]',
  counts jsonb not null default '{}',
  warnings jsonb not null default '{}',
  sheets jsonb not null default '[]',
  progress int not null default 0,
  total int not null default 0,
  cancel_asked boolean not null default false,
  failure text,
  version int not null default 1,
  created_by uuid references staff (id),
  created_at timestamptz not null default now(),
  applied_at timestamptz,
  undone_at timestamptz
);
create index ledger_import_newest on ledger_import (zone_id, id desc);
comment on column ledger_import.fingerprints is 'One per sheet read: its header, folded. Lists of one series share them';
-- One row of a file and what becomes of it. What it says lies apart, written once. No foreign key: imports are never
-- deleted, and a look-up for each of 100,000 rows is not free.
create table ledger_row (
  import_id uuid not null,
  ord int not null,
  zone_id uuid not null,
  sheet text not null,
  row int not null,
  key text,
  identity text not null,
  action text not null check (action in ('CREATE','UPDATE','UNCHANGED','MERGE','HOLD','REJECT')),
  reason text,
  duplicate_of int,
  decision text check (decision in ('SAME','DIFFERENT','TAKE')),
  project_id uuid,
  visit_id uuid,
  candidates jsonb,
  changes jsonb,
  primary key (import_id, ord)
);
comment on column ledger_row.identity is 'Digest of what tells the row from others (code, name, investors; day and people of a visit): a decision about it is remembered by this';
comment on column ledger_row.decision is 'SAME: what is on record stands; TAKE: the same record, with the values of the row; DIFFERENT: a record of its own';
create index ledger_row_project on ledger_row (project_id);
create index ledger_row_known on ledger_row (zone_id, identity) where decision is not null or visit_id is not null;
create table ledger_row_text (
  import_id uuid not null,
  ord int not null,
  zone_id uuid not null,
  fields json not null,
  raw json not null,
  warnings json,
  primary key (import_id, ord)
) with (toast_tuple_target = 8160);
create table import_change (
  import_id uuid not null references ledger_import (id) on delete cascade,
  zone_id uuid not null,
  seq bigint generated always as identity,
  entity text not null,
  entity_id uuid not null,
  before jsonb,
  after jsonb,
  primary key (import_id, seq)
);
comment on table import_change is 'What an import changed or made beside its projects and visits: the record before (NULL: made by the import) and after';
create table ledger_mapping (
  zone_id uuid not null,
  fingerprint text not null,
  mapping jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (zone_id, fingerprint)
);

-- Rows made ready for the books, kept from the reading of a file until it is applied. Unlogged: after a crash of the
-- server the file is read again.
create unlogged table draft_project (
  import_id uuid not null, ord int not null, zone_id uuid not null, id uuid not null,
  sheet text not null, row int not null,
  code text, name text not null, folded_name text not null, core_name text not null, stem text not null, marks text not null,
  investors text[] not null, usccs text[] not null,
  duplicate_of int, duplicate_class text, duplicate_level text,
  stage stage not null, stage_given boolean not null, status project_status not null, status_reason text, state_at timestamptz not null, prior_states jsonb not null,
  class text, capital_source text not null, content text, industry_code text, sector text, local_chain text, source_region text,
  department text, department_given boolean not null, owner text, reporter text, park text, site text, land_need text, output_estimate text, channel text,
  total_amount numeric, total_currency currency not null, total_raw text, total_approximate boolean not null, fixed_cny numeric,
  next_step text, extra jsonb not null, reported_at timestamptz not null, referrer text, as_of date not null,
  primary key (import_id, ord)
);
create unlogged table draft_amount (
  import_id uuid not null, ord int not null, zone_id uuid not null, kind text not null, year int, amount numeric not null, upper_bound numeric, currency currency not null,
  raw text, approximate boolean not null, bound text, placeholder boolean not null, source text
);
create unlogged table draft_milestone (
  import_id uuid not null, ord int not null, zone_id uuid not null, kind text not null, event_on date, approved_at timestamptz, precision text not null, dated boolean not null
);
create unlogged table draft_company (
  import_id uuid not null, ord int not null, zone_id uuid not null, role text not null, position int not null, name text not null, folded_name text not null, core_name text not null,
  uscc text, source_region text, classes text[] not null, profile text
);
create unlogged table draft_contact (
  import_id uuid not null, ord int not null, zone_id uuid not null, position int not null, name text, title text, phones text[] not null, full_name boolean not null
);
create unlogged table draft_visit (
  import_id uuid not null, ord int not null, zone_id uuid not null, id uuid not null, sheet text not null, row int not null,
  identity text not null, duplicate_of int, duplicate_class text,
  direction text not null, visited_on date not null, leader_name text, leader_level text, headcount int, city text, place text, met jsonb not null, companions text[] not null,
  content text not null, result text, next_step text, next_on date, department text,
  enterprise text, enterprise_folded text, enterprise_stem text, project text, project_folded text, project_stem text, extra jsonb not null,
  primary key (import_id, ord)
);
create index draft_amount_row on draft_amount (import_id, ord);
create index draft_milestone_row on draft_milestone (import_id, ord);
create index draft_company_row on draft_company (import_id, ord);
create index draft_contact_row on draft_contact (import_id, ord);

-- Takes back what one import made and nothing else; what it changed is restored by the caller from import_change. It
-- runs as the owner because nobody else may delete a project or a first report.
create function import_remove(import uuid) returns void language plpgsql security definer set search_path = public as $$
declare zone uuid := app_zone();
begin
  if not exists (select from ledger_import i where i.id = import and i.zone_id = zone and i.state = 'UNDOING') then
    raise exception 'import % is not being undone in this zone', import using errcode = 'restrict_violation';
  end if;
  create temp table gone on commit drop as select id from project where zone_id = zone and import_id = import;
  create unique index on gone (id);
  analyze gone;
  delete from visit v where v.zone_id = zone and v.import_id = import;
  delete from signing g where g.zone_id = zone and g.import_id = import;
  delete from milestone m where m.zone_id = zone and (m.import_id = import or m.project_id in (select id from gone));
  delete from contact c where c.zone_id = zone and (c.import_id = import or c.project_id in (select id from gone));
  delete from project_amount a using import_change c where c.import_id = import and c.entity = 'project_amount' and c.before is null and a.id = c.entity_id and a.zone_id = zone;
  delete from project_amount a using gone where a.project_id = gone.id;
  delete from project_enterprise e using import_change c where c.import_id = import and c.entity = 'project_enterprise' and c.before is null and e.zone_id = zone
    and e.project_id = c.entity_id and e.enterprise_id = (c.after ->> 'enterprise_id')::uuid and e.role = c.after ->> 'role';
  delete from project_enterprise e using gone where e.project_id = gone.id;
  delete from first_report r using gone where r.project_id = gone.id;
  update ledger_row r set project_id = null from gone where r.project_id = gone.id and r.import_id <> import;
  delete from project p using gone where p.id = gone.id;
  -- Firms, people, units and parks that somebody else refers to by now stay.
  delete from enterprise e where e.zone_id = zone and e.import_id = import and e.version = 1
    and not exists (select from project_enterprise x where x.enterprise_id = e.id) and not exists (select from project x where x.enterprise_id = e.id)
    and not exists (select from visit x where x.enterprise_id = e.id) and not exists (select from contact x where x.enterprise_id = e.id)
    and not exists (select from enterprise x where x.parent_id = e.id);
  delete from staff s using import_change c where c.import_id = import and c.entity = 'staff' and c.before is null and s.id = c.entity_id and s.zone_id = zone and s.email is null and s.version = 1
    and not exists (select from project x where x.owner_id = s.id or x.created_by = s.id) and not exists (select from first_report x where x.reporter_id = s.id)
    and not exists (select from visit x where x.staff_id = s.id or s.id = any (x.companion_ids)) and not exists (select from staff_department x where x.staff_id = s.id) and not exists (select from project_member x where x.staff_id = s.id);
  delete from park k using import_change c where c.import_id = import and c.entity = 'park' and c.before is null and k.id = c.entity_id and k.zone_id = zone
    and not exists (select from project x where x.park_id = k.id);
  delete from department d using import_change c where c.import_id = import and c.entity = 'department' and c.before is null and d.id = c.entity_id and d.zone_id = zone and d.version = 1
    and not exists (select from project x where x.department_id = d.id) and not exists (select from staff x where x.department_id = d.id) and not exists (select from staff_department x where x.department_id = d.id)
    and not exists (select from first_report x where x.department_id = d.id) and not exists (select from visit x where x.department_id = d.id) and not exists (select from department x where x.parent_id = d.id)
    and not exists (select from handoff x where x.from_department_id = d.id or x.to_department_id = d.id);
  -- Numbers that nobody has taken since are free again.
  delete from project_code_counter k using import_change c where c.import_id = import and c.entity = 'project_code_counter' and c.before is null
    and k.zone_id = zone and k.year = (c.after ->> 'year')::int and k.last = (c.after ->> 'last')::int;
  update project_code_counter k set last = (c.before ->> 'last')::int from import_change c where c.import_id = import and c.entity = 'project_code_counter' and c.before is not null
    and k.zone_id = zone and k.year = (c.after ->> 'year')::int and k.last = (c.after ->> 'last')::int;
end $$;

------------------------------------------------------------------ the books of the pipeline
create table pipeline_movement (
  id bigint generated always as identity,
  txid xid8 not null default pg_current_xact_id(),
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
  delta smallint not null check (delta <> 0),
  cny numeric(24,2) not null,
  usd numeric(24,2) not null,
  other_cny numeric(24,2),
  fixed_cny numeric(24,2) not null,
  at timestamptz not null,
  entered_at timestamptz not null default clock_timestamp(),
  actor_id uuid,
  request_id text,
  cause text,
  primary key (txid, id)
);
comment on table pipeline_movement is 'Append-only: a project enters (+1) or leaves (-1) a stage, with its dimensions and amounts (元, 美元), at an effective instant. Only ACTIVE projects stand in a stage. Written by triggers alone.';
comment on column pipeline_movement.other_cny is 'Totals in EUR, HKD and JPY at the fixed reference rate: for limits alone, never added to a figure';
create index pipeline_movement_project on pipeline_movement (project_id, at, id);
create index pipeline_movement_at on pipeline_movement (zone_id, at);
create trigger pipeline_movement_books before update or delete on pipeline_movement for each row execute function refuse_change();
create trigger pipeline_movement_books_truncate before truncate on pipeline_movement for each statement execute function refuse_change();

-- What a project stands for while it stands in a stage: the row as one entry of the books, without time and sign.
create function pipeline_entry(p project) returns pipeline_movement language sql stable as $$
  select row(null, null, p.zone_id, p.id, p.stage, p.department_id, p.owner_id, p.park_id, p.industry_division, p.source_province, p.capital_source, p.size_class, 1,
    case when p.total_currency = 'CNY' then coalesce(p.total_amount, 0) else 0 end, case when p.total_currency = 'USD' then coalesce(p.total_amount, 0) else 0 end,
    case when p.total_currency not in ('CNY', 'USD') then reference_cny(p.total_amount, p.total_currency) end, coalesce(p.fixed_cny, 0),
    null, null, null, null, null)::pipeline_movement
$$;

-- A new project opens the books with every state it passed, each until the first of those listed after it begins.
create function project_opened() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into pipeline_movement (zone_id, project_id, stage, department_id, owner_id, park_id, industry, source_province, capital_source, size_class, delta, cny, usd, other_cny, fixed_cny, at, actor_id, request_id, cause)
  select zone_id, id, stage_then, department_id, owner_id, park_id, industry_division, source_province, capital_source, size_class, delta,
    case when total_currency = 'CNY' then delta * coalesce(total_amount, 0) else 0 end,
    case when total_currency = 'USD' then delta * coalesce(total_amount, 0) else 0 end,
    case when total_currency not in ('CNY', 'USD') then delta * reference_cny(total_amount, total_currency) end,
    delta * coalesce(fixed_cny, 0), moved_at, app_staff(), app_request(), app_cause()
  from (
    select n.*, s.stage as stage_then, d.delta, case d.delta when 1 then s.at else s.until end as moved_at
    from opened n
    cross join lateral (
      select t.stage, t.status, t.at, min(t.at) over (order by t.n rows between 1 following and unbounded following) as until
      from (select (e.v ->> 'stage')::stage as stage, (e.v ->> 'status')::project_status as status, (e.v ->> 'at')::timestamptz as at, e.n
            from jsonb_array_elements(n.prior_states) with ordinality as e (v, n)
            union all select n.stage, n.status, n.state_at, 1000000) t
    ) s
    cross join (values (1::smallint), (-1::smallint)) d (delta)
    where s.status = 'ACTIVE' and (s.until is null or s.until > s.at) and (d.delta = 1 or s.until is not null)
  ) m
  order by moved_at, id, delta;
  return null;
end $$;

-- The present state of a project holds since state_at, whatever was booked after that instant; what changes together
-- with the state takes effect with it; any other change takes effect now. When that lies after everything booked (the
-- usual case), the project leaves its old place and enters the new one. Otherwise its later history is booked anew.
create function project_moved() returns trigger language plpgsql security definer set search_path = public as $$
declare last timestamptz; moved_at timestamptz; who uuid; request text; why text;
begin
  if new.stage = old.stage and new.status = old.status and new.state_at = old.state_at and new.prior_states = old.prior_states then
    if new.status <> 'ACTIVE' or
      (new.department_id, new.owner_id, new.park_id, new.industry_division, new.source_province, new.capital_source, new.total_amount, new.total_currency, new.fixed_cny)
      is not distinct from (old.department_id, old.owner_id, old.park_id, old.industry_division, old.source_province, old.capital_source, old.total_amount, old.total_currency, old.fixed_cny)
    then return null; end if;
    last := (select m.at from pipeline_movement m where m.project_id = new.id order by m.at desc limit 1);
    moved_at := coalesce(nullif(current_setting('app.now', true), '')::timestamptz, clock_timestamp());
    -- Booked beyond now: after what still stands there, not after what was taken back.
    if last > moved_at then
      moved_at := greatest(moved_at, (select max(g.at) from (
        select m.at from pipeline_movement m where m.project_id = new.id
        group by m.at, m.stage, m.department_id, m.owner_id, m.park_id, m.industry, m.source_province, m.capital_source, m.size_class, abs(m.cny), abs(m.usd), abs(m.other_cny), abs(m.fixed_cny)
        having sum(m.delta) <> 0) g));
    end if;
  else
    last := (select m.at from pipeline_movement m where m.project_id = new.id order by m.at desc limit 1);
    if new.prior_states <> old.prior_states or new.state_at < last or (new.stage = old.stage and new.status = old.status) then
      perform pipeline_rebook(old, new);
      return null;
    end if;
    moved_at := new.state_at;
  end if;
  who := app_staff(); request := app_request(); why := app_cause();
  if old.status = 'ACTIVE' and new.status = 'ACTIVE' then
    insert into pipeline_movement (zone_id, project_id, stage, department_id, owner_id, park_id, industry, source_province, capital_source, size_class, delta, cny, usd, other_cny, fixed_cny, at, actor_id, request_id, cause) values
    (old.zone_id, old.id, old.stage, old.department_id, old.owner_id, old.park_id, old.industry_division, old.source_province, old.capital_source, old.size_class, -1,
      case when old.total_currency = 'CNY' then - coalesce(old.total_amount, 0) else 0 end, case when old.total_currency = 'USD' then - coalesce(old.total_amount, 0) else 0 end,
      case when old.total_currency not in ('CNY', 'USD') then - reference_cny(old.total_amount, old.total_currency) end, - coalesce(old.fixed_cny, 0), moved_at, who, request, why),
    (new.zone_id, new.id, new.stage, new.department_id, new.owner_id, new.park_id, new.industry_division, new.source_province, new.capital_source, new.size_class, 1,
      case when new.total_currency = 'CNY' then  coalesce(new.total_amount, 0) else 0 end, case when new.total_currency = 'USD' then  coalesce(new.total_amount, 0) else 0 end,
      case when new.total_currency not in ('CNY', 'USD') then  reference_cny(new.total_amount, new.total_currency) end,  coalesce(new.fixed_cny, 0), moved_at, who, request, why);
  elsif old.status = 'ACTIVE' then
    insert into pipeline_movement (zone_id, project_id, stage, department_id, owner_id, park_id, industry, source_province, capital_source, size_class, delta, cny, usd, other_cny, fixed_cny, at, actor_id, request_id, cause) values
    (old.zone_id, old.id, old.stage, old.department_id, old.owner_id, old.park_id, old.industry_division, old.source_province, old.capital_source, old.size_class, -1,
      case when old.total_currency = 'CNY' then - coalesce(old.total_amount, 0) else 0 end, case when old.total_currency = 'USD' then - coalesce(old.total_amount, 0) else 0 end,
      case when old.total_currency not in ('CNY', 'USD') then - reference_cny(old.total_amount, old.total_currency) end, - coalesce(old.fixed_cny, 0), moved_at, who, request, why);
  elsif new.status = 'ACTIVE' then
    insert into pipeline_movement (zone_id, project_id, stage, department_id, owner_id, park_id, industry, source_province, capital_source, size_class, delta, cny, usd, other_cny, fixed_cny, at, actor_id, request_id, cause) values
    (new.zone_id, new.id, new.stage, new.department_id, new.owner_id, new.park_id, new.industry_division, new.source_province, new.capital_source, new.size_class, 1,
      case when new.total_currency = 'CNY' then  coalesce(new.total_amount, 0) else 0 end, case when new.total_currency = 'USD' then  coalesce(new.total_amount, 0) else 0 end,
      case when new.total_currency not in ('CNY', 'USD') then  reference_cny(new.total_amount, new.total_currency) end,  coalesce(new.fixed_cny, 0), moved_at, who, request, why);
  end if;
  return null;
end $$;

-- Books a project's history anew where a change reaches back: the states as they are now told, each with the dimensions
-- and amounts that were on record at its time (those of the change itself when it brought new ones). Only differences
-- are written. A state corrected to begin later leaves the time between to the state before it; new prior_states tell
-- the whole history, unless they only take back the last of the old ones.
create function pipeline_rebook(o project, n project) returns void language plpgsql security definer set search_path = public as $$
declare
  told boolean := n.prior_states <> o.prior_states and not (
    jsonb_array_length(n.prior_states) < jsonb_array_length(o.prior_states)
    and n.prior_states = (select coalesce(jsonb_agg(v order by i), '[]') from jsonb_array_elements(o.prior_states) with ordinality j (v, i) where i <= jsonb_array_length(n.prior_states)));
  same boolean := n.stage = o.stage and n.status = o.status;
  -- While a project does not stand anywhere its dimensions are not booked, so they come with the change that brings it back.
  brought boolean := o.status <> 'ACTIVE' or
    (o.department_id, o.owner_id, o.park_id, o.industry_division, o.source_province, o.capital_source, o.total_amount, o.total_currency, o.fixed_cny)
    is distinct from (n.department_id, n.owner_id, n.park_id, n.industry_division, n.source_province, n.capital_source, n.total_amount, n.total_currency, n.fixed_cny);
  since timestamptz := case when told then '-infinity' when same then least(o.state_at, n.state_at) else n.state_at end;
  held pipeline_movement[]; booked pipeline_movement[] := '{}';
  e pipeline_movement; then_ pipeline_movement; was pipeline_movement; now_ pipeline_movement; blank pipeline_movement;
  stage_before stage; stood_before boolean := false; t timestamptz; st stage; stands boolean;
begin
  -- What the books hold, net of earlier corrections, in order of time.
  select coalesce(array_agg(row(null, null, n.zone_id, n.id, g.stage, g.department_id, g.owner_id, g.park_id, g.industry, g.source_province, g.capital_source, g.size_class,
      g.delta, g.cny, g.usd, g.other_cny, g.fixed_cny, g.at, null, null, null, null)::pipeline_movement order by g.at, g.delta), '{}') into held
  from (select m.stage, m.department_id, m.owner_id, m.park_id, m.industry, m.source_province, m.capital_source, m.size_class, abs(m.cny) as cny, abs(m.usd) as usd,
          abs(m.other_cny) as other_cny, abs(m.fixed_cny) as fixed_cny, m.at, sum(m.delta)::smallint as delta
        from pipeline_movement m where m.project_id = n.id group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 having sum(m.delta) <> 0) g;
  foreach e in array held loop
    if e.at < since then was := case when e.delta > 0 then e else blank end; end if;
    if e.at < o.state_at then stood_before := e.delta > 0; stage_before := e.stage; end if;
  end loop;
  for t in
    select i.at from (
      select since as at where not told union select n.state_at union select h.at from unnest(held) h
      union select (v ->> 'at')::timestamptz from jsonb_array_elements(n.prior_states) v where told) i
    where i.at >= since order by 1
  loop
    -- What was on record at t: the entry that stood, else the last before, else the first after.
    then_ := blank; stands := false;
    foreach e in array held loop
      exit when e.at > t and then_.zone_id is not null;
      if e.delta > 0 then then_ := e; end if;
      if e.at <= t then stands := e.delta > 0; end if;
    end loop;
    if then_.zone_id is null or (brought and t >= n.state_at) then then_ := pipeline_entry(n); end if;
    -- The state at t as it is now told.
    if told then
      select s.stage, s.status = 'ACTIVE' into st, stands from (
        select (v ->> 'stage')::stage as stage, (v ->> 'status')::project_status as status, (v ->> 'at')::timestamptz as at, i
        from jsonb_array_elements(n.prior_states) with ordinality j (v, i) union all select n.stage, n.status, n.state_at, 1000000) s
      where s.at <= t order by s.i desc limit 1;
      stands := coalesce(stands, false);
    elsif t >= n.state_at then
      st := n.stage; stands := n.status = 'ACTIVE';
    else
      st := stage_before; stands := stood_before;
    end if;
    now_ := blank;
    if stands then now_ := then_; now_.stage := st; end if;
    was.at := null; was.delta := null; now_.at := null; now_.delta := null;
    if was::text is distinct from now_::text then
      e := was; e.at := t; e.delta := -1;
      if was.zone_id is not null then booked := booked || e; end if;
      e := now_; e.at := t; e.delta := 1;
      if now_.zone_id is not null then booked := booked || e; end if;
    end if;
    was := now_;
  end loop;
  insert into pipeline_movement (zone_id, project_id, stage, department_id, owner_id, park_id, industry, source_province, capital_source, size_class, delta, cny, usd, other_cny, fixed_cny, at, actor_id, request_id, cause)
  select n.zone_id, n.id, b.stage, b.department_id, b.owner_id, b.park_id, b.industry, b.source_province, b.capital_source, b.size_class,
    sum(b.sign * b.delta), sum(b.sign * b.delta) * b.cny, sum(b.sign * b.delta) * b.usd, sum(b.sign * b.delta) * b.other_cny, sum(b.sign * b.delta) * b.fixed_cny,
    b.at, app_staff(), app_request(), app_cause()
  from (select 1 as sign, w.* from unnest(booked) w union all select -1, h.* from unnest(held) h where h.at >= since) b
  group by b.stage, b.department_id, b.owner_id, b.park_id, b.industry, b.source_province, b.capital_source, b.size_class, b.cny, b.usd, b.other_cny, b.fixed_cny, b.at
  having sum(b.sign * b.delta) <> 0
  order by b.at, sum(b.sign * b.delta);
end $$;

-- A project taken out (undo of an import) is reversed entry by entry: every past figure is as if it had never been.
create function project_closed() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into pipeline_movement (zone_id, project_id, stage, department_id, owner_id, park_id, industry, source_province, capital_source, size_class, delta, cny, usd, other_cny, fixed_cny, at, actor_id, request_id, cause)
  select m.zone_id, m.project_id, m.stage, m.department_id, m.owner_id, m.park_id, m.industry, m.source_province, m.capital_source, m.size_class, -m.delta, -m.cny, -m.usd, -m.other_cny, -m.fixed_cny, m.at, app_staff(), app_request(), app_cause()
  from pipeline_movement m join closed c on c.id = m.project_id
  order by m.at, m.id;
  return null;
end $$;
create trigger project_opened after insert on project referencing new table as opened for each statement execute function project_opened();
-- By row: a stage move costs a third of what transition tables cost. The function itself looks whether anything counted
-- has changed; a WHEN clause of as many columns would be compiled anew for every statement and cost more than the call.
create trigger project_moved after update on project for each row execute function project_moved();
create trigger project_closed after delete on project referencing old table as closed for each statement execute function project_closed();

-- Folded totals per stage × department × one further dimension. Time is cut into units of four days from 2000-01-01 on,
-- numbered from 1, and summed in the nodes of a Fenwick tree: node n holds the units (n - lowbit(n), n], node 0 all time.
-- The stock at the end of any unit is then the sum of at most 13 nodes, and no day has a row of its own.
-- NULL keys are kept as '' so that the primary key holds.
create table pipeline_cube (
  zone_id uuid not null,
  dimension text not null,
  node int not null check (node between 0 and 8192),
  stage stage not null,
  department_id uuid not null default '00000000-0000-0000-0000-000000000000',
  key text not null default '',
  count int not null,
  cny numeric not null,
  usd numeric not null,
  fixed_cny numeric not null,
  primary key (zone_id, dimension, node, stage, department_id, key)
) with (fillfactor = 80);
create table pipeline_fold_state (only_row boolean primary key default true check (only_row), txid xid8 not null, folded_at timestamptz not null default now());
insert into pipeline_fold_state (txid) values ('0');

-- The unit of an instant; what lies before 2000 counts to the first, what lies after 2089 to the last.
create function pipeline_unit(at timestamptz) returns int language sql immutable parallel safe as $$
  select greatest(1, least(8192, (shanghai_day(greatest(at, '1999-01-01 00:00+08')) - '2000-01-01'::date) / 4 + 1))
$$;

-- Folds whole transactions below the snapshot's horizon; a reader takes the cube plus the movements from the watermark on.
-- Everything below the horizon has ended, so nothing can still appear there; the row lock lets one fold at a time.
create function pipeline_fold() returns bigint language plpgsql security definer set search_path = public set work_mem = '128MB' as $$
declare low xid8; high xid8 := pg_snapshot_xmin(pg_current_snapshot()); n bigint; d text;
begin
  select txid into low from pipeline_fold_state for update;
  if low >= high then return 0; end if;
  select count(*) into n from pipeline_movement where txid >= low and txid < high;
  if n > 0 then
    foreach d in array array['INDUSTRY', 'STAFF', 'PARK', 'SOURCE_REGION', 'CAPITAL_SOURCE', 'SIZE'] loop
      with cell as materialized (
        select zone_id, pipeline_unit(at) as unit, stage, coalesce(department_id, '00000000-0000-0000-0000-000000000000') as department_id,
          coalesce(case d when 'INDUSTRY' then industry when 'STAFF' then owner_id::text when 'PARK' then park_id::text when 'SOURCE_REGION' then source_province when 'CAPITAL_SOURCE' then capital_source else size_class end, '') as key,
          sum(delta) as count, sum(cny) as cny, sum(usd) as usd, sum(fixed_cny) as fixed_cny
        from pipeline_movement where txid >= low and txid < high
        group by 1, 2, 3, 4, 5
        having sum(delta) <> 0 or sum(cny) <> 0 or sum(usd) <> 0 or sum(fixed_cny) <> 0
      )
      insert into pipeline_cube as c (zone_id, dimension, node, stage, department_id, key, count, cny, usd, fixed_cny)
      select zone_id, d, node, stage, department_id, key, sum(count)::int, sum(cny), sum(usd), sum(fixed_cny)
      from cell cross join lateral (select 0 as node union all select (((unit - 1) >> b) + 1) << b from generate_series(0, 13) b where ((unit - 1) >> b) & 1 = 0) t
      group by 1, 3, 4, 5, 6
      having sum(count) <> 0 or sum(cny) <> 0 or sum(usd) <> 0 or sum(fixed_cny) <> 0
      order by 1, 3, 4, 5, 6
      on conflict (zone_id, dimension, node, stage, department_id, key) do update
        set count = c.count + excluded.count, cny = c.cny + excluded.cny, usd = c.usd + excluded.usd, fixed_cny = c.fixed_cny + excluded.fixed_cny;
    end loop;
  end if;
  update pipeline_fold_state set txid = high, folded_at = clock_timestamp();
  return n;
end $$;
-- After a restore into another cluster transaction ids mean nothing: all is folded anew.
create function pipeline_refold() returns bigint language plpgsql security definer set search_path = public as $$
begin
  perform 1 from pipeline_fold_state for update;
  delete from pipeline_cube;
  update pipeline_fold_state set txid = '0';
  return pipeline_fold();
end $$;

------------------------------------------------------------------ walls, books, grants
select wall_zone(t) from unnest(array['enterprise','contact','project','project_code_counter','project_enterprise','project_member','project_amount','first_report','milestone',
  'visit','signing','evidence','stage_request','handoff','reminder','reminder_delivery','ledger_import','ledger_row','ledger_row_text','import_change','ledger_mapping',
  'draft_project','draft_amount','draft_milestone','draft_company','draft_contact','draft_visit','pipeline_movement','pipeline_cube']::regclass[]) t;
select keep_books(t) from unnest(array['enterprise','contact','project','project_enterprise','project_member','project_amount','first_report','milestone']::regclass[]) t;
select keep_books(t, true) from unnest(array['visit','signing','evidence','stage_request','handoff']::regclass[]) t;

grant select, insert, update on enterprise, contact, project, project_code_counter, project_enterprise, project_member, project_amount, milestone,
  visit, signing, evidence, stage_request, handoff, reminder, reminder_delivery, ledger_import, ledger_row, ledger_row_text, import_change, ledger_mapping,
  draft_project, draft_amount, draft_milestone, draft_company, draft_contact, draft_visit to yinfeng_app;
grant select, insert on first_report to yinfeng_app;
grant select on pipeline_movement, pipeline_cube, pipeline_fold_state to yinfeng_app;
grant delete on project_enterprise, project_member, project_amount, ledger_row, ledger_row_text, import_change,
  draft_project, draft_amount, draft_milestone, draft_company, draft_contact, draft_visit to yinfeng_app;
revoke execute on function pipeline_fold(), pipeline_refold(), pipeline_rebook(project, project) from public;
grant execute on function pipeline_fold() to yinfeng_app;
revoke execute on function import_remove(uuid) from public;
grant execute on function import_remove(uuid) to yinfeng_app;
revoke execute on function reminders_claim(int, timestamptz, uuid), reminders_reclaim(int), reminders_delivered(timestamptz, uuid[]), zone_ids() from public;
grant execute on function reminders_claim(int, timestamptz, uuid), reminders_reclaim(int), reminders_delivered(timestamptz, uuid[]), zone_ids() to yinfeng_app;
`;
