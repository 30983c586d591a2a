import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, factsJson, newId, once, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape, type Tx, workingDue } from '@yinfeng/platform';
import { bind, demandActive, demandVersion, lockProject, type ProjectRow, projectVisibility } from '@yinfeng/recruitment';
import { RemindersService } from '@yinfeng/reminders';
import { TELL, UNTELL } from './ladder.sql.js';
import type { EscalationState } from './lights.rules.js';
import { escalationFacts } from './lights.sql.js';

export interface EscalationIssue {
  idempotencyKey?: string | null;
  projectId: string | null;
  /** A level of the zone's ladder. */
  level: string;
  /** Who has to act. */
  toStaffId: string | null;
  /** What about. */
  matter: string;
  /** Shanghai day; by the ladder's working days when absent. */
  dueOn?: string | null;
}
export interface EscalationAnswer {
  idempotencyKey?: string | null;
  escalationId: string | null;
  expectedVersion: number;
  /** What was done. */
  answer: string;
  /** What shows it; a file that the actor uploaded. */
  fileId?: string | null;
}
export interface EscalationClose {
  idempotencyKey?: string | null;
  escalationId: string | null;
  expectedVersion: number;
  reason: string;
}
export interface EscalationFilter {
  projectId?: string | null;
  states?: EscalationState[] | null;
  levels?: string[] | null;
  toStaffIds?: string[] | null;
  /** Addressed to who asks. */
  mine?: boolean | null;
  /** Open and past their day. */
  overdue?: boolean | null;
  /** Opened on or after, on or before these Shanghai days. */
  openedFrom?: string | null;
  openedTo?: string | null;
}
interface EscalationRow { id: string; version: number; project_id: string; state: EscalationState; to_staff_id: string | null; level: string }

const LONGEST = 2000;

