import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The job board: how each job ran, what failed for good and who takes it up or lays it aside, figures of the installation for operators. */
export class JobBoard1763900000068 implements MigrationInterface {
  name = 'JobBoard1763900000068';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function installation_figures(timestamptz), job_failures(boolean, int), job_settle(uuid, text);
      drop table job_run;
      drop index delivery_open, delivery_ended, outbox_failed;
      alter table outbox drop column discarded_at;`);
  }
}

const sql = String.raw/* sql */ `
alter table outbox add column discarded_at timestamptz check (discarded_at is null or failure is not null);
comment on column outbox.discarded_at is 'A job that failed for good and was laid aside by a person; it stays for its thirty days and may still be taken up';
create index outbox_failed on outbox (completed_at desc, id) where failure is not null;

-- One row a job, written at the end of each run by whichever worker ran it. A worker that dies under way writes nothing:
-- then the last run grows old.
create table job_run (
  job text primary key check (length(job) between 1 and 60),
  runs bigint not null,
  failures bigint not null,
  seconds double precision not null,
  last_at timestamptz not null,
  last_seconds double precision not null,
  last_ok_at timestamptz,
  last_error text check (length(last_error) <= 500),
  last_error_at timestamptz
) with (fillfactor = 50);
comment on table job_run is 'How each job ran: times run and failed, seconds in all, and the last run. Of the whole installation';

-- What waits, is under way or needs a person; and what ended lately.
create index delivery_open on delivery (zone_id, channel, state, (next_at is null)) where state in ('WAITING','SENDING','DOUBT','DEAD');
create index delivery_ended on delivery (ended_at) where ended_at is not null;

-- Figures over all zones, none about a person. $1: the moment of the product's clock; jobs keep real time.
create function installation_figures(at timestamptz) returns json language sql stable security definer set search_path = public as $$
  select json_build_object(
    'outbox', (select json_build_object('waiting', count(*) filter (where d.due), 'later', count(*) filter (where not d.due), 'oldest', extract(epoch from clock_timestamp() - min(d.since) filter (where d.due)))
      from (select o.run_at is null or o.run_at <= clock_timestamp() as due, greatest(o.created_at, o.run_at) as since from outbox o where o.dispatched_at is null) d),
    'handedOver', (select json_build_object('open', count(*), 'oldest', extract(epoch from clock_timestamp() - min(o.dispatched_at))) from outbox o where o.dispatched_at is not null and o.completed_at is null),
    'failed', (select count(*) from outbox o where o.failure is not null and o.discarded_at is null),
    'runs', (select coalesce(json_agg(json_build_object('job', r.job, 'runs', r.runs, 'failures', r.failures, 'seconds', r.seconds, 'lastAt', r.last_at, 'lastSeconds', r.last_seconds, 'lastOkAt', r.last_ok_at, 'lastError', r.last_error, 'lastErrorAt', r.last_error_at,
      'age', extract(epoch from clock_timestamp() - r.last_at)) order by r.job), '[]') from job_run r),
    'reminders', (select json_build_object('due', count(*), 'late', extract(epoch from at - min(r.due_at))) from reminder r where r.state = 'PLANNED' and r.due_at <= at),
    'claimed', (select json_build_object('open', count(*), 'oldest', extract(epoch from at - min(c.claimed_at))) from reminder_delivery c where c.state = 'CLAIMED'),
    'deliveries', (select coalesce(json_agg(json_build_object('channel', x.channel, 'state', x.state, 'n', x.n)), '[]') from (
      select d.channel, case when d.state = 'DOUBT' and d.next_at is not null then 'WAITING' else d.state end as state, count(*) as n from delivery d where d.state in ('WAITING','SENDING','DOUBT','DEAD') group by 1, 2) x),
    'overdue', (select json_build_object('n', count(*), 'oldest', extract(epoch from at - min(d.next_at))) from delivery d where d.next_at <= at),
    'lastHour', (select coalesce(json_agg(json_build_object('channel', x.channel, 'state', x.state, 'n', x.n)), '[]') from (
      select d.channel, d.state, count(*) as n from delivery d where d.ended_at > at - interval '1 hour' group by 1, 2) x))
$$;

-- Jobs that failed for good, newest first; of another zone's job no more than that it failed.
create function job_failures(aside boolean, most int) returns table (id uuid, job text, mine boolean, failure text, created_at timestamptz, failed_at timestamptz, discarded_at timestamptz)
  language sql stable security definer set search_path = public as $$
  select o.id, o.job, m.mine, case when m.mine then o.failure end, o.created_at, o.completed_at, o.discarded_at
  from outbox o, lateral (select coalesce(o.data ->> 'zoneId' = app_zone()::text, true) as mine) m
  where o.failure is not null and (o.discarded_at is not null) = aside order by o.completed_at desc, o.id limit most
$$;

-- RETRY: the relay hands it over anew, under its own id. DISCARD: laid aside. No row: no such job, or another zone's.
create function job_settle(job_id uuid, act text) returns table (job text, done boolean) language plpgsql volatile security definer set search_path = public as $$
#variable_conflict use_column
declare o outbox;
begin
  select * into o from outbox where id = job_id and coalesce(data ->> 'zoneId' = app_zone()::text, true) for update;
  if not found then return; end if;
  if o.failure is not null and act = 'RETRY' then
    update outbox set completed_at = null, failure = null, discarded_at = null, dispatched_at = null, run_at = null where id = job_id;
    return query select o.job, true;
  elsif o.failure is not null and o.discarded_at is null and act = 'DISCARD' then
    update outbox set discarded_at = clock_timestamp() where id = job_id;
    return query select o.job, true;
  else
    return query select o.job, false;
  end if;
end $$;
revoke execute on function installation_figures(timestamptz), job_failures(boolean, int), job_settle(uuid, text) from public;
grant execute on function installation_figures(timestamptz), job_failures(boolean, int), job_settle(uuid, text) to yinfeng_app;
`;
