import { Injectable } from '@nestjs/common';
import { PolicyService, type PolicyValue } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, factsJson, newId, Refusal, type Shape, type Tx, workingDue } from '@yinfeng/platform';
import { conditionHolds, lockProject, type ProjectRow, type RuleSubject } from '@yinfeng/recruitment';
import { stepsOf } from '../permits/permit.rules.js';
import { type HandoffSource, itemRules, type PackageItem, packageOf, type PreviousItem, type StatedItem } from './handoff.rules.js';
import { handoffItemFacts, INSERT_ITEMS, PREVIOUS_ITEMS, RECORDS, SHOW_FILES } from './handoffs.sql.js';

interface Records extends RuleSubject { land: string | null; energy: string | null; environment: string | null; refs: Partial<Record<HandoffSource, string[]>> }
/** What would be handed over now. */
export interface HandoffDraft {
  items: { id: string | null }[];
  toDepartmentId: string | null;
  dueOn: string;
  provisional: boolean;
}

/** What a handoff hands over: asked by the zone, proposed by the records, said by the submitter, carried from the attempt before. */
@Injectable()
export class HandoffPackagesService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService) {}

  policy(tx: Tx): Promise<PolicyValue<'handoff'>> {
    return this.policies.value(tx, 'handoff', this.clock.today());
  }

  /** Writes the package of an attempt that has just been made. @throws Refusal UNKNOWN_REFERENCE: a file that the actor has not uploaded. */
  async write(tx: Tx, project: ProjectRow, handoffId: string, items: readonly (PackageItem & { row: Record<string, unknown> })[], stated: readonly StatedItem[]): Promise<void> {
    await tx.run(INSERT_ITEMS, [handoffId, JSON.stringify(items.map((i) => i.row))]);
    for (const item of items.filter((i) => i.fileIds.length)) {
      const files = new Set(item.fileIds);
      const at = String(stated.findIndex((s) => s.fileIds === item.fileIds));
      if (files.has(null) || (await tx.run(SHOW_FILES, [project.id, item.row['id'], [...files]])) !== files.size) throw new Refusal('UNKNOWN_REFERENCE', ['checklist', at, 'fileIds'], { field: '文件', value: [...files].join(', ') });
    }
  }

  /** The package of the next attempt to a department, as rows to write. */
  async prepare(tx: Tx, project: ProjectRow, policy: PolicyValue<'handoff'>, toDepartmentId: string | null, stated: readonly StatedItem[] | null): Promise<(PackageItem & { row: Record<string, unknown> })[]> {
    const records = (await tx.row<Records>(RECORDS, [project.id]))!;
    const previous = await tx.rows<PreviousItem>(PREVIOUS_ITEMS, [project.id, toDepartmentId]);
    const asked = itemRules(policy).filter((rule) => conditionHolds(rule.condition, records));
    // Permits that are opened already are linked; before that it is the zone's list that says which ones will be needed.
    const { steps } = await this.policies.value(tx, 'permits', this.clock.today());
    const permits = records.refs.PERMITS?.length ? null : stepsOf(steps, records).map((s) => s.zh).join('、') || null;
    const content: Partial<Record<HandoffSource, string | null>> = { LAND: records.land, ENERGY: records.energy, ENVIRONMENT: records.environment, PERMITS: permits };
    return packageOf(asked, stated, previous).map((item, i) => ({
      ...item,
      row: {
        id: newId(), position: i + 1, code: item.code, label_zh: item.zh, label_en: item.en, required: item.required, source: item.source, done: item.done, note: item.note,
        content: content[item.source] ?? null, refs: records.refs[item.source] ?? [], previous_id: item.previousId, state: item.carried ? 'ACCEPTED' : 'PENDING',
      },
    }));
  }

  /**
   * What a handoff submitted now would hold: what the zone asks, what the records propose, what was accepted or returned before.
   * @throws Refusal NOT_FOUND.
   */
  async draft(actor: Actor, projectId: string | null, shape: Shape): Promise<HandoffDraft> {
    demand(actor, 'handoff.read');
    return this.db.tx(actor, async (tx) => {
      const project = await lockProject(tx, projectId);
      const policy = await this.policy(tx);
      const last = await tx.row<{ id: string; to: string | null }>('select id, to_department_id as to from handoff where project_id = $1 order by attempt desc limit 1', [project.id]);
      const to = last?.to ?? policy.receiver;
      const rows = (await this.prepare(tx, project, policy, to, null)).map((i) => ({ ...i.row, id: null, handoff_id: last?.id ?? null }));
      const items = await tx.rows<{ node: { id: null } }>(`select ${factsJson(handoffItemFacts, shape)} as node from jsonb_populate_recordset(null::handoff_item, $1::jsonb) i order by i.position`, [JSON.stringify(rows)]);
      const { due, provisional } = await workingDue(tx, this.clock.today(), policy.receiveWorkingDays);
      return { items: items.map((i) => i.node), toDepartmentId: to, dueOn: due, provisional };
    });
  }
}
