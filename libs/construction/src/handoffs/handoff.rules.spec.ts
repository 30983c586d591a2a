import { describe, expect, it } from '@jest/globals';
import { POLICIES } from '@yinfeng/directory';
import { canHandOff, checklistFault, CHECKLIST_MOST, FILES_MOST, ITEM_LONGEST, itemRules, NOTE_LONGEST, packageOf, type PreviousItem } from './handoff.rules.js';

const item = (name: string, note: string | null = null) => ({ item: name, done: false, note });
const usual = POLICIES.handoff.usual;
const rules = itemRules(usual).slice(0, 4);

describe('what a zone asks for', () => {
  it('is the usual list, four of it required', () => {
    expect(itemRules(usual).map((r) => r.zh)).toEqual(['协议', '承诺事项', '联系人', '遗留问题', '用地', '能耗', '环评', '需办许可']);
    expect(itemRules(usual).filter((r) => r.required).map((r) => r.code)).toEqual(['agreement', 'commitments', 'contacts', 'problems']);
  });

  it('reads a list of plain words from before: none required, known words with their records', () => {
    const read = POLICIES.handoff.schema.parse({ ...usual, receiveWorkingDays: 1, checklist: ['协议', '图纸'] });
    expect(itemRules(read)).toEqual([
      { code: 'agreement', zh: '协议', en: 'Agreement', required: false, condition: {}, from: 'AGREEMENT' }, { code: 'plain2', zh: '图纸', en: '图纸', required: false, condition: {}, from: 'FREE' },
    ]);
    expect(POLICIES.handoff.schema.parse({ receiveWorkingDays: 5 })).toEqual({ ...usual, receiveWorkingDays: 5 });
    expect(POLICIES.handoff.schema.safeParse({ ...usual, items: [usual.items[0], usual.items[0]] }).success).toBe(false);
  });
});

describe('when a project can be handed off', () => {
  it('is from signing on, while it is active', () => {
    const at = (stage: 'LEAD' | 'RESERVE' | 'NEGOTIATING' | 'SIGNED' | 'LANDED' | 'STARTED' | 'PRODUCING') => canHandOff({ stage, status: 'ACTIVE' });
    expect([at('LEAD'), at('RESERVE'), at('NEGOTIATING')]).toEqual([false, false, false]);
    expect([at('SIGNED'), at('LANDED'), at('STARTED'), at('PRODUCING')]).toEqual([true, true, true, true]);
    for (const status of ['SUSPENDED', 'POOLED', 'WITHDRAWN', 'LOST'] as const) expect(canHandOff({ stage: 'SIGNED', status })).toBe(false);
    expect([canHandOff({ stage: 'SIGNED', status: 'ACTIVE' }, 'LANDED'), canHandOff({ stage: 'LANDED', status: 'ACTIVE' }, 'LANDED'), canHandOff({ stage: 'LEAD', status: 'ACTIVE' }, 'LANDED')]).toEqual([false, true, false]);
  });
});

describe('the package of an attempt', () => {
  const before = (code: string, state: PreviousItem['state'], more: Partial<PreviousItem> = {}): PreviousItem => ({ id: `i-${code}`, code, zh: code, en: code, source: 'FREE', state, done: false, note: null, ...more });
  const shown = (items: ReturnType<typeof packageOf>) => items.map((i) => [i.code, i.required, i.carried]);

  it('is the whole list when nothing is stated, and at least what is required when something is', () => {
    expect(shown(packageOf(rules, null, []))).toEqual([['agreement', true, false], ['commitments', true, false], ['contacts', true, false], ['problems', true, false]]);
    const stated = packageOf(rules, [{ item: '图纸', done: true, note: ' 见附件 ' }, { item: ' 协议 ' }, { code: 'contacts' }, { item: 'Contacts' }], []);
    expect(shown(stated)).toEqual([['own1', false, false], ['agreement', true, false], ['contacts', true, false], ['commitments', true, false], ['problems', true, false]]);
    expect(stated[0]).toMatchObject({ zh: '图纸', done: true, note: '见附件', source: 'FREE', previousId: null });
  });

  it('carries what was accepted and is not spoken of anew, asks the rest again and loses nothing', () => {
    const previous = [before('agreement', 'ACCEPTED', { note: '正本' }), before('commitments', 'RETURNED', { done: true }), before('own1', 'ACCEPTED'), before('own2', 'PENDING')];
    expect(shown(packageOf(rules, null, previous))).toEqual([['agreement', true, true], ['commitments', true, false], ['own1', false, true], ['own2', false, false], ['contacts', true, false], ['problems', true, false]]);
    const again = packageOf(rules, [{ code: 'commitments', note: '已补' }, { code: 'agreement', note: '正本' }, { item: 'own1', fileIds: ['f'] }, { item: '新事项' }], previous);
    expect(shown(again)).toEqual([['commitments', true, false], ['agreement', true, true], ['own1', false, false], ['own3', false, false], ['own2', false, false], ['contacts', true, false], ['problems', true, false]]);
    expect(again[0]).toMatchObject({ note: '已补', done: true, previousId: 'i-commitments' });
  });
});

describe('checklist', () => {
  it('accepts an empty one and one at every limit', () => {
    expect(checklistFault([])).toBeNull();
    expect(checklistFault(Array.from({ length: CHECKLIST_MOST }, (_, i) => item(`${i}`)))).toBeNull();
    expect(checklistFault([item('x'.repeat(ITEM_LONGEST), 'y'.repeat(NOTE_LONGEST)), { code: 'land', fileIds: Array.from({ length: FILES_MOST }, () => 'f') }])).toBeNull();
  });

  it('names the first fault and where it is', () => {
    expect(checklistFault(Array.from({ length: CHECKLIST_MOST + 1 }, (_, i) => item(`${i}`)))).toMatchObject({ code: 'TOO_MANY', path: ['checklist'] });
    expect(checklistFault([item('协议'), item('  ')])).toMatchObject({ code: 'REQUIRED', path: ['checklist', '1', 'item'] });
    expect(checklistFault([item('x'.repeat(ITEM_LONGEST + 1))])).toMatchObject({ code: 'TOO_LONG', path: ['checklist', '0', 'item'] });
    expect(checklistFault([item('a', 'y'.repeat(NOTE_LONGEST + 1))])).toMatchObject({ code: 'TOO_LONG', path: ['checklist', '0', 'note'] });
    expect(checklistFault([item('协议'), item(' 协议 ')])).toMatchObject({ code: 'TWICE', path: ['checklist', '1', 'item'], value: '协议' });
    expect(checklistFault([{ code: 'x y' }])).toMatchObject({ code: 'CODE', path: ['checklist', '0', 'code'] });
    expect(checklistFault([{ code: 'land', fileIds: Array.from({ length: FILES_MOST + 1 }, () => 'f') }])).toMatchObject({ code: 'TOO_MANY', path: ['checklist', '0', 'fileIds'] });
  });
});
