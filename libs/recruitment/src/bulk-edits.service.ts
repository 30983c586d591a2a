import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, newId, once, Refusal, type Tx } from '@yinfeng/platform';
import { RemindersService } from '@yinfeng/reminders';
import { mergedInto, projectVisibility, type ProjectStatus } from './projects.access.js';
import { followOwners, lastDay } from './undo.sql.js';

/** The same change for many projects; absent means unchanged, null clears. */
export interface BulkChanges {
  ownerId?: string | null;
  departmentId?: string | null;
  parkId?: string | null;
  class?: string | null;
  industryCode?: string | null;
  nextFollowUpOn?: string | null;
  nextStep?: string | null;
}
export interface BulkEdit extends BulkChanges {
  idempotencyKey?: string | null;
  /** At most BULK_MOST; null stands for an id that is none. */
  projectIds: (string | null)[];
  reason?: string | null;
}
export interface HandOver {
  idempotencyKey?: string | null;
  fromId: string | null;
  toId: string | null;
  /** Absent: the projects stay with their departments. */
  departmentId?: string | null;
  reason?: string | null;
}
/** What became of each project asked for, in the order asked. */
export interface BulkOutcome {
  actId: string | null;
  changed: number;
  items: { projectId: string | null; refusal: { code: 'NOT_FOUND' | 'STATUS_NOT_ACTIVE'; params: Record<string, string> } | null }[];
}
export const BULK_MOST = 500;
/** A person who leaves may have more. */
const HAND_OVER_MOST = 5_000;

const COLUMNS: Record<keyof BulkChanges, string> = { ownerId: 'owner_id', departmentId: 'department_id', parkId: 'park_id', class: 'class', industryCode: 'industry_code', nextFollowUpOn: 'next_follow_up_on', nextStep: 'next_step' };

/**
 * $1 act, $2 projects, $3 patch, $4 columns. What was there before is read in the same snapshot as it is changed.
 * The trigger of the books and the audit see every row.
 */
const CHANGE = `
  with was as (select p.id, to_jsonb(p) as row from project p where p.id = any($2::uuid[])),
  done as (
    update project p set (%) = (select % from jsonb_populate_record(p, $3::jsonb)), version = version + 1, updated_at = app_now() where p.id = any($2::uuid[]) returning p.id, to_jsonb(p) as row)
  insert into undo_item (act_id, zone_id, entity, entity_key, before, after)
  select $1::uuid, app_zone(), 'project', jsonb_build_object('id', d.id), jsonb_build_object(c, w.row -> c), jsonb_build_object(c, d.row -> c) from done d join was w using (id) cross join unnest($4::text[]) c
  where w.row -> c is distinct from d.row -> c`;

