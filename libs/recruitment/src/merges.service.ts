import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, newId, once, Refusal, Refusals, type Tx } from '@yinfeng/platform';
import { RemindersService } from '@yinfeng/reminders';
import { mergeFields, type MergeChoice, type MergeField, takesOther } from './merge-fields.rules.js';
import { change, joined, renumberHandoffs, settleMilestones, settleReminders } from './merge-steps.js';
import { type MergeKind, moving } from './merge-tables.rules.js';
import { CLOSE_FINDINGS, columnsOf, contactVerdict, enterpriseVerdict, type MergeVerdict, movingCounts, projectVerdict, RECOUNT_VISITS, shownFields, type WholeRow, wholeRow } from './merge.sql.js';
import { contactVisibility, enterpriseVisibility, projectVisibility } from './projects.access.js';
import { alone, followOwners, lastDay } from './undo.sql.js';

/** Which of two records of one kind stays, and which goes into it. */
export interface MergePair {
  survivorId: string | null;
  otherId: string | null;
}
export interface Merge extends MergePair {
  idempotencyKey?: string | null;
  /** Version of the record that stays. */
  expectedVersion: number;
  /** Version of the record that goes. */
  otherExpectedVersion: number;
  /** Field by field; absent: the staying record's own value, the other's where it has none. */
  choices?: { field: string; choice: MergeChoice }[] | null;
  reason: string;
  /** Two enterprises with different credit codes are one. */
  confirmDifferentUscc?: boolean | null;
}
export interface MergePreview extends MergeVerdict {
  kind: MergeKind;
  survivorId: string;
  otherId: string;
  fields: { field: string; label: string; survivor: string | null; other: string | null; same: boolean; conflict: boolean; takesOther: boolean }[];
  moves: { what: string; count: number }[];
}

const VISIBLE = { project: projectVisibility, enterprise: enterpriseVisibility, contact: contactVisibility };
/** Their old values stay findable: what the survivor gives up goes to the record that is gone. */
const EXCHANGED = ['name', 'uscc'];

