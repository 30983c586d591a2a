import { Injectable } from '@nestjs/common';
import { type PolicyValue, PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, once, PERMISSIONS_OF_ROLE, Refusal, type Role, shanghaiDay, type Tx } from '@yinfeng/platform';
import { RemindersService } from '@yinfeng/reminders';
import type { MoneyKept } from './money-input.rules.js';
import { ACTIVITY } from './project.sql.js';
import { demandActive, demandVersion, lockProject, projectVisibility, type ProjectStatus, type Stage } from './projects.access.js';
import { nextStages } from './stages.stage.js';
import { type AnswerMethod, type ClockState, clockState } from './triage.rules.js';

type Clocks = PolicyValue<'triage'>;

export interface LeadAssignment {
  idempotencyKey?: string | null;
  projectId: string | null;
  expectedVersion: number;
  assigneeId: string | null;
}
export interface LeadAnswer {
  idempotencyKey?: string | null;
  projectId: string | null;
  expectedVersion: number;
  method: AnswerMethod;
  /** Shanghai day; today when absent. The clock goes by the entry. */
  answeredOn?: string | null;
  note?: string | null;
}
export interface TriageClock {
  dueOn: string | null;
  doneAt: Date | null;
  /** Name of who did it. */
  by: string | null;
  state: ClockState;
  /** Why there is no due day, in the reader's language. */
  note: string | null;
}
export interface LeadTriage {
  respond: TriageClock;
  assess: TriageClock;
  answer: TriageClock;
  /** Runs before the signing; absent afterwards. */
  report: TriageClock | null;
  answerMethod: AnswerMethod | null;
  answeredOn: string | null;
  answerNote: string | null;
}

interface TriageRow {
  id: string; status: ProjectStatus; stage: Stage; last_activity_on: string; reported_on: string; respond_due_on: string | null; assess_due_on: string | null; answer_due_on: string | null; report_due_on: string | null;
  assigned_at: Date | null; assigned_by: string | null; assessed_at: Date | null; assessed_by: string | null;
  answered_at: Date | null; answered_by: string | null; answered_on: string | null; answer_method: AnswerMethod | null; answer_note: string | null;
}

/** The reference rates of reference_cny(): they serve limits alone, no amount is converted by them. */
const RATES: Record<MoneyKept['currency'], number> = { CNY: 1, USD: 7, EUR: 7.8, HKD: 0.9, JPY: 0.05 };
const FOLLOWED: readonly Stage[] = ['LEAD', 'RESERVE', 'NEGOTIATING'];

/** Working days until a lead of this total investment has to be judged: a major one longer (domain.md C1). */
export function assessDays(clocks: Clocks, total: Pick<MoneyKept, 'amount' | 'currency'> | null): number {
  const major = total !== null && Number(total.amount) * RATES[total.currency] >= clocks.majorFromCny;
  return major ? clocks.majorAssessWorkingDays : clocks.assessWorkingDays;
}

/**
 * The first days of a lead: somebody takes it on, it is judged, whoever brought it is answered; then there is progress on
 * record every two weeks. All in working days, by the zone's policy `triage` of the day of the report.
 */
