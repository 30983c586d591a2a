import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, factsJson, newId, once, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { bind, demandActive, demandVersion, keepMoney, lockProject, type MoneyInput, type ProjectCondition, type ProjectRow, projectVisibility } from '@yinfeng/recruitment';
import { LightsSweepService } from '../lights/lights-sweep.service.js';
import { statisticsEntryFacts } from './statistics.sql.js';

/** 入规: designated size; 入统: in statistics; 入库: in the library of projects. */
export const STATISTICS_KINDS = ['DESIGNATED_SIZE', 'STATISTICS', 'LIBRARY'] as const;
export type StatisticsKind = (typeof STATISTICS_KINDS)[number];

export interface StatisticsRecord {
  idempotencyKey?: string | null;
  projectId: string | null;
  kind: StatisticsKind;
  enteredOn: string;
  /** 纳统名称: its name there, which need not be the project's. */
  name: string;
  code?: string | null;
  /** 统计口径总投资. */
  totalInvestment?: MoneyInput | null;
  note?: string | null;
  /** What shows it; a file that the actor uploaded. */
  fileId?: string | null;
}
export interface StatisticsAct {
  idempotencyKey?: string | null;
  entryId: string | null;
  expectedVersion: number;
}
export interface StatisticsFilter {
  projectId?: string | null;
  kinds?: StatisticsKind[] | null;
  /** Confirmed, or still waiting. */
  confirmed?: boolean | null;
  /** Entered on or after, on or before these days. */
  from?: string | null;
  to?: string | null;
}
/** Projects that entered statistics in a period, and those started that are past their day. */
export interface StatisticsFigures {
  entered: StatisticsFigure;
  missing: StatisticsFigure;
}
export interface StatisticsFigure {
  count: number;
  condition: ProjectCondition;
}
interface EntryRow { id: string; version: number; project_id: string; recorded_by: string | null; confirmed_at: Date | null; voided_at: Date | null; void_reason: string | null }

