import { circleOf, type DependentStep, type PermitStep } from '@yinfeng/directory';
import type { Locale } from '@yinfeng/platform';
import { conditionHolds, type RuleSubject } from '@yinfeng/recruitment';

/** READY is not on record: not started, and everything before it is done. */
export const PERMIT_STATES = ['NOT_STARTED', 'READY', 'APPLIED', 'SUPPLEMENT', 'GRANTED', 'REFUSED', 'NOT_NEEDED'] as const;
export type PermitState = (typeof PERMIT_STATES)[number];
export const PERMIT_ACTS = ['OPENED', 'EDITED', 'SKIPPED', 'APPLIED', 'STOPPED', 'RESUMED', 'GRANTED', 'REFUSED', 'PROMISE_KEPT', 'TAKEN_BACK'] as const;
export type PermitAct = (typeof PERMIT_ACTS)[number];
export const PERMIT_MEASURES = ['DAYS', 'MINUTES'] as const;
export type PermitMeasure = (typeof PERMIT_MEASURES)[number];

const STATE_WORDS: Record<PermitState, readonly [zh: string, en: string]> = {
  NOT_STARTED: ['未开始', 'not started'], READY: ['可申报', 'ready'], APPLIED: ['办理中', 'applied for'], SUPPLEMENT: ['待补正', 'waiting for more papers'],
  GRANTED: ['已办结', 'granted'], REFUSED: ['不予许可', 'refused'], NOT_NEEDED: ['无需办理', 'not needed'],
};
const ACT_WORDS = { SKIP: ['标为无需办理', 'marked as not needed'], APPLY: ['申报', 'applied for'], STOP: ['要求补正', 'stopped for more papers'], RESUME: ['恢复计时', 'resumed'], GRANT: ['办结', 'granted'], REFUSE: ['不予许可', 'refused'], REOPEN: ['撤回', 'taken back'], EDIT_AFTER: ['调整前置手续', 'made to wait for others'] } as const;
export type PermitDeed = keyof typeof ACT_WORDS;
const word = (pair: readonly [string, string], locale: Locale) => pair[locale === 'en' ? 1 : 0];
export const stateWord = (state: PermitState, locale: Locale) => word(STATE_WORDS[state], locale);
export const actWord = (act: PermitDeed, locale: Locale) => word(ACT_WORDS[act], locale);

/** What a step of the list waits for among the codes that a project has: what is left out passes on what it would have waited for itself. */
export function beforeOf(steps: readonly PermitStep[], has: ReadonlySet<string>, code: string): string[] {
  const walk = (of: string, seen: ReadonlySet<string>): string[] =>
    (steps.find((s) => s.code === of)?.after ?? []).filter((a) => !seen.has(a)).flatMap((a) => (has.has(a) ? [a] : walk(a, new Set([...seen, a]))));
  return [...new Set(walk(code, new Set([code])))];
}

/** The steps of a zone's list that a project needs, each with what it waits for among them. */
export function stepsOf(steps: readonly PermitStep[], subject: RuleSubject): PermitStep[] {
  const needed = steps.filter((s) => conditionHolds(s.when, subject));
  const has = new Set(needed.map((s) => s.code));
  return needed.map((s) => ({ ...s, after: beforeOf(steps, has, s.code) }));
}

/** The circle that a permit would close with what it shall wait for, as labels; null: none. */
export function circleWith(permits: readonly (DependentStep & { label: string })[], changed: DependentStep & { label: string }): string[] | null {
  const all = [...permits.filter((p) => p.code !== changed.code), changed];
  return circleOf(all)?.map((code) => all.find((p) => p.code === code)!.label) ?? null;
}
