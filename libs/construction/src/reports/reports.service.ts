import { Injectable } from '@nestjs/common';
import { type Actor, Database, demand, factsJson, newId, once, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, Refusals, type Shape, type Tx } from '@yinfeng/platform';
import { bind, demandVersion, type ProjectCondition, projectVisibility } from '@yinfeng/recruitment';
import { MOVED, MOVED_OF_ALL } from './progress.sql.js';
import { causesOf, CHECK_WORDS, type FilingRule, isFault, type ReportCheck, type ReportState } from './report.rules.js';
import { COUNTED, filingFacts, found, kept, OF_FILING, type Question, SETTLE_REPORT, unitVisibility } from './reports.sql.js';

export interface ReportFile {
  idempotencyKey?: string | null;
  filingId: string | null;
  expectedVersion: number;
  note?: string | null;
  /** The report itself or a sheet written by the product; a file that the actor uploaded or had written. */
  fileId?: string | null;
}
export interface ReportAct {
  idempotencyKey?: string | null;
  filingId: string | null;
  expectedVersion: number;
  reason: string;
}
export interface ReportFilter {
  /** Exactly these units. */
  departmentIds?: string[] | null;
  codes?: string[] | null;
  states?: ReportState[] | null;
  /** Not handed in and past its moment; false: not yet. */
  overdue?: boolean | null;
  /** Due on or after, on or before these Shanghai days. */
  from?: string | null;
  to?: string | null;
}
/** How a unit kept its days. */
export interface ReportPunctuality {
  department: { id: string; name: string };
  due: number;
  inTime: number;
  late: number;
  missing: number;
  excused: number;
  /** Percent of what was due and not excused; null where nothing was. */
  share: string | null;
}
interface FilingRow {
  id: string; version: number; department_id: string; state: ReportState; due_on: string; rule: FilingRule; above: string[]; last_act_id: string | null; month: string; from_on: string;
  /** Past its moment; and past that of the next one. By the clock of the transaction, as the database holds it. */
  late: boolean; closed: boolean;
}

const LONGEST = 2000;

/** 报告报送: what each unit hands in by when, what is missing in it and who was told (domain.md C6, A1 row 61). */
@Injectable()
export class ReportsService {
  constructor(private readonly db: Database) {}

  /**
   * Hands a report in. What it is looked through for is kept as it stands now; after its moment it is late.
   * @throws Refusal NOT_FOUND, CONFLICT, REPORT_ROLE, REPORT_DONE, TOO_LONG, UNKNOWN_REFERENCE (file); Refusals REPORT_UNMET, one for each check, where the rule says so.
   */
  async file(actor: Actor, input: ReportFile): Promise<{ filingId: string }> {
    demand(actor, 'project.edit');
    const note = input.note?.trim() || null;
    if (note && note.length > LONGEST) throw new Refusal('TOO_LONG', ['note'], { field: '说明', max: LONGEST });
    return this.db.tx(actor, (tx) => once(tx, 'reportFile', input, async () => {
      const row = await this.lock(tx, input);
      demandFiler(actor, row);
      if (row.state !== 'DUE') throw new Refusal('REPORT_DONE', ['filingId'], { state: row.state }, row.id);
      if (input.fileId && !(await tx.row('select 1 as ok from stored_file where id = $1 and created_by = app_staff()', [input.fileId]))) throw new Refusal('UNKNOWN_REFERENCE', ['fileId'], { field: '文件', value: input.fileId });
      const actId = await this.write(tx, row, 'FILE', note, input.fileId ?? null);
      const faults = (await this.freeze(tx, row, actId)).filter((g) => isFault(g.kind) && g.n > 0);
      if (row.rule.unmet === 'REFUSE' && faults.length) throw new Refusals(faults.map((g) => new Refusal('REPORT_UNMET', ['filingId'], { n: g.n, what: CHECK_WORDS[g.kind][actor.locale === 'en' ? 1 : 0] }, row.id)));
      await tx.run(`update report_filing set state = $2, filed_at = app_now(), filed_by = app_staff(), note = $3, file_id = $4, last_act_id = $5, version = version + 1 where id = $1`, [row.id, row.late ? 'LATE' : 'FILED', note, input.fileId ?? null, actId]);
      await tx.run(SETTLE_REPORT, [causesOf(row.id, row.rule)]);
      return { filingId: row.id };
    }), { cause: 'reportFile' });
  }

