/** Policy `aftercare` on a day, as CTE `care`: every (months), stages, ways. Placeholders: usual values (JSON), the Shanghai day. */
export const CARE = (usual: string, day: string) => `
  care as materialized (select (r.v ->> 'everyMonths')::int as every, array(select jsonb_array_elements_text(r.v -> 'stages'))::stage[] as stages, array(select jsonb_array_elements_text(r.v -> 'visits')) as ways
    from (select ${usual}::jsonb || coalesce((select z.value from zone_policy z where z.zone_id = app_zone() and z.name = 'aftercare' and z.valid_from <= ${day}::date order by z.valid_from desc limit 1), '{}') as v) r)`;

/** Since when project p has landed: the earliest day on record of landing or anything after it. */
export const LANDED_ON = `(select min(coalesce(m.event_on, m.counting_on)) from milestone m where m.project_id = p.id and m.voided_at is null and m.kind in ('LANDED', 'STARTED', 'COMPLETED', 'PRODUCING'))`;

/** Landed projects under way, each counted by itself (a phase is visited with its original): alias p; l (landed_on, visit_id, visited_on), s (since_on, due_on). */
export const CARED = `
  from care join project p on p.stage = any(care.stages) and p.status = 'ACTIVE' and p.uncounted_at is null
  cross join lateral (select coalesce(${LANDED_ON}, shanghai_day(p.state_at)) as landed_on) x
  left join lateral (select v.id as visit_id, v.visited_on from visit v where v.project_id = p.id and v.direction = any(care.ways) and v.visited_on >= x.landed_on order by v.visited_on desc, v.id desc limit 1) l on true
  cross join lateral (select coalesce(l.visited_on, x.landed_on) as since_on, (coalesce(l.visited_on, x.landed_on) + make_interval(months => care.every))::date as due_on) s`;

/** Which landed firms are to be visited by when, for the list of what is due: $1 usual values, $2 today. */
export const STATE_AFTERCARE = `
  with ${CARE('$1', '$2')}
  select deadlines_state('AFTERCARE', coalesce(jsonb_agg(jsonb_build_object('project', p.id, 'subject', p.id, 'part', '', 'since', s.since_on, 'due', s.due_on)), '[]')) as n ${CARED}`;
