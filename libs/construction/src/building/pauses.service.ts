import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, newId, once, type Page, type PageInput, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { ACTIVITY, demandActive, demandVersion, lockProject, type ProjectRow } from '@yinfeng/recruitment';
import { listCount, listOne, listPage, type RecordList } from './building-lists.js';
import { demandReason } from './works.service.js';
import { worksPauseFacts } from './works.sql.js';

export interface WorksSuspend {
  idempotencyKey?: string | null;
  projectId: string | null;
  suspendedOn: string;
  reason?: string | null;
  /** When works are expected to go on. */
  expectedOn?: string | null;
}
export interface WorksResume {
  idempotencyKey?: string | null;
  pauseId: string | null;
  expectedVersion: number;
  resumedOn: string;
  note?: string | null;
}
export interface WorksResumption {
  idempotencyKey?: string | null;
  projectId: string | null;
  resumedOn: string;
  note?: string | null;
}
export interface WorksPauseVoid {
  idempotencyKey?: string | null;
  pauseId: string | null;
  expectedVersion: number;
  reason?: string | null;
}
export interface WorksPauseFilter {
  projectId?: string | null;
  /** Works rest now. */
  open?: boolean | null;
  resumedFrom?: string | null;
  resumedTo?: string | null;
  departmentIds?: string[] | null;
  withVoided?: boolean | null;
}
interface PauseRow { id: string; version: number; project_id: string; suspended_on: string | null; resumed_on: string | null; void_reason: string | null }

const LIST: RecordList = { table: 'works_pause', alias: 'k', facts: worksPauseFacts, key: 'coalesce(k.suspended_on, k.resumed_on)', type: 'date' };

/** 停工 and 复工, as often as they happen; two never overlap (the database sees to that too). */
@Injectable()
export class PausesService {
  constructor(private readonly db: Database, private readonly clock: Clock) {}

  /**
   * Works stop, with a reason.
   * @throws Refusal NOT_FOUND, STATUS_NOT_ACTIVE, WORKS_NOT_STARTED, DATE_IN_FUTURE, DATE_ORDER, REASON_REQUIRED, TOO_LONG, WORKS_PAUSED.
   */
  async suspend(actor: Actor, input: WorksSuspend): Promise<{ pauseId: string }> {
    demand(actor, 'milestone.edit');
    const reason = demandReason(input.reason);
    this.demandPast(input.suspendedOn, 'suspendedOn', '停工日期');
    if (input.expectedOn && input.expectedOn < input.suspendedOn) throw new Refusal('DATE_ORDER', ['expectedOn'], { field: '预计复工日期', value: input.expectedOn, other: '停工日期', otherValue: input.suspendedOn });
    return this.db.tx(actor, (tx) => once(tx, 'worksSuspend', input, async () => {
      const project = await this.underWay(tx, input.projectId);
      await this.demandFree(tx, project.id, input.suspendedOn, null, 'suspendedOn');
      const pauseId = newId();
      await tx.run('insert into works_pause (id, zone_id, project_id, suspended_on, reason, expected_on, recorded_by, recorded_at) values ($1, app_zone(), $2, $3, $4, $5, app_staff(), app_now())', [pauseId, project.id, input.suspendedOn, reason, input.expectedOn ?? null]);
      return { pauseId };
    }), { cause: 'worksSuspend' });
  }

  /** Works go on after a stop on record. @throws Refusal NOT_FOUND, CONFLICT, STATUS_NOT_ACTIVE, DATE_IN_FUTURE, DATE_ORDER, WORKS_VOIDED, WORKS_RESUMED, WORKS_PAUSED. */
  async resume(actor: Actor, input: WorksResume): Promise<{ pauseId: string }> {
    demand(actor, 'milestone.edit');
    this.demandPast(input.resumedOn, 'resumedOn', '复工日期');
    return this.db.tx(actor, (tx) => once(tx, 'worksResume', input, async () => {
      const { project, row } = await this.lock(tx, input);
      demandActive(project);
      if (row.resumed_on) throw new Refusal('WORKS_RESUMED', ['pauseId'], { on: row.resumed_on }, row.id);
      if (input.resumedOn < row.suspended_on!) throw new Refusal('DATE_ORDER', ['resumedOn'], { field: '复工日期', value: input.resumedOn, other: '停工日期', otherValue: row.suspended_on! }, row.id);
      await tx.run('update works_pause set resumed_on = $2, note = $3, resumed_by = app_staff(), resumed_at = app_now(), version = version + 1 where id = $1', [row.id, input.resumedOn, input.note ?? null]);
      await this.active(tx, project);
      return { pauseId: row.id };
    }), { cause: 'worksResume' });
  }

