import { Injectable } from '@nestjs/common';
import { PolicyService, type PolicyValue } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, factsJson, newId, once, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape, type Tx, workingDue } from '@yinfeng/platform';
import { bind, keepMoney, lockProject, type MoneyInput, type ProjectRow, projectVisibility } from '@yinfeng/recruitment';
import { Decimal } from 'decimal.js';
import { type FoundRate, MoneyBasesService } from './money-bases.service.js';
import { type ArrivalNature, type ArrivalOrigin, type ArrivalState, type EvidenceKind } from './money.rules.js';
import { arrivalFacts } from './money.sql.js';

export interface ArrivalRecord {
  idempotencyKey?: string | null;
  projectId: string | null;
  nature: ArrivalNature;
  form: string;
  origin: ArrivalOrigin;
  arrivedOn: string;
  money: MoneyInput;
  /** 元 for one unit, with its day and source; absent: the rate on record for that day, else none. */
  rate?: { rate: string; day: string; source: string } | null;
  /** Absent: the year in which it arrived. */
  countsForYear?: number | null;
  /** Absent: by where it comes from. */
  levels?: string[] | null;
  payer?: string | null;
  voucherNo?: string | null;
  note?: string | null;
  evidence?: { fileId: string; kind: EvidenceKind }[] | null;
}
interface ArrivalAct {
  idempotencyKey?: string | null;
  arrivalId: string | null;
  expectedVersion: number;
}
export interface ArrivalDecide extends ArrivalAct { note?: string | null }
export interface ArrivalExclude extends ArrivalAct { code: string; note?: string | null }
export interface ArrivalEvidenceAdd extends ArrivalAct { fileId: string; kind: EvidenceKind }
export interface ArrivalVoid extends ArrivalAct { reason: string }
export interface ArrivalFilter {
  projectId?: string | null;
  natures?: ArrivalNature[] | null;
  states?: ArrivalState[] | null;
  origins?: ArrivalOrigin[] | null;
  year?: number | null;
  level?: string | null;
  from?: string | null;
  to?: string | null;
  excluded?: boolean | null;
  voided?: boolean | null;
}
interface ArrivalRow { id: string; version: number; project_id: string; nature: ArrivalNature; state: ArrivalState; arrived_on: string; currency: string; rate: string | null; usd_rate: string | null; recorded_by: string; excluded_code: string | null; voided_at: Date | null; void_reason: string | null }
type ArrivalsPolicy = PolicyValue<'arrivals'>;

