import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One person across all tables (个人信息保护法 arts. 45–47): found, exported, corrected, erased; the receipts; who is past the term. */
export class Person1763800000025 implements MigrationInterface {
  name = 'Person1763800000025';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('Receipts of erasures cannot be taken back: restore a backup instead.');
  }
}

const sql = String.raw/* sql */ `
alter table contact add column erased_at timestamptz;
comment on column contact.erased_at is 'When the person was erased on request; the record itself and what counts it stay';

------------------------------------------------------------------ receipts, and who is past the term
create table person_act (
  id uuid primary key default new_id(),
  zone_id uuid not null,
  number text not null,
  kind text not null check (kind in ('EXPORT','CORRECT','ERASE')),
  subjects text[] not null,
  reason text not null check (reason <> ''),
  found jsonb not null check (jsonb_typeof(found) = 'array'),
  kept jsonb not null default '[]' check (jsonb_typeof(kept) = 'array'),
  acted_by uuid references staff (id),
  acted_at timestamptz not null default app_now(),
  unique (zone_id, number)
);
comment on table person_act is 'Receipts of what was done on request of a person: rows by table, never a value';
comment on column person_act.subjects is 'Digests of phones and contacts under the key of this installation: whether a person was erased before can be asked, who it was cannot';
create index person_act_newest on person_act (zone_id, acted_at desc);
create trigger person_act_books before update or delete on person_act for each row execute function refuse_change();
create trigger person_act_books_truncate before truncate on person_act for each statement execute function refuse_change();

create table personal_data_due (
  contact_id uuid primary key references contact (id) on delete cascade,
  zone_id uuid not null,
  due_on date not null,
  proposed_at timestamptz not null default app_now()
);
comment on table personal_data_due is 'Contacts past their term, proposed daily; nothing is erased by the clock';
create index personal_data_due_list on personal_data_due (zone_id, due_on, contact_id);
-- Looks at the zone anew: who is past the term, and who no longer is.
create function personal_data_propose(months int, today date) returns int language plpgsql security definer set search_path = public as $$
declare zone uuid := app_zone(); n int;
begin
  delete from personal_data_due d using contact c where d.zone_id = zone and c.id = d.contact_id and (c.erased_at is not null or c.gone_at is not null or contact_retained(c, months) >= today);
  insert into personal_data_due as d (contact_id, zone_id, due_on)
  select c.id, zone, r.day from contact c cross join lateral (select contact_retained(c, months) as day) r
  where c.zone_id = zone and c.erased_at is null and c.gone_at is null and r.day < today
  on conflict (contact_id) do update set due_on = excluded.due_on where d.due_on <> excluded.due_on;
  select count(*) into n from personal_data_due d where d.zone_id = zone;
  return n;
end $$;

------------------------------------------------------------------ what gives way, and for whom alone
-- True only within person_walk: its cause, and the rights of the owner, which no service has by itself.
create function person_at_work() returns boolean language plpgsql stable as $$
begin
  return coalesce(app_cause() in ('personErase', 'personCorrect'), false) and current_user <> 'yinfeng_app';
end $$;
-- Tables that are written once give way to it. Of the books only entries of this same transaction do, which nobody has
-- seen yet: the triggers have just written the old value into them.
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and person_at_work() then
    if tg_table_name = 'audit_entry' then
      if to_jsonb(old) ->> 'txid' = pg_current_xact_id()::text then return new; end if;
    elsif tg_table_name <> all (array['audit_chain', 'receipt_link', 'person_act']) then
      return new;
    end if;
  end if;
  raise exception '% on % is refused: the books are append-only', tg_op, tg_table_name using errcode = 'restrict_violation';
end $$;
do $patch$ declare fn text; body text;
begin
  foreach fn in array array['lead_triage_once()', 'dispute_frozen()'] loop
    body := pg_get_functiondef(fn::regprocedure);
    if body !~ '\nbegin\n' then raise exception '% is not as expected', fn; end if;
    execute regexp_replace(body, '\nbegin\n', E'\nbegin\n  if person_at_work() then return new; end if;\n');
  end loop;
end $patch$;

------------------------------------------------------------------ finding
create function person_digest(v text) returns text language sql stable security definer set search_path = public as $$ select audit_veil(v, key) from audit_key $$;
-- The same line: equal digits, or with and without the area code.
create function phone_same(a text, b text) returns boolean language sql immutable parallel safe as $$
  select x = y or (length(x) >= 7 and length(y) > length(x) and left(y, 1) = '0' and right(y, length(x)) = x) or (length(y) >= 7 and length(x) > length(y) and left(x, 1) = '0' and right(x, length(y)) = y)
  from (select regexp_replace(regexp_replace(a, '[^0-9]', '', 'g'), '^86(?=1[0-9]{10}$)', '') as x, regexp_replace(regexp_replace(b, '[^0-9]', '', 'g'), '^86(?=1[0-9]{10}$)', '') as y) d
$$;
-- Contacts of the zone, gone ones among them: these, with one of these phones, or of this name (of this firm, by its folded name).
create function person_contacts(ids uuid[], numbers text[], called text, firm text)
  returns table (id uuid, name text, title text, department text, language text, phones text[], wechat text, emails text[], note text, basis text, source text, collected_on date, project_id uuid, enterprise_id uuid, erased boolean)
  language plpgsql stable security definer set search_path = public as $$
declare zone uuid := app_zone(); wanted uuid[] := ids; number text; firms uuid[];
begin
  foreach number in array numbers loop
    wanted := wanted || array(select c.id from contact c where c.zone_id = zone and c.phones <> '{}' and phone_tails(c.phones) @> array[number] and exists (select from unnest(c.phones) p where phone_same(p, number)))
      || array(select c.id from contact c where c.zone_id = zone and c.phones <> '{}' and length(number) > 7 and left(number, 1) = '0' and phone_tails(c.phones) @> array[right(number, 7)] and exists (select from unnest(c.phones) p where phone_same(p, number)));
  end loop;
  if called is not null then
    if firm is not null then firms := array(select e.id from enterprise e where e.zone_id = zone and e.folded_name = firm union select h.enterprise_id from enterprise_name_history h where h.zone_id = zone and h.folded_name = firm); end if;
    wanted := wanted || array(select c.id from contact c where c.zone_id = zone and c.name = called and (firm is null or c.enterprise_id = any (firms)
      or exists (select from project_enterprise pe where pe.project_id = c.project_id and pe.enterprise_id = any (firms))));
  end if;
  return query select c.id, c.name, c.title, c.department, c.language, c.phones, c.wechat, c.emails, c.note, c.basis, c.source, coalesce(c.collected_on, shanghai_day(c.created_at)), c.project_id, c.enterprise_id, c.erased_at is not null
    from contact c where c.zone_id = zone and c.id = any (wanted) order by c.id;
end $$;
-- Where the names of these contacts mean them: their projects and those of their enterprises; whom an introducer's phone names.
create function person_scope(people uuid[], numbers text[]) returns table (projects uuid[], enterprises uuid[], introducers text[]) language sql stable security definer set search_path = public as $$
  with c as (select k.project_id, k.enterprise_id from contact k where k.zone_id = app_zone() and k.id = any (people)),
  r as (select l.project_id, l.name from lead_referrer l where l.zone_id = app_zone() and l.kind = 'PERSON' and exists (select from unnest(numbers) n where phone_same(l.phone, n))),
  p as (select c.project_id as id from c union select pe.project_id from c join project_enterprise pe on pe.enterprise_id = c.enterprise_id union select x.id from c join project x on x.enterprise_id = c.enterprise_id union select r.project_id from r)
  select array(select id from p where id is not null union select x.merged_into from p join project x on x.id = p.id where x.merged_into is not null),
    array(select enterprise_id from c where enterprise_id is not null union select x.enterprise_id from c join project x on x.id = c.project_id where x.enterprise_id is not null), array(select distinct name from r)
$$;
-- Who else is called so, or begins so, where the names would be looked for; colleagues of the zone by the whole name.
create function person_namesakes(names text[], people uuid[], projects uuid[], enterprises uuid[]) returns setof text language sql stable security definer set search_path = public as $$
  select c.name from contact c where c.zone_id = app_zone() and c.id <> all (people) and (c.project_id = any (projects) or c.enterprise_id = any (enterprises)) and exists (select from unnest(names) n where left(n, 1) = left(c.name, 1) or strpos(c.name, n) > 0)
  union select s.name from staff s where s.zone_id = app_zone() and exists (select from unnest(names) n where strpos(s.name, n) > 0)
$$;

-- What the walk leaves as it is, and why. col NULL: the whole table.
create function person_left_out() returns table (entity text, col text, why text) language sql immutable as $$
  values ('audit_entry', null, 'BOOKS'), ('audit_chain', null, 'BOOKS'), ('pipeline_movement', null, 'BOOKS'), ('pipeline_cube', null, 'BOOKS'), ('person_act', null, 'BOOKS'), ('receipt_link', null, 'RECEIPT'), ('receipt_head', null, 'RECEIPT'),
    ('first_report', 'number', 'RECEIPT'), ('first_report', 'reporter_name', 'RECEIPT'), ('first_report', 'said_name', 'RECEIPT'), ('first_report', 'said_enterprise', 'RECEIPT'), ('first_report', 'said_uscc', 'RECEIPT'), ('first_report', 'said_total', 'RECEIPT'),
    ('staff', null, 'COLLEAGUES'), ('staff_department', null, 'COLLEAGUES'), ('credential', null, 'COLLEAGUES'), ('session', null, 'COLLEAGUES'), ('api_token', null, 'COLLEAGUES'),
    ('zone', null, 'SETTINGS'), ('department', null, 'SETTINGS'), ('park', null, 'SETTINGS'), ('stage_policy', null, 'SETTINGS'), ('gate_item', null, 'SETTINGS'), ('zone_policy', null, 'SETTINGS'),
    ('search_doc', null, 'DERIVED'), ('search_band', null, 'DERIVED'), ('search_stale', null, 'DERIVED'), ('idempotency_key', 'key', 'KEY')
$$;
-- Mentions with a few letters around them; other numbers nearby are nobody's business.
create function person_words(body text, pattern text) returns jsonb language sql immutable as $$
  select jsonb_agg(regexp_replace(m[1], '[0-9０-９]+', '*', 'g') || m[2] || regexp_replace(m[3], '[0-9０-９]+', '*', 'g')) from regexp_matches(body, '(.{0,12})(' || pattern || ')(.{0,12})', 'gi') m
$$;

/*
 * One person across every table of the zone that holds words. strong matches what is the person's alone (phones, accounts)
 * and counts wherever it stands; names matches the person's names in rows about the person's projects and enterprises, near
 * those in rows that hold something of strong. COUNT and EXPORT look; ERASE and CORRECT replace (NULL: is not replaced); dry counts what they would change.
 * The tables come from the catalogue: a later one takes part without being named here, if it has zone_id, and project_id or
 * enterprise_id where names matter. Names of firms, units, places and colleagues are nobody's contact.
 * A row that a rule of its table does not let change stays and is told as kept.
 */
create function person_walk(act text, strong text, names text, near text, projects uuid[], enterprises uuid[], people uuid[], new_strong text, new_name text, dry boolean)
  returns table (entity text, found bigint, columns text[], kept text, words jsonb) language plpgsql security definer set search_path = public as $$
declare
  zone uuid := app_zone(); t record; c record; gone constant text := '已删除'; changes boolean := act in ('ERASE', 'CORRECT') and not dry;
  strangers constant text[] := array['folded_name','core_name','stem','marks','enterprise_name','enterprise','enterprise_folded','enterprise_stem','project','project_folded','project_stem','party_name','leader_name','companions','reporter_name',
    'owner','reporter','department','investors','usccs','code','key','identity','park','sheet','file_name','claimed_enterprise','cause','state','kind'];
  -- Whose older form would bring back what was erased. Projects and visits not: an import whose rows have another version can no longer be undone.
  versioned constant text[] := array['contact','signing','commitment'];
  whole text; named text; holds text; scope text; pattern text; hit text; one text; sets text; tests text[]; cols text[]; shown text; n bigint; left_ bigint; stuck bigint; told jsonb; at tid; turn int; relink boolean;
begin
  if zone is null then return; end if;
  if changes and not person_at_work() then raise exception 'the walk changes rows only on behalf of personErase and personCorrect' using errcode = 'restrict_violation'; end if;
  -- What stays, as it is before anything changes.
  return query select 'stored_file', count(distinct i.file_id), '{}'::text[], 'FILE', null::jsonb from ledger_row_text r join ledger_import i on i.id = r.import_id where r.zone_id = zone and concat_ws(' ', r.fields, r.raw) ~* strong and i.file_id is not null having count(distinct i.file_id) > 0;
  return query select 'first_report', count(*), '{}'::text[], 'RECEIPT', null::jsonb from first_report r where r.zone_id = zone and concat_ws(' ', r.said_name, r.said_enterprise, r.said_total) ~* strong having count(*) > 0;
  return query select 'audit_entry', count(*), '{}'::text[], 'BOOKS', null::jsonb from audit_entry a where a.zone_id = zone and (a.before::text ~* strong or a.after::text ~* strong
    or ((a.entity_id = any (projects::text[]) or a.after ->> 'project_id' = any (projects::text[])) and (a.before::text ~ names or a.after::text ~ names))) having count(*) > 0;

  for t in
    select k.oid, k.relname::text as tbl, array_agg(a.attname::text) as cols, p.people_pass, exists (select from undo_item u where u.zone_id = zone and u.entity = k.relname and u.digest is not null) as undoable
    from pg_class k join pg_attribute a on a.attrelid = k.oid and a.attnum > 0 and not a.attisdropped
    cross join lateral (select false as people_pass union all select true where k.relname = 'contact') p
    where k.relnamespace = 'public'::regnamespace and k.relkind in ('r', 'p') and not k.relispartition and not exists (select from person_left_out() l where l.entity = k.relname and l.col is null)
    group by 1, 2, 4 having 'zone_id' = any (array_agg(a.attname::text)) order by 2, 4 desc
  loop
    whole := null; named := null; sets := null; tests := '{}'; cols := '{}'; shown := null;
    if t.people_pass then
      hit := 'x.zone_id = $5 and x.id = any ($7) and x.erased_at is null' || case when act = 'CORRECT' then
        ' and (($9::text is not null and x.name is distinct from $9) or ($8::text is not null and exists (select from unnest(x.phones) p where p ~* (''^(?:'' || $1 || '')$''))) or ($8::text is not null and concat_ws(E''\n'', x.note, x.source) ~* $1) or ($9::text is not null and concat_ws(E''\n'', x.note, x.source) ~ $6))' else '' end;
      sets := case act when 'ERASE' then 'name = case when x.name is not null then $10 end, title = null, department = null, language = null, phones = ''{}'', wechat = null, emails = ''{}'', note = null, source = null, do_not_contact_reason = null, erased_at = app_now(), version = version + 1'
        else 'name = coalesce($9, x.name), full_name = x.full_name or $9 is not null, phones = array(select case when $8::text is not null and p ~* (''^(?:'' || $1 || '')$'') then $8 else p end from unnest(x.phones) with ordinality u (p, i) order by i), version = version + 1'
          || (select string_agg(format(', %1$I = coalesce(regexp_replace(coalesce(regexp_replace(x.%1$I, $1, $8, ''gi''), x.%1$I), $6, $9, ''g''), regexp_replace(x.%1$I, $1, $8, ''gi''), x.%1$I)', k), '') from unnest(array['note', 'source']) k) end;
      cols := case act when 'CORRECT' then array['name', 'phones', 'note', 'source'] else array['name', 'title', 'phones', 'wechat', 'emails', 'note'] end;
      execute format('select count(*) from contact x where %s', hit)
        into n using strong, names, projects, enterprises, zone, near, people, new_strong, new_name, gone;
    else
      scope := case
        when t.tbl = 'project' then 'x.id = any ($3)' when t.tbl = 'enterprise' then 'x.id = any ($4)'
        when t.tbl = 'undo_act' then '(x.project_id = any ($3) or x.subject_id = any ($3 || $4 || $7) or x.other_id = any ($3 || $4 || $7))'
        when t.tbl = 'undo_item' then 'x.act_id in (select a.id from undo_act a where a.zone_id = $5 and (a.project_id = any ($3) or a.subject_id = any ($3 || $4 || $7) or a.other_id = any ($3 || $4 || $7)))'
        when t.tbl = 'import_change' then '(x.entity_id = any ($3 || $4 || $7) or coalesce(x.after, x.before) ->> ''project_id'' = any ($3::text[]) or coalesce(x.after, x.before) ->> ''enterprise_id'' = any ($4::text[]))'
        when t.tbl = 'ledger_row_text' or t.tbl like 'draft\_%' then '(x.import_id, x.ord) in (select r.import_id, r.ord from ledger_row r where r.zone_id = $5 and (r.project_id = any ($3) or r.visit_id in (select v.id from visit v where v.zone_id = $5 and (v.project_id = any ($3) or v.enterprise_id = any ($4)))))'
        when t.tbl = 'stored_file' then 'x.id in (select e.file_id from evidence e where e.zone_id = $5 and e.project_id = any ($3))'
        when t.tbl = 'dispute_evidence' then 'x.dispute_id in (select d.id from first_report_dispute d where d.zone_id = $5 and (d.project_id = any ($3) or d.rival_project_id = any ($3)))'
        when t.tbl = 'contact_reveal' then 'x.contact_id = any ($7)'
        when 'project_id' = any (t.cols) and 'enterprise_id' = any (t.cols) then '(x.project_id = any ($3) or x.enterprise_id = any ($4))'
        when 'project_id' = any (t.cols) then 'x.project_id = any ($3)' when 'enterprise_id' = any (t.cols) then 'x.enterprise_id = any ($4)' else 'false' end;
      for c in
        select a.attname::text as col, a.atttypid::regtype::text as kind from pg_attribute a
        where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.atttypid in ('text'::regtype, 'varchar'::regtype, 'json'::regtype, 'jsonb'::regtype, 'text[]'::regtype)
          and not exists (select from person_left_out() l where l.entity = t.tbl and l.col = a.attname)
        order by a.attnum
      loop
        whole := concat_ws(', ', whole, format('x.%I::text', c.col));
        if c.col <> all (strangers) and not (c.col = 'name' and ('folded_name' = any (t.cols) or t.tbl = 'target_list')) then named := concat_ws(', ', named, format('x.%I::text', c.col)); end if;
      end loop;
      continue when whole is null;
      holds := format('(concat_ws(E''\n'', %s) ~* $1)', whole);
      pattern := format('(case when %s then $6 when %s then $2 else ''\Zx'' end)', holds, scope);
      for c in
        select a.attname::text as col, a.atttypid::regtype::text as kind from pg_attribute a
        where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.atttypid in ('text'::regtype, 'varchar'::regtype, 'json'::regtype, 'jsonb'::regtype, 'text[]'::regtype)
          and not exists (select from person_left_out() l where l.entity = t.tbl and l.col = a.attname)
        order by a.attnum
      loop
        one := case when act <> 'CORRECT' or new_strong is not null then format('x.%I::text ~* $1', c.col) end;
        if (act <> 'CORRECT' or new_name is not null) and c.col <> all (strangers) and not (c.col = 'name' and ('folded_name' = any (t.cols) or t.tbl = 'target_list')) then one := concat_ws(' or ', one, format('x.%I::text ~ %s', c.col, pattern)); end if;
        tests := tests || one; cols := cols || case when one is not null then c.col end;
      end loop;
      cols := array_remove(cols, null);
      tests := array_remove(tests, null);
      continue when tests = '{}';
      -- The first test is the cheap one of both.
      hit := format('x.zone_id = $5 and (%s or (%s and concat_ws(E''\n'', %s) ~ $2)) and (%s) %s', holds, scope, coalesce(named, 'null'), array_to_string(tests, ' or '), case when t.tbl = 'contact' then 'and x.id <> all ($7)' else '' end);
      execute format('select count(*), array_remove(array[%s], null) from %I x where %s',
          (select string_agg(format('case when bool_or(%s) then %L end', tests[i], cols[i]), ', ') from generate_subscripts(tests, 1) i), t.tbl, hit)
        into n, cols using strong, names, projects, enterprises, zone, near, people, new_strong, new_name, gone;
    end if;
    continue when n = 0;

    if not changes then
      told := null;
      if act = 'EXPORT' and not t.people_pass then
        execute format('select jsonb_agg(jsonb_build_object(''record'', coalesce(to_jsonb(x) ->> ''id'', to_jsonb(x) ->> ''project_id'', concat_ws(''#'', to_jsonb(x) ->> ''import_id'', to_jsonb(x) ->> ''ord'')), ''words'', jsonb_strip_nulls(jsonb_build_object(%s))))
          from %I x where %s',
            (select string_agg(format('%L, person_words(x.%I::text, ''(?:'' || $1 || '')|(?:'' || %s || '')'')', k, k, case when k = any (strangers) then '''\Zx''' else '$6' end), ', ') from unnest(cols) k), t.tbl, hit)
          into told using strong, names, projects, enterprises, zone, near, people, new_strong, new_name, gone;
      end if;
      return query select t.tbl, n, cols, null::text, told;
      continue;
    end if;

    if not t.people_pass then
      for c in select a.attname::text as col, a.atttypid::regtype::text as kind from pg_attribute a where a.attrelid = t.oid and a.attname = any (cols) loop
        one := '%s';
        if new_strong is not null then one := 'regexp_replace(' || one || ', $1, $8, ''gi'')'; end if;
        if new_name is not null and c.col <> all (strangers) and not (c.col = 'name' and ('folded_name' = any (t.cols) or t.tbl = 'target_list')) then one := 'regexp_replace(' || one || ', ' || replace(pattern, '%', '%%') || ', $9, ''g'')'; end if;
        one := case
          when act = 'ERASE' and c.col = 'met' then format('(select coalesce(jsonb_agg(case when m.v::text ~* $1 or m.v::text ~ %s then jsonb_build_object(''name'', $10) else m.v end order by m.i), ''[]'') from jsonb_array_elements(x.met) with ordinality m (v, i))', pattern)
          when c.kind = 'text[]' then format('array(select w from (select %s as w, i from unnest(x.%I) with ordinality u (v, i)) y where not (%L in (''phones'', ''emails'') and w = $10) order by i)', format(one, 'v'), c.col, c.col)
          -- A number that stands bare in JSON becomes a text; lists of numbers lose theirs.
          when c.kind in ('json', 'jsonb') then format('regexp_replace(%s, ''"(phones|emails)"(\s*:\s*)\[[^\]]*'' || $10 || ''[^\]]*\]'', ''"\1"\2[]'', ''g'')::%s', format(one, format('regexp_replace(x.%I::text, ''([:\[,]\s*)('' || $1 || '')(?=\s*[,}\]])'', ''\1"\2"'', ''gi'')', c.col)), c.kind)
          when c.col ~ '(phone|wechat|email)' then format('nullif(%s, $10)', format(one, format('x.%I', c.col)))
          else format(one, format('x.%I', c.col)) end;
        sets := concat_ws(', ', sets, format('%I = %s', c.col, one));
      end loop;
      if t.tbl = any (versioned) then sets := sets || ', version = version + 1'; end if;
    end if;
    -- What was taken back later is put back only onto rows that have not changed since: this change does not count as one.
    relink := t.undoable;
    stuck := 0;
    -- Rows that somebody else was just writing are looked at again.
    for turn in 1..3 loop
      begin
        if relink then
          execute format('select count(*) from (select from %I x where %s for update) y', t.tbl, hit) into left_ using strong, names, projects, enterprises, zone, near, people, new_strong, new_name, gone;
          execute format('with hit as materialized (select x.ctid as at, undo_digest(to_jsonb(x)) as was from %1$I x where %2$s), up as (update %1$I x set %3$s from hit where x.ctid = hit.at returning hit.was, undo_digest(to_jsonb(x)) as is_now)
            update undo_item i set digest = up.is_now from up where i.zone_id = $5 and i.entity = %1$L and i.digest = up.was', t.tbl, hit, sets)
            using strong, names, projects, enterprises, zone, near, people, new_strong, new_name, gone;
        else
          execute format('update %I x set %s where %s', t.tbl, sets, hit) using strong, names, projects, enterprises, zone, near, people, new_strong, new_name, gone;
        end if;
      exception when integrity_constraint_violation or data_exception then
        -- One row must not hold back the others.
        for at in execute format('select x.ctid from %I x where %s', t.tbl, hit) using strong, names, projects, enterprises, zone, near, people, new_strong, new_name, gone loop
          begin
            execute format('update %I x set %s where x.ctid = $11 and %s', t.tbl, sets, hit) using strong, names, projects, enterprises, zone, near, people, new_strong, new_name, gone, at;
          exception when integrity_constraint_violation or data_exception then stuck := stuck + 1;
          end;
        end loop;
      end;
      execute format('select count(*) from %I x where %s', t.tbl, hit) into left_ using strong, names, projects, enterprises, zone, near, people, new_strong, new_name, gone;
      exit when left_ = 0 or stuck > 0;
    end loop;
    if n > left_ then return query select t.tbl, n - left_, cols, null::text, null::jsonb; end if;
    if left_ > 0 then return query select t.tbl, left_, cols, 'RULE', null::jsonb; end if;
  end loop;

  if changes then
    delete from search_doc d where d.zone_id = zone and ((d.kind = 3 and d.id = any (people)) or d.folded ~* strong);
    delete from personal_data_due d where d.zone_id = zone and d.contact_id in (select k.id from contact k where k.id = any (people) and k.erased_at is not null);
    -- Of each record the books say that and where something was done, never what stood there.
    update audit_entry a set before = (select jsonb_object_agg(k, null) from jsonb_object_keys(a.before) k), after = (select jsonb_object_agg(k, case act when 'ERASE' then gone else '已更正' end) from jsonb_object_keys(a.after) k)
    where a.txid = pg_current_xact_id() and a.operation = 'UPDATE';
  end if;
end $$;

-- The receipt. Acts of one zone are numbered one after the other; the reason is kept without what it may say of the person.
create function person_receipt(act text, who text[], why text, strong text, near text, found_ jsonb, kept_ jsonb) returns table (id uuid, number text, acted_at timestamptz) language plpgsql security definer set search_path = public as $$
declare zone uuid := app_zone(); yr text := to_char(shanghai_day(app_now()), 'YYYY');
begin
  return query insert into person_act as a (zone_id, number, kind, subjects, reason, found, kept, acted_by)
  values (zone, 'GR' || yr || '-' || lpad((1 + (select count(*) from person_act p where p.zone_id = zone and p.number like 'GR' || yr || '-%'))::text, 4, '0'), act, who,
    mask_text(regexp_replace(regexp_replace(why, strong, '***', 'gi'), near, '***', 'g')), found_, kept_, app_staff()) returning a.id, a.number, a.acted_at;
end $$;
create function person_lock() returns void language sql security definer set search_path = public as $$ select pg_advisory_xact_lock(hashtextextended('person_act' || app_zone(), 25)) $$;

select wall_zone(t) from unnest(array['person_act','personal_data_due']::regclass[]) t;
select keep_books('person_act'::regclass, true);
grant select on person_act, personal_data_due to yinfeng_app;
revoke execute on function person_at_work(), personal_data_propose(int, date), person_digest(text), person_contacts(uuid[], text[], text, text), person_scope(uuid[], text[]), person_namesakes(text[], uuid[], uuid[], uuid[]),
  person_walk(text, text, text, text, uuid[], uuid[], uuid[], text, text, boolean), person_receipt(text, text[], text, text, text, jsonb, jsonb), person_lock() from public;
grant execute on function person_at_work(), personal_data_propose(int, date), person_digest(text), person_contacts(uuid[], text[], text, text), person_scope(uuid[], text[]), person_namesakes(text[], uuid[], uuid[], uuid[]),
  person_walk(text, text, text, text, uuid[], uuid[], uuid[], text, text, boolean), person_receipt(text, text[], text, text, text, jsonb, jsonb), person_lock() to yinfeng_app;
`;
