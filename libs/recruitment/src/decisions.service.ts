import { Injectable } from '@nestjs/common';
import { PolicyService, staffFacts } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, extendFacts, type Facts, factsJson, idFact, newId, once, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { chainOf, type ChainStep, type DecisionChain, type DecisionResult, type StandingDecision, stepsOf } from './decision-chain.rules.js';
import type { RuleSubject } from './gate.rules.js';
import { RULE_SUBJECT, STANDING_DECISIONS } from './gates.sql.js';
import { projectFacts } from './project.facts.js';
import { demandActive, lockProject, projectVisibility } from './projects.access.js';

export interface DecisionRecord {
  idempotencyKey?: string | null;
  projectId: string | null;
  /** Key of a step of the project's chain. */
  step: string;
  /** Shanghai day of the meeting. */
  meetingOn: string;
  result: DecisionResult;
  /** Minutes; a file that the actor uploaded. */
  fileId?: string | null;
  note?: string | null;
}
export interface DecisionRevoke {
  idempotencyKey?: string | null;
  decisionId: string | null;
  /** Version of the decision. */
  expectedVersion: number;
  reason: string;
}

const staff = (column: string) => ({ of: staffFacts, sql: (json: string) => `(select ${json} from staff s where s.id = ${column})` });
/** What can be read of a decision; alias d. */
export const decisionFacts: Facts = {
  id: idFact('ProjectDecision', 'd.id'), version: 'd.version', chain: 'd.chain', step: 'd.step', meetingOn: 'd.meeting_on', result: 'd.result', note: 'd.note', fileId: idFact('StoredFile', 'd.file_id'),
  recordedBy: staff('d.recorded_by'), recordedAt: 'd.recorded_at', revokedAt: 'd.revoked_at', revokedBy: staff('d.revoked_by'), revokeReason: 'd.revoke_reason',
};
extendFacts(projectFacts, { decisionRecords: { of: decisionFacts, sql: (json) => `coalesce((select json_agg(${json} order by d.recorded_at, d.id) from project_decision d where d.project_id = p.id), '[]')` } });
extendFacts(decisionFacts, { project: { of: projectFacts, sql: (json) => `(select ${json} from project p where p.id = d.project_id)` } });

