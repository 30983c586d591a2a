import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, factsJson, newId, once, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape, systemActor, type Tx } from '@yinfeng/platform';
import { RemindersService } from '@yinfeng/reminders';
import { type CommitmentKind, type CommitmentSide, type CommitmentState, kindsOfSide, needsReview, type ReviewState } from './commitment.rules.js';
import { commitmentFacts, OVERDUE, PLAN_COMMITMENTS } from './commitments.sql.js';
import { keepMoney, type MoneyInput } from './money-input.rules.js';
import { bind, lockProject, type ProjectRow, projectVisibility } from './projects.access.js';

export interface CommitmentAdd {
  idempotencyKey?: string | null;
  projectId: string | null;
  /** The agreement that it stands in. */
  signingId?: string | null;
  side: CommitmentSide;
  kind: CommitmentKind;
  content: string;
  amount?: MoneyInput | null;
  /** 100 亩, 300 人: what is promised beside money. */
  quantity?: string | null;
  legalBasis?: string | null;
  dueOn?: string | null;
}
/** Absent means unchanged, null clears. What changes in words, amount or kind is reviewed anew. */
export interface CommitmentEdit extends Partial<Omit<CommitmentAdd, 'projectId' | 'side' | 'kind' | 'content'>> {
  kind?: CommitmentKind | null;
  content?: string | null;
  commitmentId: string | null;
  expectedVersion: number;
}
export interface CommitmentReview {
  idempotencyKey?: string | null;
  commitmentId: string | null;
  expectedVersion: number;
  pass: boolean;
  note?: string | null;
}
export interface CommitmentSettle {
  idempotencyKey?: string | null;
  commitmentId: string | null;
  expectedVersion: number;
  /** OPEN takes a settlement back. */
  outcome: CommitmentState;
  settledOn?: string | null;
  note?: string | null;
  /** What proves it; a file that the actor uploaded. */
  fileId?: string | null;
}
export interface CommitmentFilter {
  projectId?: string | null;
  sides?: CommitmentSide[] | null;
  states?: CommitmentState[] | null;
  reviewStates?: ReviewState[] | null;
  /** Open and past its day. */
  overdue?: boolean | null;
  /** Due on or before this Shanghai day. */
  dueBefore?: string | null;
}
interface CommitmentRow {
  id: string; version: number; project_id: string; side: CommitmentSide; kind: CommitmentKind; legal_basis: string | null; due_on: string | null; review_state: ReviewState; state: CommitmentState; created_by: string; edited_by: string | null;
}

