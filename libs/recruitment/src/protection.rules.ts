import type { ProjectStatus, Stage } from './projects.access.js';
import { STAGES } from './stages.stage.js';

/** Zone policy `protection`, as far as the rule needs it. */
export interface ProtectionRule {
  /** Calendar months. */
  months: number;
  extensions: number;
}
/** What is on record of one project; days are Shanghai days. */
export interface ProtectionFacts {
  stage: Stage;
  status: ProjectStatus;
  /** First report, or the day since which whoever took it from the pool, or reopened it too late, is protected. */
  startedOn: string;
  /** Days of real progress (visit, stage move, signing, as the policy counts them). */
  progress: readonly string[];
  /** Approved extensions: the day they were asked for and the day they reach. */
  extensions: readonly { on: string; until: string }[];
}

export const PROTECTION_STATES = ['PROTECTED', 'LAPSED', 'SECURED', 'RELEASED'] as const;
export type ProtectionState = (typeof PROTECTION_STATES)[number];

export interface ProtectionStanding {
  state: ProtectionState;
  startedOn: string;
  /** The last protected day; null when secured by signing, for then it has no end. */
  until: string | null;
  extended: number;
  extensionsLeft: number;
}

/** A day so many calendar months later; a day that the month lacks becomes its last (31 August + 6 = 28 February). */
export function addMonths(day: string, months: number): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}

/**
 * How far a protection reaches (domain.md C2: 3–6 months, extendable once). Progress or an extension counts only inside
 * the window: what has lapsed is not brought back by a visit a year later. A signed project is secured, a pooled one is
 * free for all.
 */
export function protectionOf(facts: ProtectionFacts, rule: ProtectionRule, today: string): ProtectionStanding {
  let until = addMonths(facts.startedOn, rule.months);
  let extended = 0;
  const events = [
    ...facts.progress.filter((on) => on >= facts.startedOn && on <= today).map((on) => ({ on, until: addMonths(on, rule.months), extends: false })),
    ...facts.extensions.filter((e) => e.on >= facts.startedOn).map((e) => ({ ...e, extends: true })),
  ].sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : Number(a.extends) - Number(b.extends)));
  for (const event of events) {
    if (event.on > until) continue;
    if (event.until > until) until = event.until;
    if (event.extends) extended++;
  }
  const signed = STAGES.indexOf(facts.stage) >= STAGES.indexOf('SIGNED');
  const state = facts.status === 'POOLED' ? 'RELEASED' : signed ? 'SECURED' : today <= until ? 'PROTECTED' : 'LAPSED';
  return { state, startedOn: facts.startedOn, until: signed ? null : until, extended, extensionsLeft: Math.max(0, rule.extensions - extended) };
}

export type CreditRule = 'ALWAYS' | 'WITHIN_PROTECTION' | 'NEVER';

/** Whether the first report's credit stands after a release (policy pool.keepCredit) or a late reopening. `until` null: secured. */
export function creditKept(rule: CreditRule, until: string | null, day: string): boolean {
  return rule === 'ALWAYS' || (rule === 'WITHIN_PROTECTION' && (until === null || day <= until));
}
