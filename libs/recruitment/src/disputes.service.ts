import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { foldName, normaliseUscc } from '@yinfeng/enterprises';
import { type Actor, Clock, Database, demand, factsJson, newId, once, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape, systemActor, type Tx } from '@yinfeng/platform';
import { RemindersService } from '@yinfeng/reminders';
import { disputeFacts } from './dispute.facts.js';
import { type DisputeEvidenceKind, type DisputeSide, type Ruling, sharesFault } from './dispute.rules.js';
import { DuplicatesService } from './duplicates.service.js';
import { bind, lockProject, projectVisibility } from './projects.access.js';

export interface DisputeRaise {
  idempotencyKey?: string | null;
  /** The claimant's own record of the deal, when the report was let in beside the first one; null: an id that is none. */
  rivalProjectId?: string | null;
  /** The firm and the project as the claimant knows them: whose first report is disputed is found by them. */
  name: string;
  enterpriseName?: string | null;
  uscc?: string | null;
  /** Day of the claimant's first contact with the investor. */
  firstContactOn?: string | null;
  ground: string;
}
export interface DisputeEvidence {
  idempotencyKey?: string | null;
  disputeId: string | null;
  kind: DisputeEvidenceKind;
  note: string;
  fileId?: string | null;
  datedOn?: string | null;
}
export interface DisputeDecision {
  idempotencyKey?: string | null;
  disputeId: string | null;
  expectedVersion: number;
  ruling: Ruling;
  note: string;
  /** For SHARED: who has which part of the one project; absent: the claimant and the first reporter by the zone's rule. */
  shares?: { staffId: string | null; share: string }[] | null;
  /** Which side leads from now on (一个项目只对应一个牵头单位); absent: the claimant's after CLAIMANT, else the holder's. */
  leadUnit?: DisputeSide | null;
}
export interface DisputeFilter {
  states?: ('OPEN' | 'DECIDED' | 'WITHDRAWN')[] | null;
  projectId?: string | null;
  /** Raised by the actor. */
  mine?: boolean | null;
}
interface DisputeRow {
  id: string; version: number; number: string; state: string; project_id: string; rival_project_id: string | null; holder_id: string | null; holder_department_id: string | null;
  claimant_id: string; claimant_department_id: string | null; evidence_due_on: string | null; owner_id: string | null; decided: string | null;
}

const NEXT_NUMBER = `select 'ZY-' || (select code from zone where id = app_zone()) || '-' || $1::int || '-' || lpad((count(*) + 1)::text, 4, '0') as number from first_report_dispute where zone_id = app_zone() and raised_at >= make_timestamptz($1::int, 1, 1, 0, 0, 0, 'Asia/Shanghai')`;

/**
 * Disputes about first reports (domain.md C2, A1 rows 13 and 15): a claim, evidence of both sides inside a deadline, a
 * ruling by a third person with its reasons, then frozen. The first report and both names stay; credit follows the ruling.
 */
