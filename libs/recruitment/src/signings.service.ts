import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { EnterprisesService } from '@yinfeng/enterprises';
import { type Actor, Clock, Database, demand, factsJson, newId, once, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { keepMoney, type MoneyInput } from './money-input.rules.js';
import { signingFacts } from './project.facts.js';
import { ACTIVITY } from './project.sql.js';
import { bind, demandActive, demandVersion, lockProject, type ProjectRow, projectVisibility } from './projects.access.js';
import { type SigningKind, signingKindOf } from './signing.rules.js';
import { STAGES } from './stages.stage.js';


export interface SigningRecord {
  idempotencyKey?: string | null;
  projectId: string | null;
  /** Absent: by the words of agreementType. */
  kind?: SigningKind | null;
  /** Kind of agreement in the office's own words, e.g. 正式投资协议. */
  agreementType?: string | null;
  /** The framework or letter of intent of this project that a contract fulfils. */
  fulfilsId?: string | null;
  /** The agreement of this project that a supplement belongs to. */
  mainId?: string | null;
  signedOn: string;
  /** Last day of the term that it states. */
  validUntil?: string | null;
  title?: string | null;
  partyName: string;
  partyUscc?: string | null;
  eventName?: string | null;
  totalInvestment?: MoneyInput | null;
  fixedInvestment?: MoneyInput | null;
  commitments?: string | null;
  /** Uploaded files that show the agreement; they become evidence `agreement` of the project. */
  agreementFileIds?: (string | null)[] | null;
}
/** A correction; absent means unchanged, null clears. The agreement as it was stays in the audit. */
export interface SigningEdit {
  idempotencyKey?: string | null;
  signingId: string | null;
  /** Version of the signing. */
  expectedVersion: number;
  kind?: SigningKind | null;
  agreementType?: string | null;
  fulfilsId?: string | null;
  mainId?: string | null;
  signedOn?: string | null;
  validUntil?: string | null;
  /** Day on which it was fulfilled or let lapse; not after today. */
  endedOn?: string | null;
  title?: string | null;
  partyName?: string | null;
  partyUscc?: string | null;
  eventName?: string | null;
  totalInvestment?: MoneyInput | null;
  fixedInvestment?: MoneyInput | null;
  commitments?: string | null;
  agreementFileIds?: (string | null)[] | null;
}
export interface SigningVoid {
  idempotencyKey?: string | null;
  signingId: string | null;
  expectedVersion: number;
  reason: string;
}
/** Frameworks and letters of intent of a period, and how many have become contracts since. */
export interface SigningConversion {
  frameworks: number;
  converted: number;
  /** converted ÷ frameworks to four places, exact decimal text; null without frameworks. */
  rate: string | null;
}
interface SigningRow {
  id: string; version: number; project_id: string; kind: SigningKind; signed_on: string; valid_until: string | null; ended_on: string | null; voided_at: Date | null; void_reason: string | null;
}
export interface EvidenceAdd {
  idempotencyKey?: string | null;
  projectId: string | null;
  /** The gate's item, e.g. businessLicence. */
  item: string;
  fileId: string | null;
}
export interface SigningFilter {
  projectId?: string | null;
  kinds?: SigningKind[] | null;
  from?: string | null;
  to?: string | null;
  /** Voided ones too. */
  withVoided?: boolean | null;
}

/** @throws Refusal DATE_ORDER: a term or an end before the day of signing. */
function demandTerm(signedOn: string, validUntil: string | null | undefined, endedOn: string | null | undefined): void {
  for (const [key, field, value] of [['validUntil', '协议有效期', validUntil], ['endedOn', '协议终止日期', endedOn]] as const) {
    if (value && value < signedOn) throw new Refusal('DATE_ORDER', [key], { field, value, other: '协议签订时间', otherValue: signedOn });
  }
}

@Injectable()
export class SigningsService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly enterprises: EnterprisesService, private readonly policies: PolicyService) {}

  /**
   * Records a signing with its evidence. The project's stage stays: it moves by a stage request. Blank amounts of the
   * project are filled from the agreement; stated ones are kept, the agreement's own stay on the signing.
   */
  async record(actor: Actor, input: SigningRecord): Promise<{ signingId: string; projectId: string }> {
    demand(actor, 'signing.record');
    const today = this.clock.today();
    if (input.signedOn > today) throw new Refusal('DATE_IN_FUTURE', ['signedOn'], { field: '协议签订时间', value: input.signedOn, today });
    const words = input.agreementType?.trim() || null;
    const kind = input.kind ?? (words ? signingKindOf(words) : null);
    if (!kind) throw new Refusal('REQUIRED', ['kind'], { field: '协议类型' });
    demandTerm(input.signedOn, input.validUntil, null);
    demandFitting(kind, input);
    if (!input.partyName.trim()) throw new Refusal('REQUIRED', ['partyName'], { field: '签约主体' });
    const total = keepMoney(input.totalInvestment, 'totalInvestment', '总投资');
    const fixed = keepMoney(input.fixedInvestment, 'fixedInvestment', '固定资产投资');
    return this.db.tx(actor, (tx) => once(tx, 'signingRecord', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandActive(project);
      const signingId = newId();
      await this.demandReferred(tx, project.id, signingId, input);
      const party = await this.enterprises.resolve(tx, { name: input.partyName, uscc: input.partyUscc });
      await tx.run(
        `insert into signing (id, zone_id, project_id, kind, signed_on, title, party_name, party_uscc, event_name, total_amount, currency, total_raw, fixed_cny, commitments, agreement_type, fulfils_id, main_id, valid_until, recorded_by, recorded_at)
         values ($1, app_zone(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, app_staff(), app_now())`,
        [signingId, project.id, kind, input.signedOn, input.title ?? null, input.partyName.trim(), input.partyUscc ?? null, input.eventName ?? null, total?.amount ?? null, total?.currency ?? 'CNY', total?.raw ?? null, fixed?.amount ?? null, input.commitments ?? null, words, input.fulfilsId ?? null, input.mainId ?? null, input.validUntil ?? null]);
      for (const fileId of input.agreementFileIds ?? []) await this.attach(tx, project.id, 'agreement', fileId, ['agreementFileIds'], signingId);
      await tx.run(`insert into project_enterprise (zone_id, project_id, enterprise_id, role, position) values (app_zone(), $1, $2, 'SIGNING_PARTY', 10) on conflict do nothing`, [project.id, party.id]);
      await tx.run(
        `update project set total_amount = coalesce(total_amount, $2), total_currency = case when total_amount is null and $2::numeric is not null then $3::currency else total_currency end,
           total_raw = case when total_amount is null then $4 else total_raw end, fixed_cny = coalesce(fixed_cny, $5), enterprise_id = coalesce(enterprise_id, $6), enterprise_name = coalesce(enterprise_name, $7),
           version = version + 1, ${ACTIVITY('$8::date')} where id = $1`,
        [project.id, total?.amount ?? null, total?.currency ?? 'CNY', total?.raw ?? null, fixed?.amount ?? null, party.id, party.name, today]);
      return { signingId, projectId: project.id };
    }), { cause: 'signingRecord' });
  }

  /**
   * Corrects an agreement. What it said before stays in the audit; the project's own amounts are not touched.
   * @throws Refusal NOT_FOUND, CONFLICT, SIGNING_VOIDED, SIGNING_NEEDED, INVALID, UNKNOWN_REFERENCE, DATE_IN_FUTURE, DATE_ORDER, REQUIRED.
   */
  async edit(actor: Actor, input: SigningEdit): Promise<{ signingId: string; projectId: string }> {
    demand(actor, 'signing.record');
    const today = this.clock.today();
    if (input.signedOn && input.signedOn > today) throw new Refusal('DATE_IN_FUTURE', ['signedOn'], { field: '协议签订时间', value: input.signedOn, today });
    if (input.endedOn && input.endedOn > today) throw new Refusal('DATE_IN_FUTURE', ['endedOn'], { field: '协议终止日期', value: input.endedOn, today });
    if (input.partyName !== undefined && !input.partyName?.trim()) throw new Refusal('REQUIRED', ['partyName'], { field: '签约主体' });
    const total = input.totalInvestment === undefined ? undefined : keepMoney(input.totalInvestment, 'totalInvestment', '总投资');
    const fixed = input.fixedInvestment === undefined ? undefined : keepMoney(input.fixedInvestment, 'fixedInvestment', '固定资产投资');
    if (fixed && fixed.currency !== 'CNY') throw new Refusal('INVALID', ['fixedInvestment'], { field: '固定资产投资', value: fixed.amount, expected: '人民币 CNY' });
    return this.db.tx(actor, (tx) => once(tx, 'signingEdit', input, async () => {
      const { project, signing } = await this.lock(tx, input);
      const kind = input.kind ?? signing.kind;
      demandFitting(kind, input);
      const now = <Value>(told: Value | undefined, held: Value) => (told === undefined ? held : told);
      demandTerm(input.signedOn ?? signing.signed_on, now(input.validUntil, signing.valid_until), now(input.endedOn, signing.ended_on));
      if (kind !== signing.kind) await this.demandNotNeeded(tx, project, signing, kind);
      await this.demandReferred(tx, project.id, signing.id, input);
      const params: unknown[] = [signing.id];
      const set = ['version = version + 1'];
      const assign = (column: string, value: unknown) => { if (value !== undefined) set.push(`${column} = $${params.push(value)}`); };
      assign('kind', kind);
      // What only a contract or only a supplement has goes with it.
      assign('fulfils_id', kind === 'CONTRACT' ? input.fulfilsId : null);
      assign('main_id', kind === 'SUPPLEMENT' ? input.mainId : null);
      assign('agreement_type', input.agreementType);
      assign('signed_on', input.signedOn ?? undefined);
      assign('valid_until', input.validUntil);
      assign('ended_on', input.endedOn);
      assign('title', input.title);
      assign('party_name', input.partyName?.trim());
      assign('party_uscc', input.partyUscc);
      assign('event_name', input.eventName);
      assign('commitments', input.commitments);
      if (total !== undefined) { assign('total_amount', total?.amount ?? null); assign('currency', total?.currency ?? 'CNY'); assign('total_raw', total?.raw ?? null); }
      if (fixed !== undefined) assign('fixed_cny', fixed?.amount ?? null);
      await tx.run(`update signing set ${set.join(', ')} where id = $1`, params);
      if (input.partyName?.trim()) {
        const party = await this.enterprises.resolve(tx, { name: input.partyName, uscc: input.partyUscc });
        await tx.run(`insert into project_enterprise (zone_id, project_id, enterprise_id, role, position) values (app_zone(), $1, $2, 'SIGNING_PARTY', 10) on conflict do nothing`, [project.id, party.id]);
      }
      for (const fileId of input.agreementFileIds ?? []) await this.attach(tx, project.id, 'agreement', fileId, ['agreementFileIds'], signing.id);
      return { signingId: signing.id, projectId: project.id };
    }), { cause: 'signingEdit' });
  }

  /**
   * Takes an agreement out of account: its row and files stay, with who, when and why. Not the last one that a signed
   * project stands on: the right one is recorded first.
   * @throws Refusal NOT_FOUND, CONFLICT, REASON_REQUIRED, SIGNING_VOIDED, SIGNING_NEEDED.
   */
  async void(actor: Actor, input: SigningVoid): Promise<{ signingId: string; projectId: string }> {
    demand(actor, 'signing.record');
    const reason = input.reason.trim();
    if (!reason) throw new Refusal('REASON_REQUIRED', ['reason']);
    return this.db.tx(actor, (tx) => once(tx, 'signingVoid', input, async () => {
      const { project, signing } = await this.lock(tx, input);
      await this.demandNotNeeded(tx, project, signing, null);
      await tx.run('update signing set voided_at = app_now(), voided_by = app_staff(), void_reason = $2, version = version + 1 where id = $1', [signing.id, reason]);
      return { signingId: signing.id, projectId: project.id };
    }), { cause: 'signingVoid' });
  }

  /** How many of the frameworks signed in a period (both days included) have become contracts, of projects that the actor may see. */
  async conversion(actor: Actor, from: string, to: string): Promise<SigningConversion> {
    demand(actor, 'signing.read');
    if (to < from) throw new Refusal('DATE_ORDER', ['to'], { field: '截止日期', value: to, other: '开始日期', otherValue: from });
    const params: unknown[] = [];
    const where = this.where(actor, { kinds: ['FRAMEWORK', 'INTENT'], from, to }, params);
    const [row] = await this.db.read<SigningConversion>(actor,
      `select count(*)::int as frameworks, count(*) filter (where done)::int as converted, trim_scale(round(count(*) filter (where done)::numeric / nullif(count(*), 0), 4))::text as rate
       from (select exists (select from signing c where c.fulfils_id = g.id and c.voided_at is null) as done from signing g where ${where.join(' and ')}) t`, params);
    return row!;
  }

  /** Which of these agreements is the one that a project is counted by: the first of a kind that counts (domain.md C2, 三明). */
  async counting(actor: Actor, signingIds: readonly string[]): Promise<Set<string>> {
    return this.db.tx(actor, async (tx) => {
      const { countingKinds } = await this.policies.value(tx, 'signings', this.clock.today());
      const rows = await tx.rows<{ id: string }>(
        `select g.id from signing g where g.id = any($1::uuid[]) and g.id = (select x.id from signing x where x.project_id = g.project_id and x.voided_at is null and x.kind = any($2::text[]) order by x.signed_on, x.id limit 1)`, [signingIds, countingKinds]);
      return new Set(rows.map((r) => r.id));
    });
  }

  /** The gateway to one agreement: its project, locked and seen, then its own row. */
  private async lock(tx: Tx, input: { signingId: string | null; expectedVersion: number }): Promise<{ project: ProjectRow; signing: SigningRow }> {
    const found = input.signingId ? await tx.row<{ project_id: string }>('select project_id from signing where id = $1', [input.signingId]) : undefined;
    const project = await lockProject(tx, found?.project_id ?? null);
    const signing = (await tx.row<SigningRow>('select id, version, project_id, kind, signed_on, valid_until, ended_on, voided_at, void_reason from signing where id = $1 for update', [input.signingId]))!;
    demandVersion(signing, input.expectedVersion);
    if (signing.voided_at) throw new Refusal('SIGNING_VOIDED', ['signingId'], { reason: signing.void_reason! }, signing.id);
    return { project, signing };
  }

  /** @throws Refusal SIGNING_NEEDED: a project that is signed keeps an agreement that makes it so. */
  private async demandNotNeeded(tx: Tx, project: ProjectRow, signing: SigningRow, becomes: SigningKind | null): Promise<void> {
    if (STAGES.indexOf(project.stage) < STAGES.indexOf('SIGNED')) return;
    const { countingKinds } = await this.policies.value(tx, 'signings', this.clock.today());
    if (!countingKinds.includes(signing.kind) || (becomes && countingKinds.includes(becomes))) return;
    const other = await tx.row('select 1 as ok from signing where project_id = $1 and id <> $2 and voided_at is null and kind = any($3::text[])', [project.id, signing.id, countingKinds]);
    if (!other) throw new Refusal('SIGNING_NEEDED', ['signingId'], {}, signing.id);
  }

  /** @throws Refusal UNKNOWN_REFERENCE: an agreement of another project, voided, or of a kind that is not fulfilled or supplemented. */
  private async demandReferred(tx: Tx, projectId: string, ownId: string, input: { fulfilsId?: string | null; mainId?: string | null }): Promise<void> {
    for (const [id, kinds, path, label] of [[input.fulfilsId, ['FRAMEWORK', 'INTENT'], 'fulfilsId', '所履行的框架协议'], [input.mainId, ['FRAMEWORK', 'INTENT', 'CONTRACT', 'OTHER'], 'mainId', '主协议']] as const) {
      if (!id) continue;
      const known = await tx.row('select 1 as ok from signing where id = $1 and id <> $2 and project_id = $3 and kind = any($4::text[]) and voided_at is null', [id, ownId, projectId, kinds]);
      if (!known) throw new Refusal('UNKNOWN_REFERENCE', [path], { field: label, value: id });
    }
  }

  /** Adds a file as evidence for a gate's item. */
  async addEvidence(actor: Actor, input: EvidenceAdd): Promise<{ projectId: string }> {
    demand(actor, 'project.edit');
    return this.db.tx(actor, (tx) => once(tx, 'evidenceAdd', input, async () => {
      const project = await lockProject(tx, input.projectId);
      if (!/^[a-zA-Z][a-zA-Z0-9]{0,39}$/.test(input.item)) throw new Refusal('INVALID', ['item'], { field: 'item', value: input.item.slice(0, 40), expected: 'the name of a gate item, e.g. agreement' });
      await this.attach(tx, project.id, input.item, input.fileId, ['fileId'], null);
      return { projectId: project.id };
    }), { cause: 'evidenceAdd' });
  }

  async page(actor: Actor, filter: SigningFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'signing.read');
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const where = this.where(actor, filter, params);
    if (request.keys) where.push(`(g.signed_on, g.id) ${request.backward ? '>' : '<'} (${bind(params, request.keys[0])}::date, ${bind(params, request.keys[1])}::uuid)`);
    const way = request.backward ? 'asc' : 'desc';
    const sql = `select ${factsJson(signingFacts, { id: true, ...shape })} as node, g.signed_on as k, g.id from signing g where ${where.join(' and ')} order by g.signed_on ${way}, g.id ${way} limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async count(actor: Actor, filter: SigningFilter): Promise<number> {
    const params: unknown[] = [];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from signing g where ${this.where(actor, filter, params).join(' and ')}`, params);
    return row!.n;
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('signing.read')) return null;
    const params: unknown[] = [];
    const where = this.where(actor, { withVoided: true }, params);
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(signingFacts, { id: true, ...shape })} as node from signing g where g.id = ${bind(params, id)} and ${where.join(' and ')}`, params);
    return row?.node ?? null;
  }

  private where(actor: Actor, f: SigningFilter, params: unknown[]): string[] {
    const visible = projectVisibility(actor, 'pv', params);
    const where = [visible === 'true' ? 'true' : `exists (select from project pv where pv.id = g.project_id and ${visible})`];
    if (!f.withVoided) where.push('g.voided_at is null');
    if (f.projectId) where.push(`g.project_id = ${bind(params, f.projectId)}`);
    if (f.kinds) where.push(`g.kind = any(${bind(params, f.kinds)}::text[])`);
    if (f.from) where.push(`g.signed_on >= ${bind(params, f.from)}`);
    if (f.to) where.push(`g.signed_on <= ${bind(params, f.to)}`);
    return where;
  }

  /** Only a file that this person uploaded, or that is evidence of a project the person may see, can be attached. */
  private async attach(tx: Tx, projectId: string, item: string, fileId: string | null, path: string[], signingId: string | null): Promise<void> {
    const known = fileId ? await tx.row('select 1 as ok from stored_file where id = $1 and created_by = app_staff()', [fileId]) : undefined;
    if (!known) throw new Refusal('UNKNOWN_REFERENCE', path, { field: '文件', value: fileId ?? '—' });
    await tx.run(`insert into evidence (zone_id, project_id, item, file_id, signing_id, added_by, added_at) values (app_zone(), $1, $2, $3, $4, app_staff(), app_now())`, [projectId, item, fileId, signingId]);
  }
}

/** @throws Refusal INVALID: only a contract fulfils a framework, only a supplement has a main agreement. */
function demandFitting(kind: SigningKind, input: { fulfilsId?: string | null; mainId?: string | null }): void {
  if (input.fulfilsId && kind !== 'CONTRACT') throw new Refusal('INVALID', ['fulfilsId'], { field: '所履行的框架协议', value: kind, expected: '仅投资协议可填 / for a CONTRACT only' });
  if (input.mainId && kind !== 'SUPPLEMENT') throw new Refusal('INVALID', ['mainId'], { field: '主协议', value: kind, expected: '仅补充协议可填 / for a SUPPLEMENT only' });
}
