import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Gates as data (groups of which one will do, conditions, who approves), bypasses on record, agreements that fulfil or
 * supplement others, parts of amounts, decision meetings, admission sheets, commitments of both sides.
 */
export class SigningsAndGates1763800000018 implements MigrationInterface {
  name = 'SigningsAndGates1763800000018';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('Records of signings and decisions have no way back: restore a backup instead.');
  }
}

const sql = /* sql */ `
------------------------------------------------------------------ gates
alter table stage_policy
  add column approver_roles text[] not null default '{}',
  add column separation text not null default 'PROJECT' check (separation in ('ASKER','PROJECT'));
comment on column stage_policy.approver_roles is 'Roles that may approve the move into the stage; empty: whoever holds stage.approve';
comment on column stage_policy.separation is 'Who may not approve: ASKER, who asked; PROJECT, also who is in charge of the project, and for SIGNED who recorded an agreement of it';
alter table gate_item
  add column any_of text,
  add column condition jsonb not null default '{}',
  add column remedy_zh text,
  add column remedy_en text;
comment on column gate_item.any_of is 'Items of one stage with the same name here: one of them is enough';
comment on column gate_item.condition is 'Of which projects the item is asked (capital source, size in 万元, industry, class, land); empty: of all';

-- Zones that are open already get the further items from today on; what they asked for in the past stands.
insert into gate_item (zone_id, to_stage, item, valid_from, kind, label_zh, label_en, position, any_of, condition)
select z.zone_id, g.stage::stage, g.item, shanghai_day(now()), g.kind, g.zh, g.en, g.position, g.any_of, g.condition::jsonb
from (select distinct zone_id from gate_item) z cross join (values
  ('SIGNED', 'contractForeign', 'FIELD', '协议利用外资', 'contracted foreign investment', 40, null, '{"capitalSources":["FOREIGN"]}'),
  ('SIGNED', 'decisions', 'RECORD', '决策程序', 'decision meetings', 41, null, '{}'),
  ('SIGNED', 'commitmentsReviewed', 'RECORD', '承诺事项公平竞争审查', 'fair-competition review of commitments', 42, null, '{}'),
  ('SIGNED', 'admission', 'RECORD', '准入评审', 'admission review', 43, null, '{}'),
  ('STARTED', 'startProof', 'EVIDENCE', '开工证明', 'proof of start', 44, 'startProof', '{}'),
  ('STARTED', 'constructionPermit', 'EVIDENCE', '施工许可证', 'construction permit', 45, 'startProof', '{}'),
  ('STARTED', 'startReport', 'EVIDENCE', '开工报告', 'report of start', 46, 'startProof', '{}'),
  ('STARTED', 'sitePhotos', 'EVIDENCE', '现场照片', 'site photos', 47, 'startProof', '{}')) g (stage, item, kind, zh, en, position, any_of, condition)
where g.stage = 'SIGNED' or exists (select from gate_item i where i.zone_id = z.zone_id and i.to_stage = 'STARTED' and i.item = 'startProof')
on conflict do nothing;

-- Separation of duty cannot be argued with either: who is in charge of a project, or recorded its agreement, does not approve it.
create function stage_request_own() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if (stage_rule(new.zone_id, new.to_stage, shanghai_day(new.decided_at))).separation is distinct from 'ASKER' and (
    exists (select from project p where p.id = new.project_id and p.owner_id = new.decided_by)
    or new.to_stage = 'SIGNED' and exists (select from signing g where g.project_id = new.project_id and g.recorded_by = new.decided_by and g.voided_at is null)) then
    raise exception 'whoever is in charge of a project or recorded its agreement does not approve it' using errcode = 'check_violation', constraint = 'stage_request_own_project', table = 'stage_request';
  end if;
  return new;
end $$;
create trigger stage_request_own before insert or update of decided_by, state on stage_request for each row when (new.state = 'APPROVED') execute function stage_request_own();

create table gate_bypass (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  milestone_id uuid references milestone (id) on delete set null,
  from_stage stage not null,
  to_stage stage not null,
  reason text not null check (trim(reason) <> ''),
  missing jsonb not null check (jsonb_typeof(missing) = 'array' and missing <> '[]'),
  bypassed_by uuid not null references staff (id),
  bypassed_at timestamptz not null default now()
);
comment on column gate_bypass.missing is 'What the gate missed then: [{"item","kind","zh","en"}]';
create index gate_bypass_newest on gate_bypass (zone_id, bypassed_at desc, id desc);
create index gate_bypass_of_project on gate_bypass (project_id);
create index gate_bypass_of_milestone on gate_bypass (milestone_id);
create function gate_bypass_own() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if exists (select from project p where p.id = new.project_id and new.bypassed_by in (p.owner_id, p.created_by))
    or exists (select from signing g where g.project_id = new.project_id and g.recorded_by = new.bypassed_by and g.voided_at is null) then
    raise exception 'nobody bypasses a gate for a project of their own' using errcode = 'check_violation', constraint = 'gate_bypass_own_project', table = 'gate_bypass';
  end if;
  return new;
end $$;
create trigger gate_bypass_own before insert on gate_bypass for each row execute function gate_bypass_own();

------------------------------------------------------------------ signings
alter table signing
  add column agreement_type text,
  add column fulfils_id uuid references signing (id) on delete set null,
  add column main_id uuid references signing (id) on delete set null,
  add column voided_at timestamptz,
  add column voided_by uuid references staff (id),
  add column void_reason text,
  add constraint signing_fulfils_by_contract check (fulfils_id is null or kind = 'CONTRACT'),
  add constraint signing_main_of_supplement check (main_id is null or kind = 'SUPPLEMENT'),
  add constraint signing_void_reason check ((voided_at is null) = (coalesce(void_reason, '') = ''));
comment on column signing.fulfils_id is 'The framework or letter of intent that this contract fulfils';
comment on column signing.main_id is 'The agreement that this one supplements';
comment on column signing.agreement_type is 'Kind of agreement in the words of its office, e.g. 正式投资协议';
create index signing_fulfils on signing (fulfils_id) where fulfils_id is not null;
create index signing_main on signing (main_id) where main_id is not null;
-- Agreements refer to others of the same project that stand; asked only when such a reference is written.
create function signing_refers() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if new.fulfils_id is not null and not exists (select from signing g where g.id = new.fulfils_id and g.id <> new.id and g.project_id = new.project_id and g.kind in ('FRAMEWORK','INTENT') and g.voided_at is null) then
    raise exception 'a contract fulfils a framework or letter of intent of the same project' using errcode = 'check_violation', constraint = 'signing_fulfils_framework', table = 'signing';
  end if;
  if new.main_id is not null and not exists (select from signing g where g.id = new.main_id and g.id <> new.id and g.project_id = new.project_id and g.kind <> 'SUPPLEMENT' and g.voided_at is null) then
    raise exception 'a supplement belongs to a main agreement of the same project' using errcode = 'check_violation', constraint = 'signing_supplements_main', table = 'signing';
  end if;
  return new;
end $$;
create trigger signing_refers before insert on signing for each row when (new.fulfils_id is not null or new.main_id is not null) execute function signing_refers();
create trigger signing_refers_anew before update of fulfils_id, main_id on signing for each row
  when (new.fulfils_id is distinct from old.fulfils_id or new.main_id is distinct from old.main_id) execute function signing_refers();

------------------------------------------------------------------ parts of amounts
create table project_amount_part (
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  whole text not null check (whole in ('TOTAL','FIXED')),
  part text not null check (part in ('FIXED','CIVIL_WORKS','EQUIPMENT','INSTALLATION','LAND','WORKING_CAPITAL','RESEARCH','OTHER')),
  amount numeric(24,2) not null check (amount >= 0),
  currency currency not null default 'CNY',
  raw text,
  primary key (project_id, whole, part),
  constraint project_amount_part_of_itself check (whole <> part)
);
comment on table project_amount_part is 'What an amount is made of: 建安, 设备, 土地, 流动资金. Need not add up: Project.warnings tells where it does not';

alter table project add column likelihood text check (likelihood in ('A','B','C'));
comment on column project.likelihood is 'How likely it lands, judged by people: A, B, C';

------------------------------------------------------------------ decision meetings
create table project_decision (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  chain text not null,
  step text not null,
  position int not null check (position >= 1),
  meeting_on date not null,
  result text not null check (result in ('PASSED','REJECTED','DEFERRED')),
  file_id uuid references stored_file (id),
  note text,
  recorded_by uuid not null references staff (id),
  recorded_at timestamptz not null default now(),
  revoked_at timestamptz,
  revoked_by uuid references staff (id),
  revoke_reason text,
  version int not null default 1,
  constraint project_decision_revoke_reason check ((revoked_at is null) = (coalesce(revoke_reason, '') = ''))
);
create index project_decision_of_project on project_decision (project_id, position, recorded_at);
create unique index project_decision_passed on project_decision (project_id, chain, step) where result = 'PASSED' and revoked_at is null;
create index project_decision_file on project_decision (file_id) where file_id is not null;
-- A meeting decides after the one before it has passed, and not on an earlier day; nothing is taken back from under a later one.
create function project_decision_order() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if tg_op = 'INSERT' then
    if new.position > 1 and not exists (select from project_decision d where d.project_id = new.project_id and d.chain = new.chain and d.position = new.position - 1
        and d.result = 'PASSED' and d.revoked_at is null and d.meeting_on <= new.meeting_on) then
      raise exception 'the step before has not passed' using errcode = 'check_violation', constraint = 'project_decision_order', table = 'project_decision';
    end if;
  elsif exists (select from project_decision d where d.project_id = new.project_id and d.chain = new.chain and d.position > new.position and d.revoked_at is null)
    and old.result = 'PASSED' then
    raise exception 'a later step stands on this one' using errcode = 'check_violation', constraint = 'project_decision_order', table = 'project_decision';
  end if;
  return new;
end $$;
create trigger project_decision_order before insert on project_decision for each row execute function project_decision_order();
create trigger project_decision_unorder before update of revoked_at on project_decision for each row when (old.revoked_at is null and new.revoked_at is not null) execute function project_decision_order();

------------------------------------------------------------------ admission sheets
create table admission_sheet (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  round int not null check (round >= 1),
  points jsonb not null check (jsonb_typeof(points) = 'array'),
  vetoes text[] not null default '{}',
  total numeric(5,1) not null check (total between 0 and 100),
  pass_at numeric(5,1) not null,
  note text,
  state text not null default 'WAITING' check (state in ('WAITING','CONFIRMED','RETURNED')),
  passed boolean not null generated always as (state = 'CONFIRMED' and vetoes = '{}' and total >= pass_at) stored,
  scored_by uuid not null references staff (id),
  scored_at timestamptz not null default now(),
  decided_by uuid references staff (id),
  decided_at timestamptz,
  decision_note text,
  version int not null default 1,
  unique (project_id, round),
  constraint admission_sheet_second_person check (decided_by is distinct from scored_by or decided_by is null),
  constraint admission_sheet_decided check ((state = 'WAITING') = (decided_at is null))
);
comment on column admission_sheet.points is 'As scored, with the rules of that day: [{"key","zh","en","max","points"}]';
create unique index admission_sheet_waiting on admission_sheet (project_id) where state = 'WAITING';

------------------------------------------------------------------ commitments
create table commitment (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  signing_id uuid references signing (id) on delete set null,
  side text not null check (side in ('ZONE','INVESTOR')),
  kind text not null check (kind in ('LAND','PLANT','INFRASTRUCTURE','SERVICE','TALENT','FUND','TAX_REBATE','SUBSIDY','LAND_PRICE','FEE_RELIEF','RENT_RELIEF',
    'INVESTMENT','START','COMPLETION','PRODUCTION','INTENSITY','OUTPUT','TAX','JOBS','REGISTRATION','OTHER')),
  content text not null check (trim(content) <> ''),
  amount numeric(24,2) check (amount >= 0),
  currency currency not null default 'CNY',
  amount_raw text,
  quantity text,
  legal_basis text,
  due_on date,
  review_state text not null default 'NOT_NEEDED' check (review_state in ('NOT_NEEDED','PENDING','PASSED','REFUSED')),
  reviewed_by uuid references staff (id),
  reviewed_at timestamptz,
  review_note text,
  state text not null default 'OPEN' check (state in ('OPEN','KEPT','BROKEN','WAIVED')),
  settled_by uuid references staff (id),
  settled_at timestamptz,
  settled_on date,
  settle_note text,
  file_id uuid references stored_file (id),
  version int not null default 1,
  created_by uuid not null references staff (id),
  created_at timestamptz not null default now(),
  edited_by uuid references staff (id),
  -- Who wrote a commitment, or its present wording, does not say that it is lawful.
  constraint commitment_second_person check (reviewed_by is null or reviewed_by <> created_by and reviewed_by is distinct from edited_by),
  constraint commitment_reviewed check ((review_state in ('PASSED','REFUSED')) = (reviewed_at is not null)),
  constraint commitment_settled check ((state = 'OPEN') = (settled_at is null)),
  constraint commitment_settle_reason check (state not in ('BROKEN','WAIVED') or coalesce(settle_note, '') <> '')
);
create index commitment_of_project on commitment (project_id, id);
create index commitment_newest on commitment (zone_id, id desc);
create index commitment_due on commitment (zone_id, due_on) where state = 'OPEN' and due_on is not null;
create index commitment_file on commitment (file_id) where file_id is not null;
-- One more kind beside those that are known by now.
do $$
declare kinds text := (select pg_get_constraintdef(oid) from pg_constraint where conname = 'reminder_kind_check' and conrelid = 'reminder'::regclass);
begin
  execute 'alter table reminder drop constraint reminder_kind_check, add constraint reminder_kind_check ' || regexp_replace(kinds, 'ARRAY\\[', 'ARRAY[''COMMITMENT''::text, ');
end $$;

------------------------------------------------------------------ phases and expansions
create table project_link (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  project_id uuid not null references project (id) on delete cascade,
  parent_id uuid not null references project (id) on delete cascade,
  kind text not null check (kind in ('PHASE_OF','EXPANSION_OF')),
  linked_by uuid references staff (id),
  linked_at timestamptz not null default now(),
  ended_at timestamptz,
  ended_by uuid references staff (id),
  end_reason text,
  constraint project_link_self check (project_id <> parent_id),
  constraint project_link_end_reason check ((ended_at is null) = (coalesce(end_reason, '') = ''))
);
create unique index project_link_open on project_link (project_id) where ended_at is null;
create index project_link_of_project on project_link (project_id);
create index project_link_of_parent on project_link (parent_id);
create function project_link_circle() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if not exists (select from project p join project q on q.id = new.parent_id and q.zone_id = p.zone_id where p.id = new.project_id and p.zone_id = new.zone_id)
    or exists (with recursive up as (select new.parent_id as id union select k.parent_id from up join project_link k on k.project_id = up.id and k.ended_at is null) select from up where id = new.project_id) then
    raise exception 'a project is no part of itself, nor of one in another zone' using errcode = 'check_violation', constraint = 'project_link_circle', table = 'project_link';
  end if;
  return new;
end $$;
create trigger project_link_circle before insert or update of project_id, parent_id on project_link for each row when (new.ended_at is null) execute function project_link_circle();

alter table project add column uncounted_at timestamptz;
comment on column project.uncounted_at is 'Since when it is counted with another project (a phase of it) and not by itself: it stands in no stage, and its milestones count in no flow';

-- In the books a phase leaves its stage when it is linked and enters it again when the link ends; what happens to it
-- meanwhile is not booked. The functions of the books keep everything else of theirs.
create function project_counted() returns trigger language plpgsql security definer set search_path = public as $$
declare e pipeline_movement; moved_at timestamptz;
begin
  if (pipeline_entry(old)::text, old.status, old.state_at, old.prior_states) is distinct from (pipeline_entry(new)::text, new.status, new.state_at, new.prior_states) then
    raise exception 'whether a project counts changes by itself' using errcode = 'check_violation', constraint = 'project_counted_alone', table = 'project';
  end if;
  if new.status <> 'ACTIVE' or (old.uncounted_at is null) = (new.uncounted_at is null) then return null; end if;
  e := pipeline_entry(new);
  e.delta := case when new.uncounted_at is null then 1 else -1 end;
  -- After what is booked beyond now and still stands there.
  moved_at := greatest(coalesce(nullif(current_setting('app.now', true), '')::timestamptz, clock_timestamp()), (select max(g.at) from (
    select m.at from pipeline_movement m where m.project_id = new.id
    group by m.at, m.stage, m.department_id, m.owner_id, m.park_id, m.industry, m.source_province, m.capital_source, m.size_class, abs(m.cny), abs(m.usd), abs(m.other_cny), abs(m.fixed_cny)
    having sum(m.delta) <> 0) g));
  insert into pipeline_movement (zone_id, project_id, stage, department_id, owner_id, park_id, industry, source_province, capital_source, size_class, delta, cny, usd, other_cny, fixed_cny, at, actor_id, request_id, cause)
  values (e.zone_id, e.project_id, e.stage, e.department_id, e.owner_id, e.park_id, e.industry, e.source_province, e.capital_source, e.size_class, e.delta, e.delta * e.cny, e.delta * e.usd, e.delta * e.other_cny, e.delta * e.fixed_cny, moved_at, app_staff(), app_request(), app_cause());
  return null;
end $$;
create trigger project_counted after update of uncounted_at on project for each row when (old.uncounted_at is distinct from new.uncounted_at) execute function project_counted();
do $patch$
declare change record; body text;
begin
  for change in select * from (values
    ('project_moved()', 'if new.status <> ''ACTIVE'' or', 'if new.status <> ''ACTIVE'' or new.uncounted_at is not null or'),
    ('project_moved()', '  who := app_staff();', '  if new.uncounted_at is not null then return null; end if;' || chr(10) || '  who := app_staff();'),
    ('pipeline_rebook(project, project)', 'select since as at where not told union', 'select since as at where not told union select n.uncounted_at where n.uncounted_at is not null union'),
    ('pipeline_rebook(project, project)', 'if stands then now_ := then_;', 'if stands and (n.uncounted_at is null or t < n.uncounted_at) then now_ := then_;')) c (fn, was, becomes)
  loop
    body := pg_get_functiondef(change.fn::regprocedure);
    if length(body) - length(replace(body, change.was, '')) <> length(change.was) then raise exception 'the books are not as expected: % in %', change.was, change.fn; end if;
    execute replace(body, change.was, change.becomes);
  end loop;
end $patch$;

------------------------------------------------------------------ walls, books, grants
select wall_zone(t) from unnest(array['gate_bypass','project_amount_part','project_decision','admission_sheet','commitment','project_link']::regclass[]) t;
select keep_books(t, true) from unnest(array['gate_bypass','project_decision','admission_sheet','commitment','project_link']::regclass[]) t;
select keep_books('project_amount_part'::regclass);
-- What was bypassed is never rewritten; it only follows its project and milestone.
grant select, insert, update (project_id, milestone_id) on gate_bypass to yinfeng_app;
grant select, insert, update on project_amount_part, project_decision, admission_sheet, commitment, project_link to yinfeng_app;
grant delete on project_amount_part to yinfeng_app;
revoke execute on function stage_request_own(), gate_bypass_own(), signing_refers(), project_decision_order(), project_link_circle(), project_counted() from public;
`;
