import type { Stage } from './projects.access.js';

/** The stages in order (product.md, Words). */
export const STAGES: readonly Stage[] = ['LEAD', 'RESERVE', 'NEGOTIATING', 'SIGNED', 'LANDED', 'STARTED', 'PRODUCING'];

/** The milestone that entering a stage reaches. */
export const MILESTONE_OF_STAGE: Record<Stage, string> = {
  LEAD: 'REPORTED', RESERVE: 'RESERVED', NEGOTIATING: 'NEGOTIATED', SIGNED: 'SIGNED', LANDED: 'LANDED', STARTED: 'STARTED', PRODUCING: 'PRODUCING',
};

/** Where a project may go from a stage by request: one step forward. A lead is judged instead. Going back is a correction, not a move. */
export function nextStages(from: Stage): Stage[] {
  const next = STAGES[STAGES.indexOf(from) + 1];
  return from === 'LEAD' || !next ? [] : [next];
}

/** Stage after each by request; for look-ups of many projects at once. */
export const NEXT_STAGE: Partial<Record<Stage, Stage>> = Object.fromEntries(STAGES.flatMap((s) => nextStages(s).map((next) => [s, next])));

export const STAGE_LABELS: Record<Stage, readonly [zh: string, en: string]> = {
  LEAD: ['线索', 'Lead'], RESERVE: ['储备', 'Reserve'], NEGOTIATING: ['洽谈', 'Negotiating'], SIGNED: ['签约', 'Signed'],
  LANDED: ['落位', 'Landed'], STARTED: ['开工', 'Started'], PRODUCING: ['投产', 'Producing'],
};