/** 到位资金: every payment with its evidence, rate of the day, year and levels it counts for; confirmed by a second person (domain.md B3). */
@Injectable()
export class ArrivalsService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService, private readonly bases: MoneyBasesService) {}

  /** @throws Refusal NOT_FOUND, DATE_IN_FUTURE, REQUIRED, AMOUNT_*, INVALID (rate, year), UNKNOWN_CHOICE (form, level), UNKNOWN_REFERENCE (file). */
  async record(actor: Actor, input: ArrivalRecord): Promise<{ arrivalId: string }> {
    demand(actor, 'arrival.record');
    const today = this.clock.today();
    if (input.arrivedOn > today) throw new Refusal('DATE_IN_FUTURE', ['arrivedOn'], { field: '到账日期', value: input.arrivedOn, today });
    const kept = keepMoney(input.money, 'money', '到位金额');
    if (!kept) throw new Refusal('REQUIRED', ['money'], { field: '到位金额' });
    if (new Decimal(kept.amount).isZero()) throw new Refusal('INVALID', ['money'], { field: '到位金额', value: kept.raw ?? kept.amount, expected: '大于 0 / above 0' });
    const stated = statedRate(input, kept.currency, today);
    const year = input.countsForYear ?? Number(input.arrivedOn.slice(0, 4));
    if (year < 1990 || year > 2100) throw new Refusal('INVALID', ['countsForYear'], { field: '计入年度', value: year, expected: '1990–2100' });
    return this.db.tx(actor, (tx) => once(tx, 'arrivalRecord', input, async () => {
      const project = await lockProject(tx, input.projectId);
      const policy = await this.policies.value(tx, 'arrivals', today);
      demandChoice(policy.forms, input.form, 'form', '资金类别', actor);
      const levels = input.levels ?? policy.levelsOf[input.origin];
      for (const level of levels) demandChoice(policy.levels, level, 'levels', '计入层级', actor);
      const rate = stated ?? (kept.currency === 'CNY' ? undefined : await this.bases.rateOf(tx, kept.currency, input.arrivedOn, policy.rateBackDays));
      const usd = await this.dollars(tx, kept.currency, rate, input.arrivedOn, policy);
      const arrivalId = newId();
      await tx.run(
        `insert into capital_arrival (id, zone_id, project_id, nature, form, origin, arrived_on, amount, currency, raw, rate, rate_on, rate_source, usd_rate, counts_for_year, levels, payer, voucher_no, note, confirm_due_on, recorded_by, recorded_at)
         values ($1, app_zone(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, app_staff(), app_now())`,
        [arrivalId, project.id, input.nature, input.form, input.origin, input.arrivedOn, kept.amount, kept.currency, kept.raw, rate?.rate ?? null, rate?.day ?? null, rate?.source ?? null, usd, year, [...new Set(levels)],
          input.payer?.trim() || null, input.voucherNo?.trim() || null, input.note?.trim() || null, (await workingDue(tx, today, policy.confirmWorkingDays)).due]);
      for (const [i, e] of (input.evidence ?? []).entries()) await this.attach(tx, project.id, arrivalId, e, ['evidence', String(i), 'fileId']);
      return { arrivalId };
    }), { cause: 'arrivalRecord' });
  }

  /** What proves an arrival, also after it was confirmed. @throws Refusal NOT_FOUND, CONFLICT, ARRIVAL_VOIDED, UNKNOWN_REFERENCE. */
  async addEvidence(actor: Actor, input: ArrivalEvidenceAdd): Promise<{ arrivalId: string }> {
    demand(actor, 'arrival.record');
    return this.act(actor, 'arrivalEvidenceAdd', input, async (tx, { project, row }) => {
      await this.attach(tx, project.id, row.id, input, ['fileId']);
      await tx.run('update capital_arrival set version = version + 1 where id = $1', [row.id]);
    });
  }

  /**
   * Counts from now on. By another person than who recorded it, of a role that the zone names, with evidence of a kind that it
   * accepts; a rate that came on record since is filled in.
   * @throws Refusal NOT_FOUND, CONFLICT, ARRIVAL_ROLE, SECOND_PERSON, ARRIVAL_DECIDED, ARRIVAL_VOIDED, ARRIVAL_EVIDENCE.
   */
  async confirm(actor: Actor, input: ArrivalDecide): Promise<{ arrivalId: string }> {
    return this.decide(actor, 'arrivalConfirm', input, async (tx, row, policy) => {
      const accepted = policy.evidence[row.nature];
      if (accepted.length && !(await tx.row('select 1 as ok from arrival_evidence where arrival_id = $1 and kind = any($2::text[])', [row.id, accepted]))) {
        throw new Refusal('ARRIVAL_EVIDENCE', ['arrivalId'], { kinds: accepted.map((k) => EVIDENCE_WORDS[k][actor.locale === 'en' ? 1 : 0]).join(actor.locale === 'en' ? ', ' : '、') }, row.id);
      }
      const rate = row.rate || row.currency === 'CNY' ? undefined : await this.bases.rateOf(tx, row.currency, row.arrived_on, policy.rateBackDays);
      const usd = row.usd_rate ?? (await this.dollars(tx, row.currency, rate, row.arrived_on, policy));
      await tx.run(
        `update capital_arrival set state = 'CONFIRMED', decided_by = app_staff(), decided_at = app_now(), decision_note = $2, rate = coalesce(rate, $3), rate_on = coalesce(rate_on, $4), rate_source = coalesce(rate_source, $5), usd_rate = $6, version = version + 1 where id = $1`,
        [row.id, input.note?.trim() || null, rate?.rate ?? null, rate?.day ?? null, rate?.source ?? null, usd]);
    });
  }

  /** Does not count, with the reason. @throws Refusal REASON_REQUIRED and those of confirm but ARRIVAL_EVIDENCE. */
  async reject(actor: Actor, input: ArrivalDecide): Promise<{ arrivalId: string }> {
    if (!input.note?.trim()) throw new Refusal('REASON_REQUIRED', ['note']);
    return this.decide(actor, 'arrivalReject', input, (tx, row) => tx.run(`update capital_arrival set state = 'REJECTED', decided_by = app_staff(), decided_at = app_now(), decision_note = $2, version = version + 1 where id = $1`, [row.id, input.note!.trim()]));
  }

  /** 剔除: stays on record and counts in no figure, by a reason of the zone's list. @throws Refusal NOT_FOUND, CONFLICT, UNKNOWN_CHOICE, REASON_REQUIRED (OTHER without words), ARRIVAL_EXCLUDED, ARRIVAL_VOIDED. */
  async exclude(actor: Actor, input: ArrivalExclude): Promise<{ arrivalId: string }> {
    demand(actor, 'arrival.confirm');
    if (input.code === 'OTHER' && !input.note?.trim()) throw new Refusal('REASON_REQUIRED', ['note']);
    return this.act(actor, 'arrivalExclude', input, async (tx, { row }) => {
      demandChoice((await this.policies.value(tx, 'arrivals', this.clock.today())).exclusions, input.code, 'code', '剔除原因', actor);
      if (row.excluded_code) throw new Refusal('ARRIVAL_EXCLUDED', ['arrivalId'], {}, row.id);
      await tx.run('update capital_arrival set excluded_code = $2, excluded_note = $3, excluded_by = app_staff(), excluded_at = app_now(), version = version + 1 where id = $1', [row.id, input.code, input.note?.trim() || null]);
    });
  }

  /** Takes an exclusion back; the books keep who said what. @throws Refusal NOT_FOUND, CONFLICT, REASON_REQUIRED, ARRIVAL_NOT_EXCLUDED, ARRIVAL_VOIDED. */
  async include(actor: Actor, input: ArrivalDecide): Promise<{ arrivalId: string }> {
    demand(actor, 'arrival.confirm');
    if (!input.note?.trim()) throw new Refusal('REASON_REQUIRED', ['note']);
    return this.act(actor, 'arrivalInclude', input, async (tx, { row }) => {
      if (!row.excluded_code) throw new Refusal('ARRIVAL_NOT_EXCLUDED', ['arrivalId'], {}, row.id);
      await tx.run('update capital_arrival set excluded_code = null, excluded_note = $2, excluded_by = app_staff(), excluded_at = null, version = version + 1 where id = $1', [row.id, input.note!.trim()]);
    });
  }

  /** 作废: it was recorded in error; stays visible. Who may confirm voids any, who recorded it what is not yet confirmed. @throws Refusal NOT_FOUND, CONFLICT, REASON_REQUIRED, FORBIDDEN, ARRIVAL_VOIDED. */
  async void(actor: Actor, input: ArrivalVoid): Promise<{ arrivalId: string }> {
    if (!actor.permissions.has('arrival.confirm')) demand(actor, 'arrival.record');
    if (!input.reason.trim()) throw new Refusal('REASON_REQUIRED', ['reason']);
    return this.act(actor, 'arrivalVoid', input, async (tx, { row }) => {
      if (!actor.permissions.has('arrival.confirm') && (row.state === 'CONFIRMED' || row.recorded_by !== actor.staffId)) throw new Refusal('FORBIDDEN');
      await tx.run('update capital_arrival set voided_at = app_now(), voided_by = app_staff(), void_reason = $2, version = version + 1 where id = $1', [row.id, input.reason.trim()]);
    });
  }

  /** Arrivals of projects that the actor may see, newest entry first. */
  async page(actor: Actor, filter: ArrivalFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'construction.read');
    const request = pageRequest(input, 1);
    const params: unknown[] = [];
    const where = conditions(actor, filter, params);
    if (request.keys) where.push(`a.id ${request.backward ? '>' : '<'} ${bind(params, request.keys[0])}::uuid`);
    const sql = `select ${factsJson(arrivalFacts, { id: true, ...shape })} as node, a.id from capital_arrival a where ${where.join(' and ')} order by a.id ${request.backward ? 'asc' : 'desc'} limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.id] })), request);
  }

  async count(actor: Actor, filter: ArrivalFilter): Promise<number> {
    const params: unknown[] = [];
    return (await this.db.read<{ n: number }>(actor, `select count(*)::int as n from capital_arrival a where ${conditions(actor, filter, params).join(' and ')}`, params))[0]!.n;
  }

  /** Arrivals of several projects that the actor may see, earliest first. */
  async ofProjects(actor: Actor, projectIds: readonly string[], shape: Shape): Promise<Map<string, { id: string }[]>> {
    demand(actor, 'construction.read');
    const params: unknown[] = [projectIds];
    const rows = await this.db.read<{ id: string; nodes: { id: string }[] }>(actor,
      `select p.id, json_agg(${factsJson(arrivalFacts, { id: true, ...shape })} order by a.arrived_on, a.id) as nodes from capital_arrival a join project p on p.id = a.project_id where p.id = any($1::uuid[]) and ${projectVisibility(actor, 'p', params)} group by p.id`, params);
    return new Map(rows.map((r) => [r.id, r.nodes]));
  }

  /** One arrival in the wanted shape, or null when there is none that the actor may see. */
  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('construction.read')) return null;
    const params: unknown[] = [];
    const where = conditions(actor, {}, params);
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(arrivalFacts, { id: true, ...shape })} as node from capital_arrival a where a.id = ${bind(params, id)} and ${where.join(' and ')}`, params);
    return row?.node ?? null;
  }

  private async decide(actor: Actor, operation: string, input: ArrivalDecide, work: (tx: Tx, row: ArrivalRow, policy: ArrivalsPolicy) => Promise<unknown>): Promise<{ arrivalId: string }> {
    demand(actor, 'arrival.confirm');
    return this.act(actor, operation, input, async (tx, { row }) => {
      const policy = await this.policies.value(tx, 'arrivals', this.clock.today());
      if (!policy.confirmRoles.includes(actor.role as 'LEADER')) throw new Refusal('ARRIVAL_ROLE', ['arrivalId'], { roles: policy.confirmRoles.join('、') }, row.id);
      if (row.state !== 'RECORDED') throw new Refusal('ARRIVAL_DECIDED', ['arrivalId'], { state: row.state }, row.id);
      if (row.recorded_by === actor.staffId) throw new Refusal('SECOND_PERSON', ['arrivalId'], {}, row.id);
      await work(tx, row, policy);
    });
  }

  /** The gateway to one arrival: its project, locked and seen, then its own row. */
  private async act(actor: Actor, operation: string, input: ArrivalAct, work: (tx: Tx, at: { project: ProjectRow; row: ArrivalRow }) => Promise<unknown>): Promise<{ arrivalId: string }> {
    return this.db.tx(actor, (tx) => once(tx, operation, input, async () => {
      const found = input.arrivalId ? await tx.row<{ project_id: string }>('select project_id from capital_arrival where id = $1', [input.arrivalId]) : undefined;
      const project = await lockProject(tx, found?.project_id ?? null);
      const row = (await tx.row<ArrivalRow>('select id, version, project_id, nature, state, arrived_on, currency, rate::text, usd_rate::text, recorded_by, excluded_code, voided_at, void_reason from capital_arrival where id = $1 for update', [input.arrivalId]))!;
      if (row.version !== input.expectedVersion) throw new Refusal('CONFLICT', ['expectedVersion'], { version: row.version }, row.id);
      if (row.voided_at) throw new Refusal('ARRIVAL_VOIDED', ['arrivalId'], { reason: row.void_reason! }, row.id);
      await work(tx, { project, row });
      return { arrivalId: row.id };
    }), { cause: operation });
  }

  /** 元 for one dollar on the day, where the amount can be told in dollars by it. */
  private async dollars(tx: Tx, currency: string, rate: FoundRate | undefined, day: string, policy: ArrivalsPolicy): Promise<string | null> {
    if (currency === 'USD' || (currency !== 'CNY' && !rate)) return null;
    return (await this.bases.rateOf(tx, 'USD', day, policy.rateBackDays))?.rate ?? null;
  }

  /** What proves an arrival is evidence of the project too: whoever sees the project may open it. */
  private async attach(tx: Tx, projectId: string, arrivalId: string, file: { fileId: string; kind: EvidenceKind }, path: string[]): Promise<void> {
    if (!(await tx.row('select 1 as ok from stored_file where id = $1 and created_by = app_staff()', [file.fileId]))) throw new Refusal('UNKNOWN_REFERENCE', path, { field: '文件', value: file.fileId });
    const added = await tx.run('insert into arrival_evidence (arrival_id, file_id, zone_id, kind, added_by, added_at) values ($1, $2, app_zone(), $3, app_staff(), app_now()) on conflict do nothing', [arrivalId, file.fileId, file.kind]);
    if (added) await tx.run(`insert into evidence (zone_id, project_id, item, file_id, added_by, added_at) values (app_zone(), $1, 'arrival', $2, app_staff(), app_now())`, [projectId, file.fileId]);
  }
}

