import { describe, expect, it } from '@jest/globals';
import { type Hours, leavesAt, outsideQuiet, windowOf } from './times.rules.js';

const hours: Hours = { digestTimes: ['17:00', '09:00'], collectMinutes: 5, quietFrom: '20:00', quietTo: '08:00' };
const at = (time: string, day = 9) => new Date(`2026-10-${String(day).padStart(2, '0')}T${time}:00+08:00`);

describe('the digest that something belongs to', () => {
  it.each([
    ['09:00', '09:00', at('09:00'), 'what comes at the digest time itself'],
    ['09:00', '09:02', at('09:00'), 'what came at nine and was found two minutes later'],
    ['09:00', '14:00', at('09:00'), 'what waited from nine on while nobody was at work'],
    ['09:01', '09:02', at('09:00'), 'what came about while the digest of nine was collected'],
    ['09:06', '09:06', at('17:00'), 'what came about after it'],
    ['16:59', '16:59', at('17:00'), 'what comes in the afternoon'],
    ['17:06', '23:00', at('09:00', 10), 'what comes in the evening'],
    ['00:10', '00:10', at('09:00'), 'what comes in the night'],
  ])('since %s, found at %s', (since, now, window) => {
    expect(windowOf(hours, at(since), at(now))).toEqual(window);
  });

  it('is the last one after days of nobody being at work, not one for each', () => {
    expect(windowOf(hours, at('09:00', 5), at('10:00', 9))).toEqual(at('09:00', 9));
  });

  it('is the next one when that one has left', () => {
    expect(windowOf(hours, at('09:00'), at('09:10'), at('09:00'))).toEqual(at('17:00'));
    expect(windowOf(hours, at('17:00'), at('17:10'), at('17:00'))).toEqual(at('09:00', 10));
    // The next one again, of a digest that has not come yet.
    expect(windowOf(hours, at('09:00'), at('09:10'), at('17:00'))).toEqual(at('09:00', 10));
  });
});

describe('a message leaves', () => {
  it('after the digest was collected', () => {
    expect(leavesAt(hours, at('09:00'), at('09:00'))).toEqual(at('09:05'));
    expect(leavesAt(hours, at('17:00'), at('10:00'))).toEqual(at('17:05'));
    expect(leavesAt(hours, at('09:00'), at('11:00'))).toEqual(at('11:05'));
  });

  it('outside quiet hours, also where they pass midnight', () => {
    expect(outsideQuiet(hours, at('19:59'))).toEqual(at('19:59'));
    expect(outsideQuiet(hours, at('20:00'))).toEqual(at('08:00', 10));
    expect(outsideQuiet(hours, at('03:00'))).toEqual(at('08:00'));
    expect(outsideQuiet(hours, at('08:00'))).toEqual(at('08:00'));
    const lunch = { ...hours, quietFrom: '12:00', quietTo: '14:00' };
    expect(outsideQuiet(lunch, at('13:00'))).toEqual(at('14:00'));
    expect(outsideQuiet(lunch, at('23:00'))).toEqual(at('23:00'));
    expect(outsideQuiet({ ...hours, quietFrom: '12:00', quietTo: '12:00' }, at('12:00'))).toEqual(at('12:00'));
  });
});
