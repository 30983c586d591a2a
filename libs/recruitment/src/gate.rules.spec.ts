import { describe, expect, it } from '@jest/globals';
import { conditionHolds, type GateItemState, missingOf, remedyOf, type RuleSubject, toldMissing } from './gate.rules.js';

const subject: RuleSubject = { capitalSource: 'DOMESTIC', totalCny: '500000000', industryCode: 'C374', class: '供地类', landNeed: true };

describe('of which projects a rule speaks', () => {
  it.each([
    [{}, true],
    [{ fromWan: 50_000 }, true], [{ fromWan: 50_001 }, false], [{ belowWan: 50_000 }, false], [{ belowWan: 50_001 }, true], [{ fromWan: 50_000, belowWan: 50_001 }, true],
    [{ capitalSources: ['DOMESTIC'] }, true], [{ capitalSources: ['FOREIGN', 'UNKNOWN'] }, false],
    [{ industries: ['C'] }, true], [{ industries: ['C37', 'I'] }, true], [{ industries: ['I'] }, false],
    [{ classes: ['供地类'] }, true], [{ classes: ['投资类'] }, false],
    [{ land: true }, true], [{ land: false }, false],
    [{ fromWan: 50_000, land: false }, false],
  ] as const)('%j: %s', (when, holds) => expect(conditionHolds(when as never, subject)).toBe(holds));

  it('never takes what is not known for fulfilled', () => {
    const blank: RuleSubject = { capitalSource: 'UNKNOWN', totalCny: null, industryCode: null, class: null, landNeed: false };
    for (const when of [{ fromWan: 0 }, { belowWan: 1_000_000 }, { industries: ['C'] }, { classes: ['A'] }, { land: true }]) expect(conditionHolds(when, blank)).toBe(false);
    expect(conditionHolds({ capitalSources: ['UNKNOWN'], land: false }, blank)).toBe(true);
  });

  it('compares to the last decimal', () => {
    expect(conditionHolds({ fromWan: 50_000 }, { ...subject, totalCny: '499999999.99' })).toBe(false);
    expect(conditionHolds({ belowWan: 50_000 }, { ...subject, totalCny: '499999999.99' })).toBe(true);
  });
});

const item = (name: string, met: boolean, anyOf: string | null = null, more: Partial<GateItemState> = {}): GateItemState =>
  ({ item: name, kind: 'EVIDENCE', zh: `${name}件`, en: `the ${name}`, anyOf, condition: {}, remedyZh: null, remedyEn: null, met, ...more });

describe('what a gate misses', () => {
  it('is each item that is not there, and one entry for a group without any', () => {
    expect(missingOf([item('a', true), item('b', false), item('c', false, 'g'), item('d', false), item('e', false, 'g')]).map((m) => m.item)).toEqual(['b', 'g', 'd']);
    expect(missingOf([item('c', false, 'g'), item('e', true, 'g'), item('f', false, 'h')]).map((m) => [m.item, m.zh])).toEqual([['h', 'f件']]);
    expect(missingOf([item('c', false, 'g'), item('e', false, 'g')])).toEqual([{
      item: 'g', kind: 'EVIDENCE', zh: 'c件、e件（任一项）', en: 'the c or the e',
      howZh: '任选其一即可：c, e。请上传“c件”（evidenceAdd，item 为 c）。', howEn: 'One of these is enough: c, e. Upload the c (evidenceAdd, item c).',
    }]);
  });

  it('comes with the remedy of the zone, of the item, or of its kind', () => {
    expect(remedyOf(item('minutes', false, null, { remedyZh: '找办公室' }))).toEqual({ howZh: '找办公室', howEn: 'Upload the minutes (evidenceAdd, item minutes).' });
    expect(remedyOf(item('visit', false)).howEn).toBe('Log a visit (visitLog).');
    expect(remedyOf(item('x', false, null, { kind: 'FIELD' })).howZh).toBe('请在项目信息中填写“x件”（projectEdit）。');
    expect(remedyOf(item('x', false, null, { kind: 'RECORD' })).howEn).toBe('Put the x on record.');
    const [missing] = missingOf([item('b', false)]);
    expect([toldMissing(missing!, 'zh').label, toldMissing(missing!, 'en').label, toldMissing(missing!, 'en').how]).toEqual(['b件', 'the b', 'Upload the b (evidenceAdd, item b).']);
  });
});