@Injectable()
export class TriageService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService, private readonly reminders: RemindersService) {}

  /** Starts the clocks of a new lead. Joins the caller's transaction. */
  async start(tx: Tx, projectId: string, clocks: Clocks, total: MoneyKept | null): Promise<void> {
    await tx.run(
      `insert into lead_triage (project_id, zone_id, reported_on, respond_days, assess_days, answer_days, respond_due_on, assess_due_on, answer_due_on)
       select $1, app_zone(), d.day, $2::int, $3::int, $4::int, add_working_days(d.day, $2::int), add_working_days(d.day, $3::int), add_working_days(d.day, $4::int) from (select shanghai_day(app_now()) as day) d`,
      [projectId, clocks.respondWorkingDays, assessDays(clocks, total), clocks.answerWorkingDays], 'triage_start');
  }

  /** Another amount may make a waiting lead a major one, or no longer: its day of judgement follows, by the rules of the day of its report. */
  async amountChanged(tx: Tx, projectId: string, total: MoneyKept | null): Promise<void> {
    const lead = await tx.row<{ reported_on: string }>(
      `select t.reported_on from lead_triage t join project p on p.id = t.project_id where t.project_id = $1 and t.assessed_at is null and p.stage = 'LEAD'`, [projectId]);
    if (!lead) return;
    const days = assessDays(await this.policies.value(tx, 'triage', lead.reported_on), total);
    const changed = await tx.run(
      `update lead_triage set assess_days = $2::int, assess_due_on = add_working_days(reported_on, $2::int) where project_id = $1 and assess_days <> $2::int`, [projectId, days]);
    if (!changed) return;
    await tx.run(`update project set triage_due_on = (select assess_due_on from lead_triage where project_id = $1) where id = $1 and status = 'ACTIVE'`, [projectId]);
    await this.reminders.cancel(tx, { projectId, kind: 'TRIAGE', cause: `TRIAGE:${projectId}:` });
  }

  /** The first judgement was made; it is a first response, too. Joins the caller's transaction. */
  async judged(tx: Tx, projectId: string): Promise<void> {
    await tx.run('update lead_triage set assessed_at = app_now(), assessed_by = app_staff() where project_id = $1 and assessed_at is null', [projectId]);
    for (const cause of [`TRIAGE:${projectId}:`, `TRIAGE:RESPOND:${projectId}:`]) await this.reminders.cancel(tx, { projectId, kind: 'TRIAGE', cause });
  }

  /**
   * First response: somebody takes the lead on. Group leaders choose among their own people, whoever may assign projects
   * among all. Later the lead may go to another person; the first response stays on record.
   * @throws Refusal NOT_FOUND, CONFLICT, STATUS_NOT_ACTIVE, STAGE_JUMP (no lead any more), UNKNOWN_REFERENCE, INVALID.
   */
  async assign(actor: Actor, input: LeadAssignment): Promise<{ projectId: string }> {
    demand(actor, 'lead.judge');
    return this.db.tx(actor, (tx) => once(tx, 'leadAssign', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandVersion(project, input.expectedVersion);
      demandActive(project);
      if (project.stage !== 'LEAD') throw new Refusal('STAGE_JUMP', ['projectId'], { from: project.stage, to: 'LEAD', allowed: nextStages(project.stage).join('、') || '—' }, project.id);
      const person = input.assigneeId
        ? await tx.row<{ id: string; name: string; role: Role; mine: boolean }>(
          `select s.id, s.name, s.role, exists (select from department d where d.path && $2::uuid[] and (d.id = s.department_id or d.id in (select m.department_id from staff_department m where m.staff_id = s.id))) as mine
           from staff s where s.id = $1 and s.disabled_at is null`, [input.assigneeId, actor.ledDepartmentIds])
        : undefined;
      if (!person) throw new Refusal('UNKNOWN_REFERENCE', ['assigneeId'], { field: '负责人', value: input.assigneeId ?? '—' });
      if (!PERMISSIONS_OF_ROLE[person.role].includes('lead.report') || !PERMISSIONS_OF_ROLE[person.role].includes('project.edit')) {
        throw new Refusal('INVALID', ['assigneeId'], { field: '负责人', value: person.name, expected: '能办理线索的招商人员 / a person who works on leads' }, project.id);
      }
      if (!person.mine && !actor.permissions.has('project.assign')) throw new Refusal('INVALID', ['assigneeId'], { field: '负责人', value: person.name, expected: '本组人员，或请有权分派项目的人办理 / somebody of one\'s own groups, or ask who may assign projects' }, project.id);
      await tx.run(`update project set owner_id = $2, version = version + 1, ${ACTIVITY('$3::date')} where id = $1`, [project.id, person.id, this.clock.today()]);
      await tx.run('update lead_triage set assigned_at = app_now(), assigned_by = app_staff(), assignee_id = $2 where project_id = $1 and assigned_at is null', [project.id, person.id]);
      if (project.owner_id && project.owner_id !== person.id) await this.reminders.handOver(tx, { projectId: project.id, fromId: project.owner_id, toId: person.id, kind: ['FOLLOW_UP', 'IDLE'] });
      await this.reminders.completeByAct(tx, { projectId: project.id, kind: 'TRIAGE', cause: `TRIAGE:RESPOND:${project.id}:` });
      return { projectId: project.id };
    }), { cause: 'leadAssign' });
  }

  /**
   * The referrer, or the investor who came by himself, was answered: once, also for a lead that was turned down.
   * @throws Refusal NOT_FOUND (also without clocks, for a lead from a ledger), CONFLICT, LEAD_ANSWERED, DATE_IN_FUTURE, DATE_ORDER.
   */
  async answer(actor: Actor, input: LeadAnswer): Promise<{ projectId: string }> {
    demand(actor, 'project.edit');
    const today = this.clock.today();
    const answeredOn = input.answeredOn ?? today;
    if (answeredOn > today) throw new Refusal('DATE_IN_FUTURE', ['answeredOn'], { field: '答复日期', value: answeredOn, today });
    return this.db.tx(actor, (tx) => once(tx, 'leadAnswer', input, async () => {
      const project = await lockProject(tx, input.projectId);
      const lead = await tx.row<{ reported_on: string; answered_at: Date | null; by: string | null }>(
        'select t.reported_on, t.answered_at, (select name from staff where id = t.answered_by) as by from lead_triage t where t.project_id = $1', [project.id]);
      if (!lead) throw new Refusal('NOT_FOUND');
      if (lead.answered_at) throw new Refusal('LEAD_ANSWERED', ['projectId'], { by: lead.by ?? '—', day: shanghaiDay(lead.answered_at) }, project.id);
      demandVersion(project, input.expectedVersion);
      if (answeredOn < lead.reported_on) throw new Refusal('DATE_ORDER', ['answeredOn'], { field: '答复日期', value: answeredOn, other: '首报日期', otherValue: lead.reported_on }, project.id);
      await tx.run('update lead_triage set answered_at = app_now(), answered_by = app_staff(), answered_on = $2, answer_method = $3, answer_note = $4 where project_id = $1', [project.id, answeredOn, input.method, input.note?.trim() || null]);
      // What rests is answered without being woken up: its idle clock stands still.
      const touched = project.status === 'ACTIVE' ? ACTIVITY('shanghai_day(app_now())') : 'updated_at = app_now()';
      await tx.run(`update project set version = version + 1, ${touched} where id = $1`, [project.id]);
      await this.reminders.completeByAct(tx, { projectId: project.id, kind: 'TRIAGE', cause: `TRIAGE:ANSWER:${project.id}:` });
      return { projectId: project.id };
    }), { cause: 'leadAnswer' });
  }

  /** The clocks of several leads at once; records without clocks (from a ledger) and those out of sight are left out. */
  async ofProjects(actor: Actor, projectIds: readonly string[]): Promise<Map<string, LeadTriage>> {
    demand(actor, 'project.read');
    const today = this.clock.today();
    return this.db.tx(actor, async (tx) => {
      const { reportWorkingDays } = await this.policies.value(tx, 'triage', today);
      const params: unknown[] = [projectIds, reportWorkingDays];
      const name = (column: string) => `(select name from staff where id = t.${column}) as ${column}`;
      const rows = await tx.rows<TriageRow>(
        `select p.id, p.status, p.stage, p.last_activity_on, t.reported_on, t.respond_due_on, t.assess_due_on, t.answer_due_on, add_working_days(p.last_activity_on, $2) as report_due_on,
           t.assigned_at, ${name('assigned_by')}, t.assessed_at, ${name('assessed_by')}, t.answered_at, ${name('answered_by')}, t.answered_on, t.answer_method, t.answer_note
         from project p join lead_triage t on t.project_id = p.id where p.id = any($1::uuid[]) and ${projectVisibility(actor, 'p', params)}`, params);
      return new Map(rows.map((r) => [r.id, shown(r, today, actor.locale === 'en')]));
    });
  }
}

