import { Injectable } from '@nestjs/common';
import { foldName, judgeUscc, normaliseUscc } from '@yinfeng/enterprises';
import { type Actor, Database, demand, newId, once, PERMISSIONS_OF_ROLE, Refusal, Refusals, type Role, type Tx } from '@yinfeng/platform';
import { bind, demandVersion, enterpriseVisibility } from './projects.access.js';
import { checkedNames, pastedNames } from './target-names.rules.js';
import { targetListVisibility, type TargetPriority, type TargetState } from './target.facts.js';
import { demandInUse, TargetListsService } from './target-lists.service.js';

/** Most targets of one call. */
export const TARGETS_AT_ONCE = 500;

export interface TargetItem {
  /** Either a name or an enterprise on record. */
  name?: string | null;
  enterpriseId?: string | null;
  uscc?: string | null;
  /** Where in the chain. */
  segment?: string | null;
  reason?: string | null;
  priority?: TargetPriority | null;
}
export interface TargetAdd extends Omit<TargetItem, 'name' | 'enterpriseId' | 'uscc'> {
  idempotencyKey?: string | null;
  listId: string | null;
  /** Names as pasted: lines, semicolons and commas separate them. Segment, reason and priority hold for all that names none. */
  names?: string | null;
  items?: TargetItem[] | null;
}
export const TARGET_ADD_OUTCOMES = ['ADDED', 'ALREADY', 'REPEATED', 'REFUSED'] as const;
/** What became of one item, in the order of the paste. */
export interface TargetAdded {
  position: number;
  name: string;
  outcome: (typeof TARGET_ADD_OUTCOMES)[number];
  /** The target on the list, now or before. */
  targetId: string | null;
}
export interface TargetAssign {
  idempotencyKey?: string | null;
  targets: { targetId: string | null; expectedVersion: number }[];
  /** null: nobody's any more. */
  assigneeId: string | null;
}
/** Absent means unchanged, null clears. */
export interface TargetUpdate {
  idempotencyKey?: string | null;
  targetId: string | null;
  expectedVersion: number;
  state?: Exclude<TargetState, 'REPORTED'> | null;
  /** Required when dropped. */
  dropReason?: string | null;
  segment?: string | null;
  reason?: string | null;
  priority?: TargetPriority | null;
}
export interface TargetRow {
  id: string;
  version: number;
  list_id: string;
  name: string;
  uscc: string | null;
  state: TargetState;
  drop_reason: string | null;
  assignee_id: string | null;
  project_id: string | null;
}

/** Target enterprises on their way from a name on a list to a lead. */
@Injectable()
export class TargetsService {
  constructor(private readonly db: Database, private readonly lists: TargetListsService) {}

  /**
   * Puts enterprises on a list; whoever stands there already, or comes twice in the paste, is told and not doubled.
   * @throws Refusal NOT_FOUND, TARGET_LIST_ARCHIVED, REQUIRED (nothing to add), INVALID (more than 500).
   */
  async add(actor: Actor, input: TargetAdd): Promise<{ listId: string; added: number; items: TargetAdded[] }> {
    demand(actor, 'target.edit');
    return this.db.tx(actor, (tx) => once(tx, 'targetAdd', input, async () => {
      const list = await this.lists.lock(tx, input.listId);
      demandInUse(list);
      const items: TargetItem[] = [...pastedNames(input.names ?? '').map((name) => ({ name })), ...(input.items ?? [])];
      if (items.length === 0) throw new Refusal('REQUIRED', ['names'], { field: '企业名称' });
      if (items.length > TARGETS_AT_ONCE) throw new Refusal('INVALID', ['names'], { field: '企业名称', value: items.length, expected: `≤ ${TARGETS_AT_ONCE}` });
      const onRecord = await this.onRecord(tx, items);
      const named = checkedNames(items.map((i) => (i.enterpriseId ? (onRecord.get(i.enterpriseId)?.name ?? '') : (i.name ?? ''))));
      const good = named.flatMap((n, i) => {
        if (n.fault) return [];
        const item = items[i]!;
        const code = item.enterpriseId ? onRecord.get(item.enterpriseId)?.uscc : item.uscc ? normaliseUscc(item.uscc) : null;
        return [{ id: newId(), name: n.name, folded_name: n.folded, uscc: code && judgeUscc(code) !== 'format' && judgeUscc(code) !== 'damaged' ? code : null,
          segment: (item.segment ?? input.segment)?.trim() || null, reason: (item.reason ?? input.reason)?.trim() || null, priority: item.priority ?? input.priority ?? 'B' }];
      });
      const made = await tx.rows<{ id: string; folded_name: string }>(
        `insert into target_enterprise (id, zone_id, list_id, name, folded_name, uscc, segment, reason, priority, created_at, created_by)
         select t.id, app_zone(), $1, t.name, t.folded_name, t.uscc, t.segment, t.reason, t.priority, app_now(), app_staff()
         from json_to_recordset($2) t (id uuid, name text, folded_name text, uscc text, segment text, reason text, priority text) on conflict (list_id, folded_name) do nothing returning id, folded_name`, [list.id, JSON.stringify(good)]);
      const standing = await tx.rows<{ id: string; folded_name: string }>('select id, folded_name from target_enterprise where list_id = $1 and folded_name = any($2::text[])', [list.id, good.map((g) => g.folded_name)]);
      const added = new Set(made.map((m) => m.folded_name));
      const ids = new Map(standing.map((s) => [s.folded_name, s.id]));
      return {
        listId: list.id, added: made.length,
        items: named.map((n) => ({
          position: n.position, name: n.name, targetId: n.fault === 'MALFORMED' ? null : (ids.get(n.folded) ?? null),
          outcome: n.fault === 'MALFORMED' ? 'REFUSED' as const : n.fault === 'REPEATED' ? 'REPEATED' as const : added.has(n.folded) ? 'ADDED' as const : 'ALREADY' as const,
        })),
      };
    }), { cause: 'targetAdd' });
  }

