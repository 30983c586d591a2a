import type { Tx } from '@yinfeng/platform';

/** Records that an import may change, restored in this order. */
const ENTITIES = ['enterprise', 'project', 'project_amount', 'milestone', 'works_milestone', 'contact', 'visit'] as const;

/** Puts every record that the import changed back to what it was before its first change, column by column. */
export async function restoreChanges(tx: Tx, importId: string): Promise<void> {
  for (const entity of ENTITIES) {
    const columns = (await tx.rows<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attname <> 'id'`, [entity])).map((c) => c.name);
    await tx.run(
      `update ${entity} t set ${columns.map((c) => `${c} = o.${c}`).join(', ')}
       from (select distinct on (entity_id) entity_id, before from import_change where import_id = $1 and entity = $2 and before is not null order by entity_id, seq) c
       cross join lateral jsonb_populate_record(null::${entity}, c.before) o
       where t.id = c.entity_id`, [importId, entity]);
  }
}

/** A project that has gone on since the import, and what came to it. */
export interface Obstacle {
  sheet: string;
  row: number;
  name: string;
  what: string;
}

/**
 * What has been built on the import since: its projects and visits changed, or work by others attached to them. The
 * import's own rows and what triggers plan by themselves (reminders) do not count.
 */
export async function obstacles(tx: Tx, importId: string): Promise<Obstacle[]> {
  return tx.rows<Obstacle>(
    `with mine as (
       select p.id, p.name, p.version <> 1 as changed, i.applied_at from project p, ledger_import i where i.id = $1 and p.zone_id = i.zone_id and p.import_id = $1
       union all
       select p.id, p.name, p.version <> (c.after ->> 'version')::int, i.applied_at
       from (select distinct on (entity_id) entity_id, after from import_change where import_id = $1 and entity = 'project' and before is not null order by entity_id, seq desc) c
       join project p on p.id = c.entity_id, ledger_import i where i.id = $1
     ), work as (
       select m.id, m.name, '资料已修改' as what from mine m where m.changed
       union all select g.id, g.name, '已合并或删除，请先撤销' from gone_of_import($1) g
       union all select m.id, m.name, '走访' from mine m join visit v on v.project_id = m.id where v.import_id is distinct from $1 and v.created_at > m.applied_at
       union all select m.id, m.name, '走访已修改' from mine m join visit v on v.project_id = m.id where v.import_id = $1 and v.version <> 1
       union all select m.id, m.name, '签约' from mine m join signing g on g.project_id = m.id where g.import_id is distinct from $1 and g.recorded_at > m.applied_at
       union all select m.id, m.name, '阶段申请' from mine m join stage_request q on q.project_id = m.id where q.requested_at > m.applied_at
       union all select m.id, m.name, '移交' from mine m join handoff h on h.project_id = m.id where h.submitted_at > m.applied_at
       union all select m.id, m.name, '投资计划或月报' from mine m where exists (select from investment_actual n where n.project_id = m.id) or exists (select from investment_plan i where i.project_id = m.id)
       union all select m.id, m.name, '到位资金' from mine m join capital_arrival a on a.project_id = m.id
       union all select m.id, m.name, '建设节点' from mine m join works_milestone w on w.project_id = m.id where case when w.import_id = $1 then w.version <> 1 else w.milestone_id is null and greatest(w.recorded_at, w.reached_at, w.voided_at, (select max(r.revised_at) from works_revision r where r.works_id = w.id and r.import_id is null)) > m.applied_at end
       union all select m.id, m.name, '停复工' from mine m join works_pause w on w.project_id = m.id where case when w.import_id = $1 then w.version <> 1 else w.recorded_at > m.applied_at end
       union all select m.id, m.name, '开复工计划' from mine m join start_plan s on s.project_id = m.id where case when s.import_id = $1 then s.version <> 1 else s.listed_at > m.applied_at end
       union all select m.id, m.name, '吹哨诉求' from mine m join service_call c on c.project_id = m.id
       union all select m.id, m.name, '无进展说明' from mine m join no_progress_note n on n.project_id = m.id
       union all select m.id, m.name, '佐证材料' from mine m join evidence x on x.project_id = m.id where x.added_at > m.applied_at
     )
     select coalesce(r.sheet, '') as sheet, coalesce(r.row, 0) as row, w.name, w.what
     from work w left join lateral (select sheet, row from ledger_row r where r.import_id = $1 and r.project_id = w.id order by r.ord limit 1) r on true
     order by r.sheet nulls last, r.row limit 20`, [importId]);
}
