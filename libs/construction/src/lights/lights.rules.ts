import type { PolicyValue } from '@yinfeng/directory';
import type { DeadlineKind } from '../deadlines/deadline.rules.js';

export const LIGHTS = ['GREEN', 'YELLOW', 'RED'] as const;
export type Light = (typeof LIGHTS)[number];
export type LightRule = PolicyValue<'lights'>['rules'][number];
export type LightMeasure = LightRule['measure'];
export type Rung = PolicyValue<'lights'>['ladder'][number];

/** In what a measure counts. */
export const MEASURE_UNITS: Record<LightMeasure, 'MONTHS' | 'POINTS' | 'WORKING_DAYS' | 'TIMES' | 'STEPS'> = {
  START_OVERDUE: 'MONTHS', SCHEDULE_BEHIND: 'POINTS', SCHEDULE_AHEAD: 'POINTS', STATISTICS_MISSING: 'MONTHS', MILESTONE_LATE: 'WORKING_DAYS', PERMIT_OVERDUE: 'WORKING_DAYS', CALL_OVERDUE: 'WORKING_DAYS',
  HANDOFF_OVERDUE: 'WORKING_DAYS', COMMITMENT_OVERDUE: 'WORKING_DAYS', PLAN_NOT_REPORTED: 'WORKING_DAYS', DUTY_MISSED: 'TIMES', AFTERCARE_OVERDUE: 'WORKING_DAYS', REMINDER_ESCALATED: 'STEPS',
};
/** Which deadlines a measure looks at; the others look at plans. */
export const MEASURE_OF_DEADLINE: Partial<Record<DeadlineKind, LightMeasure>> = {
  STATISTICS_ENTRY: 'STATISTICS_MISSING', MILESTONE: 'MILESTONE_LATE', PERMIT: 'PERMIT_OVERDUE', CALL: 'CALL_OVERDUE', HANDOFF: 'HANDOFF_OVERDUE', HANDOFF_MISSING: 'HANDOFF_OVERDUE', COMMITMENT: 'COMMITMENT_OVERDUE',
  PLAN: 'PLAN_NOT_REPORTED', DUTY: 'DUTY_MISSED', AFTERCARE: 'AFTERCARE_OVERDUE',
};

/** What was measured, in words: the number with its unit. */
export function measured(measure: LightMeasure, value: string, locale: 'zh' | 'en'): string {
  const zh = locale !== 'en';
  switch (MEASURE_UNITS[measure]) {
    case 'MONTHS': return zh ? `${value} 个月` : `${value} months`;
    case 'POINTS': return zh ? `${value} 个百分点` : `${value} points`;
    case 'STEPS': return zh ? `${value} 级` : `${value} steps`;
    case 'TIMES': return zh ? `${value} 次` : `${value} times`;
    default: return zh ? `${value} 个工作日` : `${value} working days`;
  }
}

export const ESCALATION_STATES = ['OPEN', 'ANSWERED', 'CLOSED'] as const;
export type EscalationState = (typeof ESCALATION_STATES)[number];
