import { describe, expect, it } from '@jest/globals';
import { POLICIES } from '@yinfeng/directory';
import { COMPLETENESS_ITEMS, ITEM_LABELS, qualityOf, scoreOf } from './lead-completeness.rules.js';
import { chosen, choicesInWords } from './lead-sources.rules.js';
import { clockState } from './triage.rules.js';

const rules = POLICIES.leadCompleteness.usual;
const all = (1 << COMPLETENESS_ITEMS.length) - 1;
const bit = (item: (typeof COMPLETENESS_ITEMS)[number]) => 1 << COMPLETENESS_ITEMS.indexOf(item);

describe('completeness', () => {
  it('is nothing of nothing and a hundred of all', () => {
    expect(scoreOf(0, rules)).toMatchObject({ score: 0, valid: false, missing: { length: COMPLETENESS_ITEMS.length } });
    expect(scoreOf(all, rules)).toEqual({ score: 100, valid: true, missing: [] });
  });
  it('adds and misses each item by its weight, dearest first, and misses nothing that weighs nothing', () => {
    for (const item of COMPLETENESS_ITEMS) {
      expect(scoreOf(bit(item), rules).score).toBe(rules.weights[item]);
      expect(scoreOf(all & ~bit(item), rules)).toMatchObject({ score: 100 - rules.weights[item], missing: [item] });
      expect(ITEM_LABELS[item].every((label) => label.length > 1)).toBe(true);
    }
    expect(scoreOf(all & ~bit('timing') & ~bit('land'), rules).missing).toEqual(['land', 'timing']);
    expect(scoreOf(all & ~bit('land'), { ...rules, weights: { ...rules.weights, land: 0, tax: 16 } }).missing).toEqual([]);
  });
  it('is valid from the limit on, the limit included', () => {
    const five = bit('investor') | bit('contact') | bit('content') | bit('totalAmount') | bit('land');
    expect([scoreOf(five, rules), scoreOf(five | bit('source'), rules), scoreOf(five | bit('source') | bit('timing'), { ...rules, validFrom: 61 })].map((c) => [c.score, c.valid])).toEqual([[56, false], [59, false], [61, true]]);
  });
  it('of many is counted by what they have', () => {
    expect(qualityOf([{ mask: all, n: 8 }, { mask: 0, n: 90 }, { mask: bit('investor'), n: 6 }], rules)).toEqual({ reported: 104, valid: 8 });
    expect(qualityOf([], rules)).toEqual({ reported: 0, valid: 0 });
  });
});

describe('a clock', () => {
  const state = (dueOn: string | null, doneOn: string | null, today: string, stopped = false) => clockState({ dueOn, doneOn, today, stopped });
  it('runs on its due day, is overdue the day after, and stops when nobody has to do it', () => {
    expect([state('2026-06-18', null, '2026-06-18'), state('2026-06-18', null, '2026-06-19'), state('2026-06-18', null, '2026-06-19', true)]).toEqual(['RUNNING', 'OVERDUE', 'STOPPED']);
  });
  it('is met on its due day and late the day after, whatever rests since', () => {
    expect([state('2026-06-18', '2026-06-18', '2026-07-01'), state('2026-06-18', '2026-06-19', '2026-07-01', true)]).toEqual(['MET', 'LATE']);
  });
  it('without a day says nothing', () => {
    expect([state(null, null, '2026-12-31'), state(null, '2026-12-31', '2026-12-31'), state(null, null, '2026-12-31', true)]).toEqual(['UNSCHEDULED', 'UNSCHEDULED', 'STOPPED']);
  });
});

describe('a source', () => {
  const { sources, channels } = POLICIES.leadSources.usual;
  it.each([['EVENT', '展会活动'], ['展会 活动', '展会活动'], ['fair or event', '展会活动'], ['中介／委托机构', '中介/委托机构'], ['老乡会', '老乡会'], [' 展会 ', '展会'], ['K', 'K']])('%s is kept as %s', (text, kept) => {
    expect(chosen(text, sources, true)).toBe(kept);
  });
  it('that is on no list is refused where words are not free, and an unknown code always', () => {
    expect([chosen('老乡会', sources, false), chosen('ROADSHOW', sources, true), chosen('产业链', channels, false)]).toEqual([null, null, '产业链']);
    expect(choicesInWords(channels.slice(0, 2), false)).toBe('CHAIN（产业链）、CAPITAL（资本链）');
    expect(choicesInWords(channels.slice(0, 1), true)).toBe('CHAIN（Industry chain）');
  });
});
