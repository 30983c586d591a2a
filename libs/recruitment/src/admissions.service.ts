import { Injectable } from '@nestjs/common';
import { PolicyService, staffFacts } from '@yinfeng/directory';
import { type Actor, Clock, Database, decimalFact, demand, extendFacts, type Facts, factsJson, idFact, newId, once, Refusal, Refusals, type Shape } from '@yinfeng/platform';
import { type AdmissionFacts, type AdmissionPolicy, type ScoredPoints, sheetFaults, type Suggestion, suggestionsOf, totalOf } from './admission.rules.js';
import { conditionHolds, type RuleSubject } from './gate.rules.js';
import { RULE_SUBJECT } from './gates.sql.js';
import { projectFacts } from './project.facts.js';
import { demandActive, lockProject, projectVisibility } from './projects.access.js';

export interface AdmissionScore {
  idempotencyKey?: string | null;
  projectId: string | null;
  points: ScoredPoints[];
  /** Keys of what vetoes the project; any one fails it. */
  vetoes?: string[] | null;
  note?: string | null;
}
export interface AdmissionDecision {
  idempotencyKey?: string | null;
  sheetId: string | null;
  /** Version of the sheet. */
  expectedVersion: number;
  confirm: boolean;
  note?: string | null;
}
/** What a scorer fills in, with what the record proposes. */
export interface AdmissionForm {
  policy: AdmissionPolicy;
  suggestions: Suggestion[];
  /** The gate into SIGNED asks for a passed sheet of this project. */
  required: boolean;
}

const staff = (column: string) => ({ of: staffFacts, sql: (json: string) => `(select ${json} from staff s where s.id = ${column})` });
/** What can be read of a score sheet; alias a. */
export const admissionFacts: Facts = {
  id: idFact('AdmissionSheet', 'a.id'), version: 'a.version', round: 'a.round', points: 'a.points', vetoes: 'to_json(a.vetoes)', total: decimalFact('a.total'), passAt: decimalFact('a.pass_at'), passed: 'a.passed', state: 'a.state', note: 'a.note',
  scoredBy: staff('a.scored_by'), scoredAt: 'a.scored_at', decidedBy: staff('a.decided_by'), decidedAt: 'a.decided_at', decisionNote: 'a.decision_note',
};
extendFacts(projectFacts, { admissions: { of: admissionFacts, sql: (json) => `coalesce((select json_agg(${json} order by a.round desc) from admission_sheet a where a.project_id = p.id), '[]')` } });
extendFacts(admissionFacts, { project: { of: projectFacts, sql: (json) => `(select ${json} from project p where p.id = a.project_id)` } });

