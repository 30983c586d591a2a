import type { PolicyValue } from '@yinfeng/directory';
import { conditionHolds, type RuleSubject } from './gate.rules.js';

export type DecisionChain = PolicyValue<'decisionChains'>['chains'][number];
export const DECISION_RESULTS = ['PASSED', 'REJECTED', 'DEFERRED'] as const;
export type DecisionResult = (typeof DECISION_RESULTS)[number];

/** A decision on record that was not revoked. */
export interface StandingDecision {
  id: string;
  chain: string;
  step: string;
  /** Day of the meeting. */
  meetingOn: string;
  result: DecisionResult;
}

/** The chain of a project: the first enabled one that speaks of it; null: no meeting is asked for. */
export function chainOf(policy: PolicyValue<'decisionChains'>, subject: RuleSubject): DecisionChain | null {
  return policy.chains.find((c) => c.enabled && conditionHolds(c.when, subject)) ?? null;
}

/** Where a step stands. BLOCKED: the one before it has not passed yet. */
export type StepState = 'PASSED' | 'REJECTED' | 'DEFERRED' | 'OPEN' | 'BLOCKED';
export interface ChainStep {
  key: string;
  zh: string;
  en: string;
  /** 1 for the first. */
  position: number;
  state: StepState;
  /** Day of the latest meeting. */
  on: string | null;
  decisionId: string | null;
}

/**
 * Each step of a chain as it stands: passed, else by its latest meeting, else open or waiting for the one before it.
 * Decisions come in the order of their entry.
 */
export function stepsOf(chain: DecisionChain, decisions: readonly StandingDecision[]): ChainStep[] {
  let open = true;
  return chain.steps.map((step, i) => {
    const own = decisions.filter((d) => d.chain === chain.key && d.step === step.key);
    const told = own.find((d) => d.result === 'PASSED') ?? own.at(-1);
    const state: StepState = told?.result ?? (open ? 'OPEN' : 'BLOCKED');
    open &&= state === 'PASSED';
    return { ...step, position: i + 1, state, on: told?.meetingOn ?? null, decisionId: told?.id ?? null };
  });
}

/** Whether every meeting that the chain asks for has passed the project. */
export function chainComplete(chain: DecisionChain | null, decisions: readonly StandingDecision[]): boolean {
  return chain === null || stepsOf(chain, decisions).every((s) => s.state === 'PASSED');
}
