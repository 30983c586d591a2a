import { staffFacts } from '@yinfeng/directory';
import { type Actor, type Facts, idFact, type MessageKey, Refusal, type Tx } from '@yinfeng/platform';
import type { RemindersService } from '@yinfeng/reminders';
import { bind, projectVisibility } from './projects.access.js';

/** The Shanghai day so many calendar days after another. */
export function lastDay(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

const staff = (column: string) => ({ of: staffFacts, sql: (json: string) => `(select ${json} from staff s where s.id = ${column})` });

/** An act in words; of a visit these are its words, and numbers in them are masked as there. */
export const ACT_TITLE = `case when u.entity = 'visit' and holds_number(u.title) then shown_words(u.title, u.project_id, u.done_by) else u.title end`;

/** What can be read of an act; alias u. Ids of records as global ids. */
export const undoActFacts: Facts = {
  id: idFact('UndoAct', 'u.id'), kind: 'u.kind', entity: `upper(u.entity)`, title: ACT_TITLE, reason: 'u.reason', doneAt: 'u.done_at', until: 'u.until_on', undoneAt: 'u.undone_at', undoReason: 'u.undo_reason',
  subjectId: `initcap(u.entity) || ':' || u.subject_id`, otherId: `initcap(u.entity) || ':' || u.other_id`, doneBy: staff('u.done_by'), undoneBy: staff('u.undone_by'),
  changedCount: `(select count(*)::int from undo_item i where i.act_id = u.id)`, leftBehind: 'u.left_behind', detail: 'u.detail',
  open: `(u.undone_at is null and u.kind <> 'STAGE' and u.until_on >= shanghai_day(app_now()))`,
};

/** Acts that this actor may see: the own ones, and those on visible projects. What was deleted is seen by who deleted it and by those who may delete. */
export function actVisibility(actor: Actor, alias: string, params: unknown[]): string {
  if (actor.reach === 'NONE') return 'false';
  const visible = projectVisibility(actor, 'pu', params);
  if (visible === 'true') return 'true';
  return `(${alias}.done_by = ${bind(params, actor.staffId)} or exists (select from project pu where pu.id = ${alias}.project_id and ${visible}))`;
}

/**
 * One merge or deletion of a zone at a time, and none while a ledger enters the books: its rows know their projects
 * beforehand. Shared, because the one before lets its locks go one by one: who waited for it would find the other still held.
 */
export async function alone(tx: Tx, code: MessageKey): Promise<void> {
  await tx.run(`select pg_advisory_xact_lock(hashtextextended('merges' || app_zone(), 4))`);
  const { free } = (await tx.row<{ free: boolean }>(`select pg_try_advisory_xact_lock_shared(hashtextextended('imports' || app_zone(), 3)) as free`))!;
  if (!free) throw new Refusal(code, [], { what: tx.actor.locale === 'en' ? 'a ledger is being imported; try again when it is done' : '正在导入台账，请在导入结束后再试' });
}

export interface Owned {
  id: string;
  owner_id: string | null;
}
export const ownersOf = (tx: Tx, ids: readonly string[]): Promise<Owned[]> => tx.rows<Owned>('select id, owner_id from project where id = any($1::uuid[]) order by id', [ids]);

/** Open reminders follow the projects of which somebody else is in charge now. */
export async function followOwners(tx: Tx, reminders: RemindersService, before: readonly Owned[]): Promise<void> {
  const now = new Map((await ownersOf(tx, before.map((p) => p.id))).map((p) => [p.id, p.owner_id]));
  for (const { id, owner_id: fromId } of before) {
    const toId = now.get(id);
    if (fromId && toId && fromId !== toId) await reminders.handOver(tx, { projectId: id, fromId, toId });
  }
}