  /** Says that a unit need not hand it in, with a reason; by a head of what lies above the unit, or a leader of the zone. @throws Refusal NOT_FOUND, CONFLICT, REPORT_EXCUSER, REPORT_DONE, REASON_REQUIRED, TOO_LONG. */
  async excuse(actor: Actor, input: ReportAct): Promise<{ filingId: string }> {
    demand(actor, 'stage.approve');
    const reason = saidReason(input.reason);
    return this.db.tx(actor, (tx) => once(tx, 'reportExcuse', input, async () => {
      const row = await this.lock(tx, input);
      demandExcuser(actor, row);
      if (row.state !== 'DUE') throw new Refusal('REPORT_DONE', ['filingId'], { state: row.state }, row.id);
      const actId = await this.write(tx, row, 'EXCUSE', reason, null);
      await this.freeze(tx, row, actId);
      await tx.run(`update report_filing set state = 'EXCUSED', excused_at = app_now(), excused_by = app_staff(), reason = $2, last_act_id = $3, version = version + 1 where id = $1`, [row.id, reason, actId]);
      await tx.run(SETTLE_REPORT, [causesOf(row.id, row.rule)]);
      return { filingId: row.id };
    }), { cause: 'reportExcuse' });
  }

  /**
   * Takes a hand-in back (whoever hands in) or an excuse (whoever may give one), with a reason, until the next one of the unit has fallen due.
   * @throws Refusal NOT_FOUND, CONFLICT, REPORT_ROLE, REPORT_EXCUSER, REPORT_NOT_DONE, REPORT_CLOSED, REASON_REQUIRED, TOO_LONG.
   */
  async withdraw(actor: Actor, input: ReportAct): Promise<{ filingId: string }> {
    demand(actor, 'pipeline.read');
    const reason = saidReason(input.reason);
    return this.db.tx(actor, (tx) => once(tx, 'reportWithdraw', input, async () => {
      const row = await this.lock(tx, input);
      if (row.state === 'EXCUSED') { demand(actor, 'stage.approve'); demandExcuser(actor, row); }
      else { demand(actor, 'project.edit'); demandFiler(actor, row); }
      if (row.state === 'DUE') throw new Refusal('REPORT_NOT_DONE', ['filingId'], {}, row.id);
      if (row.closed) throw new Refusal('REPORT_CLOSED', ['filingId'], {}, row.id);
      const actId = await this.write(tx, row, 'WITHDRAW', reason, null);
      await tx.run(`update report_filing set state = 'DUE', filed_at = null, filed_by = null, note = null, file_id = null, excused_at = null, excused_by = null, reason = null, last_act_id = $2, version = version + 1 where id = $1`, [row.id, actId]);
      return { filingId: row.id };
    }), { cause: 'reportWithdraw' });
  }

  /** What units have to hand in and have handed in, of units that the actor sees; the latest moment first. */
  async page(actor: Actor, filter: ReportFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'pipeline.read');
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const where = this.where(actor, filter, params);
    if (request.keys) where.push(`(f.due_at, f.id) ${request.backward ? '>' : '<'} (${bind(params, request.keys[0])}::timestamptz, ${bind(params, request.keys[1])}::uuid)`);
    const way = request.backward ? 'asc' : 'desc';
    const sql = read(actor, shape, params, `${where.join(' and ')} order by f.due_at ${way}, f.id ${way} limit ${bind(params, request.limit + 1)}`) + ` order by f.due_at ${way}, f.id ${way}`;
    const rows = await this.db.read<{ node: { id: string }; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async count(actor: Actor, filter: ReportFilter): Promise<number> {
    demand(actor, 'pipeline.read');
    const params: unknown[] = [];
    return (await this.db.read<{ n: number }>(actor, `select count(*)::int as n from report_filing f where ${this.where(actor, filter, params).join(' and ')}`, params))[0]!.n;
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('pipeline.read')) return null;
    const params: unknown[] = [id];
    const where = this.where(actor, {}, params);
    const [row] = await this.db.read<{ node: { id: string } }>(actor, read(actor, shape, params, `f.id = $1 and ${where.join(' and ')}`), params);
    return row?.node ?? null;
  }