/** 入规、入统、入库 with dates and names (domain.md A1 row 54): recorded by one person, confirmed by another, taken back with a reason. The milestone 入规入统 stays in step (SQL). */
@Injectable()
export class StatisticsService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly lights: LightsSweepService) {}

  /** @throws Refusal NOT_FOUND, STATUS_NOT_ACTIVE, STATISTICS_NOT_STARTED, ALREADY_DECIDED (this kind is on record), REQUIRED, DATE_IN_FUTURE, AMOUNT_*, UNKNOWN_REFERENCE (file). */
  async record(actor: Actor, input: StatisticsRecord): Promise<{ entryId: string }> {
    demand(actor, 'statistics.record');
    const today = this.clock.today();
    const name = input.name.trim();
    if (!name) throw new Refusal('REQUIRED', ['name'], { field: '纳统名称' });
    if (input.enteredOn > today) throw new Refusal('DATE_IN_FUTURE', ['enteredOn'], { field: '入规入统日期', value: input.enteredOn, today });
    const total = keepMoney(input.totalInvestment, 'totalInvestment', '统计口径总投资');
    if (total && total.currency !== 'CNY') throw new Refusal('INVALID', ['totalInvestment'], { field: '统计口径总投资', value: total.currency, expected: 'CNY' });
    return this.db.tx(actor, (tx) => once(tx, 'statisticsEntryRecord', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandActive(project);
      if (!['STARTED', 'PRODUCING'].includes(project.stage)) throw new Refusal('STATISTICS_NOT_STARTED', ['projectId']);
      const there = await tx.row<{ by: string | null }>('select (select name from staff where id = e.recorded_by) as by from statistics_entry e where project_id = $1 and kind = $2 and voided_at is null', [project.id, input.kind]);
      if (there) throw new Refusal('ALREADY_DECIDED', ['kind'], { by: there.by ?? '—', state: input.kind });
      if (input.fileId) await this.attach(tx, project.id, input.fileId);
      const entryId = newId();
      await tx.run(
        `insert into statistics_entry (id, zone_id, project_id, kind, entered_on, name, code, total, total_raw, file_id, note, recorded_by, recorded_at) values ($1, app_zone(), $2, $3, $4, $5, $6, $7, $8, $9, $10, app_staff(), app_now())`,
        [entryId, project.id, input.kind, input.enteredOn, name, input.code?.trim() || null, total?.amount ?? null, total?.raw ?? null, input.fileId ?? null, input.note?.trim() || null]);
      return { entryId };
    }), { cause: 'statisticsEntryRecord' });
  }

  /** From now on it counts. Never by who recorded it. @throws Refusal NOT_FOUND, CONFLICT, STATISTICS_VOIDED, ALREADY_DECIDED, SECOND_PERSON. */
  async confirm(actor: Actor, input: StatisticsAct): Promise<{ entryId: string }> {
    demand(actor, 'statistics.record');
    return this.db.tx(actor, (tx) => once(tx, 'statisticsEntryConfirm', input, async () => {
      const { project, row } = await this.lock(tx, input);
      if (row.confirmed_at) throw new Refusal('ALREADY_DECIDED', ['entryId'], { by: '—', state: 'CONFIRMED' }, row.id);
      if (row.recorded_by === actor.staffId) throw new Refusal('SECOND_PERSON', ['entryId'], {}, row.id);
      await tx.run('update statistics_entry set confirmed_by = app_staff(), confirmed_at = app_now(), version = version + 1 where id = $1', [row.id]);
      await this.lights.refresh(tx, project.id);
      return { entryId: row.id };
    }), { cause: 'statisticsEntryConfirm' });
  }

  /** Takes it back, with a reason; it stays on record. @throws Refusal NOT_FOUND, CONFLICT, STATISTICS_VOIDED, REASON_REQUIRED. */
  async void(actor: Actor, input: StatisticsAct & { reason: string }): Promise<{ entryId: string }> {
    demand(actor, 'statistics.record');
    const reason = input.reason.trim();
    if (!reason) throw new Refusal('REASON_REQUIRED', ['reason']);
    return this.db.tx(actor, (tx) => once(tx, 'statisticsEntryVoid', input, async () => {
      const { project, row } = await this.lock(tx, input);
      await tx.run('update statistics_entry set voided_by = app_staff(), voided_at = app_now(), void_reason = $2, version = version + 1 where id = $1', [row.id, reason]);
      await this.lights.refresh(tx, project.id);
      return { entryId: row.id };
    }), { cause: 'statisticsEntryVoid' });
  }

  /** Entries of projects that the actor may see, the latest day first; what was taken back is with its project alone. */
  async page(actor: Actor, filter: StatisticsFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'construction.read');
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const where = conditions(actor, filter, params);
    if (request.keys) where.push(`(se.entered_on, se.id) ${request.backward ? '>' : '<'} (${bind(params, request.keys[0])}::date, ${bind(params, request.keys[1])}::uuid)`);
    const way = request.backward ? 'asc' : 'desc';
    const sql = `select ${factsJson(statisticsEntryFacts, { id: true, ...shape })} as node, se.entered_on::text as k, se.id from statistics_entry se where ${where.join(' and ')} order by se.entered_on ${way}, se.id ${way} limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async count(actor: Actor, filter: StatisticsFilter): Promise<number> {
    const params: unknown[] = [];
    const where = conditions(actor, filter, params);
    return (await this.db.read<{ n: number }>(actor, `select count(*)::int as n from statistics_entry se where ${where.join(' and ')}`, params))[0]!.n;
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('construction.read')) return null;
    const params: unknown[] = [id];
    const visible = projectVisibility(actor, 'pv', params);
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(statisticsEntryFacts, { id: true, ...shape })} as node from statistics_entry se where se.id = $1 and exists (select from project pv where pv.id = se.project_id and ${visible})`, params);
    return row?.node ?? null;
  }

  /**
   * Distinct projects that entered statistics in a period (by the counting day of the milestone, as every flow counts; what
   * ledgers brought counts alike), and active ones that have started and are past their day without it.
   */
  async figures(actor: Actor, from: string, to: string): Promise<StatisticsFigures> {
    demand(actor, 'construction.read');
    const today = this.clock.today();
    const entered: ProjectCondition = (params) => `p.id in (select m.project_id from milestone m where m.kind = 'STATISTICS_ENTRY' and m.voided_at is null and m.counting_on between ${bind(params, from)} and ${bind(params, to)})`;
    const missing: ProjectCondition = (params) => `p.status = 'ACTIVE' and p.id in (select d.project_id from deadline d where d.kind = 'STATISTICS_ENTRY' and d.done_on is null and d.due_on < ${bind(params, today)})`;
    const params: unknown[] = [];
    const visible = projectVisibility(actor, 'p', params);
    const [row] = await this.db.read<{ entered: number; missing: number }>(actor, `select count(*) filter (where ${entered(params)})::int as entered, count(*) filter (where ${missing(params)})::int as missing from project p where ${visible}`, params);
    return { entered: { count: row!.entered, condition: entered }, missing: { count: row!.missing, condition: missing } };
  }

  private async lock(tx: Tx, input: StatisticsAct): Promise<{ project: ProjectRow; row: EntryRow }> {
    const found = input.entryId ? await tx.row<{ project_id: string }>('select project_id from statistics_entry where id = $1', [input.entryId]) : undefined;
    const project = await lockProject(tx, found?.project_id ?? null);
    const row = (await tx.row<EntryRow>('select id, version, project_id, recorded_by, confirmed_at, voided_at, void_reason from statistics_entry where id = $1 for update', [input.entryId]))!;
    demandVersion(row, input.expectedVersion);
    if (row.voided_at) throw new Refusal('STATISTICS_VOIDED', ['entryId'], { reason: row.void_reason! }, row.id);
    return { project, row };
  }

  private async attach(tx: Tx, projectId: string, fileId: string): Promise<void> {
    if (!(await tx.row('select 1 as ok from stored_file where id = $1 and created_by = app_staff()', [fileId]))) throw new Refusal('UNKNOWN_REFERENCE', ['fileId'], { field: '文件', value: fileId });
    await tx.run(`insert into evidence (zone_id, project_id, item, file_id, added_by, added_at) values (app_zone(), $1, 'statistics', $2, app_staff(), app_now())`, [projectId, fileId]);
  }
}

function conditions(actor: Actor, f: StatisticsFilter, params: unknown[]): string[] {
  const visible = projectVisibility(actor, 'pv', params);
  const where = ['se.voided_at is null', `exists (select from project pv where pv.id = se.project_id and ${visible})`];
  if (f.projectId) where.push(`se.project_id = ${bind(params, f.projectId)}`);
  if (f.kinds) where.push(`se.kind = any(${bind(params, f.kinds)}::text[])`);
  if (f.confirmed != null) where.push(`se.confirmed_at is ${f.confirmed ? 'not null' : 'null'}`);
  if (f.from) where.push(`se.entered_on >= ${bind(params, f.from)}`);
  if (f.to) where.push(`se.entered_on <= ${bind(params, f.to)}`);
  return where;
}
