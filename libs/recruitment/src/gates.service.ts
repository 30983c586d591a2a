import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, Refusal, Refusals, type Tx } from '@yinfeng/platform';
import { chainComplete, chainOf, type StandingDecision } from './decision-chain.rules.js';
import { askedOf, conditionHolds, type GateItemState, missingOf, type MissingItem, type RuleSubject, toldMissing } from './gate.rules.js';
import { GATES, SUBJECTS } from './gates.sql.js';
import { type ProjectRow, projectVisibility, type Stage } from './projects.access.js';
import { NEXT_STAGE, STAGE_LABELS } from './stages.stage.js';

/** The gate before a stage, as one project stands to it. */
export interface Gate {
  toStage: Stage;
  /** Whether another person has to approve the move. */
  needsApproval: boolean;
  /** What is asked of this project; what speaks of other projects only is left out. */
  items: GateItemState[];
  missing: MissingItem[];
}
interface SubjectRow extends RuleSubject {
  id: string;
  stage: Stage;
  toStage: Stage | null;
  needsApproval: boolean;
  decisions: StandingDecision[] | null;
  admitted: boolean;
  reviewed: boolean;
}

/** What stands before a stage: fields, evidence and records by the zone's rules of the day, for each project by its type and size (domain.md B2). */
@Injectable()
export class GatesService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService) {}

  /** The gates of several projects that the actor may see; of the next stage each (none for a lead, which is judged, and for the last). */
  async ofProjects(actor: Actor, projectIds: readonly string[], stage: Stage | null): Promise<Map<string, Gate>> {
    return this.db.tx(actor, async (tx) => {
      const params: unknown[] = [projectIds];
      const seen = await tx.rows<{ id: string }>(`select p.id from project p where p.id = any($1::uuid[]) and ${projectVisibility(actor, 'p', params)}`, params);
      return this.gates(tx, seen.map((r) => r.id), stage);
    });
  }

  /** The same for projects that the caller has looked up; joins its transaction. */
  async gates(tx: Tx, projectIds: readonly string[], stage: Stage | null): Promise<Map<string, Gate>> {
    const today = this.clock.today();
    const next = JSON.stringify(NEXT_STAGE);
    const [signings, fair, chains, admission] = await Promise.all([
      this.policies.value(tx, 'signings', today), this.policies.value(tx, 'fairCompetition', today), this.policies.value(tx, 'decisionChains', today), this.policies.value(tx, 'admission', today),
    ]);
    const [subjects, rows] = await Promise.all([
      tx.rows<SubjectRow>(SUBJECTS, [projectIds, stage, next, today, fair.reviewKinds], 'gate_subjects'),
      tx.rows<Omit<GateItemState, 'met'> & { project: string; met: boolean | null }>(GATES, [projectIds, stage, next, today, signings.countingKinds], 'gates'),
    ]);
    const gates = new Map<string, Gate>();
    for (const subject of subjects) {
      if (!subject.toStage) continue;
      const chain = chainOf(chains, subject);
      const admissionAsked = admission.requiredWhen !== null && conditionHolds(admission.requiredWhen, subject);
      const byRule: Record<string, { asked: boolean; met: boolean }> = {
        decisions: { asked: chain !== null, met: chainComplete(chain, subject.decisions ?? []) },
        commitmentsReviewed: { asked: true, met: subject.reviewed },
        admission: { asked: admissionAsked, met: subject.admitted },
      };
      const items = askedOf(rows.filter((r) => r.project === subject.id), subject)
        .filter((r) => r.met !== null || byRule[r.item]?.asked)
        .map((r): GateItemState => ({ ...r, met: r.met ?? byRule[r.item]!.met }));
      gates.set(subject.id, { toStage: subject.toStage, needsApproval: subject.needsApproval, items, missing: missingOf(items) });
    }
    return gates;
  }

  /** What a locked project still misses for a stage. */
  async missing(tx: Tx, project: ProjectRow, stage: Stage): Promise<MissingItem[]> {
    return (await this.gates(tx, [project.id], stage)).get(project.id)?.missing ?? [];
  }

  /** @throws Refusals GATE_ITEM_MISSING, one for each missing item or group, with its label and what to do. */
  async demand(tx: Tx, project: ProjectRow, stage: Stage): Promise<void> {
    const { locale } = tx.actor;
    const missing = await this.missing(tx, project, stage);
    if (!missing.length) return;
    throw new Refusals(missing.map((m) => {
      const { label, how } = toldMissing(m, locale);
      return new Refusal('GATE_ITEM_MISSING', [m.item], { stage: STAGE_LABELS[stage][locale === 'en' ? 1 : 0], item: label, how }, project.id);
    }));
  }
}