export const EVIDENCE_WORDS: Record<EvidenceKind, readonly [zh: string, en: string]> = {
  BANK_SLIP: ['银行回单', 'bank slip'], CAPITAL_REPORT: ['验资报告', 'capital verification report'], INVOICE: ['发票', 'invoice'], FDI_REGISTRATION: ['FDI 入账登记', 'FDI registration'], AUDIT_REPORT: ['审计报告', 'audit report'],
  LAND_RECEIPT: ['土地款票据', 'land receipt'], SETTLEMENT: ['工程结算单', 'settlement of works'], OTHER: ['其他材料', 'other'],
};

/** @throws Refusal INVALID, DATE_IN_FUTURE. */
function statedRate(input: ArrivalRecord, currency: string, today: string): FoundRate | undefined {
  if (!input.rate) return undefined;
  if (currency === 'CNY') throw new Refusal('INVALID', ['rate'], { field: '汇率', value: input.rate.rate, expected: '人民币不填汇率 / none for CNY' });
  if (!new Decimal(input.rate.rate).gt(0)) throw new Refusal('INVALID', ['rate', 'rate'], { field: '汇率', value: input.rate.rate, expected: '大于 0 / above 0' });
  if (!input.rate.source.trim()) throw new Refusal('REQUIRED', ['rate', 'source'], { field: '汇率来源' });
  if (input.rate.day > today) throw new Refusal('DATE_IN_FUTURE', ['rate', 'day'], { field: '汇率日期', value: input.rate.day, today });
  return { rate: input.rate.rate, day: input.rate.day, source: input.rate.source.trim() };
}