/** 提醒、约谈、督办: opened by the lights sweep or by a person, answered by whom it names, closed when the light is green again or with a reason. */
@Injectable()
export class EscalationsService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService, private readonly reminders: RemindersService) {}

  /** Takes a step by hand. @throws Refusal NOT_FOUND, STATUS_NOT_ACTIVE, UNKNOWN_CHOICE (level), UNKNOWN_REFERENCE (person), REQUIRED, TOO_LONG, DATE_NOT_AFTER_TODAY. */
  async issue(actor: Actor, input: EscalationIssue): Promise<{ escalationId: string }> {
    demand(actor, 'escalation.issue');
    const matter = kept(input.matter, 'matter', '督办事项', 500);
    const today = this.clock.today();
    if (input.dueOn && input.dueOn <= today) throw new Refusal('DATE_NOT_AFTER_TODAY', ['dueOn'], { field: '答复期限', value: input.dueOn, today });
    return this.db.tx(actor, (tx) => once(tx, 'escalationIssue', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandActive(project);
      const { ladder } = await this.policies.value(tx, 'lights', today);
      const rung = ladder.find((r) => r.level === input.level);
      if (!rung) throw new Refusal('UNKNOWN_CHOICE', ['level'], { field: '督办层级', value: input.level, choices: ladder.map((r) => r.level).join('、') });
      if (!input.toStaffId || !(await tx.row('select 1 as ok from staff where id = $1 and disabled_at is null', [input.toStaffId]))) throw new Refusal('UNKNOWN_REFERENCE', ['toStaffId'], { field: '督办对象', value: input.toStaffId ?? '' });
      const escalationId = newId();
      await tx.run(
        `insert into escalation (id, zone_id, project_id, level, level_zh, level_en, matter, opened_on, opened_by, to_staff_id, due_on) values ($1, app_zone(), $2, $3, $4, $5, $6, $7, app_staff(), $8, $9)`,
        [escalationId, project.id, rung.level, rung.zh, rung.en, matter, today, input.toStaffId, input.dueOn ?? (await workingDue(tx, today, rung.answerWorkingDays)).due]);
      await tx.run(TELL((column) => `${column} = $1`), [project.id]);
      return { escalationId };
    }), { cause: 'escalationIssue' });
  }

  /** Says what was done; by whom it names, or by somebody who may issue one. @throws Refusal NOT_FOUND, FORBIDDEN, CONFLICT, ALREADY_DECIDED, REQUIRED, TOO_LONG, UNKNOWN_REFERENCE (file). */
  async answer(actor: Actor, input: EscalationAnswer): Promise<{ escalationId: string }> {
    demand(actor, 'construction.read');
    const answer = kept(input.answer, 'answer', '办理情况', LONGEST);
    return this.db.tx(actor, (tx) => once(tx, 'escalationAnswer', input, async () => {
      const { project, row } = await this.lock(tx, input);
      if (row.to_staff_id !== actor.staffId && !actor.permissions.has('escalation.issue')) throw new Refusal('FORBIDDEN');
      if (row.state !== 'OPEN') throw new Refusal('ALREADY_DECIDED', ['escalationId'], { by: '—', state: row.state }, row.id);
      if (input.fileId) await this.attach(tx, project.id, input.fileId);
      await tx.run(`update escalation set state = 'ANSWERED', answer = $2, answer_file_id = $3, answered_by = app_staff(), answered_at = app_now(), version = version + 1 where id = $1`, [row.id, answer, input.fileId ?? null]);
      await this.reminders.completeByAct(tx, { projectId: project.id, kind: 'ESCALATION', cause: `ESCALATION:${row.id}` });
      return { escalationId: row.id };
    }), { cause: 'escalationAnswer' });
  }

  /** Ends it with a reason though the light may still show; the same step is not taken again for this streak. @throws Refusal NOT_FOUND, CONFLICT, ALREADY_DECIDED, SECOND_PERSON (addressed to the actor and not answered), REQUIRED, TOO_LONG. */
  async close(actor: Actor, input: EscalationClose): Promise<{ escalationId: string }> {
    demand(actor, 'escalation.issue');
    const reason = kept(input.reason, 'reason', '结案原因', LONGEST);
    return this.db.tx(actor, (tx) => once(tx, 'escalationClose', input, async () => {
      const { row } = await this.lock(tx, input);
      if (row.state === 'CLOSED') throw new Refusal('ALREADY_DECIDED', ['escalationId'], { by: '—', state: row.state }, row.id);
      if (row.state === 'OPEN' && row.to_staff_id === actor.staffId) throw new Refusal('SECOND_PERSON', ['escalationId'], {}, row.id);
      await tx.run(`update escalation set state = 'CLOSED', closed_how = 'PERSON', closed_by = app_staff(), closed_at = app_now(), close_reason = $2, version = version + 1 where id = $1`, [row.id, reason]);
      await tx.run(UNTELL, [[row.id]]);
      return { escalationId: row.id };
    }), { cause: 'escalationClose' });
  }

  /** Escalations of projects that the actor may see, newest first. */
  async page(actor: Actor, filter: EscalationFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'construction.read');
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const where = conditions(actor, filter, params, this.clock.today());
    if (request.keys) where.push(`(es.opened_on, es.id) ${request.backward ? '>' : '<'} (${bind(params, request.keys[0])}::date, ${bind(params, request.keys[1])}::uuid)`);
    const way = request.backward ? 'asc' : 'desc';
    const sql = `select ${factsJson(escalationFacts, { id: true, ...shape })} as node, es.opened_on::text as k, es.id from escalation es where ${where.join(' and ')} order by es.opened_on ${way}, es.id ${way} limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async count(actor: Actor, filter: EscalationFilter): Promise<number> {
    const params: unknown[] = [];
    const where = conditions(actor, filter, params, this.clock.today());
    return (await this.db.read<{ n: number }>(actor, `select count(*)::int as n from escalation es where ${where.join(' and ')}`, params))[0]!.n;
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('construction.read')) return null;
    const params: unknown[] = [id];
    const where = conditions(actor, {}, params, this.clock.today());
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(escalationFacts, { id: true, ...shape })} as node from escalation es where es.id = $1 and ${where.join(' and ')}`, params);
    return row?.node ?? null;
  }

  /** Project first, then the escalation. */
  private async lock(tx: Tx, input: { escalationId: string | null; expectedVersion: number }): Promise<{ project: ProjectRow; row: EscalationRow }> {
    const found = input.escalationId ? await tx.row<{ project_id: string }>('select project_id from escalation where id = $1', [input.escalationId]) : undefined;
    const project = await lockProject(tx, found?.project_id ?? null);
    const row = (await tx.row<EscalationRow>('select id, version, project_id, state, to_staff_id, level from escalation where id = $1 for update', [input.escalationId]))!;
    demandVersion(row, input.expectedVersion);
    return { project, row };
  }

  private async attach(tx: Tx, projectId: string, fileId: string): Promise<void> {
    if (!(await tx.row('select 1 as ok from stored_file where id = $1 and created_by = app_staff()', [fileId]))) throw new Refusal('UNKNOWN_REFERENCE', ['fileId'], { field: '文件', value: fileId });
    await tx.run(`insert into evidence (zone_id, project_id, item, file_id, added_by, added_at) values (app_zone(), $1, 'escalation', $2, app_staff(), app_now())`, [projectId, fileId]);
  }
}

function conditions(actor: Actor, f: EscalationFilter, params: unknown[], today: string): string[] {
  const visible = projectVisibility(actor, 'pv', params);
  const where = [`exists (select from project pv where pv.id = es.project_id and ${visible})`];
  if (f.projectId) where.push(`es.project_id = ${bind(params, f.projectId)}`);
  if (f.states) where.push(`es.state = any(${bind(params, f.states)}::text[])`);
  if (f.levels) where.push(`es.level = any(${bind(params, f.levels)}::text[])`);
  if (f.toStaffIds) where.push(`es.to_staff_id = any(${bind(params, f.toStaffIds)}::uuid[])`);
  if (f.mine) where.push(`es.to_staff_id = ${bind(params, actor.staffId)}`);
  if (f.overdue != null) where.push(`${f.overdue ? '' : 'not '}(es.state = 'OPEN' and es.due_on < ${bind(params, today)})`);
  if (f.openedFrom) where.push(`es.opened_on >= ${bind(params, f.openedFrom)}`);
  if (f.openedTo) where.push(`es.opened_on <= ${bind(params, f.openedTo)}`);
  return where;
}

function kept(said: string, path: string, field: string, max: number): string {
  const words = said.trim();
  if (!words) throw new Refusal('REQUIRED', [path], { field });
  if (words.length > max) throw new Refusal('TOO_LONG', [path], { field, max });
  return words;
}
