import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, factsJson, type MessageKey, newId, once, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { bind, keepMoney, lockProject, lockProjects, type MoneyInput, type ProjectRow, projectVisibility } from '@yinfeng/recruitment';
import { Decimal } from 'decimal.js';
import { isFrozen, type InvestmentPart, type InvestmentState, INVESTMENT_PARTS, monthOf, PART_COLUMNS } from './money.rules.js';
import { actualFacts } from './money.sql.js';

/** What one month of one project comes to. */
export interface InvestmentFigureInput {
  money: MoneyInput;
  /** What it is made of; absent: not split. */
  parts?: { part: InvestmentPart; money: MoneyInput }[] | null;
  /** What the sender says it comes to since January; compared, never counted. */
  cumulative?: MoneyInput | null;
  note?: string | null;
}
export interface InvestmentReport extends InvestmentFigureInput {
  idempotencyKey?: string | null;
  projectId: string | null;
  /** Any day of the month. */
  month: string;
}
export interface InvestmentCorrect extends InvestmentFigureInput {
  idempotencyKey?: string | null;
  actualId: string | null;
  expectedVersion: number;
  reason: string;
}
export interface InvestmentConfirm {
  idempotencyKey?: string | null;
  actualId: string | null;
  expectedVersion: number;
}
export interface InvestmentReportBatch {
  idempotencyKey?: string | null;
  month: string;
  items: (InvestmentFigureInput & { projectId?: string | null; /** The project's code in the ledger, instead of its id. */ code?: string | null })[];
}
export const BATCH_OUTCOMES = ['CREATED', 'CHANGED', 'UNCHANGED', 'REFUSED'] as const;
export type BatchOutcome = (typeof BATCH_OUTCOMES)[number];
export interface InvestmentBatchItem {
  projectId: string | null;
  outcome: BatchOutcome;
  refusal: { code: MessageKey; path: string[]; params: Record<string, string | number> } | null;
}
export interface ActualFilter {
  projectId?: string | null;
  states?: InvestmentState[] | null;
  from?: string | null;
  to?: string | null;
}
export const INVESTMENT_BATCH_MOST = 500;

interface Figures { amount: string; raw: string | null; cumulative: string | null; note: string | null; parts: Partial<Record<InvestmentPart, string>> }
interface ActualRow { id: string; version: number; project_id: string; month: string; state: InvestmentState; reported_by: string; amount: string; cumulative: string | null; civil_works: string | null; equipment: string | null; installation: string | null; land: string | null; other: string | null }

const COLUMNS = 'n.id, n.version, n.project_id, n.month, n.state, n.reported_by, n.amount::text, n.cumulative::text, n.civil_works::text, n.equipment::text, n.installation::text, n.land::text, n.other::text';
const WRITTEN = 'civil_works, equipment, installation, land, other, cumulative';