/** The meetings that decide on a project before it is signed, in the order of its chain (domain.md A1 row 29). */
@Injectable()
export class DecisionsService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService) {}

  /**
   * Records what a meeting decided. The steps before it have passed, none on a later day.
   * @throws Refusal DECISION_NOT_ASKED, INVALID (step), DECISION_ORDER, DECISION_STANDS, DATE_IN_FUTURE, DATE_ORDER, UNKNOWN_REFERENCE.
   */
  async record(actor: Actor, input: DecisionRecord): Promise<{ projectId: string; decisionId: string }> {
    demand(actor, 'decision.record');
    const today = this.clock.today();
    if (input.meetingOn > today) throw new Refusal('DATE_IN_FUTURE', ['meetingOn'], { field: '会议日期', value: input.meetingOn, today });
    return this.db.tx(actor, (tx) => once(tx, 'decisionRecord', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandActive(project);
      const told = (await this.chains(tx, [project.id])).get(project.id);
      if (!told) throw new Refusal('DECISION_NOT_ASKED', ['projectId'], {}, project.id);
      const label = (s: { zh: string; en: string }) => (actor.locale === 'en' ? s.en : s.zh);
      const step = told.steps.find((s) => s.key === input.step);
      if (!step) throw new Refusal('INVALID', ['step'], { field: '决策环节', value: input.step.slice(0, 40), expected: told.steps.map((s) => `${s.key} ${label(s)}`).join('、') }, project.id);
      const before = told.steps[step.position - 2];
      if (before && before.state !== 'PASSED') throw new Refusal('DECISION_ORDER', ['step'], { step: label(step), before: label(before) }, project.id);
      if (step.state === 'PASSED') throw new Refusal('DECISION_STANDS', ['step'], { step: label(step), on: step.on! }, project.id);
      if (before && before.on! > input.meetingOn) throw new Refusal('DATE_ORDER', ['meetingOn'], { field: '会议日期', value: input.meetingOn, other: label(before), otherValue: before.on! }, project.id);
      const decisionId = newId();
      if (input.fileId !== undefined && input.fileId !== null) await this.attach(tx, project.id, step.key, input.fileId);
      await tx.run(
        `insert into project_decision (id, zone_id, project_id, chain, step, position, meeting_on, result, file_id, note, recorded_by, recorded_at) values ($1, app_zone(), $2, $3, $4, $5, $6, $7, $8, $9, app_staff(), app_now())`,
        [decisionId, project.id, told.chain.key, step.key, step.position, input.meetingOn, input.result, input.fileId ?? null, input.note ?? null]);
      await tx.run('update project set version = version + 1, updated_at = app_now() where id = $1', [project.id]);
      return { projectId: project.id, decisionId };
    }), { cause: 'decisionRecord' });
  }

  /**
   * Takes a decision back, with a reason; its row stays. Later steps that stand on it are taken back first.
   * @throws Refusal NOT_FOUND, CONFLICT, REASON_REQUIRED, DECISION_REVOKED, DECISION_LATER_STANDS.
   */
  async revoke(actor: Actor, input: DecisionRevoke): Promise<{ projectId: string; decisionId: string }> {
    demand(actor, 'decision.record');
    const reason = input.reason.trim();
    if (!reason) throw new Refusal('REASON_REQUIRED', ['reason']);
    return this.db.tx(actor, (tx) => once(tx, 'decisionRevoke', input, async () => {
      const found = input.decisionId ? await tx.row<{ project_id: string }>('select project_id from project_decision where id = $1', [input.decisionId]) : undefined;
      const project = await lockProject(tx, found?.project_id ?? null);
      const decision = (await tx.row<{ id: string; version: number; chain: string; position: number; result: DecisionResult; revoked_at: Date | null; revoke_reason: string | null }>(
        'select id, version, chain, position, result, revoked_at, revoke_reason from project_decision where id = $1 for update', [input.decisionId]))!;
      if (decision.version !== input.expectedVersion) throw new Refusal('CONFLICT', ['expectedVersion'], { version: decision.version }, project.id);
      if (decision.revoked_at) throw new Refusal('DECISION_REVOKED', ['decisionId'], { reason: decision.revoke_reason! }, project.id);
      const later = decision.result === 'PASSED' && (await tx.row<{ step: string }>('select step from project_decision where project_id = $1 and chain = $2 and position > $3 and revoked_at is null order by position desc limit 1', [project.id, decision.chain, decision.position]));
      if (later) throw new Refusal('DECISION_LATER_STANDS', ['decisionId'], { step: later.step }, project.id);
      await tx.run('update project_decision set revoked_at = app_now(), revoked_by = app_staff(), revoke_reason = $2, version = version + 1 where id = $1', [decision.id, reason]);
      await tx.run('update project set version = version + 1, updated_at = app_now() where id = $1', [project.id]);
      return { projectId: project.id, decisionId: decision.id };
    }), { cause: 'decisionRevoke' });
  }

  /** The steps of each project's chain, of projects that the actor may see; those without a chain are left out. */
  async ofProjects(actor: Actor, projectIds: readonly string[]): Promise<Map<string, { chain: DecisionChain; steps: ChainStep[] }>> {
    return this.db.tx(actor, async (tx) => {
      const params: unknown[] = [projectIds];
      const seen = await tx.rows<{ id: string }>(`select p.id from project p where p.id = any($1::uuid[]) and ${projectVisibility(actor, 'p', params)}`, params);
      return this.chains(tx, seen.map((r) => r.id));
    });
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('project.read')) return null;
    const params: unknown[] = [id];
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(decisionFacts, { id: true, ...shape })} as node from project_decision d join project pv on pv.id = d.project_id where d.id = $1 and ${projectVisibility(actor, 'pv', params)}`, params);
    return row?.node ?? null;
  }

  private async chains(tx: Tx, projectIds: readonly string[]): Promise<Map<string, { chain: DecisionChain; steps: ChainStep[] }>> {
    const policy = await this.policies.value(tx, 'decisionChains', this.clock.today());
    const rows = await tx.rows<RuleSubject & { id: string; decisions: StandingDecision[] | null }>(`select p.id, ${RULE_SUBJECT}, ${STANDING_DECISIONS} as decisions from project p where p.id = any($1::uuid[])`, [projectIds], 'decision_chains');
    return new Map(rows.flatMap((r) => {
      const chain = chainOf(policy, r);
      return chain ? [[r.id, { chain, steps: stepsOf(chain, r.decisions ?? []) }] as const] : [];
    }));
  }

  /** The minutes are evidence of the project too, under the name of the step. */
  private async attach(tx: Tx, projectId: string, item: string, fileId: string): Promise<void> {
    const known = await tx.row('select 1 as ok from stored_file where id = $1 and created_by = app_staff()', [fileId]);
    if (!known) throw new Refusal('UNKNOWN_REFERENCE', ['fileId'], { field: '文件', value: fileId });
    await tx.run('insert into evidence (zone_id, project_id, item, file_id, added_by, added_at) values (app_zone(), $1, $2, $3, app_staff(), app_now())', [projectId, item, fileId]);
  }
}
