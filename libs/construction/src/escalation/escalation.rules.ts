import type { PolicyValue } from '@yinfeng/directory';

export const ESCALATION_LEVELS = ['GROUP_LEADER', 'UNIT_HEAD', 'ZONE_LEADER'] as const;
export type EscalationLevel = (typeof ESCALATION_LEVELS)[number];
export const ESCALATION_ANSWERS = ['NOTED', 'NEW_DAY', 'TAKEN_OVER'] as const;
export type EscalationAnswerHow = (typeof ESCALATION_ANSWERS)[number];
export const REMINDER_ESCALATION_ENDS = ['DONE', 'CANCELLED', 'RESTS', 'TAKEN_OVER'] as const;
export type ReminderEscalationEnd = (typeof REMINDER_ESCALATION_ENDS)[number];
/** Who took a step: a rule's light, a person, or a reminder that nobody acted on. */
export const ESCALATION_SOURCES = ['LIGHT', 'PERSON', 'REMINDER'] as const;
export type EscalationSource = (typeof ESCALATION_SOURCES)[number];

/** Acts that belong to an office or to the receiving side: they are done where they are asked, not by taking the reminder over. What is about no project is its person's own list. */
export const ACTS_OF_AN_OFFICE = ['APPROVAL', 'DISPUTE', 'HANDOFF', 'SERVICE_CALL', 'TRIAGE', 'TASKFORCE'] as const;

/** A step of a rule's ladder, as the sweep reads it: `n` is its place from 1. */
export interface LadderStep { rule: string; n: number; afterDays: number; rank: number; level: EscalationLevel }

/** The ladders of the zone's rules; a rule that is switched off, or names nobody, has none. */
export function ladders(policy: PolicyValue<'reminderRules'>): LadderStep[] {
  return policy.rules.filter((r) => r.enabled).flatMap((r) => r.escalation.map((s, i) => ({ rule: r.code, n: i + 1, afterDays: s.afterWorkingDays, rank: ESCALATION_LEVELS.indexOf(s.to) + 1, level: s.to })));
}

/** Monday and Sunday of the week that a Shanghai day lies in. */
export function weekOf(day: string): { from: string; to: string } {
  const date = new Date(`${day}T00:00:00Z`);
  const monday = new Date(date.getTime() - ((date.getUTCDay() + 6) % 7) * 86_400_000);
  const text = (d: Date) => d.toISOString().slice(0, 10);
  return { from: text(monday), to: text(new Date(monday.getTime() + 6 * 86_400_000)) };
}