/** Fixed-asset investment done, month by month: reported, confirmed by a second person, corrected with a reason (domain.md A1 row 50). */
@Injectable()
export class InvestmentReportsService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService) {}

  /** The first figure of a month. @throws Refusal NOT_FOUND, DATE_IN_FUTURE, INVESTMENT_REPORTED (correct it instead), REQUIRED, INVALID, AMOUNT_*. */
  async report(actor: Actor, input: InvestmentReport): Promise<{ actualId: string }> {
    demand(actor, 'investment.edit');
    const month = this.pastMonth(input.month);
    const figures = readFigures(input, []);
    return this.db.tx(actor, (tx) => once(tx, 'investmentReport', input, async () => {
      const project = await lockProject(tx, input.projectId);
      const old = await tx.row<{ id: string; reporter: string }>('select n.id, s.name as reporter from investment_actual n join staff s on s.id = n.reported_by where n.project_id = $1 and n.month = $2', [project.id, month]);
      if (old) throw new Refusal('INVESTMENT_REPORTED', ['month'], { month: month.slice(0, 7), by: old.reporter }, old.id);
      const actualId = newId();
      await this.write(tx, [{ id: actualId, projectId: project.id, ...figures }], month);
      return { actualId };
    }), { cause: 'investmentReport' });
  }

  /**
   * A further version of a month, with its reason; a confirmed month is to be confirmed anew. The version before stays in the history.
   * @throws Refusal NOT_FOUND, CONFLICT, REASON_REQUIRED, REQUIRED, INVALID, AMOUNT_*.
   */
  async correct(actor: Actor, input: InvestmentCorrect): Promise<{ actualId: string }> {
    demand(actor, 'investment.edit');
    if (!input.reason.trim()) throw new Refusal('REASON_REQUIRED', ['reason']);
    const figures = readFigures(input, []);
    return this.db.tx(actor, (tx) => once(tx, 'investmentCorrect', input, async () => {
      const { row } = await this.lock(tx, input);
      await this.change(tx, [{ id: row.id, ...figures }], input.reason.trim());
      return { actualId: row.id };
    }), { cause: 'investmentCorrect' });
  }

  /** Says that a month is right; never by who gave its figure. @throws Refusal NOT_FOUND, CONFLICT, INVESTMENT_CONFIRMED, SECOND_PERSON. */
  async confirm(actor: Actor, input: InvestmentConfirm): Promise<{ actualId: string }> {
    demand(actor, 'arrival.confirm');
    return this.db.tx(actor, (tx) => once(tx, 'investmentConfirm', input, async () => {
      const { row } = await this.lock(tx, input);
      if (row.state === 'CONFIRMED') throw new Refusal('INVESTMENT_CONFIRMED', ['actualId'], { month: row.month.slice(0, 7) }, row.id);
      if (row.reported_by === actor.staffId) throw new Refusal('SECOND_PERSON', ['actualId'], {}, row.id);
      await tx.run(`update investment_actual set state = 'CONFIRMED', confirmed_by = app_staff(), confirmed_at = app_now(), version = version + 1 where id = $1`, [row.id]);
      return { actualId: row.id };
    }), { cause: 'investmentConfirm' });
  }

  /**
   * The sheet of a month: one figure for each of many projects. What is new is reported, what is the same is left, what is
   * unconfirmed and still open is changed; each item that cannot be taken says why and keeps none of the others back.
   * @throws Refusal DATE_IN_FUTURE, REQUIRED, TOO_LONG: then nothing is taken.
   */
  async batch(actor: Actor, input: InvestmentReportBatch): Promise<{ items: InvestmentBatchItem[] }> {
    demand(actor, 'investment.edit');
    const month = this.pastMonth(input.month);
    if (input.items.length === 0) throw new Refusal('REQUIRED', ['items'], { field: '月报项目' });
    if (input.items.length > INVESTMENT_BATCH_MOST) throw new Refusal('TOO_LONG', ['items'], { field: '月报项目', max: INVESTMENT_BATCH_MOST });
    return this.db.tx(actor, (tx) => once(tx, 'investmentReportBatch', input, async () => {
      const today = this.clock.today();
      const frozen = isFrozen(month, today, await this.policies.value(tx, 'investment', today));
      const codes = input.items.flatMap((i) => (i.projectId || !i.code ? [] : [i.code]));
      const params: unknown[] = [codes];
      const byCode = codes.length ? new Map((await tx.rows<{ id: string; code: string }>(`select p.id, p.code from project p where p.zone_id = app_zone() and p.code = any($1::text[]) and ${projectVisibility(tx.actor, 'p', params)}`, params)).map((p) => [p.code, p.id])) : new Map<string, string>();
      const ids = input.items.map((i) => i.projectId ?? (i.code ? (byCode.get(i.code) ?? null) : null));
      const projects = await lockProjects(tx, [...new Set(ids.filter((id): id is string => id !== null))]);
      const there = new Map((await tx.rows<ActualRow>(`select ${COLUMNS} from investment_actual n where n.project_id = any($1::uuid[]) and n.month = $2 for update`, [[...projects.keys()], month])).map((n) => [n.project_id, n]));
      const fresh: (Figures & { id: string; projectId: string })[] = [];
      const changed: (Figures & { id: string })[] = [];
      const seen = new Set<string>();
      const items = input.items.map((item, i): InvestmentBatchItem => {
        const path = ['items', String(i)];
        const projectId = ids[i] ?? null;
        try {
          const project = projectId ? projects.get(projectId) : undefined;
          if (!project) throw new Refusal('NOT_FOUND', [...path, item.code ? 'code' : 'projectId']);
          if (seen.has(project.id)) throw new Refusal('INVALID', [...path, 'projectId'], { field: '项目', value: project.name, expected: '每个项目只填一行 / each project once' });
          seen.add(project.id);
          const figures = readFigures(item, path);
          const old = there.get(project.id);
          if (!old) {
            fresh.push({ id: newId(), projectId: project.id, ...figures });
            return { projectId, outcome: 'CREATED', refusal: null };
          }
          if (same(old, figures)) return { projectId, outcome: 'UNCHANGED', refusal: null };
          if (old.state === 'CONFIRMED' || frozen) throw new Refusal('INVESTMENT_FROZEN', path, { month: month.slice(0, 7), project: project.name });
          changed.push({ id: old.id, ...figures });
          return { projectId, outcome: 'CHANGED', refusal: null };
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          return { projectId: projectId && projects.has(projectId) ? projectId : null, outcome: 'REFUSED', refusal: { code: error.code, path: [...error.path], params: error.params } };
        }
      });
      if (fresh.length) await this.write(tx, fresh, month);
      if (changed.length) await this.change(tx, changed, null);
      return { items };
    }), { cause: 'investmentReportBatch', statementTimeoutMs: 60_000 });
  }

  /** Months of projects that the actor may see, newest entry first. */
  async page(actor: Actor, filter: ActualFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'construction.read');
    const request = pageRequest(input, 1);
    const params: unknown[] = [];
    const where = conditions(actor, filter, params);
    if (request.keys) where.push(`n.id ${request.backward ? '>' : '<'} ${bind(params, request.keys[0])}::uuid`);
    const sql = `select ${factsJson(actualFacts, { id: true, ...shape })} as node, n.id from investment_actual n where ${where.join(' and ')} order by n.id ${request.backward ? 'asc' : 'desc'} limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.id] })), request);
  }

  async count(actor: Actor, filter: ActualFilter): Promise<number> {
    const params: unknown[] = [];
    return (await this.db.read<{ n: number }>(actor, `select count(*)::int as n from investment_actual n where ${conditions(actor, filter, params).join(' and ')}`, params))[0]!.n;
  }

  /** One month in the wanted shape, or null when there is none that the actor may see. */
  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('construction.read')) return null;
    const params: unknown[] = [];
    const where = conditions(actor, {}, params);
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(actualFacts, { id: true, ...shape })} as node from investment_actual n where n.id = ${bind(params, id)} and ${where.join(' and ')}`, params);
    return row?.node ?? null;
  }

  /** @throws Refusal DATE_IN_FUTURE: a month is reported when it has begun. */
  private pastMonth(day: string): string {
    const month = monthOf(day);
    const today = this.clock.today();
    if (month > today) throw new Refusal('DATE_IN_FUTURE', ['month'], { field: '月份', value: month.slice(0, 7), today });
    return month;
  }

  /** The gateway to one month: its project, locked and seen, then its own row. */
  private async lock(tx: Tx, input: { actualId: string | null; expectedVersion: number }): Promise<{ project: ProjectRow; row: ActualRow }> {
    const found = input.actualId ? await tx.row<{ project_id: string }>('select project_id from investment_actual where id = $1', [input.actualId]) : undefined;
    const project = await lockProject(tx, found?.project_id ?? null);
    const row = (await tx.row<ActualRow>(`select ${COLUMNS} from investment_actual n where n.id = $1 for update`, [input.actualId]))!;
    if (row.version !== input.expectedVersion) throw new Refusal('CONFLICT', ['expectedVersion'], { version: row.version }, row.id);
    return { project, row };
  }

  private async write(tx: Tx, rows: readonly (Figures & { id: string; projectId: string })[], month: string): Promise<void> {
    await tx.run(
      `insert into investment_actual (id, zone_id, project_id, month, amount, raw, note, ${WRITTEN}, reported_on, reported_by, reported_at)
       select w.id, app_zone(), w.project_id, $2, w.amount, w.raw, w.note, ${WRITTEN.replaceAll(/(\w+)/g, 'w.$1')}, $3, app_staff(), app_now() from ${RECORDS}`,
      [JSON.stringify(rows.map((r) => ({ ...flat(r), project_id: r.projectId }))), month, this.clock.today()]);
  }

  private async change(tx: Tx, rows: readonly (Figures & { id: string })[], reason: string | null): Promise<void> {
    await tx.run(
      `update investment_actual n set amount = w.amount, raw = w.raw, note = coalesce(w.note, n.note), ${WRITTEN.replaceAll(/(\w+)/g, '$1 = w.$1')}, reason = $2, state = 'REPORTED', confirmed_by = null, confirmed_at = null,
         reported_by = app_staff(), reported_at = app_now(), version = n.version + 1 from ${RECORDS} where n.id = w.id`, [JSON.stringify(rows.map(flat)), reason]);
  }
}