  /**
   * Gives targets to a person, all or none. Whoever judges leads gives them to anybody who works on leads; others take
   * what is free, or give their own back.
   * @throws Refusals naming each target that is unknown, stale or somebody else's.
   */
  async assign(actor: Actor, input: TargetAssign): Promise<{ targetIds: string[] }> {
    demand(actor, 'target.edit');
    return this.db.tx(actor, (tx) => once(tx, 'targetAssign', input, async () => {
      if (input.targets.length === 0) throw new Refusal('REQUIRED', ['targets'], { field: '目标企业' });
      const rows = await this.lockAll(tx, input.targets.map((t) => t.targetId));
      const any = actor.permissions.has('lead.judge');
      const wrong: Refusal[] = [];
      input.targets.forEach(({ targetId, expectedVersion }, i) => {
        const row = targetId ? rows.get(targetId) : undefined;
        if (!row) throw new Refusal('NOT_FOUND');
        if (row.version !== expectedVersion) wrong.push(new Refusal('CONFLICT', ['targets', String(i), 'expectedVersion'], { version: row.version }));
        else if (!any && row.assignee_id !== null && row.assignee_id !== actor.staffId) wrong.push(new Refusal('TARGET_TAKEN', ['targets', String(i), 'targetId'], { name: row.name }));
      });
      if (wrong.length) throw new Refusals(wrong);
      if (input.assigneeId) {
        const person = await tx.row<{ id: string; name: string; role: Role }>('select id, name, role from staff where id = $1 and disabled_at is null', [input.assigneeId]);
        if (!person) throw new Refusal('UNKNOWN_REFERENCE', ['assigneeId'], { field: '责任人', value: input.assigneeId });
        if (!PERMISSIONS_OF_ROLE[person.role].includes('target.edit')) throw new Refusal('INVALID', ['assigneeId'], { field: '责任人', value: person.name, expected: '招商人员 / a person who works on leads' });
        if (!any && person.id !== actor.staffId) throw new Refusal('INVALID', ['assigneeId'], { field: '责任人', value: person.name, expected: '只能领给自己 / oneself' });
      }
      const ids = [...rows.keys()];
      await tx.run('update target_enterprise set assignee_id = $2, version = version + 1 where id = any($1::uuid[])', [ids, input.assigneeId]);
      return { targetIds: input.targets.map((t) => t.targetId!) };
    }), { cause: 'targetAssign' });
  }