/** 准入评审: one sheet a round, scored by one person and confirmed by another (domain.md C7). The latest round counts. */
@Injectable()
export class AdmissionsService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService) {}

  /** @throws Refusals INVALID and REQUIRED naming each entry that does not fit; Refusal ADMISSION_WAITING, NOT_FOUND, STATUS_NOT_ACTIVE. */
  async score(actor: Actor, input: AdmissionScore): Promise<{ projectId: string; sheetId: string }> {
    demand(actor, 'admission.score');
    return this.db.tx(actor, (tx) => once(tx, 'admissionScore', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandActive(project);
      const policy = await this.policies.value(tx, 'admission', this.clock.today());
      const faults = sheetFaults(policy, input.points);
      const vetoes = [...new Set(input.vetoes ?? [])];
      const unknown = vetoes.filter((v) => !policy.vetoes.some((known) => known.key === v));
      if (faults.length || unknown.length) {
        throw new Refusals([
          ...faults.map((f) => (f.at === null ? new Refusal('REQUIRED', ['points'], { field: f.criteria.join('、') })
            : new Refusal('INVALID', ['points', String(f.at), f.fault === 'UNKNOWN' || f.fault === 'TWICE' ? 'criterion' : 'points'], { field: input.points[f.at]!.criterion, value: f.fault === 'UNKNOWN' || f.fault === 'TWICE' ? input.points[f.at]!.criterion : input.points[f.at]!.points, expected: f.fault === 'UNKNOWN' ? policy.criteria.map((c) => c.key).join(', ') : f.fault === 'TWICE' ? '每项只评一次 / once' : `0–${f.max}，最多一位小数 / one decimal at most` }))),
          ...unknown.map((v) => new Refusal('INVALID', ['vetoes'], { field: '一票否决项', value: v, expected: policy.vetoes.map((known) => known.key).join(', ') })),
        ]);
      }
      if (await tx.row(`select 1 as ok from admission_sheet where project_id = $1 and state = 'WAITING'`, [project.id])) throw new Refusal('ADMISSION_WAITING', ['projectId'], {}, project.id);
      const sheetId = newId();
      const points = policy.criteria.map(({ key, zh, en, max }) => ({ key, zh, en, max, points: input.points.find((p) => p.criterion === key)!.points }));
      await tx.run(
        `insert into admission_sheet (id, zone_id, project_id, round, points, vetoes, total, pass_at, note, scored_by, scored_at)
         values ($1, app_zone(), $2, (select coalesce(max(round), 0) + 1 from admission_sheet where project_id = $2), $3, $4, $5, $6, $7, app_staff(), app_now())`,
        [sheetId, project.id, JSON.stringify(points), vetoes, totalOf(input.points), policy.passAt, input.note ?? null]);
      return { projectId: project.id, sheetId };
    }), { cause: 'admissionScore' });
  }

  /** Confirms a sheet or sends it back with a reason; never by the one who scored. @throws Refusal SECOND_PERSON, ALREADY_DECIDED, CONFLICT, REASON_REQUIRED, NOT_FOUND. */
  async decide(actor: Actor, input: AdmissionDecision): Promise<{ projectId: string; sheetId: string }> {
    demand(actor, 'stage.approve');
    return this.db.tx(actor, (tx) => once(tx, 'admissionDecide', input, async () => {
      const found = input.sheetId ? await tx.row<{ project_id: string }>('select project_id from admission_sheet where id = $1', [input.sheetId]) : undefined;
      const project = await lockProject(tx, found?.project_id ?? null);
      const sheet = (await tx.row<{ id: string; version: number; state: string; scored_by: string; decided: string | null }>(
        'select a.id, a.version, a.state, a.scored_by, (select name from staff where id = a.decided_by) as decided from admission_sheet a where a.id = $1 for update', [input.sheetId]))!;
      if (sheet.state !== 'WAITING') throw new Refusal('ALREADY_DECIDED', ['sheetId'], { by: sheet.decided ?? '—', state: sheet.state }, project.id);
      if (sheet.scored_by === actor.staffId) throw new Refusal('SECOND_PERSON', ['sheetId'], {}, project.id);
      if (sheet.version !== input.expectedVersion) throw new Refusal('CONFLICT', ['expectedVersion'], { version: sheet.version }, project.id);
      if (!input.confirm && !input.note?.trim()) throw new Refusal('REASON_REQUIRED', ['note'], {}, project.id);
      await tx.run('update admission_sheet set state = $2, decided_by = app_staff(), decided_at = app_now(), decision_note = $3, version = version + 1 where id = $1', [sheet.id, input.confirm ? 'CONFIRMED' : 'RETURNED', input.note ?? null]);
      return { projectId: project.id, sheetId: sheet.id };
    }), { cause: 'admissionDecide' });
  }

  /** The forms of several projects that the actor may see, with what their records propose. */
  async forms(actor: Actor, projectIds: readonly string[]): Promise<Map<string, AdmissionForm>> {
    return this.db.tx(actor, async (tx) => {
      const policy = await this.policies.value(tx, 'admission', this.clock.today());
      const params: unknown[] = [projectIds];
      const rows = await tx.rows<RuleSubject & { id: string; facts: AdmissionFacts }>(
        `select p.id, ${RULE_SUBJECT}, json_build_object('fixedCny', p.fixed_cny::text, 'landNeed', p.land_need,
           'taxCny', (select a.amount::text from project_amount a where a.project_id = p.id and a.kind = 'TAX_YEAR' and a.currency = 'CNY' and not a.placeholder order by a.year desc nulls last limit 1)) as facts
         from project p where p.id = any($1::uuid[]) and ${projectVisibility(actor, 'p', params)}`, params);
      return new Map(rows.map((r) => [r.id, { policy, suggestions: suggestionsOf(policy, r.facts), required: policy.requiredWhen !== null && conditionHolds(policy.requiredWhen, r) }]));
    });
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('project.read')) return null;
    const params: unknown[] = [id];
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(admissionFacts, { id: true, ...shape })} as node from admission_sheet a join project pv on pv.id = a.project_id where a.id = $1 and ${projectVisibility(actor, 'pv', params)}`, params);
    return row?.node ?? null;
  }
}
