import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Leads in depth: what a complete lead says beside its amounts, the clocks of its first days, who introduced it, and the
 * lists of enterprises that a team means to win.
 */
export class Leads1763800000011 implements MigrationInterface {
  name = 'Leads1763800000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('What was filed about leads would be lost: restore a backup instead.');
  }
}

const sql = /* sql */ `
alter table project add column energy_need text, add column tax_estimate text, add column timing text;
comment on column project.timing is 'When the investor means to start and to produce, in words';

------------------------------------------------------------------ the clocks of a lead
-- One row for each lead that was reported here; ledgers bring none. The numbers are those of the zone on the day of the
-- report, kept so that a clock beyond the published calendar can be wound once the year is published.
create table lead_triage (
  project_id uuid primary key references project (id) on delete cascade,
  zone_id uuid not null,
  reported_on date not null,
  respond_days int not null check (respond_days between 0 and 365),
  assess_days int not null check (assess_days between 0 and 365),
  answer_days int not null check (answer_days between 0 and 365),
  respond_due_on date,
  assess_due_on date,
  answer_due_on date,
  assigned_at timestamptz,
  assigned_by uuid references staff (id),
  assignee_id uuid references staff (id),
  assessed_at timestamptz,
  assessed_by uuid references staff (id),
  answered_at timestamptz,
  answered_by uuid references staff (id),
  answered_on date,
  answer_method text check (answer_method in ('PHONE','WECHAT','MEETING','LETTER','EMAIL','OTHER')),
  answer_note text,
  constraint lead_triage_assigned check ((assigned_at is null) = (assignee_id is null)),
  constraint lead_triage_answered check ((answered_at is null) = (answered_on is null) and (answered_at is null) = (answer_method is null)),
  constraint lead_triage_answer_day check (answered_on <= shanghai_day(answered_at))
);
create index lead_triage_respond on lead_triage (zone_id, respond_due_on) where assigned_at is null and assessed_at is null;
create index lead_triage_answer on lead_triage (zone_id, answer_due_on) where answered_at is null;
-- The first response, the first judgement and the answer are written once: whoever was late stays late.
create function lead_triage_once() returns trigger language plpgsql as $$
begin
  if (old.assigned_at is not null and (new.assigned_at, new.assigned_by, new.assignee_id) is distinct from (old.assigned_at, old.assigned_by, old.assignee_id))
    or (old.assessed_at is not null and (new.assessed_at, new.assessed_by) is distinct from (old.assessed_at, old.assessed_by))
    or (old.answered_at is not null and (new.answered_at, new.answered_by, new.answered_on, new.answer_method, new.answer_note)
      is distinct from (old.answered_at, old.answered_by, old.answered_on, old.answer_method, old.answer_note))
  then raise exception 'what a lead''s clock has recorded is written once' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger lead_triage_once before update on lead_triage for each row execute function lead_triage_once();
-- Leads that wait to be judged already: by the usual numbers, their own day of judgement kept.
insert into lead_triage (project_id, zone_id, reported_on, respond_days, assess_days, answer_days, respond_due_on, assess_due_on, answer_due_on)
select p.id, p.zone_id, d.day, 1, 3, 5, add_working_days(d.day, 1), p.triage_due_on, add_working_days(d.day, 5)
from project p cross join lateral (select shanghai_day(p.created_at) as day) d where p.stage = 'LEAD' and p.status = 'ACTIVE' and p.import_id is null;

------------------------------------------------------------------ who introduced a lead
-- The first introducer of a project, once, with the instant of the filing: rewards ask that it was filed before the
-- signing and that the introducer is no public servant.
create table lead_referrer (
  project_id uuid primary key references project (id) on delete cascade,
  zone_id uuid not null,
  kind text not null check (kind in ('PERSON','ORGANISATION')),
  name text not null check (name <> ''),
  phone text check (phone ~ '^[0-9]{7,20}$'),
  public_servant boolean not null,
  note text,
  filed_at timestamptz not null,
  filed_by uuid references staff (id),
  constraint lead_referrer_servant check (kind = 'PERSON' or not public_servant)
);
create trigger lead_referrer_once before update on lead_referrer for each row execute function refuse_change();

------------------------------------------------------------------ target enterprises
create table target_list (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  name text not null check (name <> ''),
  purpose text not null default 'TARGET' check (purpose in ('TARGET','CHAIN_BUILD','CHAIN_SUPPLEMENT','CHAIN_STRENGTHEN','CHAIN_EXTEND')),
  chain text,
  note text,
  department_id uuid references department (id),
  archived_at timestamptz,
  archived_by uuid references staff (id),
  version int not null default 1,
  created_at timestamptz not null,
  created_by uuid references staff (id)
);
create unique index target_list_name on target_list (zone_id, name) where archived_at is null;
create index target_list_newest on target_list (zone_id, id desc);

create table target_enterprise (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  list_id uuid not null references target_list (id),
  name text not null check (name <> ''),
  folded_name text not null check (folded_name <> ''),
  uscc text check (uscc ~ '^[0-9A-Z]{18}$'),
  segment text,
  reason text,
  priority text not null default 'B' check (priority in ('A','B','C')),
  assignee_id uuid references staff (id),
  state text not null default 'NEW' check (state in ('NEW','CONTACTED','REPORTED','DROPPED')),
  drop_reason text,
  project_id uuid references project (id) on delete set null,
  version int not null default 1,
  created_at timestamptz not null,
  created_by uuid references staff (id),
  unique (list_id, folded_name),
  constraint target_enterprise_project check (project_id is null or state = 'REPORTED'),
  constraint target_enterprise_dropped check ((state = 'DROPPED') = (drop_reason is not null and drop_reason <> ''))
);
-- Which targets a reported enterprise was, whatever lists they stand in.
create index target_enterprise_name on target_enterprise (zone_id, folded_name) where project_id is null;
create index target_enterprise_uscc on target_enterprise (zone_id, uscc) where project_id is null and uscc is not null;
create index target_enterprise_list on target_enterprise (list_id, priority, id);
create index target_enterprise_assignee on target_enterprise (assignee_id);
create index target_enterprise_project on target_enterprise (project_id);

select wall_zone(t) from unnest(array['lead_triage','lead_referrer','target_list','target_enterprise']::regclass[]) t;
select keep_books(t, true) from unnest(array['lead_triage','lead_referrer','target_list']::regclass[]) t;
select keep_books('target_enterprise'::regclass);
grant select, insert, update on lead_triage, target_list, target_enterprise to yinfeng_app;
grant select, insert on lead_referrer to yinfeng_app;
`;
