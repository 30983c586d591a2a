import type { Tx } from '@yinfeng/platform';

/** What an import ($1) tells of building, beside the projects themselves: planned days, resumptions, the year's plan of starts. */

/** Two columns may tell one thing of a project, and so may two lists of a file: the first tells it. */
const TOLD = `plan join draft_works w on w.import_id = $1 and w.ord = plan.ord join project p on p.id = plan.project_id`;
const TAKEN = `plan.action in ('CREATE', 'UPDATE', 'MERGE') and not plan.is_visit`;
const FIELD = `case w.code when 'COMPLETION' then 'date.plan_finish' else 'date.plan_start' end`;

/**
 * What a sheet says of a planned day is news only where it differs from what the last sheet said: a person's own revision
 * stands. Asked before the project's further fields change. $2 round.
 */
const PUT_OFF = `
  create temp table put_off on commit drop as
  select distinct on (h.id) h.id, h.zone_id, h.project_id, coalesce(h.revised_on, h.planned_on) as was, w.planned_on as becomes, to_jsonb(h) as before
  from turn plan join draft_works w on w.import_id = $1 and w.ord = plan.ord and w.part = 'MILESTONE' join draft_project d on d.import_id = $1 and d.ord = plan.ord
  join project p on p.id = plan.project_id join works_milestone h on h.project_id = p.id and h.code = w.code and h.voided_at is null
  where plan.round = $2 and h.planned_on is not null and h.reached_on is null and coalesce(h.revised_on, h.planned_on) <> w.planned_on and p.extra -> (${FIELD}) is distinct from d.extra -> (${FIELD})`;
const NOTE_PUT_OFF = `insert into import_change (import_id, zone_id, entity, entity_id, before) select $1, zone_id, 'works_milestone', id, before from put_off where (before ->> 'import_id')::uuid is distinct from $1::uuid`;
const REVISE = `
  with told as (insert into works_revision (zone_id, project_id, works_id, from_on, to_on, reason, revised_by, revised_at, import_id) select zone_id, project_id, id, was, becomes, '台账', app_staff(), app_now(), $1 from put_off)
  update works_milestone h set revised_on = o.becomes, version = h.version + case when h.import_id is not distinct from $1 then 0 else 1 end from put_off o where o.id = h.id`;

/** Planned days that a round of rows puts off. Joins the caller's transaction. */
export async function revisePlans(tx: Tx, importId: string, round: number): Promise<void> {
  await tx.run(PUT_OFF, [importId, round]);
  await tx.run(NOTE_PUT_OFF, [importId]);
  await tx.run(REVISE, [importId]);
  await tx.run('drop table put_off');
}

const PLAN = `
  insert into works_milestone as h (zone_id, project_id, code, name_zh, name_en, position, reached_with, planned_on, precision, reached_on, reached_by, reached_at, import_id, recorded_by, recorded_at)
  select distinct on (p.id, w.code) p.zone_id, p.id, w.code, n.zh, n.en, n.place, n.kind, w.planned_on, w.precision, w.reached_on, case when w.reached_on is not null then app_staff() end, case when w.reached_on is not null then app_now() end, $1, app_staff(), app_now()
  from ${TOLD} join (values ('GROUND_BREAKING', '开工', 'Ground-breaking', 1, 'STARTED'), ('COMPLETION', '竣工', 'Completion', 3, 'COMPLETED')) n (code, zh, en, place, kind) on n.code = w.code
  where ${TAKEN} and w.part = 'MILESTONE' order by p.id, w.code, w.ord
  on conflict (project_id, code) where voided_at is null do update set planned_on = excluded.planned_on, precision = excluded.precision where h.planned_on is null and h.import_id = $1`;
/** A list that only says that work goes on tells of no new resumption where the year has seen a start or resumption. */
const RESUMED = `
  insert into works_pause (zone_id, project_id, resumed_on, precision, note, import_id, recorded_by, recorded_at, resumed_by, resumed_at)
  select p.zone_id, p.id, w.reached_on, w.precision, case when not w.dated then '开复工情况' end, $1, app_staff(), app_now(), app_staff(), app_now()
  from ${TOLD} where ${TAKEN} and w.part = 'RESUMPTION' and (w.dated or not exists (
    select from works_pause x where x.project_id = p.id and x.voided_at is null and extract(year from x.resumed_on) = extract(year from w.reached_on)
    union all select from milestone m where m.project_id = p.id and m.kind = 'STARTED' and m.voided_at is null and extract(year from m.counting_on) = extract(year from w.reached_on)))
  order by w.ord
  on conflict do nothing`;
/** Whoever was taken off the plan of a year by a person stays off it. */
const LISTED = `
  insert into start_plan (zone_id, project_id, year, kind, import_id, listed_by, listed_at)
  select distinct on (p.id, w.year) p.zone_id, p.id, w.year, w.kind, $1, app_staff(), app_now()
  from ${TOLD} where ${TAKEN} and w.part = 'PLAN' and not exists (select from start_plan s where s.project_id = p.id and s.year = w.year) order by p.id, w.year, w.ord
  on conflict do nothing`;

/** Brings what rows tell of building into the books, after their projects and milestones. Joins the caller's transaction. */
export async function keepWorks(tx: Tx, importId: string): Promise<void> {
  await tx.run(PLAN, [importId]);
  await tx.run(RESUMED, [importId]);
  await tx.run(LISTED, [importId]);
}

/** Field of changes for a place on a plan that the project has not yet; `p` is the project, `d` the draft. */
export const PLAN_MISSING = `coalesce((select jsonb_object_agg('startPlan.' || w.year, jsonb_build_array(null, true)) from draft_works w where w.import_id = $1 and w.ord = d.ord and w.part = 'PLAN'
  and not exists (select from start_plan s where s.project_id = p.id and s.year = w.year)), '{}'::jsonb)`;
