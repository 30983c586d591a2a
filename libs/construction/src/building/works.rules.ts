import type { PolicyValue } from '@yinfeng/directory';
import { conditionHolds, type RuleSubject, type Stage } from '@yinfeng/recruitment';

export type WorksPolicy = PolicyValue<'works'>;
export type WorksTemplate = WorksPolicy['milestones'][number] & { position: number };

/** The milestones that a zone expects of a project, in order. */
export function expectedOf(policy: WorksPolicy, subject: RuleSubject): WorksTemplate[] {
  return templatesOf(policy).filter((m) => conditionHolds(m.when ?? {}, subject));
}

/** All milestones of the zone, in order. */
export function templatesOf(policy: WorksPolicy): WorksTemplate[] {
  return policy.milestones.map((m, i) => ({ ...m, position: i + 1 }));
}

/** The stage for which a milestone speaks: reaching it asks for that stage. Completion speaks for none. */
export function stageOf(reachedWith: string | null): Stage | null {
  return reachedWith === 'STARTED' || reachedWith === 'PRODUCING' ? reachedWith : null;
}