  /** The projects that a check of a filing finds: now while it is open, else as they were kept. The same that the figure counts; for a page of rows, and for their number. @throws Refusal NOT_FOUND. */
  async gap(actor: Actor, filingId: string | null, check: ReportCheck): Promise<{ rows: ProjectCondition; number: ProjectCondition }> {
    demand(actor, 'pipeline.read');
    const params: unknown[] = [filingId];
    const where = this.where(actor, {}, params);
    const [f] = filingId ? await this.db.read<FilingRow>(actor, `select f.* from report_filing f where f.id = $1 and ${where.join(' and ')}`, params) : [];
    if (!f) throw new Refusal('NOT_FOUND');
    const condition = (moved: typeof MOVED): ProjectCondition => (to) => (f.state === 'DUE' ? found(check, this.asked(f, to), moved) : kept(check, `${bind(to, f.last_act_id)}::uuid`));
    return { rows: condition(MOVED), number: condition(MOVED_OF_ALL) };
  }

  /** How each unit kept its days, of what fell due between two Shanghai days and has fallen due by now; the least punctual first. */
  async punctuality(actor: Actor, from: string, to: string, codes: string[] | null): Promise<ReportPunctuality[]> {
    demand(actor, 'pipeline.read');
    if (to < from) throw new Refusal('DATE_ORDER', ['to'], { field: '止', value: to, other: '起', otherValue: from });
    const params: unknown[] = [];
    const where = this.where(actor, { from, to, codes }, params);
    const rows = await this.db.read<Omit<ReportPunctuality, 'department'> & { id: string; name: string }>(
      actor,
      `select t.*, trim_scale(round("inTime" * 100.0 / nullif(due - excused, 0), 1))::text as share from (
         select 'Department:' || d.id as id, d.name, count(*)::int as due, count(*) filter (where f.state = 'FILED')::int as "inTime", count(*) filter (where f.state = 'LATE')::int as late,
           count(*) filter (where f.state = 'DUE')::int as missing, count(*) filter (where f.state = 'EXCUSED')::int as excused
         from report_filing f join department d on d.id = f.department_id where ${where.join(' and ')} and f.due_at < app_now() group by d.id, d.name) t
       order by "inTime" * 1.0 / nullif(due - excused, 0) nulls last, name, id`, params);
    return rows.map(({ id, name, ...n }) => ({ department: { id, name }, ...n }));
  }

  private where(actor: Actor, f: ReportFilter, params: unknown[]): string[] {
    const where = [unitVisibility(actor, 'f.department_id', params)];
    if (f.departmentIds) where.push(`f.department_id = any(${bind(params, f.departmentIds)}::uuid[])`);
    if (f.codes) where.push(`f.code = any(${bind(params, f.codes)}::text[])`);
    if (f.states) where.push(`f.state = any(${bind(params, f.states)}::text[])`);
    if (f.overdue != null) where.push(`${f.overdue ? '' : 'not '}(f.state = 'DUE' and f.due_at < app_now())`);
    if (f.from) where.push(`f.due_at >= shanghai_midnight(${bind(params, f.from)}::date)`);
    if (f.to) where.push(`f.due_at < shanghai_midnight(${bind(params, f.to)}::date + 1)`);
    return where;
  }