function shown(r: TriageRow, today: string, en: boolean): LeadTriage {
  const rests = r.status !== 'ACTIVE';
  const clock = (dueOn: string | null, doneAt: Date | null, by: string | null, stopped: boolean, from = r.reported_on): TriageClock => {
    const state = clockState({ dueOn, doneOn: doneAt && shanghaiDay(doneAt), today, stopped });
    return { dueOn, doneAt, by, state, note: dueOn === null ? unscheduled(from, en) : null };
  };
  // A judgement answers the question who takes the lead on, whether or not anybody was named before.
  const [respondedAt, respondedBy] = r.assigned_at && (!r.assessed_at || r.assigned_at <= r.assessed_at) ? [r.assigned_at, r.assigned_by] : r.assessed_at ? [r.assessed_at, r.assessed_by] : [null, null];
  const judged = r.stage !== 'LEAD';
  return {
    respond: clock(r.respond_due_on, respondedAt, respondedBy, rests || judged),
    assess: clock(r.assess_due_on, r.assessed_at, r.assessed_by, rests || judged),
    answer: clock(r.answer_due_on, r.answered_at, r.answered_by, false),
    report: FOLLOWED.includes(r.stage) ? clock(r.report_due_on, null, null, rests, r.last_activity_on) : null,
    answerMethod: r.answer_method, answeredOn: r.answered_on, answerNote: r.answer_note,
  };
}

function unscheduled(from: string, en: boolean): string {
  return en ? `The working calendar does not reach far enough beyond ${from}: no due day until the next year is published.` : `自 ${from} 起算超出已公布的放假安排，待下一年度日历导入后给出到期日。`;
}