  /**
   * Works went on after a rest that nobody recorded (春季复工).
   * @throws Refusal NOT_FOUND, STATUS_NOT_ACTIVE, WORKS_NOT_STARTED, DATE_IN_FUTURE, WORKS_PAUSED (inside a stop on record: resume that).
   */
  async record(actor: Actor, input: WorksResumption): Promise<{ pauseId: string }> {
    demand(actor, 'milestone.edit');
    this.demandPast(input.resumedOn, 'resumedOn', '复工日期');
    return this.db.tx(actor, (tx) => once(tx, 'worksResumption', input, async () => {
      const project = await this.underWay(tx, input.projectId);
      await this.demandFree(tx, project.id, input.resumedOn, input.resumedOn, 'resumedOn');
      const pauseId = newId();
      await tx.run('insert into works_pause (id, zone_id, project_id, resumed_on, note, recorded_by, recorded_at, resumed_by, resumed_at) values ($1, app_zone(), $2, $3, $4, app_staff(), app_now(), app_staff(), app_now())', [pauseId, project.id, input.resumedOn, input.note ?? null]);
      await this.active(tx, project);
      return { pauseId };
    }), { cause: 'worksResumption' });
  }

  /** 作废: a stop or resumption recorded in error. @throws Refusal NOT_FOUND, CONFLICT, REASON_REQUIRED, TOO_LONG, WORKS_VOIDED. */
  async void(actor: Actor, input: WorksPauseVoid): Promise<{ pauseId: string }> {
    demand(actor, 'milestone.edit');
    const reason = demandReason(input.reason);
    return this.db.tx(actor, (tx) => once(tx, 'worksPauseVoid', input, async () => {
      const { row } = await this.lock(tx, input);
      await tx.run('update works_pause set voided_at = app_now(), voided_by = app_staff(), void_reason = $2, version = version + 1 where id = $1', [row.id, reason]);
      return { pauseId: row.id };
    }), { cause: 'worksPauseVoid' });
  }

  /** Stops and resumptions of projects that the actor may see, earliest first. */
  page(actor: Actor, filter: WorksPauseFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'construction.read');
    return listPage(this.db, actor, LIST, (params) => conditions(filter, params), input, shape);
  }

  count(actor: Actor, filter: WorksPauseFilter): Promise<number> {
    return listCount(this.db, actor, LIST, (params) => conditions(filter, params));
  }

  byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    return listOne(this.db, actor, LIST, id, shape);
  }

  private demandPast(day: string, path: string, field: string): void {
    const today = this.clock.today();
    if (day > today) throw new Refusal('DATE_IN_FUTURE', [path], { field, value: day, today });
  }

  /** An active project whose works have begun, by its stage or by what is on record of the site; locked. */
  private async underWay(tx: Tx, projectId: string | null): Promise<ProjectRow> {
    const project = await lockProject(tx, projectId);
    demandActive(project);
    const begun = project.stage === 'STARTED' || project.stage === 'PRODUCING' || (await tx.row(`select 1 as ok from works_milestone where project_id = $1 and reached_with = 'STARTED' and reached_on is not null and voided_at is null`, [project.id]));
    if (!begun) throw new Refusal('WORKS_NOT_STARTED', ['projectId']);
    return project;
  }

  private async demandFree(tx: Tx, projectId: string, from: string, to: string | null, path: string): Promise<void> {
    const other = await tx.row<{ from: string; to: string | null }>(
      `select coalesce(suspended_on, resumed_on) as from, resumed_on as to from works_pause where project_id = $1 and voided_at is null and daterange(coalesce(suspended_on, resumed_on), resumed_on, '[]') && daterange($2::date, $3::date, '[]') order by 1 limit 1`, [projectId, from, to]);
    if (other) throw new Refusal('WORKS_PAUSED', [path], { from: other.from, to: other.to ?? '—' });
  }

  /** The gateway to one stop: its project, locked and seen, then its own row. */
  private async lock(tx: Tx, input: { pauseId: string | null; expectedVersion: number }): Promise<{ project: ProjectRow; row: PauseRow }> {
    const found = input.pauseId ? await tx.row<{ project_id: string }>('select project_id from works_pause where id = $1', [input.pauseId]) : undefined;
    const project = await lockProject(tx, found?.project_id ?? null);
    const row = (await tx.row<PauseRow>('select id, version, project_id, suspended_on, resumed_on, void_reason from works_pause where id = $1 for update', [input.pauseId]))!;
    demandVersion(row, input.expectedVersion);
    if (row.void_reason) throw new Refusal('WORKS_VOIDED', ['pauseId'], { reason: row.void_reason }, row.id);
    return { project, row };
  }

  private async active(tx: Tx, project: ProjectRow): Promise<void> {
    await tx.run(`update project set ${ACTIVITY('$2::date')} where id = $1`, [project.id, this.clock.today()]);
  }
}

function conditions(f: WorksPauseFilter, params: unknown[]): string[] {
  const bind = (value: unknown) => `$${params.push(value)}`;
  const where = f.withVoided ? [] : ['k.voided_at is null'];
  if (f.projectId) where.push(`k.project_id = ${bind(f.projectId)}`);
  if (f.open != null) where.push(f.open ? 'k.resumed_on is null' : 'k.resumed_on is not null');
  if (f.resumedFrom) where.push(`k.resumed_on >= ${bind(f.resumedFrom)}`);
  if (f.resumedTo) where.push(`k.resumed_on <= ${bind(f.resumedTo)}`);
  if (f.departmentIds) where.push(`exists (select from project dp where dp.id = k.project_id and dp.department_id = any(array(select dv.id from department dv where dv.path && ${bind(f.departmentIds)}::uuid[])))`);
  return where;
}
