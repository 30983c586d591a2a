import { z } from 'zod';
import { definePolicy } from './policy.js';

const days = z.number().int().min(0).max(120);
const label = z.strictObject({ zh: z.string().min(1).max(40), en: z.string().min(1).max(80) });

/** What holds for all ladders of `reminderRules`: how long snoozing helps, what is too old to begin with, how the steps are called. Its light is rule ESCALATED of policy `lights`. */
export const reminderEscalation = definePolicy({
  zh: '提醒升级（推迟上限、起算、层级名称、周报）', en: 'Escalation of reminders: snoozing, old ones, names of the steps, the weekly sum', source: 'domain.md A1 row 43, C5 (三亚: one level up at a time); numbers [gk]',
  schema: z.strictObject({
    /** Snoozing puts the next step off by so many working days at most, counted from the first delivery. */
    snoozePostponesAtMost: days,
    /** A chain begins while its first step is late by no more than this: what an installation brings along rings nobody above. */
    beginsWithinWorkingDays: days,
    levels: z.strictObject({ GROUP_LEADER: label, UNIT_HEAD: label, ZONE_LEADER: label }),
    /** Heads of units and leaders of the zone are told on the first working day of a week what was escalated in the last one. */
    weeklyDigest: z.boolean(),
  }),
  usual: {
    snoozePostponesAtMost: 5, beginsWithinWorkingDays: 30, weeklyDigest: true,
    levels: { GROUP_LEADER: { zh: '升级至组长', en: 'to the group leader' }, UNIT_HEAD: { zh: '升级至部门负责人', en: 'to the head of the unit' }, ZONE_LEADER: { zh: '升级至区领导', en: 'to a leader of the zone' } },
  },
});
