import { Injectable } from '@nestjs/common';
import { EnterprisesService } from '@yinfeng/enterprises';
import { type Actor, Clock, Database, demand, factsJson, newId, once, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { keepMoney, type MoneyInput } from './money-input.rules.js';
import { signingFacts } from './project.facts.js';
import { ACTIVITY } from './project.sql.js';
import { bind, demandActive, lockProject, projectVisibility } from './projects.access.js';

export const SIGNING_KINDS = ['FRAMEWORK', 'INTENT', 'CONTRACT', 'SUPPLEMENT', 'OTHER'] as const;
export type SigningKind = (typeof SIGNING_KINDS)[number];

export interface SigningRecord {
  idempotencyKey?: string | null;
  projectId: string | null;
  kind: SigningKind;
  signedOn: string;
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
}

@Injectable()
export class SigningsService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly enterprises: EnterprisesService) {}

  /**
   * Records a signing with its evidence. The project's stage stays: it moves by a stage request. Blank amounts of the
   * project are filled from the agreement; stated ones are kept, the agreement's own stay on the signing.
   */
  async record(actor: Actor, input: SigningRecord): Promise<{ signingId: string; projectId: string }> {
    demand(actor, 'signing.record');
    const today = this.clock.today();
    if (input.signedOn > today) throw new Refusal('DATE_IN_FUTURE', ['signedOn'], { field: '协议签订时间', value: input.signedOn, today });
    if (!input.partyName.trim()) throw new Refusal('REQUIRED', ['partyName'], { field: '签约主体' });
    const total = keepMoney(input.totalInvestment, 'totalInvestment', '总投资');
    const fixed = keepMoney(input.fixedInvestment, 'fixedInvestment', '固定资产投资');
    return this.db.tx(actor, (tx) => once(tx, 'signingRecord', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandActive(project);
      const signingId = newId();
      const party = await this.enterprises.resolve(tx, { name: input.partyName, uscc: input.partyUscc });
      await tx.run(
        `insert into signing (id, zone_id, project_id, kind, signed_on, title, party_name, party_uscc, event_name, total_amount, currency, total_raw, fixed_cny, commitments, recorded_by, recorded_at)
         values ($1, app_zone(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, app_staff(), app_now())`,
        [signingId, project.id, input.kind, input.signedOn, input.title ?? null, input.partyName.trim(), input.partyUscc ?? null, input.eventName ?? null, total?.amount ?? null, total?.currency ?? 'CNY', total?.raw ?? null, fixed?.amount ?? null, input.commitments ?? null]);
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
    const where = this.where(actor, {}, params);
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(signingFacts, { id: true, ...shape })} as node from signing g where g.id = ${bind(params, id)} and ${where.join(' and ')}`, params);
    return row?.node ?? null;
  }

  private where(actor: Actor, f: SigningFilter, params: unknown[]): string[] {
    const visible = projectVisibility(actor, 'pv', params);
    const where = [visible === 'true' ? 'true' : `exists (select from project pv where pv.id = g.project_id and ${visible})`];
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