/** 合并: two records of one thing become one, with all that hangs on them; UndoService takes it back. */
@Injectable()
export class MergesService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService, private readonly reminders: RemindersService) {}

  /** What a merge would do, changing nothing. @throws Refusal NOT_FOUND, MERGE_SELF. */
  async preview(actor: Actor, kind: MergeKind, pair: MergePair): Promise<MergePreview> {
    demand(actor, 'merge.run');
    return this.db.tx(actor, async (tx) => {
      const { survivor, other } = await this.pair(tx, kind, pair, false);
      const fields = mergeFields(kind, await columnsOf(tx, kind));
      const shown = await shownFields(tx, kind, fields, survivor.id, other.id);
      const verdict = await this.verdict(tx, kind, survivor, other, false);
      const en = actor.locale === 'en';
      return {
        kind, survivorId: survivor.id, otherId: other.id, ...verdict, moves: await movingCounts(tx, kind, other.id),
        fields: fields.map((f, i) => {
          const { survivor: a, other: b } = shown[i]!;
          return { field: f.field, label: en ? f.en : f.zh, survivor: a, other: b, same: a === b, conflict: a !== b && !!a && !!b, takesOther: takesOther(f, survivor, other, undefined) };
        }),
      };
    });
  }

  /**
   * Merges `other` into `survivor`; the other is gone then, its id leads to the survivor.
   * @returns the act that undo takes back
   * @throws Refusal NOT_FOUND, CONFLICT (either version), MERGE_SELF, MERGE_UNCONFIRMED, REASON_REQUIRED, INVALID (a field); Refusals MERGE_BLOCKED.
   */
  async merge(actor: Actor, kind: MergeKind, input: Merge): Promise<{ actId: string; survivorId: string }> {
    demand(actor, 'merge.run');
    const reason = input.reason.trim();
    if (!reason) throw new Refusal('REASON_REQUIRED', ['reason']);
    return this.db.tx(actor, (tx) => once(tx, `${kind}Merge`, input, async () => {
      await alone(tx, 'MERGE_BLOCKED');
      const { survivor, other } = await this.pair(tx, kind, input, true);
      this.demandVersion(survivor, input.expectedVersion, 'expectedVersion');
      this.demandVersion(other, input.otherExpectedVersion, 'otherExpectedVersion');
      const fields = mergeFields(kind, await columnsOf(tx, kind));
      const choices = this.choices(fields, input.choices ?? []);
      const taken = fields.filter((f) => takesOther(f, survivor, other, choices.get(f.field)));
      const takesStage = kind === 'project' && taken.some((f) => f.field === 'stage');
      const { blockers } = await this.verdict(tx, kind, survivor, other, takesStage);
      if (blockers.length) throw new Refusals(blockers.map((what) => new Refusal('MERGE_BLOCKED', [], { what }, survivor.id)));
      if (kind === 'enterprise' && survivor['uscc'] && other['uscc'] && survivor['uscc'] !== other['uscc'] && !input.confirmDifferentUscc) {
        throw new Refusal('MERGE_UNCONFIRMED', ['confirmDifferentUscc'], { a: survivor['uscc'] as string, b: other['uscc'] as string }, survivor.id);
      }
      const today = this.clock.today();
      const { mergeDays } = await this.policies.value(tx, 'undo', today);
      const actId = newId();
      await tx.run(`insert into undo_act (id, zone_id, kind, entity, subject_id, other_id, project_id, title, reason, done_by, done_at, until_on) values ($1, app_zone(), 'MERGE', $2, $3, $4, $5, $6, $7, app_staff(), app_now(), $8)`,
        [actId, kind, survivor.id, other.id, kind === 'project' ? survivor.id : null, `${nameOf(other)} → ${nameOf(survivor)}`, reason, lastDay(today, mergeDays)]);
      await tx.run('select merge_books($1)', [actId]);
      const patch = Object.assign({}, ...taken.map((f) => Object.fromEntries(f.columns.map((c) => [c, other[c] ?? null])))) as Record<string, unknown>;
      const groups: string[][] = taken.map((f) => [...f.columns]);
      if (kind === 'project') {
        const more = await joined(tx, survivor, other, patch['stage'] ?? survivor['stage'], patch['status'] ?? survivor['status'], today);
        groups.push(...['extra', 'first_report_of'].filter((c) => c in more).map((c) => [c]));
        if ('last_activity_on' in more) groups.push(['last_activity_on', 'idle_due_on', ...('light' in more ? ['light'] : [])]);
        Object.assign(patch, more);
      }
      if (kind === 'enterprise' && (patch['parent_id'] ?? survivor['parent_id']) === other.id) {
        patch['parent_id'] = other['parent_id'] ?? null;
        if (!groups.some((g) => g.includes('parent_id'))) groups.push(['parent_id']);
      }
      if (kind === 'enterprise' && patch['parent_id'] === survivor.id) patch['parent_id'] = survivor['parent_id'] ?? null;
      if (kind === 'contact') this.joinPhones(survivor, other, patch, groups);
      await this.exchange(tx, kind, actId, survivor, other, taken, patch, groups);
      if (groups.length) await change(tx, actId, kind, survivor.id, patch, groups);
      if (kind === 'project') {
        await settleMilestones(tx, actId, survivor.id, other.id, `合并：${reason}`);
        await settleReminders(tx, actId, survivor.id, other.id);
        await renumberHandoffs(tx, actId, survivor.id, other.id, 'ASIDE');
      }
      for (const r of moving(kind)) {
        const also = r.table === 'project' && kind === 'enterprise' ? { enterprise_name: patch['name'] ?? survivor['name'] } : {};
        await tx.run('select merge_move($1, $2, $3, $4)', [actId, r.table, r.column, JSON.stringify(also)]);
      }
      if (kind === 'project') {
        await renumberHandoffs(tx, actId, survivor.id, other.id, 'INTO_PLACE');
        await tx.run(RECOUNT_VISITS, [[survivor.id, other.id]]);
        await followOwners(tx, this.reminders, [{ id: survivor.id, owner_id: survivor['owner_id'] as string | null }]);
      }
      const settled = CLOSE_FINDINGS[kind];
      if (settled) await tx.run(settled, [other.id]);
      await tx.run('select record_go($1)', [actId]);
      await tx.run(`update ${kind} set version = version + 1 where id = $1 and version = $2`, [survivor.id, survivor.version]);
      await tx.run('select merge_books($1)', [actId]);
      return { actId, survivorId: survivor.id };
    }), { cause: `${kind}Merge` });
  }

  /** Both records as they are; locked in the order of their ids, so that two merges never wait for each other in a circle. */
  private async pair(tx: Tx, kind: MergeKind, pair: MergePair, lock: boolean): Promise<{ survivor: WholeRow; other: WholeRow }> {
    const { survivorId, otherId } = pair;
    if (!survivorId || !otherId) throw new Refusal('NOT_FOUND');
    for (const id of [survivorId, otherId].sort()) {
      const params: unknown[] = [id];
      const seen = await tx.row(`select t.id from ${kind} t where t.id = $1 and ${VISIBLE[kind](tx.actor, 't', params)}${lock ? ' for update of t' : ''}`, params);
      if (!seen) throw new Refusal('NOT_FOUND');
    }
    if (survivorId === otherId) throw new Refusal('MERGE_SELF', ['otherId'], {}, survivorId);
    return { survivor: await wholeRow(tx, kind, survivorId), other: await wholeRow(tx, kind, otherId) };
  }

  private async verdict(tx: Tx, kind: MergeKind, survivor: WholeRow, other: WholeRow, takesStage: boolean): Promise<MergeVerdict> {
    if (kind === 'project') return projectVerdict(tx, survivor, other, takesStage);
    return kind === 'enterprise' ? enterpriseVerdict(tx, survivor, other) : contactVerdict(survivor, other, tx.actor.locale);
  }

  private demandVersion(row: WholeRow, expected: number, field: string): void {
    if (row.version !== expected) throw new Refusal('CONFLICT', [field], { version: row.version }, row.id);
  }

  private choices(fields: readonly MergeField[], choices: readonly { field: string; choice: MergeChoice }[]): Map<string, MergeChoice> {
    choices.forEach((c, i) => {
      if (!fields.some((f) => f.field === c.field)) throw new Refusal('INVALID', ['choices', String(i), 'field'], { field: '合并字段', value: c.field.slice(0, 40), expected: fields.map((f) => f.field).join(', ') });
    });
    return new Map(choices.map((c) => [c.field, c.choice]));
  }

  /** All phones of both, each once. */
  private joinPhones(survivor: WholeRow, other: WholeRow, patch: Record<string, unknown>, groups: string[][]): void {
    const mine = survivor['phones'] as string[];
    const phones = [...new Set([...mine, ...(other['phones'] as string[])])];
    if (phones.length !== mine.length) { patch['phones'] = phones; groups.push(['phones']); }
    if ('name' in patch) { patch['full_name'] = other['full_name']; groups.push(['full_name']); }
    for (const column of ['project_id', 'enterprise_id']) if (!survivor[column] && other[column]) { patch[column] = other[column]; groups.push([column]); }
  }

  /** The record that goes takes what the other gives up of name and code: lists that use the old ones still find it. The code is free before it is given. */
  private async exchange(tx: Tx, kind: MergeKind, actId: string, survivor: WholeRow, other: WholeRow, taken: readonly MergeField[], patch: Record<string, unknown>, groups: string[][]): Promise<void> {
    if (kind === 'contact') return;
    const names = taken.filter((f) => EXCHANGED.includes(f.field)).flatMap((f) => [...f.columns]);
    if (names.length === 0) return;
    const given = Object.fromEntries(names.map((c) => [c, survivor[c] ?? null]));
    if ('uscc' in given) {
      await change(tx, actId, kind, other.id, { uscc: null }, [['uscc']]);
      await change(tx, actId, kind, survivor.id, { uscc: patch['uscc'] }, [['uscc']]);
      delete patch['uscc'];
      groups.splice(groups.findIndex((g) => g[0] === 'uscc'), 1);
    }
    await change(tx, actId, kind, other.id, given, [names]);
  }
}

function nameOf(row: WholeRow): string {
  return [row['code'], row['name'] ?? '—'].filter(Boolean).join(' ');
}
