import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Trips and events of many visits, what they brought, and what a visit tells beside its words: batches, kind of result, files. */
export class Delegations1763800000015 implements MigrationInterface {
  name = 'Delegations1763800000015';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('Trips and their visits would be torn apart: restore a backup instead.');
  }
}

const sql = /* sql */ `
-- 出访团组 (a trip of many visits), 来访接待 (visitors received over several days), 推介活动 (an event).
create table delegation (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  kind text not null check (kind in ('TRIP','RECEPTION','EVENT')),
  name text not null check (name <> ''),
  purpose text,
  from_on date not null,
  to_on date not null,
  places text[] not null default '{}',
  leader_name text,
  leader_level text,
  host_department_id uuid references department (id),
  result text,
  next_steps text,
  report_file_id uuid references stored_file (id),
  state text not null default 'OPEN' check (state in ('OPEN','CLOSED')),
  closed_at timestamptz,
  version int not null default 1,
  created_by uuid not null references staff (id),
  created_at timestamptz not null default now(),
  constraint delegation_days check (to_on between from_on and from_on + 366),
  constraint delegation_closed check ((state = 'CLOSED') = (closed_at is not null))
);
create index delegation_newest on delegation (zone_id, from_on desc, id desc);
create table delegation_member (
  zone_id uuid not null,
  delegation_id uuid not null references delegation (id),
  staff_id uuid not null references staff (id),
  primary key (delegation_id, staff_id)
);
create index delegation_member_of on delegation_member (staff_id, delegation_id);
-- A lead and a signing count to one event only (domain.md A1 row 22, C2): the key says so, whoever writes.
create table event_yield (
  zone_id uuid not null,
  delegation_id uuid not null references delegation (id),
  project_id uuid unique references project (id),
  signing_id uuid unique references signing (id),
  added_by uuid not null references staff (id),
  added_at timestamptz not null default now(),
  constraint event_yield_one check (num_nonnulls(project_id, signing_id) = 1)
);
create index event_yield_of on event_yield (delegation_id);

alter table visit add column delegation_id uuid references delegation (id), add column batches int check (batches between 1 and 1000), add column new_batches int check (new_batches between 0 and 1000),
  add column new_persons int check (new_persons between 0 and 10000), add column result_kind text check (result_kind ~ '^[A-Z][A-Z_]{1,29}$'), add column bound_at timestamptz,
  add constraint visit_new_batches check (new_batches is null or new_batches <= coalesce(batches, 1));
comment on column visit.batches is 'How many groups were met (批); NULL: one. headcount is how many people (人次)';
comment on column visit.bound_at is 'When a visit that was logged without a project was bound to one';
create index visit_of_delegation on visit (delegation_id) where delegation_id is not null;
create table visit_file (
  zone_id uuid not null,
  visit_id uuid not null references visit (id) on delete cascade,
  file_id uuid not null references stored_file (id),
  added_by uuid not null references staff (id),
  added_at timestamptz not null default now(),
  primary key (visit_id, file_id)
);
create index visit_file_of on visit_file (file_id);

select wall_zone(t) from unnest(array['delegation','delegation_member','event_yield','visit_file']::regclass[]) t;
select keep_books(t, true) from unnest(array['delegation','delegation_member','event_yield','visit_file']::regclass[]) t;
grant select, insert, update on delegation to yinfeng_app;
grant select, insert, delete on delegation_member, event_yield, visit_file to yinfeng_app;
`;