  private async lock(tx: Tx, input: { filingId: string | null; expectedVersion: number }): Promise<FilingRow> {
    const params: unknown[] = [input.filingId];
    const row = input.filingId ? await tx.row<FilingRow>(
      `select f.id, f.version, f.department_id, f.state, f.due_at, f.due_on, f.rule, f.last_act_id, f.month, f.from_on, (select array_remove(d.path, d.id) from department d where d.id = f.department_id) as above,
         app_now() > f.due_at as late, coalesce((select min(n.due_at) from report_filing n where n.department_id = f.department_id and n.code = f.code and n.due_at > f.due_at) < app_now(), false) as closed
       from report_filing f where f.id = $1 and ${unitVisibility(tx.actor, 'f.department_id', params)} for update`, params) : undefined;
    if (!row) throw new Refusal('NOT_FOUND');
    demandVersion(row, input.expectedVersion);
    return row;
  }

  private async write(tx: Tx, row: FilingRow, act: 'FILE' | 'EXCUSE' | 'WITHDRAW', words: string | null, fileId: string | null): Promise<string> {
    const actId = newId();
    await tx.run('insert into report_act (id, zone_id, filing_id, act, at, by, words, file_id, late) values ($1, app_zone(), $2, $3, app_now(), app_staff(), $4, $5, $6)', [actId, row.id, act, words, fileId, row.late]);
    return actId;
  }

  /** Keeps what the checks of its rule find now, whoever sees it. */
  private async freeze(tx: Tx, row: FilingRow, actId: string): Promise<{ kind: ReportCheck; n: number }[]> {
    const found_: { kind: ReportCheck; n: number }[] = [];
    for (const kind of row.rule.checks) {
      found_.push({ kind, n: await tx.run(`insert into report_gap (zone_id, act_id, kind, project_id) select app_zone(), $1, $2, p.id from report_filing f join project p on ${found(kind, OF_FILING)} where f.id = $3`, [actId, kind, row.id]) });
    }
    return found_;
  }

  /** What a check asks, with the filing's values as parameters, so that the list of projects finds its index; each is bound once, when it is asked for. */
  private asked(f: FilingRow, params: unknown[]): Question {
    const bound = new Map<string, string>();
    const of = (name: string, value: unknown, type: string) => bound.get(name) ?? (bound.set(name, `${bind(params, value)}::${type}`), bound.get(name)!);
    return {
      get unit() { return of('unit', f.department_id, 'uuid'); }, get month() { return of('month', f.month, 'date'); }, get fromOn() { return of('from', f.from_on, 'date'); },
      get dueOn() { return of('due', f.due_on, 'date'); }, get stages() { return of('stages', f.rule.stages, 'text[]'); },
    };
  }
}

/** Filings in the shape asked for; what is missing in them is counted for all of them at once, and only where it is asked for. */
function read(actor: Actor, shape: Shape, params: unknown[], which: string): string {
  const counts = Object.hasOwn(shape, 'missing');
  const seen = counts ? projectVisibility(actor, 'p', params) : 'true';
  return `with page as materialized (select f.* from report_filing f where ${which})${counts ? `,${COUNTED(seen)}` : ''}
    select ${factsJson(filingFacts(seen), { id: true, ...shape })} as node, f.due_at::text as k, f.id from page f`;
}

/** Whoever of the unit hands in, by the rule. */
function demandFiler(actor: Actor, row: FilingRow): void {
  if (!row.rule.filers.some((role) => role === actor.role)) throw new Refusal('REPORT_ROLE', ['filingId'], { roles: row.rule.filers.join('、') }, row.id);
}

/** A leader of the zone, or a head of what lies above the unit: nobody excuses a unit of their own. */
function demandExcuser(actor: Actor, row: FilingRow): void {
  const headed = actor.reach === 'UNIT' ? actor.departmentIds : actor.reach === 'GROUP' ? actor.ledDepartmentIds : [];
  if (actor.reach !== 'ZONE' && !row.above.some((id) => headed.includes(id))) throw new Refusal('REPORT_EXCUSER', ['filingId'], {}, row.id);
}

function saidReason(said: string): string {
  const reason = said.trim();
  if (!reason) throw new Refusal('REASON_REQUIRED', ['reason']);
  if (reason.length > LONGEST) throw new Refusal('TOO_LONG', ['reason'], { field: '原因', max: LONGEST });
  return reason;
}
