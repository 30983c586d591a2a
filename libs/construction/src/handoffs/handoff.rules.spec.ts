import { describe, expect, it } from '@jest/globals';
import { canHandOff, checklistFault, CHECKLIST_MOST, DEFAULT_CHECKLIST, handoffPolicy, ITEM_LONGEST, NOTE_LONGEST } from './handoff.rules.js';

const item = (name: string, note: string | null = null) => ({ item: name, done: false, note });

describe('handoff policy of a zone', () => {
  it('falls back to three working days and the usual list', () => {
    for (const value of [undefined, null, 'x', 7, {}, { receiveWorkingDays: 0 }, { receiveWorkingDays: 61 }, { receiveWorkingDays: 2.5 }, { receiveWorkingDays: '5' }, { checklist: [] }, { checklist: ['', ' ', 4] }]) {
      expect(handoffPolicy(value)).toEqual({ receiveWorkingDays: 3, checklist: DEFAULT_CHECKLIST });
    }
  });

  it('takes what the zone settled, limits included', () => {
    expect(handoffPolicy({ receiveWorkingDays: 1, checklist: ['协议'] })).toEqual({ receiveWorkingDays: 1, checklist: ['协议'] });
    expect(handoffPolicy({ receiveWorkingDays: 60 }).receiveWorkingDays).toBe(60);
  });
});

describe('when a project can be handed off', () => {
  it('is from signing on, while it is active', () => {
    const at = (stage: 'LEAD' | 'RESERVE' | 'NEGOTIATING' | 'SIGNED' | 'LANDED' | 'STARTED' | 'PRODUCING') => canHandOff({ stage, status: 'ACTIVE' });
    expect([at('LEAD'), at('RESERVE'), at('NEGOTIATING')]).toEqual([false, false, false]);
    expect([at('SIGNED'), at('LANDED'), at('STARTED'), at('PRODUCING')]).toEqual([true, true, true, true]);
    for (const status of ['SUSPENDED', 'POOLED', 'WITHDRAWN', 'LOST'] as const) expect(canHandOff({ stage: 'SIGNED', status })).toBe(false);
  });
});

describe('checklist', () => {
  it('accepts an empty one and one at every limit', () => {
    expect(checklistFault([])).toBeNull();
    expect(checklistFault(Array.from({ length: CHECKLIST_MOST }, (_, i) => item(`${i}`)))).toBeNull();
    expect(checklistFault([item('x'.repeat(ITEM_LONGEST), 'y'.repeat(NOTE_LONGEST))])).toBeNull();
  });

  it('names the first fault and where it is', () => {
    expect(checklistFault(Array.from({ length: CHECKLIST_MOST + 1 }, (_, i) => item(`${i}`)))).toMatchObject({ code: 'TOO_MANY', path: ['checklist'] });
    expect(checklistFault([item('协议'), item('  ')])).toMatchObject({ code: 'REQUIRED', path: ['checklist', '1', 'item'] });
    expect(checklistFault([item('x'.repeat(ITEM_LONGEST + 1))])).toMatchObject({ code: 'TOO_LONG', path: ['checklist', '0', 'item'] });
    expect(checklistFault([item('a', 'y'.repeat(NOTE_LONGEST + 1))])).toMatchObject({ code: 'TOO_LONG', path: ['checklist', '0', 'note'] });
    expect(checklistFault([item('协议'), item(' 协议 ')])).toMatchObject({ code: 'TWICE', path: ['checklist', '1', 'item'], value: '协议' });
  });
});