const RECORDS = `jsonb_to_recordset($1::jsonb) w (id uuid, project_id uuid, amount numeric, raw text, note text, civil_works numeric, equipment numeric, installation numeric, land numeric, other numeric, cumulative numeric)`;
const flat = ({ id, amount, raw, note, cumulative, parts }: Figures & { id: string }) => ({ id, amount, raw, note, cumulative, ...Object.fromEntries(INVESTMENT_PARTS.map((p) => [PART_COLUMNS[p], parts[p] ?? null])) });

function conditions(actor: Actor, f: ActualFilter, params: unknown[]): string[] {
  const where = [`exists (select from project pv where pv.id = n.project_id and ${projectVisibility(actor, 'pv', params)})`];
  if (f.projectId) where.push(`n.project_id = ${bind(params, f.projectId)}`);
  if (f.states) where.push(`n.state = any(${bind(params, f.states)}::text[])`);
  if (f.from) where.push(`n.month >= ${bind(params, monthOf(f.from))}`);
  if (f.to) where.push(`n.month <= ${bind(params, monthOf(f.to))}`);
  return where;
}

/** @throws Refusal REQUIRED, INVALID (currency, a part twice), AMOUNT_*. */
function readFigures(input: InvestmentFigureInput, path: readonly string[]): Figures {
  const cny = (money: MoneyInput | null | undefined, at: string[], label: string) => {
    let kept;
    try {
      kept = keepMoney(money, 'money', label);
    } catch (error) {
      throw error instanceof Refusal ? new Refusal(error.code, [...path, ...at], error.params) : error;
    }
    if (kept && kept.currency !== 'CNY') throw new Refusal('INVALID', [...path, ...at, 'currency'], { field: label, value: kept.currency, expected: '人民币 CNY' });
    return kept;
  };
  const kept = cny(input.money, ['money'], '完成投资');
  if (!kept) throw new Refusal('REQUIRED', [...path, 'money'], { field: '完成投资' });
  const parts: Figures['parts'] = {};
  for (const [i, p] of (input.parts ?? []).entries()) {
    if (parts[p.part] !== undefined) throw new Refusal('INVALID', [...path, 'parts', String(i), 'part'], { field: '投资分项', value: p.part, expected: '每个分项只填一次 / each part once' });
    const part = cny(p.money, ['parts', String(i), 'money'], '投资分项');
    if (!part) throw new Refusal('REQUIRED', [...path, 'parts', String(i), 'money'], { field: '投资分项' });
    parts[p.part] = part.amount;
  }
  return { amount: kept.amount, raw: kept.raw, cumulative: cny(input.cumulative, ['cumulative'], '本年累计')?.amount ?? null, note: input.note?.trim() || null, parts };
}

/** Whether a figure says what is on record; a part or a running sum that it leaves out says nothing else. */
function same(old: ActualRow, next: Figures): boolean {
  const alike = (a: string | null, b: string | null | undefined) => b == null || (a !== null && new Decimal(a).eq(b));
  return new Decimal(old.amount).eq(next.amount) && alike(old.cumulative, next.cumulative) && INVESTMENT_PARTS.every((p) => alike(old[PART_COLUMNS[p] as 'land'], next.parts[p]));
}
