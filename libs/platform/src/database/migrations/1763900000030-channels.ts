import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Reminders beyond the inbox: group robots, each person's settings, messages with their attempts, the pace of robots, calendar feeds. */
export class Channels1763900000030 implements MigrationInterface {
  name = 'Channels1763900000030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function deliveries_due(int), deliveries_abandoned(int), channel_key(), calendar_actor(bytea);
      drop table delivery_attempt, delivery_item, delivery, channel_pace, channel_endpoint_department, channel_endpoint, staff_channel, calendar_feed;
      drop function channel_books(), channel_veiled(jsonb);
      do $$ begin execute replace(pg_get_functiondef('person_left_out'::regproc), $t$('staff_channel', null, 'COLLEAGUES'), ('channel_endpoint', null, 'SETTINGS'), ('staff', null, 'COLLEAGUES')$t$, $t$('staff', null, 'COLLEAGUES')$t$); end $$;`);
  }
}

const sql = String.raw/* sql */ `
------------------------------------------------------------------ secrets
-- Addresses and secrets of robots lie sealed (AES-256-GCM) under a key of this installation; it is a child of audit_key, so
-- that one key has to be kept, and a backup that is restored elsewhere brings it along.
create function channel_key() returns bytea language sql stable security definer set search_path = public as
  $$ select sha256(convert_to('channels', 'UTF8') || key) from audit_key $$;

------------------------------------------------------------------ group robots of a zone
create table channel_endpoint (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  version int not null default 1,
  kind text not null check (kind in ('WECOM','DINGTALK','FEISHU')),
  name text not null check (length(name) between 1 and 60),
  address_sealed bytea not null,
  secret_sealed bytea,
  hint text not null check (length(hint) <= 120),
  keyword text check (length(keyword) between 1 and 40),
  kinds text[] check (cardinality(kinds) between 1 and 50),
  enabled boolean not null default true,
  created_by uuid not null references staff (id),
  created_at timestamptz not null default app_now(),
  removed_at timestamptz
);
comment on table channel_endpoint is 'Robots of group chats that tell of the reminders of the departments they serve';
comment on column channel_endpoint.address_sealed is 'The webhook address: whoever knows it can write into the group';
comment on column channel_endpoint.hint is 'Host and end of the address, to be recognised by';
comment on column channel_endpoint.keyword is 'Word that the robot demands in each message';
comment on column channel_endpoint.kinds is 'Kinds of reminders that it tells of; null: all';
create unique index channel_endpoint_name on channel_endpoint (zone_id, lower(name)) where removed_at is null;
create table channel_endpoint_department (
  zone_id uuid not null,
  endpoint_id uuid not null references channel_endpoint (id) on delete cascade,
  department_id uuid not null references department (id),
  primary key (endpoint_id, department_id)
);
comment on table channel_endpoint_department is 'Whom a robot serves: these departments and all below them; none: the whole zone';
-- When a robot may be written to again. A row of its own: it is written at each message and is nobody''s edit.
create table channel_pace (
  endpoint_id uuid primary key references channel_endpoint (id) on delete cascade,
  zone_id uuid not null,
  free_at timestamptz not null,
  last_place timestamptz not null default '-infinity'
);
comment on column channel_pace.last_place is 'Until when the places of those who wait are given away: each wakes once, at its own turn';

------------------------------------------------------------------ what each person wants
create table staff_channel (
  staff_id uuid not null references staff (id),
  zone_id uuid not null,
  channel text not null check (channel in ('MAIL')),
  version int not null default 1,
  enabled boolean not null default false,
  address text check (length(address) between 3 and 254 and address ~ '^[^\s@<>,;:"]+@[^\s@<>,;:"]+$'),
  verified_at timestamptz,
  kinds text[] check (cardinality(kinds) between 1 and 50),
  digest_times text[] check (cardinality(digest_times) between 1 and 6),
  quiet_from text check (quiet_from ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  quiet_to text check (quiet_to ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  urgent_at_once boolean not null default true,
  code_sealed bytea,
  code_expires_at timestamptz,
  code_tries int not null default 0,
  primary key (staff_id, channel),
  check ((quiet_from is null) = (quiet_to is null)),
  -- Nobody is written to at an address that was not shown to be theirs.
  check (not enabled or verified_at is not null),
  check (verified_at is null or address is not null)
);
comment on table staff_channel is 'How a person is told beyond the inbox; hours that are null are those of the zone (policy reminderChannels)';

------------------------------------------------------------------ messages
create table delivery (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  version int not null default 1,
  channel text not null check (channel in ('MAIL','WECOM','DINGTALK','FEISHU')),
  purpose text not null default 'REMINDERS' check (purpose in ('REMINDERS','CODE','TEST')),
  staff_id uuid references staff (id),
  endpoint_id uuid references channel_endpoint (id),
  slot text not null,
  urgent boolean not null default false,
  window_at timestamptz,
  state text not null default 'WAITING' check (state in ('WAITING','SENDING','SENT','DROPPED','DEAD','DOUBT')),
  next_at timestamptz,
  claimed_at timestamptz,
  attempts int not null default 0,
  failures int not null default 0,
  first_sent_at timestamptz,
  sending_at timestamptz,
  ended_at timestamptz,
  last_answer text check (length(last_answer) <= 500),
  created_at timestamptz not null default app_now(),
  check ((staff_id is null) <> (endpoint_id is null)),
  check ((channel = 'MAIL') = (staff_id is not null)),
  check (state <> 'WAITING' or next_at is not null),
  check (state not in ('SENT','DROPPED','DEAD') or (ended_at is not null and next_at is null)),
  check (state <> 'SENDING' or (sending_at is not null and next_at is null))
);
comment on table delivery is 'One message to one person or robot: a digest of a window, one that is urgent, a code, a test. Sent once, or known not to be certain (DOUBT)';
comment on column delivery.slot is 'What makes it one: the window, or the urgent cause';
comment on column delivery.state is 'SENDING: handed to a worker, which has not said how it went. DOUBT: it may have arrived; with next_at it goes again under the same Message-ID, without it waits for a person. DEAD: refused, or tried in vain';
comment on column delivery.claimed_at is 'A job carries it: the first that comes takes the claim, a twin finds none';
comment on column delivery.attempts is 'Times it was handed over; failures: those that are known not to have arrived since it was last asked for';
create unique index delivery_slot on delivery (coalesce(endpoint_id, staff_id), channel, slot);
create index delivery_next on delivery (next_at, id) where next_at is not null;
create index delivery_under_way on delivery (sending_at) where state = 'SENDING';
create index delivery_newest on delivery (zone_id, created_at desc, id desc);
create index delivery_of_staff on delivery (staff_id, created_at desc, id desc) where staff_id is not null;
create table delivery_item (
  delivery_id uuid not null references delivery (id) on delete cascade,
  zone_id uuid not null,
  reminder_id uuid not null references reminder (id) on delete cascade,
  target_id uuid not null,
  due_at timestamptz not null,
  dropped boolean not null default false,
  primary key (delivery_id, reminder_id),
  unique (target_id, reminder_id, due_at)
);
comment on table delivery_item is 'What a message tells of: each due reminder once for each person and robot. Dropped: done or out of sight before it was sent';
create index delivery_item_reminder on delivery_item (reminder_id);
create table delivery_attempt (
  delivery_id uuid not null references delivery (id) on delete cascade,
  zone_id uuid not null,
  n int not null,
  at timestamptz not null default app_now(),
  ended_at timestamptz,
  outcome text check (outcome in ('SENT','RETRY','REFUSED','DOUBT')),
  answer text check (length(answer) <= 500),
  primary key (delivery_id, n)
);
comment on table delivery_attempt is 'Every handing over of a message and what was answered; no outcome: under way';

-- Over all zones, ids alone. Taken messages come again after two minutes: the job may be lost with its worker.
create function deliveries_due(batch int) returns table (zone_id uuid, delivery_id uuid) language sql volatile security definer set search_path = public as $$
  update delivery d set next_at = app_now() + interval '2 minutes', claimed_at = app_now()
  where d.id in (select c.id from delivery c where c.next_at <= app_now() order by c.next_at, c.id limit batch for update skip locked)
  returning d.zone_id, d.id
$$;
-- Handed over five minutes ago and nothing heard since: the worker died, and whether the message arrived is not known.
create function deliveries_abandoned(batch int) returns table (zone_id uuid, delivery_id uuid) language sql stable security definer set search_path = public as $$
  select d.zone_id, d.id from delivery d where d.state = 'SENDING' and d.sending_at < app_now() - interval '5 minutes' order by d.sending_at limit batch
$$;

------------------------------------------------------------------ calendar feeds
create table calendar_feed (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  staff_id uuid not null references staff (id),
  name text not null check (length(name) between 1 and 60),
  secret_hash bytea not null unique,
  created_at timestamptz not null default app_now(),
  last_read_at timestamptz,
  revoked_at timestamptz
);
comment on table calendar_feed is 'Secret addresses under which a person''s calendar program reads what is due; the secret itself is shown once and not kept';
create index calendar_feed_of_staff on calendar_feed (staff_id) where revoked_at is null;
-- One of the doors before the zone is known: takes a secret''s digest, gives one person.
create function calendar_actor(hash bytea) returns table (feed_id uuid, staff_id uuid, zone_id uuid, name text, role text, locale text, department_ids uuid[], led_ids uuid[])
  language plpgsql volatile security definer set search_path = public as $$
#variable_conflict use_column
declare f calendar_feed;
begin
  select * into f from calendar_feed where secret_hash = hash and revoked_at is null;
  if not found then return; end if;
  if f.last_read_at is null or f.last_read_at < app_now() - interval '10 minutes' then update calendar_feed set last_read_at = app_now() where id = f.id; end if;
  return query select f.id, p.id, p.zone_id, p.name, p.role, p.locale,
    array(select p.department_id where p.department_id is not null union select m.department_id from staff_department m where m.staff_id = p.id),
    array(select m.department_id from staff_department m where m.staff_id = p.id and m.leads)
  from staff p where p.id = f.staff_id and p.disabled_at is null;
end $$;

------------------------------------------------------------------ walls, books, grants
select wall_zone(t) from unnest(array['channel_endpoint','channel_endpoint_department','channel_pace','staff_channel','delivery','delivery_item','delivery_attempt','calendar_feed']::regclass[]) t;
select keep_books('channel_endpoint_department'::regclass);
-- The books know that a secret or an address changed, never what it is; reading a feed is no change.
create function channel_veiled(j jsonb) returns jsonb language sql stable security definer set search_path = public as $$
  select coalesce(jsonb_object_agg(e.k, case when e.k in ('address_sealed','secret_sealed','address','secret_hash') then to_jsonb(audit_veil(e.v #>> '{}', a.key)) else e.v end), '{}')
  from audit_key a, jsonb_each(jsonb_strip_nulls(j) - '{zone_id,code_sealed,code_tries,code_expires_at,last_read_at}'::text[]) e (k, v)
$$;
create function channel_books() returns trigger language plpgsql security definer set search_path = public as $$
declare a jsonb := case when tg_op = 'UPDATE' then channel_veiled(to_jsonb(old)) end; b jsonb := channel_veiled(to_jsonb(new)); before_ jsonb; after_ jsonb := b;
begin
  if a = b then return null; end if;
  if a is not null then
    select jsonb_object_agg(k, a -> k) filter (where a ? k), jsonb_object_agg(k, b -> k) into before_, after_
    from (select jsonb_object_keys(a || b) as k) x where a -> k is distinct from b -> k;
  end if;
  insert into audit_entry (zone_id, at, actor_id, request_id, cause, entity, entity_id, operation, before, after)
  values (new.zone_id, clock_timestamp(), app_staff(), app_request(), app_cause(), tg_table_name, coalesce(b ->> 'id', b ->> 'staff_id'), tg_op, before_, after_);
  return null;
end $$;
create trigger audit_channel after insert or update on channel_endpoint for each row execute function channel_books();
create trigger audit_channel after insert or update on staff_channel for each row execute function channel_books();
create trigger audit_channel after insert or update on calendar_feed for each row execute function channel_books();
grant select, insert, update on channel_endpoint, channel_pace, staff_channel, delivery, delivery_item, delivery_attempt, calendar_feed to yinfeng_app;
grant select, insert, delete on channel_endpoint_department to yinfeng_app;
revoke execute on function channel_books(), channel_veiled(jsonb) from public;
revoke execute on function channel_key(), deliveries_due(int), deliveries_abandoned(int), calendar_actor(bytea) from public;
grant execute on function channel_key(), deliveries_due(int), deliveries_abandoned(int), calendar_actor(bytea) to yinfeng_app;
-- Addresses of colleagues and settings of the zone are nobody''s contact (migration 25); patched by its text, so that later words stay.
do $$
declare source text := pg_get_functiondef('person_left_out'::regproc); patched text := replace(source, $t$('staff', null, 'COLLEAGUES')$t$, $t$('staff_channel', null, 'COLLEAGUES'), ('channel_endpoint', null, 'SETTINGS'), ('staff', null, 'COLLEAGUES')$t$);
begin
  if patched = source then raise exception 'person_left_out has changed: name staff_channel and channel_endpoint there'; end if;
  execute patched;
end $$;
`;
