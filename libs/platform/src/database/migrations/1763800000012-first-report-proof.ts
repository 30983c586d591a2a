import type { MigrationInterface, QueryRunner } from 'typeorm';

/** First reports that can be proved: what was said, chained in order of registration; disputes about them, and shares. */
export class FirstReportProof1763800000012 implements MigrationInterface {
  name = 'FirstReportProof1763800000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('Receipts that were given out cannot be taken back: restore a backup instead.');
  }
}

const sql = /* sql */ `
------------------------------------------------------------------ receipts
-- What the reporter said, as it was said; the project may be renamed later. No personal data: erasing a person must not break a receipt.
alter table first_report add column said_name text, add column said_enterprise text, add column said_uscc text, add column said_total text;

-- What a receipt is about, as one digest. Times in UTC to the microsecond, so that any machine finds the same.
create function receipt_content(r first_report) returns bytea language sql immutable as $$
  select sha256(convert_to(concat_ws(E'\\x1f', r.number, r.project_id, coalesce(r.reporter_id::text, ''), coalesce(r.reporter_name, ''), coalesce(r.department_id::text, ''),
    to_char(r.reported_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), coalesce(r.said_name, ''), coalesce(r.said_enterprise, ''), coalesce(r.said_uscc, ''), coalesce(r.said_total, '')), 'UTF8'))
$$;
-- Each report's hash goes over the one before it in its zone: whoever holds a later receipt proves that no earlier one was
-- slipped in or changed since. Reports that came with a ledger are claims of that ledger, not registered here: no receipt.
create table receipt_link (
  zone_id uuid not null,
  seq bigint not null,
  project_id uuid not null unique,
  number text not null,
  previous bytea not null,
  hash bytea not null,
  taken_at timestamptz not null default clock_timestamp(),
  primary key (zone_id, seq),
  unique (zone_id, number)
);
create table receipt_head (zone_id uuid primary key, seq bigint not null, hash bytea not null);
create trigger receipt_link_books before update or delete on receipt_link for each row execute function refuse_change();
create trigger receipt_link_books_truncate before truncate on receipt_link for each statement execute function refuse_change();

-- Reports of a zone already wait for each other at the number of the year, so waiting for the head costs them nothing more.
create function receipt_take() returns trigger language plpgsql security definer set search_path = public as $$
declare r record; head receipt_head; h bytea;
begin
  if (select p.import_id from project p where p.id = (select project_id from taken limit 1)) is not null then return null; end if;
  for r in select t.zone_id, t.project_id, t.number, receipt_content(t::first_report) as content from taken t order by t.reported_at, t.project_id loop
    insert into receipt_head (zone_id, seq, hash) values (r.zone_id, 0, sha256(convert_to('yinfeng ' || r.zone_id, 'UTF8'))) on conflict do nothing;
    select * into head from receipt_head where zone_id = r.zone_id for update;
    h := sha256(head.hash || r.content);
    insert into receipt_link (zone_id, seq, project_id, number, previous, hash) values (r.zone_id, head.seq + 1, r.project_id, r.number, head.hash, h);
    update receipt_head set seq = head.seq + 1, hash = h where zone_id = r.zone_id;
  end loop;
  return null;
end $$;
create trigger receipt_take after insert on first_report referencing new table as taken for each statement execute function receipt_take();

-- First broken receipt of a zone, or no row when all hold: reports against their links, links against each other, the end against the head.
create function receipts_verify(zone uuid) returns table (number text, reason text) language plpgsql stable security definer set search_path = public as $$
declare h bytea := sha256(convert_to('yinfeng ' || zone, 'UTF8')); n bigint := 0; l record;
begin
  if zone is distinct from app_zone() and app_zone() is not null then return; end if;
  for l in select k.seq, k.number as num, k.previous, k.hash, r as report, r.project_id as reported from receipt_link k left join first_report r on r.project_id = k.project_id where k.zone_id = zone order by k.seq loop
    n := n + 1;
    if l.seq <> n then return query select l.num, 'a receipt before this one was removed'; return; end if;
    if l.reported is null then return query select l.num, 'the first report was removed'; return; end if;
    if l.previous <> h then return query select l.num, 'the receipt does not follow from the one before'; return; end if;
    h := sha256(h || receipt_content(l.report));
    if h <> l.hash then return query select l.num, 'the first report was changed'; return; end if;
  end loop;
  if n <> coalesce((select k.seq from receipt_head k where k.zone_id = zone), 0) then return query select null::text, 'the end of the receipts is missing'; return; end if;
  return query select r.number, 'the first report has no receipt' from first_report r join project p on p.id = r.project_id
    where r.zone_id = zone and p.import_id is null and not exists (select from receipt_link k where k.project_id = r.project_id) order by r.reported_at limit 1;
end $$;
-- What was registered before receipts were chained is chained now, in order of report.
do $$ declare r record; head receipt_head; h bytea; begin
  for r in select f.zone_id, f.project_id, f.number, receipt_content(f) as content from first_report f join project p on p.id = f.project_id where p.import_id is null order by f.reported_at, f.project_id loop
    insert into receipt_head (zone_id, seq, hash) values (r.zone_id, 0, sha256(convert_to('yinfeng ' || r.zone_id, 'UTF8'))) on conflict do nothing;
    select * into head from receipt_head where zone_id = r.zone_id for update;
    h := sha256(head.hash || r.content);
    insert into receipt_link (zone_id, seq, project_id, number, previous, hash) values (r.zone_id, head.seq + 1, r.project_id, r.number, head.hash, h);
    update receipt_head set seq = head.seq + 1, hash = h where zone_id = r.zone_id;
  end loop;
end $$;

------------------------------------------------------------------ disputes
-- Who was first is claimed, shown and adjudicated; the first report itself never changes (domain.md C2, A1 row 13).
create table first_report_dispute (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  number text not null,
  project_id uuid not null references project (id),
  rival_project_id uuid references project (id),
  holder_id uuid references staff (id),
  holder_department_id uuid references department (id),
  claimant_id uuid not null references staff (id),
  claimant_department_id uuid references department (id),
  claimed_name text not null check (claimed_name <> ''),
  claimed_enterprise text,
  first_contact_on date,
  ground text not null check (ground <> ''),
  state text not null default 'OPEN' check (state in ('OPEN','DECIDED','WITHDRAWN')),
  raised_at timestamptz not null default now(),
  evidence_due_on date,
  decide_due_on date,
  ruling text check (ruling in ('FIRST_STANDS','CLAIMANT','SHARED')),
  ruling_note text,
  lead_unit text check (lead_unit in ('HOLDER','CLAIMANT')),
  decided_by uuid references staff (id),
  decided_at timestamptz,
  withdrawn_at timestamptz,
  version int not null default 1,
  unique (zone_id, number),
  constraint dispute_not_with_oneself check (holder_id is distinct from claimant_id),
  constraint dispute_third_person check (decided_by is null or (decided_by <> claimant_id and decided_by is distinct from holder_id)),
  constraint dispute_decided check ((state = 'DECIDED') = (decided_at is not null and ruling is not null and ruling_note <> '' and lead_unit is not null)),
  constraint dispute_withdrawn check ((state = 'WITHDRAWN') = (withdrawn_at is not null))
);
create unique index first_report_dispute_open on first_report_dispute (project_id, claimant_id) where state = 'OPEN';
create index first_report_dispute_newest on first_report_dispute (zone_id, raised_at desc, id desc);
create index first_report_dispute_project on first_report_dispute (project_id);
create index first_report_dispute_rival on first_report_dispute (rival_project_id) where rival_project_id is not null;
create table dispute_evidence (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  dispute_id uuid not null references first_report_dispute (id),
  side text not null check (side in ('CLAIMANT','HOLDER')),
  kind text not null check (kind in ('INVESTOR_LETTER','VISIT_RECORD','CORRESPONDENCE','AGREEMENT','OTHER')),
  note text not null check (note <> ''),
  file_id uuid references stored_file (id),
  dated_on date,
  added_by uuid not null references staff (id),
  added_at timestamptz not null default now()
);
create index dispute_evidence_of on dispute_evidence (dispute_id, added_at);
create index dispute_evidence_file on dispute_evidence (file_id) where file_id is not null;
create table first_report_share (
  zone_id uuid not null,
  dispute_id uuid not null references first_report_dispute (id),
  staff_id uuid not null references staff (id),
  department_id uuid references department (id),
  share numeric(7,6) not null check (share > 0 and share <= 1),
  primary key (dispute_id, staff_id)
);
create index first_report_share_staff on first_report_share (staff_id);

-- A ruling is frozen: the dispute, what was shown, and the shares. New facts are a new dispute.
create function dispute_frozen() returns trigger language plpgsql as $$
begin
  if old.state <> 'OPEN' then raise exception 'dispute % is closed: what was ruled does not change', old.number using errcode = 'restrict_violation'; end if;
  return new;
end $$;
create trigger dispute_frozen before update on first_report_dispute for each row execute function dispute_frozen();
create trigger dispute_kept before delete on first_report_dispute for each row execute function refuse_change();
create trigger dispute_evidence_books before update or delete on dispute_evidence for each row execute function refuse_change();
create trigger first_report_share_books before update or delete on first_report_share for each row execute function refuse_change();
-- Shares of a ruling add up to one project, whoever writes them.
create function shares_whole() returns trigger language plpgsql security definer set search_path = public as $$
declare d first_report_dispute; total numeric;
begin
  select * into d from first_report_dispute where id = case tg_table_name when 'first_report_share' then (to_jsonb(new) ->> 'dispute_id')::uuid else (to_jsonb(new) ->> 'id')::uuid end;
  select coalesce(sum(share), 0) into total from first_report_share where dispute_id = d.id;
  if d.state = 'DECIDED' and d.ruling <> 'FIRST_STANDS' and total <> 1 or (d.state <> 'DECIDED' or d.ruling = 'FIRST_STANDS') and total <> 0 then
    raise exception 'the shares of dispute % add up to %', d.number, total using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger shares_whole after insert on first_report_share deferrable initially deferred for each row execute function shares_whole();
create constraint trigger shares_whole after insert or update on first_report_dispute deferrable initially deferred for each row execute function shares_whole();

-- Who is credited with a first report, and with how much of it: the latest ruling, else the first reporter alone.
create view first_report_credit with (security_invoker = true) as
  select r.zone_id, r.project_id, coalesce(s.staff_id, case when s.dispute_id is null then r.reporter_id end) as staff_id,
    case when s.dispute_id is null then r.department_id else s.department_id end as department_id, coalesce(s.share, 1) as share, d.id as dispute_id
  from first_report r
  left join lateral (select x.id, x.ruling from first_report_dispute x where x.project_id = r.project_id and x.state = 'DECIDED' order by x.decided_at desc, x.id desc limit 1) d on true
  left join first_report_share s on s.dispute_id = d.id and d.ruling <> 'FIRST_STANDS';

alter table reminder drop constraint reminder_kind_check, add constraint reminder_kind_check check (kind ~ '^[A-Z][A-Z_]{1,30}$');

select wall_zone(t) from unnest(array['receipt_link','receipt_head','first_report_dispute','dispute_evidence','first_report_share']::regclass[]) t;
select keep_books(t, true) from unnest(array['first_report_dispute','dispute_evidence','first_report_share']::regclass[]) t;
grant select on receipt_link, receipt_head, first_report_credit to yinfeng_app;
grant select, insert, update on first_report_dispute to yinfeng_app;
grant select, insert on dispute_evidence, first_report_share to yinfeng_app;
revoke execute on function receipts_verify(uuid) from public;
grant execute on function receipts_verify(uuid) to yinfeng_app;
`;
