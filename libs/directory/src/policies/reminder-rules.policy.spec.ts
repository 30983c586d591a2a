import { describe, expect, it } from '@jest/globals';
import { reminderRules, type ReminderRule } from './reminder-rules.policy.js';

const usual = reminderRules.usual.rules;
const refusals = (rule: Record<string, unknown>) => reminderRules.schema.safeParse({ rules: [rule] }).error?.issues.map((i) => i.path.slice(2).join('.')) ?? [];
const permit: ReminderRule = usual.find((r) => r.code === 'PERMIT')!;
const approval: ReminderRule = usual.find((r) => r.code === 'APPROVAL')!;

describe('rules of reminders', () => {
  it('the usual ones are rules, each source once, the ladder three, six and ten working days', () => {
    expect(reminderRules.schema.parse({ rules: usual }).rules).toEqual(usual);
    expect(new Set(usual.map((r) => r.source)).size).toBe(usual.length);
    expect(permit.escalation).toEqual([{ afterWorkingDays: 3, to: 'GROUP_LEADER' }, { afterWorkingDays: 6, to: 'UNIT_HEAD' }, { afterWorkingDays: 10, to: 'ZONE_LEADER' }]);
    expect(usual.filter((r) => r.urgent).map((r) => r.code)).toEqual(['CALL', 'SERVICE_CALL', 'ESCALATION']);
  });

  it('a zone writes rows of its own, several for one source, what it leaves out being nothing', () => {
    const late = { code: 'PERMIT_LATE', zh: '证照超期', en: 'Late permits', source: 'PERMIT', who: ['DEPARTMENT_HEADS'], offsets: [1, 5], untilWorkingDays: 30, mail: true, robots: false, urgent: true, escalation: [], enabled: true };
    expect(reminderRules.schema.parse({ rules: [permit, late] }).rules[1]).toEqual({ ...late, parts: [] });
  });

  it('what makes no sense is refused by its field', () => {
    expect(refusals({ ...permit, source: 'WEATHER' })).toEqual(['source']);
    expect(refusals({ ...permit, code: 'permit' })).toEqual(['code']);
    expect(refusals({ ...permit, code: 'IDLE' })).toEqual(['code']);
    expect(refusals({ ...permit, who: [] })).toEqual(['who']);
    expect(refusals({ ...permit, who: ['EVERYBODY'] })).toEqual(['who.0']);
    expect(refusals({ ...permit, offsets: [0, -1] })).toEqual(['offsets']);
    expect(refusals({ ...permit, untilWorkingDays: 2 })).toEqual(['untilWorkingDays']);
    expect(refusals({ ...permit, escalation: [{ afterWorkingDays: 6, to: 'UNIT_HEAD' }, { afterWorkingDays: 6, to: 'ZONE_LEADER' }] })).toEqual(['escalation']);
    expect(refusals({ ...permit, escalation: [{ afterWorkingDays: 3, to: 'ZONE_LEADER' }, { afterWorkingDays: 6, to: 'UNIT_HEAD' }] })).toEqual(['escalation']);
    expect(refusals({ ...approval, code: 'OWN' })).toEqual(['code']);
    expect(refusals({ ...approval, who: ['OWNER'] })).toEqual(['who']);
    expect(refusals({ ...approval, offsets: [1] })).toEqual(['offsets']);
    expect(refusals({ ...usual.find((r) => r.code === 'PERSONAL')!, enabled: false })).toEqual(['enabled']);
    expect(reminderRules.schema.safeParse({ rules: [permit, permit] }).success).toBe(false);
  });
});