/** 批量修改: one act over many projects, with what each was before; UndoService puts back what still holds. */
@Injectable()
export class BulkEditsService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService, private readonly reminders: RemindersService) {}

  /**
   * Changes the projects that the actor may see and that are under way or suspended; the others are named, each with why.
   * @throws Refusal REQUIRED (nothing to change), TOO_LONG, UNKNOWN_REFERENCE: then nothing is changed.
   */
  async edit(actor: Actor, input: BulkEdit): Promise<BulkOutcome> {
    demand(actor, 'project.bulk');
    if (input.projectIds.length > BULK_MOST) throw new Refusal('TOO_LONG', ['projectIds'], { field: '项目', max: BULK_MOST });
    if (input.projectIds.length === 0) throw new Refusal('REQUIRED', ['projectIds'], { field: '项目' });
    const fields = (Object.keys(COLUMNS) as (keyof BulkChanges)[]).filter((f) => input[f] !== undefined);
    if (fields.length === 0) throw new Refusal('REQUIRED', ['changes'], { field: '要修改的内容' });
    return this.db.tx(actor, (tx) => once(tx, 'projectBulkEdit', input, async () => this.run(tx, await this.resolved(tx, input.projectIds), input, `${fields.length} / ${input.projectIds.length}`, input.reason)), { cause: 'projectBulkEdit' });
  }

  /** 离岗移交: all that a person is in charge of and that the actor sees goes to another, with its open reminders. @throws Refusal NOT_FOUND, UNKNOWN_REFERENCE, INVALID, TOO_LONG. */
  async handOver(actor: Actor, input: HandOver): Promise<BulkOutcome> {
    demand(actor, 'project.bulk');
    return this.db.tx(actor, (tx) => once(tx, 'projectHandOver', input, async () => {
      const person = (id: string | null) => (id ? tx.row<{ name: string; disabled: boolean }>('select name, disabled_at is not null as disabled from staff where id = $1', [id]) : undefined);
      const from = await person(input.fromId);
      const to = await person(input.toId);
      if (!from || !to) throw new Refusal('UNKNOWN_REFERENCE', [from ? 'toId' : 'fromId'], { field: '人员', value: (from ? input.toId : input.fromId) ?? '—' });
      if (to.disabled || input.fromId === input.toId) throw new Refusal('INVALID', ['toId'], { field: '接手人', value: to.name, expected: '另一位在岗人员 / another person who is enabled' });
      const params: unknown[] = [input.fromId];
      const mine = await tx.rows<{ id: string }>(`select p.id from project p where p.owner_id = $1 and p.status in ('ACTIVE', 'SUSPENDED') and ${projectVisibility(tx.actor, 'p', params)} order by p.id limit ${HAND_OVER_MOST + 1}`, params);
      if (mine.length > HAND_OVER_MOST) throw new Refusal('TOO_LONG', ['fromId'], { field: '项目', max: HAND_OVER_MOST });
      return this.run(tx, mine.map((p) => p.id), { ownerId: input.toId, ...(input.departmentId ? { departmentId: input.departmentId } : {}) }, `${from.name} → ${to.name} / ${mine.length}`, input.reason);
    }), { cause: 'projectHandOver', statementTimeoutMs: 60_000 });
  }

  private async run(tx: Tx, ids: readonly (string | null)[], changes: BulkChanges, title: string, reason: string | null | undefined): Promise<BulkOutcome> {
    for (const [field, table, label] of [['industryCode', 'industry', '行业代码'], ['parkId', 'park', '园区'], ['departmentId', 'department', '部门'], ['ownerId', 'staff', '负责人']] as const) {
      const value = changes[field];
      if (value != null && !(await tx.row(`select 1 as ok from ${table} where ${table === 'industry' ? 'code' : 'id'} = $1`, [value]))) throw new Refusal('UNKNOWN_REFERENCE', [field], { field: label, value });
    }
    const params: unknown[] = [ids.filter((id) => id !== null)];
    const seen = new Map((await tx.rows<{ id: string; status: ProjectStatus; owner_id: string | null; next_follow_up_on: string | null }>(
      `select p.id, p.status, p.owner_id, p.next_follow_up_on from project p where p.id = any($1::uuid[]) and ${projectVisibility(tx.actor, 'p', params)} order by p.id for no key update`, params)).map((p) => [p.id, p]));
    const items = ids.map((id): BulkOutcome['items'][number] => {
      const project = id ? seen.get(id) : undefined;
      if (!project) return { projectId: id, refusal: { code: 'NOT_FOUND', params: {} } };
      return { projectId: id, refusal: ['ACTIVE', 'SUSPENDED'].includes(project.status) ? null : { code: 'STATUS_NOT_ACTIVE', params: { status: project.status } } };
    });
    const changing = [...new Set(items.filter((i) => !i.refusal).map((i) => i.projectId!))];
    if (changing.length === 0) return { actId: null, changed: 0, items };
    const today = this.clock.today();
    const { bulkDays } = await this.policies.value(tx, 'undo', today);
    const actId = newId();
    const patch = Object.fromEntries((Object.keys(COLUMNS) as (keyof BulkChanges)[]).filter((f) => changes[f] !== undefined).map((f) => [COLUMNS[f], changes[f]]));
    const columns = Object.keys(patch);
    await tx.run(`insert into undo_act (id, zone_id, kind, entity, title, reason, detail, done_by, done_at, until_on) values ($1, app_zone(), 'BULK', 'project', $2, $3, $4, app_staff(), app_now(), $5)`,
      [actId, title, reason?.trim() || null, JSON.stringify({ changes: patch }), lastDay(today, bulkDays)]);
    await tx.run(CHANGE.replaceAll('%', columns.join(', ')), [actId, changing, JSON.stringify(patch), columns]);
    const before = changing.map((id) => seen.get(id)!);
    if (changes.ownerId) await followOwners(tx, this.reminders, before);
    if (changes.nextFollowUpOn !== undefined) await this.replan(tx, changing);
    return { actId, changed: changing.length, items };
  }

  /** Follow-up reminders of these projects as the projects now say. */
  async replan(tx: Tx, ids: readonly string[]): Promise<void> {
    const rows = await tx.rows<{ id: string; owner_id: string | null; next_follow_up_on: string | null; next_step: string | null; status: ProjectStatus }>('select id, owner_id, next_follow_up_on, next_step, status from project where id = any($1::uuid[]) order by id', [ids]);
    const today = this.clock.today();
    for (const p of rows) {
      await this.reminders.cancel(tx, { projectId: p.id, kind: 'FOLLOW_UP' });
      if (p.status !== 'ACTIVE' || !p.owner_id || !p.next_follow_up_on || p.next_follow_up_on < today) continue;
      await this.reminders.plan(tx, { kind: 'FOLLOW_UP', cause: `FOLLOW_UP:${p.id}:${p.next_follow_up_on}`, projectId: p.id, recipientId: p.owner_id, dueOn: p.next_follow_up_on, detail: { nextStep: p.next_step } });
    }
  }

  /** Ids of merged projects lead to the project that they went into. */
  private async resolved(tx: Tx, ids: readonly (string | null)[]): Promise<(string | null)[]> {
    const known = new Set((await tx.rows<{ id: string }>('select id from project where id = any($1::uuid[])', [ids.filter((id) => id !== null)])).map((p) => p.id));
    const out: (string | null)[] = [];
    for (const id of ids) out.push(id && !known.has(id) ? ((await mergedInto(tx, 'project', id)) ?? id) : id);
    return out;
  }
}
