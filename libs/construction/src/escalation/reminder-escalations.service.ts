import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, extendFacts, factsJson, once, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { bind, demandVersion, lockProject, projectFacts } from '@yinfeng/recruitment';
import { LightsSweepService } from '../lights/lights-sweep.service.js';
import type { EscalationState } from '../lights/lights.rules.js';
import { ACTS_OF_AN_OFFICE, type EscalationAnswerHow } from './escalation.rules.js';
import { reminderEscalationFacts, visibleSteps } from './escalation.sql.js';

export interface ReminderEscalationAnswer {
  idempotencyKey?: string | null;
  reminderEscalationId: string | null;
  expectedVersion: number;
  how: EscalationAnswerHow;
  /** What was said or done. */
  note: string;
  /** With NEW_DAY: when whoever let it lie is reminded again. */
  newDay?: string | null;
}
export interface ReminderEscalationFilter {
  states?: EscalationState[] | null;
  /** Addressed to who asks. */
  mine?: boolean | null;
  projectId?: string | null;
}
interface Row { id: string; version: number; matter: string; step: number; kind: string; project_id: string | null; reminder_id: string; from_staff_id: string; to_staff_id: string; state: EscalationState }

const LONGEST = 2000;

/** Steps up of reminders that nobody acted on: read, and answered by whom they name or who stands above. ReminderEscalationSweepService takes them. */
@Injectable()
export class ReminderEscalationsService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly lights: LightsSweepService) {}

  /**
   * Says what comes of it: noted, a new day for whoever let it lie, or taken over. Answers the steps below as well; from
   * then on the days to the next step are counted anew. By whom it names, or by who may issue escalations and sees it.
   * @throws Refusal NOT_FOUND, FORBIDDEN, SECOND_PERSON (the actor let it lie), CONFLICT, ALREADY_DECIDED, REQUIRED, TOO_LONG,
   * INVALID (a day without NEW_DAY), DATE_NOT_AFTER_TODAY, ESCALATION_OFFICE (domain.md A1 row 43).
   */
  async answer(actor: Actor, input: ReminderEscalationAnswer): Promise<{ reminderEscalationId: string }> {
    demand(actor, 'reminder.act');
    const note = input.note.trim();
    if (!note) throw new Refusal('REQUIRED', ['note'], { field: '处理意见' });
    if (note.length > LONGEST) throw new Refusal('TOO_LONG', ['note'], { field: '处理意见', max: LONGEST });
    const today = this.clock.today();
    if (input.how === 'NEW_DAY' && !input.newDay) throw new Refusal('REQUIRED', ['newDay'], { field: '新期限' });
    if (input.how !== 'NEW_DAY' && input.newDay) throw new Refusal('INVALID', ['newDay'], { field: '新期限', value: input.newDay, expected: 'how: NEW_DAY' });
    if (input.newDay && input.newDay <= today) throw new Refusal('DATE_NOT_AFTER_TODAY', ['newDay'], { field: '新期限', value: input.newDay, today });
    return this.db.tx(actor, (tx) => once(tx, 'reminderEscalationAnswer', input, async () => {
      const row = await this.lock(tx, input);
      if (row.from_staff_id === actor.staffId) throw new Refusal('SECOND_PERSON', ['reminderEscalationId'], {}, row.id);
      if (row.to_staff_id !== actor.staffId && !actor.permissions.has('escalation.issue')) throw new Refusal('FORBIDDEN');
      if (row.state !== 'OPEN') throw new Refusal('ALREADY_DECIDED', ['reminderEscalationId'], { by: '—', state: row.state }, row.id);
      await tx.run(
        `update reminder_escalation e set state = 'ANSWERED', answer = $3, answer_how = $4, answer_until = $5, answered_by = app_staff(), answered_at = app_now(), version = e.version + 1
         where e.zone_id = app_zone() and e.matter = $1 and e.step <= $2 and e.state = 'OPEN' and e.from_staff_id is distinct from app_staff()`, [row.matter, row.step, note, input.how, input.newDay ?? null]);
      if (input.how === 'NEW_DAY') await this.putOff(tx, row.reminder_id, input.newDay!);
      if (input.how === 'TAKEN_OVER') await this.takeOver(tx, row);
      if (row.project_id) await this.lights.refresh(tx, row.project_id);
      return { reminderEscalationId: row.id };
    }), { cause: 'reminderEscalationAnswer' });
  }

  /** Steps that the actor may see, the newest first. */
  async page(actor: Actor, filter: ReminderEscalationFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'reminder.read');
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const where = conditions(actor, filter, params);
    if (request.keys) where.push(`(re.opened_on, re.id) < (${bind(params, request.keys[0])}::date, ${bind(params, request.keys[1])}::uuid)`);
    const sql = `select ${factsJson(reminderEscalationFacts, { id: true, ...shape })} as node, re.opened_on::text as k, re.id from reminder_escalation re where ${where.join(' and ')} order by re.opened_on desc, re.id desc limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async count(actor: Actor, filter: ReminderEscalationFilter): Promise<number> {
    const params: unknown[] = [];
    return (await this.db.read<{ n: number }>(actor, `select count(*)::int as n from reminder_escalation re where ${conditions(actor, filter, params).join(' and ')}`, params))[0]!.n;
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('reminder.read')) return null;
    const params: unknown[] = [id];
    const sql = `select ${factsJson(reminderEscalationFacts, { id: true, ...shape })} as node from reminder_escalation re where re.id = $1 and ${visibleSteps(actor, 're', params)}`;
    return (await this.db.read<{ node: { id: string } }>(actor, sql, params))[0]?.node ?? null;
  }

  /** The project first, then the step with what hangs on its matter. */
  private async lock(tx: Tx, input: { reminderEscalationId: string | null; expectedVersion: number }): Promise<Row> {
    const params: unknown[] = [input.reminderEscalationId];
    const found = input.reminderEscalationId ? await tx.row<{ project_id: string | null }>(`select re.project_id from reminder_escalation re where re.id = $1 and ${visibleSteps(tx.actor, 're', params)}`, params) : undefined;
    if (!found) throw new Refusal('NOT_FOUND');
    if (found.project_id) await lockProject(tx, found.project_id);
    // The reminder before its steps: whoever does it meanwhile goes the same way.
    await tx.run('select 1 from reminder r where r.id = (select e.reminder_id from reminder_escalation e where e.id = $1) for update', [input.reminderEscalationId]);
    const row = (await tx.row<Row>('select id, version, matter, step, kind, project_id, reminder_id, from_staff_id, to_staff_id, state from reminder_escalation where id = $1 for update', [input.reminderEscalationId]))!;
    demandVersion(row, input.expectedVersion);
    return row;
  }

  private async putOff(tx: Tx, reminderId: string, day: string): Promise<void> {
    await tx.run(`update reminder set state = 'PLANNED', snoozed_from = due_at, due_on = $2, due_at = reminder_due_at($2::date), version = version + 1 where id = $1 and state in ('PLANNED', 'DELIVERED')`, [reminderId, day]);
  }

  /** The reminder is the actor's from now on, and the chain goes on from where it stood, should it lie again. */
  private async takeOver(tx: Tx, row: Row): Promise<void> {
    if (row.project_id === null || (ACTS_OF_AN_OFFICE as readonly string[]).includes(row.kind)) throw new Refusal('ESCALATION_OFFICE', ['how'], {}, row.id);
    await tx.run(`update reminder_escalation e set state = 'CLOSED', closed_how = 'TAKEN_OVER', closed_at = app_now(), version = e.version + 1 where e.zone_id = app_zone() and e.matter = $1 and e.state <> 'CLOSED'`, [row.matter]);
    await tx.run(
      `with old as (update reminder set state = 'CANCELLED', version = version + 1 where id = $1 and state in ('PLANNED', 'DELIVERED') returning *)
       insert into reminder (zone_id, kind, cause, project_id, recipient_id, due_on, due_at, detail, rule, deadline_id, state, delivered_at, created_at)
       select zone_id, kind, cause, project_id, app_staff(), $2::date, app_now(), detail, rule, deadline_id, 'DELIVERED', app_now(), app_now() from old
       on conflict (zone_id, cause, recipient_id) do update set state = 'DELIVERED', due_on = excluded.due_on, due_at = excluded.due_at, delivered_at = excluded.delivered_at, done_at = null, done_by = null, version = reminder.version + 1`,
      [row.reminder_id, this.clock.today()]);
  }
}

function conditions(actor: Actor, f: ReminderEscalationFilter, params: unknown[]): string[] {
  const where = [visibleSteps(actor, 're', params)];
  if (f.states) where.push(`re.state = any(${bind(params, f.states)}::text[])`);
  if (f.mine) where.push(`re.to_staff_id = ${bind(params, actor.staffId)}`);
  if (f.projectId) where.push(`re.project_id = ${bind(params, f.projectId)}`);
  return where;
}

extendFacts(projectFacts, {
  // A person's own business shows to those whom it names alone.
  reminderEscalations: { of: reminderEscalationFacts, sql: (json) => `coalesce((select json_agg(${json} order by re.opened_on desc, re.id desc) from reminder_escalation re where re.project_id = p.id and re.state <> 'CLOSED' and re.kind <> 'PERSONAL'), '[]')` },
});