@Injectable()
export class DisputesService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService, private readonly duplicates: DuplicatesService, private readonly reminders: RemindersService) {}

  /**
   * Claims a first report. The claimant need not see the project: it is found as the duplicate check finds it, and nothing
   * of it is told but the unit and person to ask.
   * @throws Refusal DISPUTE_NOTHING_MET, DISPUTE_OWN_REPORT, DISPUTE_OPEN, DATE_IN_FUTURE, REQUIRED, NOT_FOUND.
   */
  async raise(actor: Actor, input: DisputeRaise): Promise<{ disputeId: string }> {
    demand(actor, 'dispute.raise');
    const today = this.clock.today();
    if (!input.name.trim()) throw new Refusal('REQUIRED', ['name'], { field: '项目名称' });
    if (!input.ground.trim()) throw new Refusal('REQUIRED', ['ground'], { field: '争议理由' });
    if (input.firstContactOn && input.firstContactOn > today) throw new Refusal('DATE_IN_FUTURE', ['firstContactOn'], { field: '首次接触日期', value: input.firstContactOn, today });
    return this.db.tx(actor, (tx) => once(tx, 'disputeRaise', input, async () => {
      await tx.run(`select pg_advisory_xact_lock(hashtextextended('dispute' || app_zone(), 3))`);
      const rival = input.rivalProjectId === undefined ? null : await lockProject(tx, input.rivalProjectId);
      const projectId = await this.disputed(tx, input, rival?.id ?? null);
      // Locked against a merge or deletion in the meantime: a dispute is never about a record that is gone.
      const held = await tx.row<{ reporter_id: string | null; department_id: string | null; owner_id: string | null }>(
        `select r.reporter_id, r.department_id, p.owner_id from project p join first_report r on r.project_id = coalesce(p.first_report_of, p.id) where p.id = $1 for key share of p`, [projectId]);
      if (!held) throw new Refusal('DISPUTE_NOTHING_MET', ['name'], { value: input.name.slice(0, 60) });
      if (held.reporter_id === actor.staffId) throw new Refusal('DISPUTE_OWN_REPORT', ['name']);
      if (await tx.row(`select 1 as ok from first_report_dispute where project_id = $1 and claimant_id = app_staff() and state = 'OPEN'`, [projectId])) throw new Refusal('DISPUTE_OPEN', ['name']);
      const rule = await this.policies.value(tx, 'dispute', today);
      const { number } = (await tx.row<{ number: string }>(NEXT_NUMBER, [Number(today.slice(0, 4))]))!;
      const id = newId();
      await tx.run(
        `insert into first_report_dispute (id, zone_id, number, project_id, rival_project_id, holder_id, holder_department_id, claimant_id, claimant_department_id, claimed_name, claimed_enterprise, first_contact_on, ground, raised_at, evidence_due_on, decide_due_on)
         values ($1, app_zone(), $2, $3, $4, $5, $6, app_staff(), $7, $8, $9, $10, $11, app_now(), add_working_days($12, $13), add_working_days($12, $14))`,
        [id, number, projectId, rival?.id ?? null, held.reporter_id, held.department_id, actor.departmentIds[0] ?? null, input.name.trim(), input.enterpriseName?.trim() || null, input.firstContactOn ?? null, input.ground.trim(),
          today, rule.evidenceWorkingDays, rule.decideWorkingDays]);
      const told = [...new Set([held.owner_id, ...(await this.judges(tx, projectId, actor.departmentIds[0] ?? null))])].filter((s): s is string => s !== null && s !== actor.staffId);
      const plan = { kind: 'DISPUTE' as const, cause: `DISPUTE:${id}`, projectId, dueOn: today, detail: { act: 'RAISED', number } };
      await this.reminders.planForAll(tx, plan, told);
      // Who reported first may answer also when the project is somebody else's by now: the notice then stands without it.
      if (held.reporter_id && !told.includes(held.reporter_id)) await this.reminders.planForAll(tx, { ...plan, projectId: null }, [held.reporter_id]);
      return { disputeId: id };
    }), { cause: 'disputeRaise' });
  }

  /** Adds evidence for one's own side, until the day set for it. @throws Refusal NOT_FOUND, DISPUTE_CLOSED, DISPUTE_EVIDENCE_LATE, UNKNOWN_REFERENCE, REQUIRED. */
  async addEvidence(actor: Actor, input: DisputeEvidence): Promise<{ disputeId: string }> {
    demand(actor, 'dispute.raise');
    if (!input.note.trim()) throw new Refusal('REQUIRED', ['note'], { field: '证据说明' });
    const today = this.clock.today();
    if (input.datedOn && input.datedOn > today) throw new Refusal('DATE_IN_FUTURE', ['datedOn'], { field: '证据日期', value: input.datedOn, today });
    return this.db.tx(actor, (tx) => once(tx, 'disputeEvidenceAdd', input, async () => {
      const dispute = await this.lock(tx, input.disputeId);
      const side: DisputeSide | null = dispute.claimant_id === actor.staffId ? 'CLAIMANT' : [dispute.holder_id, dispute.owner_id].includes(actor.staffId) ? 'HOLDER' : null;
      // Who may only look on is told so; who may not even see it was told NOT_FOUND.
      if (!side) throw new Refusal('FORBIDDEN', [], { permission: 'dispute.raise' });
      demandOpen(dispute);
      if (dispute.evidence_due_on && today > dispute.evidence_due_on) throw new Refusal('DISPUTE_EVIDENCE_LATE', ['disputeId'], { due: dispute.evidence_due_on });
      if (input.fileId !== undefined && input.fileId !== null && !(await tx.row('select 1 as ok from stored_file where id = $1 and created_by = app_staff()', [input.fileId]))) {
        throw new Refusal('UNKNOWN_REFERENCE', ['fileId'], { field: '文件', value: input.fileId });
      }
      await tx.run('insert into dispute_evidence (zone_id, dispute_id, side, kind, note, file_id, dated_on, added_by, added_at) values (app_zone(), $1, $2, $3, $4, $5, $6, app_staff(), app_now())',
        [dispute.id, side, input.kind, input.note.trim(), input.fileId ?? null, input.datedOn ?? null]);
      return { disputeId: dispute.id };
    }), { cause: 'disputeEvidenceAdd' });
  }

  /** Takes one's own claim back while it is open. */
  async withdraw(actor: Actor, input: { idempotencyKey?: string | null; disputeId: string | null; expectedVersion: number }): Promise<{ disputeId: string }> {
    demand(actor, 'dispute.raise');
    return this.db.tx(actor, (tx) => once(tx, 'disputeWithdraw', input, async () => {
      const dispute = await this.lock(tx, input.disputeId);
      if (dispute.claimant_id !== actor.staffId) throw new Refusal('FORBIDDEN', [], { permission: 'dispute.raise' });
      demandOpen(dispute);
      demandDisputeVersion(dispute, input.expectedVersion);
      await tx.run(`update first_report_dispute set state = 'WITHDRAWN', withdrawn_at = app_now(), version = version + 1 where id = $1`, [dispute.id]);
      await this.closeReminders(tx, dispute.id, 'CANCELLED');
      return { disputeId: dispute.id };
    }), { cause: 'disputeWithdraw' });
  }

  /**
   * Rules on a claim. The decider is neither side. After CLAIMANT or SHARED the claimant works on the project; the lead
   * unit is one. Nothing of a ruling can be changed; new facts are a new dispute.
   * @throws Refusal NOT_FOUND, SECOND_PERSON, DISPUTE_JUDGE, DISPUTE_CLOSED, CONFLICT, REASON_REQUIRED, DISPUTE_SHARES, UNKNOWN_REFERENCE.
   */
  async decide(actor: Actor, input: DisputeDecision): Promise<{ disputeId: string }> {
    demand(actor, 'dispute.decide');
    if (!input.note.trim()) throw new Refusal('REASON_REQUIRED', ['note']);
    return this.db.tx(actor, (tx) => once(tx, 'disputeDecide', input, async () => {
      const dispute = await this.lock(tx, input.disputeId);
      // Only who sees the disputed project may rule on it.
      const project = await lockProject(tx, dispute.project_id);
      demandOpen(dispute);
      if ([dispute.claimant_id, dispute.holder_id, dispute.owner_id].includes(actor.staffId)) throw new Refusal('SECOND_PERSON', ['disputeId'], {}, dispute.id);
      // A head of one side alone is no third person.
      if (actor.reach !== 'ZONE' && !(await this.judges(tx, dispute.project_id, dispute.claimant_department_id)).includes(actor.staffId ?? '')) throw new Refusal('DISPUTE_JUDGE', ['disputeId'], {}, dispute.id);
      demandDisputeVersion(dispute, input.expectedVersion);
      const shares = await this.shares(tx, dispute, input);
      const leadUnit: DisputeSide = input.leadUnit ?? (input.ruling === 'CLAIMANT' ? 'CLAIMANT' : 'HOLDER');
      if (input.ruling === 'FIRST_STANDS' && leadUnit === 'CLAIMANT') throw new Refusal('INVALID', ['leadUnit'], { field: '牵头单位', value: leadUnit, expected: 'HOLDER' });
      for (const s of shares) {
        await tx.run('insert into first_report_share (zone_id, dispute_id, staff_id, department_id, share) values (app_zone(), $1, $2, (select department_id from staff where id = $2), $3)', [dispute.id, s.staffId, s.share]);
      }
      await tx.run(`update first_report_dispute set state = 'DECIDED', ruling = $2, ruling_note = $3, lead_unit = $4, decided_by = app_staff(), decided_at = app_now(), version = version + 1 where id = $1`,
        [dispute.id, input.ruling, input.note.trim(), leadUnit]);
      if (input.ruling !== 'FIRST_STANDS') await tx.run(`insert into project_member (zone_id, project_id, staff_id) values (app_zone(), $1, $2) on conflict do nothing`, [dispute.project_id, dispute.claimant_id]);
      // Out of the pool by claim or assignment alone: there the claimant, who sees it now, may take it.
      if (leadUnit === 'CLAIMANT' && project.status !== 'POOLED') {
        if (dispute.owner_id && dispute.owner_id !== dispute.claimant_id) {
          await tx.run(`insert into project_member (zone_id, project_id, staff_id) values (app_zone(), $1, $2) on conflict do nothing`, [dispute.project_id, dispute.owner_id]);
          await this.reminders.handOver(tx, { projectId: dispute.project_id, fromId: dispute.owner_id, toId: dispute.claimant_id, kind: ['FOLLOW_UP', 'IDLE'] });
        }
        await tx.run(`update project set owner_id = $2, department_id = coalesce($3, department_id), version = version + 1, updated_at = app_now() where id = $1`, [dispute.project_id, dispute.claimant_id, dispute.claimant_department_id]);
      }
      await this.closeReminders(tx, dispute.id, 'DONE');
      const today = this.clock.today();
      const seesIt = input.ruling === 'FIRST_STANDS' ? null : dispute.project_id;
      await this.reminders.planForAll(tx, { kind: 'DISPUTE', cause: `DISPUTE:${dispute.id}:RULED`, projectId: seesIt, dueOn: today, detail: { act: 'RULED', number: dispute.number, ruling: input.ruling } }, [dispute.claimant_id]);
      // The owner sees the project; a first reporter who is not in charge any more may not.
      for (const [who, projectId] of [[dispute.owner_id, dispute.project_id], [dispute.holder_id === dispute.owner_id ? null : dispute.holder_id, null]] as const) {
        if (who) await this.reminders.planForAll(tx, { kind: 'DISPUTE', cause: `DISPUTE:${dispute.id}:RULED`, projectId, dueOn: today, detail: { act: 'RULED', number: dispute.number, ruling: input.ruling } }, [who]);
      }
      return { disputeId: dispute.id };
    }), { cause: 'disputeDecide' });
  }

  /** Newest first: those one raised, those about one's own first reports, and those about projects one sees. */
  async page(actor: Actor, filter: DisputeFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'dispute.read');
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const where = this.where(actor, filter, params);
    if (request.keys) where.push(`(x.raised_at, x.id) ${request.backward ? '>' : '<'} (${bind(params, request.keys[0])}::timestamptz, ${bind(params, request.keys[1])}::uuid)`);
    const way = request.backward ? 'asc' : 'desc';
    const sql = `select ${this.json(actor, shape, params)} as node, x.raised_at::text as k, x.id from first_report_dispute x where ${where.join(' and ')} order by x.raised_at ${way}, x.id ${way} limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async count(actor: Actor, filter: DisputeFilter): Promise<number> {
    const params: unknown[] = [];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from first_report_dispute x where ${this.where(actor, filter, params).join(' and ')}`, params);
    return row!.n;
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('dispute.read')) return null;
    const params: unknown[] = [];
    const where = this.where(actor, {}, params);
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${this.json(actor, shape, params)} as node from first_report_dispute x where x.id = ${bind(params, id)} and ${where.join(' and ')}`, params);
    return row?.node ?? null;
  }

  /** Of the project, and its evidence, the claimant sees no more than the reach of his role allows; his own side he sees whole. */
  private json(actor: Actor, shape: Shape, params: unknown[]): string {
    return factsJson(disputeFacts((alias) => projectVisibility(actor, alias, params)), { id: true, ...shape });
  }

  private where(actor: Actor, f: DisputeFilter, params: unknown[]): string[] {
    const visible = projectVisibility(actor, 'pv', params);
    const mine = 'x.claimant_id = app_staff()';
    const where = [visible === 'true' ? 'true' : `(${mine} or x.holder_id = app_staff() or exists (select from project pv where pv.id = x.project_id and ${visible}))`];
    if (f.mine) where.push(mine);
    if (f.states) where.push(`x.state = any(${bind(params, f.states)}::text[])`);
    // Whether a claim of one's own is about a project one may not see is not to be found out by asking for it.
    if (f.projectId) where.push(`x.project_id = ${bind(params, f.projectId)}`, `exists (select from project pv where pv.id = x.project_id and ${visible})`);
    return where;
  }

  /**
   * The record whose first report is claimed: the earliest that names the same firm, by credit code or name, else the
   * earliest of the closest duplicates by name. Looked for through the whole zone, since claimants seldom see it.
   */
  private async disputed(tx: Tx, input: DisputeRaise, rivalId: string | null): Promise<string> {
    const own = rivalId ? await tx.row<{ at: Date; seq: number }>('select r.reported_at as at, coalesce(k.seq, 0)::int as seq from first_report r left join receipt_link k using (project_id) where r.project_id = $1', [rivalId]) : undefined;
    const earlier = (at: Date | null) => at !== null && (own === undefined || at < own.at);
    const uscc = input.uscc ? normaliseUscc(input.uscc) : null;
    const firm = await tx.row<{ id: string }>(
      `select p.id from enterprise e join project_enterprise pe on pe.enterprise_id = e.id join project p on p.id = pe.project_id join first_report r on r.project_id = coalesce(p.first_report_of, p.id) left join receipt_link k on k.project_id = r.project_id
       where (e.uscc = $1 or e.folded_name = $2 and ($1::text is null or e.uscc is null)) and p.id is distinct from $3 and ($4::timestamptz is null or (r.reported_at, coalesce(k.seq, 0)) < ($4, $5::bigint)) order by r.reported_at, k.seq nulls first, p.id limit 1`,
      [uscc, input.enterpriseName?.trim() ? foldName(input.enterpriseName) : null, rivalId, own?.at ?? null, own?.seq ?? null]);
    if (firm) return firm.id;
    const zoneWide = Object.create(tx, { actor: { value: systemActor(tx.actor.zoneId, tx.actor.requestId) } }) as Tx;
    const hits = await this.duplicates.find(zoneWide, { name: input.name, enterpriseName: input.enterpriseName, uscc: input.uscc, exceptProjectId: rivalId });
    const [first] = hits.filter((h) => h.projectId !== null && h.level !== 'L4' && earlier(h.reportedAt)).sort((a, b) => a.level.localeCompare(b.level) || a.reportedAt!.getTime() - b.reportedAt!.getTime());
    if (!first?.projectId) throw new Refusal('DISPUTE_NOTHING_MET', ['name'], { value: input.name.slice(0, 60) });
    return first.projectId;
  }

  private async shares(tx: Tx, dispute: DisputeRow, input: DisputeDecision): Promise<{ staffId: string; share: string }[]> {
    if (input.ruling === 'FIRST_STANDS') {
      if (input.shares?.length) throw new Refusal('DISPUTE_SHARES', ['shares'], { reason: '首报成立时不分配份额 / nothing is shared when the first report stands' });
      return [];
    }
    if (input.ruling === 'CLAIMANT') return [{ staffId: dispute.claimant_id, share: '1' }];
    let shares = input.shares;
    if (!shares?.length) {
      if (!dispute.holder_id) throw new Refusal('DISPUTE_SHARES', ['shares'], { reason: '首报人不在本区人员名单中，请逐人填写份额 / the first reporter is not on staff: name each person and share' });
      const part = (await this.policies.value(tx, 'dispute', this.clock.today())).claimantShare.toFixed(6);
      shares = [{ staffId: dispute.holder_id, share: ((1_000_000 - Math.round(Number(part) * 1_000_000)) / 1_000_000).toFixed(6) }, { staffId: dispute.claimant_id, share: part }];
    }
    const unknown = shares.find((s) => s.staffId === null);
    const known = await tx.rows<{ id: string }>('select id from staff where id = any($1::uuid[])', [shares.map((s) => s.staffId)]);
    if (unknown || known.length < new Set(shares.map((s) => s.staffId)).size) throw new Refusal('UNKNOWN_REFERENCE', ['shares', 'staffId'], { field: '份额人员', value: '—' });
    const fault = sharesFault(shares as { staffId: string; share: string }[]);
    if (fault) throw new Refusal('DISPUTE_SHARES', ['shares'], { reason: SHARE_FAULTS[fault] });
    return shares as { staffId: string; share: string }[];
  }

  /** The gateway to one dispute: a party's own, or one about a project that the actor sees. Locked. */
  private async lock(tx: Tx, id: string | null): Promise<DisputeRow> {
    if (id) {
      const params: unknown[] = [id];
      const row = await tx.row<DisputeRow>(
        `select x.*, (select owner_id from project where id = x.project_id) as owner_id, (select name from staff where id = x.decided_by) as decided from first_report_dispute x where x.id = $1 and ${this.where(tx.actor, {}, params).join(' and ')} for update of x`, params);
      if (row) return row;
    }
    throw new Refusal('NOT_FOUND');
  }

  /** Who may rule: managers above both units, else the zone's leaders. */
  private async judges(tx: Tx, projectId: string, claimantUnit: string | null): Promise<string[]> {
    const rows = await tx.rows<{ id: string }>(
      `with common as (
         select d.id from department d where d.id = any(array(select unnest(path) from department where id = (select department_id from project where id = $1)))
           and ($2::uuid is null or d.id = any(array(select unnest(path) from department where id = $2))))
       select s.id from staff s where s.role = 'MANAGER' and s.disabled_at is null and s.department_id in (select id from common)
       union select id from staff where role = 'LEADER' and disabled_at is null and not exists (select from staff s where s.role = 'MANAGER' and s.disabled_at is null and s.department_id in (select id from common))`, [projectId, claimantUnit]);
    return rows.map((r) => r.id);
  }

  private async closeReminders(tx: Tx, disputeId: string, state: 'DONE' | 'CANCELLED'): Promise<void> {
    await tx.run(`update reminder set state = $2, done_at = case when $2 = 'DONE' then app_now() end, done_by = case when $2 = 'DONE' then app_staff() end, version = version + 1 where cause = 'DISPUTE:' || $1 and state in ('PLANNED', 'DELIVERED')`, [disputeId, state]);
  }
}

const SHARE_FAULTS = {
  EMPTY: '至少一人 / at least one person', TWICE: '每人只列一次 / each person once', RANGE: '每份须大于 0、不超过 1，最多 6 位小数 / each above 0, at most 1, six decimals',
  SUM: '份额之和须为 1 / the shares have to add up to 1',
} as const;

function demandOpen(dispute: DisputeRow): void {
  if (dispute.state !== 'OPEN') throw new Refusal('DISPUTE_CLOSED', ['disputeId'], { state: dispute.state === 'DECIDED' ? '裁定' : '撤回', by: dispute.decided ?? '—' }, dispute.id);
}

function demandDisputeVersion(dispute: DisputeRow, expected: number): void {
  if (dispute.version !== expected) throw new Refusal('CONFLICT', ['expectedVersion'], { version: dispute.version }, dispute.id);
}