  /** @throws Refusal NOT_FOUND, CONFLICT, TARGET_REPORTED (its state is the lead's), REASON_REQUIRED. */
  async update(actor: Actor, input: TargetUpdate): Promise<{ targetId: string }> {
    demand(actor, 'target.edit');
    return this.db.tx(actor, (tx) => once(tx, 'targetUpdate', input, async () => {
      const row = await this.lock(tx, input.targetId);
      demandVersion(row, input.expectedVersion);
      if (input.state && row.state === 'REPORTED') throw new Refusal('TARGET_REPORTED', ['state'], { name: row.name }, row.id);
      const state = input.state ?? row.state;
      const dropReason = state === 'DROPPED' ? (input.dropReason ?? row.drop_reason)?.trim() || null : null;
      if (state === 'DROPPED' && dropReason === null) throw new Refusal('REASON_REQUIRED', ['dropReason'], {}, row.id);
      const params: unknown[] = [row.id, state, dropReason];
      const set = ['version = version + 1', 'state = $2', 'drop_reason = $3'];
      for (const [column, value] of [['segment', input.segment], ['reason', input.reason]] as const) if (value !== undefined) set.push(`${column} = ${bind(params, value?.trim() || null)}`);
      if (input.priority) set.push(`priority = ${bind(params, input.priority)}`);
      await tx.run(`update target_enterprise set ${set.join(', ')} where id = $1`, params);
      return { targetId: row.id };
    }), { cause: 'targetUpdate' });
  }

  /** The enterprise that a target names. Not locked: a report takes the lock on its firm first. @throws Refusal UNKNOWN_REFERENCE. */
  async named(tx: Tx, targetId: string): Promise<{ name: string; uscc: string | null }> {
    const params: unknown[] = [targetId];
    const row = await tx.row<{ name: string; uscc: string | null }>(
      `select te.name, te.uscc from target_enterprise te where te.id = $1 and exists (select from target_list tl where tl.id = te.list_id and ${targetListVisibility(tx.actor, 'tl', params)})`, params);
    if (!row) throw new Refusal('UNKNOWN_REFERENCE', ['targetId'], { field: '目标企业', value: targetId });
    return row;
  }

  /**
   * A lead was reported: the target it came from, and every other on a list in use that names its enterprise, is reached.
   * @throws Refusal TARGET_REPORTED when the target it came from has its lead already.
   */
  async reported(tx: Tx, projectId: string, targetId: string | null, enterprise: { name: string; uscc?: string | null } | null): Promise<void> {
    if (!enterprise) return;
    const reached = await tx.rows<{ id: string }>(
      `with found as (
         select te.id from target_enterprise te where te.project_id is null and (te.id = $2 or te.id in (
           select t.id from (select id, list_id from target_enterprise where zone_id = app_zone() and folded_name = $3 and project_id is null
                             union select id, list_id from target_enterprise where zone_id = app_zone() and uscc = $4 and project_id is null) t
           join target_list tl on tl.id = t.list_id where tl.archived_at is null)) order by te.id for no key update)
       update target_enterprise te set project_id = $1, state = 'REPORTED', drop_reason = null, version = version + 1 from found where te.id = found.id returning te.id`,
      [projectId, targetId, foldName(enterprise.name), enterprise.uscc ? normaliseUscc(enterprise.uscc) : null], 'targets_reported');
    if (targetId && !reached.some((r) => r.id === targetId)) throw new Refusal('TARGET_REPORTED', ['targetId'], { name: enterprise.name });
  }

  private async lock(tx: Tx, targetId: string | null): Promise<TargetRow> {
    const row = targetId ? (await this.lockAll(tx, [targetId])).get(targetId) : undefined;
    if (!row) throw new Refusal('NOT_FOUND');
    return row;
  }

  /** The gateway to targets: those of lists that the actor may see, locked in one order. */
  private async lockAll(tx: Tx, targetIds: readonly (string | null)[]): Promise<Map<string, TargetRow>> {
    const params: unknown[] = [targetIds.filter((id) => id !== null)];
    const rows = await tx.rows<TargetRow>(
      `select te.id, te.version, te.list_id, te.name, te.uscc, te.state, te.drop_reason, te.assignee_id, te.project_id from target_enterprise te
       where te.id = any($1::uuid[]) and exists (select from target_list tl where tl.id = te.list_id and ${targetListVisibility(tx.actor, 'tl', params)}) order by te.id for no key update`, params);
    return new Map(rows.map((r) => [r.id, r]));
  }

  /** Enterprises on record that the items name and the actor may see; others are malformed names. */
  private async onRecord(tx: Tx, items: readonly TargetItem[]): Promise<Map<string, { name: string; uscc: string | null }>> {
    const ids = items.flatMap((i) => (i.enterpriseId ? [i.enterpriseId] : []));
    if (ids.length === 0 || !tx.actor.permissions.has('enterprise.read')) return new Map();
    const params: unknown[] = [ids];
    const rows = await tx.rows<{ id: string; name: string; uscc: string | null }>(`select e.id, e.name, e.uscc from enterprise e where e.id = any($1::uuid[]) and ${enterpriseVisibility(tx.actor, 'e', params)}`, params);
    return new Map(rows.map((r) => [r.id, r]));
  }
}