/** @throws Refusal UNKNOWN_CHOICE naming what the zone's list has. */
function demandChoice(list: readonly { code: string; zh: string; en: string }[], code: string, path: string, label: string, actor: Actor): void {
  if (!list.some((x) => x.code === code)) throw new Refusal('UNKNOWN_CHOICE', [path], { field: label, value: code, choices: list.map((x) => `${x.code} ${actor.locale === 'en' ? x.en : x.zh}`).join('、') });
}

function conditions(actor: Actor, f: ArrivalFilter, params: unknown[]): string[] {
  const where = [`exists (select from project pv where pv.id = a.project_id and ${projectVisibility(actor, 'pv', params)})`];
  if (f.projectId) where.push(`a.project_id = ${bind(params, f.projectId)}`);
  if (f.natures) where.push(`a.nature = any(${bind(params, f.natures)}::text[])`);
  if (f.states) where.push(`a.state = any(${bind(params, f.states)}::text[])`);
  if (f.origins) where.push(`a.origin = any(${bind(params, f.origins)}::text[])`);
  if (f.year != null) where.push(`a.counts_for_year = ${bind(params, f.year)}`);
  if (f.level) where.push(`${bind(params, f.level)} = any(a.levels)`);
  if (f.from) where.push(`a.arrived_on >= ${bind(params, f.from)}`);
  if (f.to) where.push(`a.arrived_on <= ${bind(params, f.to)}`);
  if (f.excluded != null) where.push(`(a.excluded_code is not null) = ${bind(params, f.excluded)}`);
  if (f.voided != null) where.push(`(a.voided_at is not null) = ${bind(params, f.voided)}`);
  return where;
}
