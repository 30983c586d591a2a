/** Statements of the one search box. The functions are in migration 1763800000014: they know the zone and use the indexes. */

export const PROBE = 'select * from search_probe($1::smallint[], $2::jsonb, $3, $4)';

/** $1 few, $2 kinds, $3 readings, $4 enough. One row of kind 0: these are more than a few. */
export const AMONG = (visible: string) => `
  with mine as materialized (select p.id from project p where ${visible} limit $1 + 1),
  theirs as materialized (select distinct pe.enterprise_id from project_enterprise pe where (select count(*) from mine) <= $1 and pe.project_id in (select id from mine) limit $1 + 1)
  select * from search_among(array(select id from mine), array(select enterprise_id from theirs), $1, $2::smallint[], $3::jsonb, $4)`;

export const CODES = 'select * from search_codes($1, $2, $3)';
export const PHONES = 'select id from search_phones($1, $2)';

const NOTED = `
  select s.kind, s.id, coalesce(e.name, p.name, c.name) as name, coalesce(e.uscc, p.code) as code from search_stale s
  left join enterprise e on s.kind = 1 and e.id = s.id left join project p on s.kind = 2 and p.id = s.id left join contact c on s.kind = 3 and c.id = s.id`;
/** The newest $1 records that no job has spelled yet. */
export const TAIL = `${NOTED} where s.zone_id = app_zone() and s.seq in (select seq from search_stale where zone_id = app_zone() order by seq desc limit $1) and coalesce(e.name, p.name, c.name) is not null`;
/** All of them that have $1 in their name as it is written; at most $2. */
export const TAIL_BY_NAME = `${NOTED} where s.zone_id = app_zone() and (strpos(e.folded_name, $1) > 0 or strpos(p.folded_name, $1) > 0 or strpos(c.name, $1) > 0) limit $2`;

/** What may be seen of these records ($1 ids, $2 kinds), in their order, at most $3. A contact opens its project, else its enterprise. */
export const found = (visible: { project: string; enterprise: string; ofContact: string; ofContactFirm: string }) => `
  with hit as (select * from unnest($1::uuid[], $2::smallint[]) with ordinality h (id, kind, ord))
  select f.* from hit h cross join lateral (
    select h.ord, h.kind, e.id, e.name as title, e.uscc as detail, null as phone, 'Enterprise:' || e.id as opens from enterprise e where h.kind = 1 and e.id = h.id and ${visible.enterprise}
    union all select h.ord, h.kind, p.id, p.name, p.code || ' · ' || p.stage, null, 'Project:' || p.id from project p where h.kind = 2 and p.id = h.id and ${visible.project}
    union all select h.ord, h.kind, c.id, coalesce(c.name, '—'), concat_ws(' · ', coalesce(o.project, o.firm), c.title), c.phones[1], coalesce('Project:' || o.project_id, 'Enterprise:' || o.firm_id)
      from contact c cross join lateral (
        select max(cp.id::text) as project_id, max(cp.name) as project, max(ce.id::text) as firm_id, max(ce.name) as firm
        from (select 1) one left join project cp on cp.id = c.project_id and ${visible.ofContact} left join enterprise ce on ce.id = c.enterprise_id and ${visible.ofContactFirm}) o
      where h.kind = 3 and c.id = h.id and (o.project_id is not null or o.firm_id is not null)
  ) f order by h.ord limit $3`;
