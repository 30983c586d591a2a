import type { PolicyValue } from '@yinfeng/directory';
import type { Locale } from '@yinfeng/platform';

export const CALL_STATES = ['RAISED', 'REPORTED_IN', 'HANDLING', 'RESOLVED', 'CLOSED', 'REOPENED', 'WITHDRAWN'] as const;
export type CallState = (typeof CALL_STATES)[number];
export const CALL_ENTRY_KINDS = ['RAISED', 'ROUTED', 'REPORTED_IN', 'PROGRESS', 'TRANSFERRED', 'RESOLVED', 'RATED', 'REOPENED', 'ESCALATED', 'CLOSED', 'WITHDRAWN', 'PUBLISHED', 'UNPUBLISHED'] as const;
export type CallEntryKind = (typeof CALL_ENTRY_KINDS)[number];
export const CALL_URGENCIES = ['NORMAL', 'URGENT'] as const;
export type CallUrgency = (typeof CALL_URGENCIES)[number];
export const CALL_MEASURES = ['RAISED', 'SOLVED', 'SOLVED_ON_TIME', 'RATED', 'SATISFIED'] as const;
export type CallMeasure = (typeof CALL_MEASURES)[number];
export type LadderTarget = PolicyValue<'serviceCalls'>['escalation'][number]['to'];

/** In which a department still has to do something. */
export const OPEN_STATES: readonly CallState[] = ['RAISED', 'REPORTED_IN', 'HANDLING', 'REOPENED'];
const WORDS: Record<CallState, readonly [zh: string, en: string]> = {
  RAISED: ['待报到', 'waiting for somebody to report in'], REPORTED_IN: ['已报到', 'reported in'], HANDLING: ['办理中', 'being handled'], RESOLVED: ['已办结待评价', 'solved, to be rated'],
  CLOSED: ['已关闭', 'closed'], REOPENED: ['重新打开待报到', 'opened again'], WITHDRAWN: ['已撤回', 'withdrawn'],
};

/** The state in a word. */
export const callStateWord = (state: CallState, locale: Locale): string => WORDS[state][locale === 'en' ? 1 : 0];

/** An act on a call, and the states from which it may be done. The database holds the same edges. */
export const CALL_ACTS = {
  reportIn: ['RAISED', 'REOPENED'],
  progress: ['REPORTED_IN', 'HANDLING'],
  resolve: ['REPORTED_IN', 'HANDLING'],
  transfer: ['RAISED', 'REPORTED_IN', 'HANDLING', 'REOPENED'],
  escalate: OPEN_STATES,
  reopen: ['RESOLVED', 'CLOSED', 'WITHDRAWN'],
  rate: ['RESOLVED', 'CLOSED'],
  close: ['RESOLVED'],
  withdraw: OPEN_STATES,
} as const satisfies Record<string, readonly CallState[]>;
export type CallAct = keyof typeof CALL_ACTS;

export const mayDo = (act: CallAct, state: CallState): boolean => (CALL_ACTS[act] as readonly CallState[]).includes(state);

/** Working days in which a call of a type and urgency has to be answered and solved (domain.md A1 row 47). */
export function clocksOf(policy: PolicyValue<'serviceCalls'>, type: { resolveWorkingDays: number }, urgency: CallUrgency): { reportIn: number; resolve: number } {
  if (urgency === 'NORMAL') return { reportIn: policy.reportInWorkingDays, resolve: type.resolveWorkingDays };
  return { reportIn: policy.urgentReportInWorkingDays, resolve: Math.max(1, Math.ceil(type.resolveWorkingDays * policy.urgentResolveShare)) };
}

/** How high on the ladder a call stands that is so many working days late: 0, or the number of steps passed. */
export function levelDue(ladder: PolicyValue<'serviceCalls'>['escalation'], workingDaysLate: number): number {
  return ladder.filter((step) => workingDaysLate >= step.afterWorkingDays).length;
}

/** 满意率: satisfied of those who rated, in per cent with one digit; null when nobody did. */
export function satisfaction(satisfied: number, rated: number): string | null {
  return rated === 0 ? null : String(Math.round((satisfied * 1000) / rated) / 10);
}

/** What the public list shows of words that name people: firms and projects by their first sign. */
export function withoutNames(words: string, names: readonly string[]): string {
  return [...new Set(names.map((n) => n.trim()).filter((n) => n.length >= 2))].sort((a, b) => b.length - a.length).reduce((text, name) => text.replaceAll(name, `${[...name][0]}**`), words);
}