/** What both sides promised: legal basis, fair-competition review, due day, kept or broken (domain.md A1 row 52, C9). */
@Injectable()
export class CommitmentsService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService, private readonly reminders: RemindersService) {}

  /** @throws Refusal REQUIRED, INVALID (a kind of the other side), UNKNOWN_REFERENCE (an agreement of another project), AMOUNT_*. */
  async add(actor: Actor, input: CommitmentAdd): Promise<{ commitmentId: string }> {
    demand(actor, 'commitment.edit');
    const content = input.content.trim();
    if (!content) throw new Refusal('REQUIRED', ['content'], { field: '承诺内容' });
    demandKind(input.side, input.kind);
    const amount = keepMoney(input.amount, 'amount', '承诺金额');
    return this.db.tx(actor, (tx) => once(tx, 'commitmentAdd', input, async () => {
      const project = await lockProject(tx, input.projectId);
      await this.demandSigning(tx, project.id, input.signingId);
      const commitmentId = newId();
      const review = needsReview(await this.policies.value(tx, 'fairCompetition', this.clock.today()), input.side, input.kind) ? 'PENDING' : 'NOT_NEEDED';
      await tx.run(
        `insert into commitment (id, zone_id, project_id, signing_id, side, kind, content, amount, currency, amount_raw, quantity, legal_basis, due_on, review_state, created_by, created_at)
         values ($1, app_zone(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, app_staff(), app_now())`,
        [commitmentId, project.id, input.signingId ?? null, input.side, input.kind, content, amount?.amount ?? null, amount?.currency ?? 'CNY', amount?.raw ?? null, input.quantity ?? null, input.legalBasis?.trim() || null, input.dueOn ?? null, review]);
      return { commitmentId };
    }), { cause: 'commitmentAdd' });
  }

  /** @throws Refusal NOT_FOUND, CONFLICT, COMMITMENT_SETTLED, REQUIRED, INVALID, UNKNOWN_REFERENCE, AMOUNT_*. */
  async edit(actor: Actor, input: CommitmentEdit): Promise<{ commitmentId: string }> {
    demand(actor, 'commitment.edit');
    if (input.content !== undefined && !input.content?.trim()) throw new Refusal('REQUIRED', ['content'], { field: '承诺内容' });
    const amount = input.amount === undefined ? undefined : keepMoney(input.amount, 'amount', '承诺金额');
    return this.db.tx(actor, (tx) => once(tx, 'commitmentEdit', input, async () => {
      const { project, row } = await this.lock(tx, input);
      if (row.state !== 'OPEN') throw new Refusal('COMMITMENT_SETTLED', ['commitmentId'], { state: row.state }, row.id);
      const kind = input.kind ?? row.kind;
      demandKind(row.side, kind);
      await this.demandSigning(tx, project.id, input.signingId);
      const params: unknown[] = [row.id];
      const set = ['version = version + 1', 'edited_by = app_staff()'];
      const assign = (column: string, value: unknown) => { if (value !== undefined) set.push(`${column} = $${params.push(value)}`); };
      assign('kind', kind);
      assign('signing_id', input.signingId);
      assign('content', input.content?.trim());
      assign('quantity', input.quantity);
      assign('legal_basis', input.legalBasis === undefined ? undefined : input.legalBasis?.trim() || null);
      assign('due_on', input.dueOn);
      if (amount !== undefined) { assign('amount', amount?.amount ?? null); assign('currency', amount?.currency ?? 'CNY'); assign('amount_raw', amount?.raw ?? null); }
      // Another day or agreement is no other promise; anything else is looked at again, by somebody else again.
      if ([input.kind, input.content, input.amount, input.quantity, input.legalBasis].some((v) => v !== undefined)) {
        assign('review_state', needsReview(await this.policies.value(tx, 'fairCompetition', this.clock.today()), row.side, kind) ? 'PENDING' : 'NOT_NEEDED');
        set.push('reviewed_by = null', 'reviewed_at = null', 'review_note = null');
      }
      await tx.run(`update commitment set ${set.join(', ')} where id = $1`, params);
      if (input.dueOn !== undefined) await this.forget(tx, row);
      return { commitmentId: row.id };
    }), { cause: 'commitmentEdit' });
  }

  /**
   * 公平竞争审查: says whether a promise is lawful. Never by who wrote it or its present wording; passed only with a legal basis.
   * @throws Refusal NOT_FOUND, CONFLICT, REVIEW_NOT_NEEDED, SECOND_PERSON, LEGAL_BASIS_REQUIRED, REASON_REQUIRED.
   */
  async review(actor: Actor, input: CommitmentReview): Promise<{ commitmentId: string }> {
    demand(actor, 'commitment.review');
    return this.db.tx(actor, (tx) => once(tx, 'commitmentReview', input, async () => {
      const { row } = await this.lock(tx, input);
      if (row.review_state === 'NOT_NEEDED') throw new Refusal('REVIEW_NOT_NEEDED', ['commitmentId'], {}, row.id);
      if (actor.staffId === row.created_by || actor.staffId === row.edited_by) throw new Refusal('SECOND_PERSON', ['commitmentId'], {}, row.id);
      if (input.pass && !row.legal_basis) throw new Refusal('LEGAL_BASIS_REQUIRED', ['pass'], {}, row.id);
      if (!input.pass && !input.note?.trim()) throw new Refusal('REASON_REQUIRED', ['note'], {}, row.id);
      await tx.run('update commitment set review_state = $2, reviewed_by = app_staff(), reviewed_at = app_now(), review_note = $3, version = version + 1 where id = $1', [row.id, input.pass ? 'PASSED' : 'REFUSED', input.note ?? null]);
      return { commitmentId: row.id };
    }), { cause: 'commitmentReview' });
  }

  /** Kept, broken or waived (the last two with a reason), or open again. @throws Refusal NOT_FOUND, CONFLICT, COMMITMENT_SETTLED, REASON_REQUIRED, DATE_IN_FUTURE, UNKNOWN_REFERENCE. */
  async settle(actor: Actor, input: CommitmentSettle): Promise<{ commitmentId: string }> {
    demand(actor, 'commitment.edit');
    const today = this.clock.today();
    if (input.settledOn && input.settledOn > today) throw new Refusal('DATE_IN_FUTURE', ['settledOn'], { field: '兑现日期', value: input.settledOn, today });
    if (input.outcome !== 'KEPT' && !input.note?.trim()) throw new Refusal('REASON_REQUIRED', ['note']);
    return this.db.tx(actor, (tx) => once(tx, 'commitmentSettle', input, async () => {
      const { project, row } = await this.lock(tx, input);
      if ((row.state === 'OPEN') === (input.outcome === 'OPEN')) throw new Refusal('COMMITMENT_SETTLED', ['outcome'], { state: row.state }, row.id);
      if (input.fileId) await this.attach(tx, project.id, input.fileId);
      if (input.outcome === 'OPEN') await tx.run(`update commitment set state = 'OPEN', settled_by = null, settled_at = null, settled_on = null, settle_note = $2, version = version + 1 where id = $1`, [row.id, input.note]);
      else {
        await tx.run('update commitment set state = $2, settled_by = app_staff(), settled_at = app_now(), settled_on = $3, settle_note = $4, file_id = coalesce($5, file_id), version = version + 1 where id = $1',
          [row.id, input.outcome, input.settledOn ?? today, input.note ?? null, input.fileId ?? null]);
      }
      await this.forget(tx, row);
      return { commitmentId: row.id };
    }), { cause: 'commitmentSettle' });
  }

  /** Reminds of what is due, in every zone; safe to run twice, late or at once. Returns how many reminders were planned. */
  async remind(): Promise<number> {
    let planned = 0;
    for (const { id } of await this.db.shared<{ id: string }>('select id from zone_ids() as id')) {
      planned += await this.db.tx(systemActor(id, newId()), async (tx) => {
        const { remindDaysAhead } = await this.policies.value(tx, 'fairCompetition', this.clock.today());
        return tx.run(PLAN_COMMITMENTS, [this.clock.today(), remindDaysAhead]);
      }, { cause: 'commitments.remind', statementTimeoutMs: 300_000 });
    }
    return planned;
  }

  /** Commitments of projects that the actor may see, newest first. */
  async page(actor: Actor, filter: CommitmentFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'project.read');
    const request = pageRequest(input, 1);
    const params: unknown[] = [];
    const where = this.where(actor, filter, params);
    if (request.keys) where.push(`c.id ${request.backward ? '>' : '<'} ${bind(params, request.keys[0])}::uuid`);
    const sql = `select ${factsJson(commitmentFacts, { id: true, ...shape })} as node, c.id from commitment c where ${where.join(' and ')} order by c.id ${request.backward ? 'asc' : 'desc'} limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.id] })), request);
  }

  async count(actor: Actor, filter: CommitmentFilter): Promise<number> {
    const params: unknown[] = [];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from commitment c where ${this.where(actor, filter, params).join(' and ')}`, params);
    return row!.n;
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('project.read')) return null;
    const params: unknown[] = [];
    const where = this.where(actor, {}, params);
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(commitmentFacts, { id: true, ...shape })} as node from commitment c where c.id = ${bind(params, id)} and ${where.join(' and ')}`, params);
    return row?.node ?? null;
  }

  private where(actor: Actor, f: CommitmentFilter, params: unknown[]): string[] {
    const visible = projectVisibility(actor, 'pv', params);
    const where = [visible === 'true' ? 'true' : `exists (select from project pv where pv.id = c.project_id and ${visible})`];
    if (f.projectId) where.push(`c.project_id = ${bind(params, f.projectId)}`);
    if (f.sides) where.push(`c.side = any(${bind(params, f.sides)}::text[])`);
    if (f.states) where.push(`c.state = any(${bind(params, f.states)}::text[])`);
    if (f.reviewStates) where.push(`c.review_state = any(${bind(params, f.reviewStates)}::text[])`);
    if (f.overdue != null) where.push(f.overdue ? OVERDUE : `not ${OVERDUE}`);
    if (f.dueBefore) where.push(`c.due_on <= ${bind(params, f.dueBefore)}`);
    return where;
  }

  /** The gateway to one commitment: its project, locked and seen, then its own row. */
  private async lock(tx: Tx, input: { commitmentId: string | null; expectedVersion: number }): Promise<{ project: ProjectRow; row: CommitmentRow }> {
    const found = input.commitmentId ? await tx.row<{ project_id: string }>('select project_id from commitment where id = $1', [input.commitmentId]) : undefined;
    const project = await lockProject(tx, found?.project_id ?? null);
    const row = (await tx.row<CommitmentRow>('select id, version, project_id, side, kind, legal_basis, due_on, review_state, state, created_by, edited_by from commitment where id = $1 for update', [input.commitmentId]))!;
    if (row.version !== input.expectedVersion) throw new Refusal('CONFLICT', ['expectedVersion'], { version: row.version }, row.id);
    return { project, row };
  }

  private async demandSigning(tx: Tx, projectId: string, signingId: string | null | undefined): Promise<void> {
    if (signingId && !(await tx.row('select 1 as ok from signing where id = $1 and project_id = $2 and voided_at is null', [signingId, projectId]))) throw new Refusal('UNKNOWN_REFERENCE', ['signingId'], { field: '所在协议', value: signingId });
  }

  /** What proves a settlement is evidence of the project too. */
  private async attach(tx: Tx, projectId: string, fileId: string): Promise<void> {
    if (!(await tx.row('select 1 as ok from stored_file where id = $1 and created_by = app_staff()', [fileId]))) throw new Refusal('UNKNOWN_REFERENCE', ['fileId'], { field: '文件', value: fileId });
    await tx.run(`insert into evidence (zone_id, project_id, item, file_id, added_by, added_at) values (app_zone(), $1, 'commitment', $2, app_staff(), app_now())`, [projectId, fileId]);
  }

  /** What was said of its old day, or of what is settled, is of no matter any more. */
  private async forget(tx: Tx, row: CommitmentRow): Promise<void> {
    if (row.due_on === null) return;
    await this.reminders.cancel(tx, { projectId: row.project_id, kind: 'COMMITMENT', cause: `COMMITMENT:${row.id}:${row.due_on}` });
  }
}

/** @throws Refusal INVALID: rebates are the zone's to promise, jobs the investor's. */
function demandKind(side: CommitmentSide, kind: CommitmentKind): void {
  const kinds = kindsOfSide(side);
  if (!kinds.includes(kind)) throw new Refusal('INVALID', ['kind'], { field: '承诺类别', value: kind, expected: kinds.join(', ') });
}
