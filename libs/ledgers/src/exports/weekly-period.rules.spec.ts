import { describe, expect, it } from '@jest/globals';
import { WorkingDays } from '@yinfeng/platform';
import { periodAt, periodOfWeek, usualDays } from './weekly-period.rules.js';

const range = (from: string, to: string): string[] => {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000) days.push(new Date(at).toISOString().slice(0, 10));
  return days;
};
/** 2026 as published around National Day; Friday 25 September is off, Saturday 10 October is worked. */
const calendar = new WorkingDays({
  years: [2026],
  special: [...[...range('2026-09-25', '2026-09-27'), ...range('2026-10-01', '2026-10-07')].map((day) => ({ day, working: false })), ...['2026-09-20', '2026-10-10'].map((day) => ({ day, working: true }))],
});
const next = (day: string) => calendar.add(day, 0);
const FRIDAY_TEN = { weekday: 5, hour: 10 };
const told = (p: ReturnType<typeof periodOfWeek>) => [p.week, p.handInOn, p.from.toISOString(), p.to.toISOString()];
const ten = (day: string) => `${day}T02:00:00.000Z`;

describe('the period of a week', () => {
  it('runs from Friday ten to Friday ten in Shanghai, for whichever day of the week is named', () => {
    const week = ['2026-06-08', '2026-06-12', ten('2026-06-05'), ten('2026-06-12')];
    for (const day of range('2026-06-08', '2026-06-14')) expect(told(periodOfWeek(day, FRIDAY_TEN, next))).toEqual(week);
    expect(told(periodOfWeek('2026-06-15', FRIDAY_TEN, next))[0]).toBe('2026-06-15');
  });

  it('is moved to the next working day by a holiday, and the next week starts there', () => {
    expect(told(periodOfWeek('2026-09-25', FRIDAY_TEN, next))).toEqual(['2026-09-21', '2026-09-28', ten('2026-09-18'), ten('2026-09-28')]);
    expect(told(periodOfWeek('2026-10-01', FRIDAY_TEN, next))).toEqual(['2026-09-28', '2026-10-08', ten('2026-09-28'), ten('2026-10-08')]);
    expect(told(periodOfWeek('2026-10-09', FRIDAY_TEN, next))).toEqual(['2026-10-05', '2026-10-09', ten('2026-10-08'), ten('2026-10-09')]);
  });

  it('takes a make-up day for what it is', () => {
    expect(told(periodOfWeek('2026-10-06', { weekday: 6, hour: 9 }, next))[1]).toBe('2026-10-10');
    expect(told(periodOfWeek('2026-10-13', { weekday: 6, hour: 9 }, next))[1]).toBe('2026-10-19');
    expect(told(periodOfWeek('2026-09-16', { weekday: 7, hour: 0 }, next)).slice(1)).toEqual(['2026-09-20', '2026-09-13T16:00:00.000Z', '2026-09-19T16:00:00.000Z']);
  });

  it('is one for weeks whose hand-ins a long holiday moves to the same day', () => {
    const long = new WorkingDays({ years: [2026], special: range('2026-10-01', '2026-10-11').map((day) => ({ day, working: false })) });
    const at = (day: string) => told(periodOfWeek(day, FRIDAY_TEN, (d) => long.add(d, 0))).slice(1);
    expect(at('2026-10-02')).toEqual(['2026-10-12', ten('2026-09-25'), ten('2026-10-12')]);
    expect(at('2026-10-09')).toEqual(at('2026-10-02'));
    expect(at('2026-10-16')).toEqual(['2026-10-16', ten('2026-10-12'), ten('2026-10-16')]);
  });

  it('is refused where the year of a hand-in is not published, and only there', () => {
    expect(told(periodOfWeek('2026-12-25', FRIDAY_TEN, next))[3]).toBe(ten('2026-12-25'));
    expect(() => periodOfWeek('2026-12-31', FRIDAY_TEN, next)).toThrow(expect.objectContaining({ code: 'CALENDAR_YEAR_UNCOVERED', path: ['week'], params: { field: '报送日', value: '2027-01-01', year: 2027 } }));
    expect(() => periodOfWeek('2026-01-01', FRIDAY_TEN, next)).toThrow(expect.objectContaining({ code: 'CALENDAR_YEAR_UNCOVERED' }));
  });
});

describe('the period of an instant', () => {
  it('ends at or after it: the boundary belongs to the earlier week', () => {
    const to = (at: string) => periodAt(new Date(at), FRIDAY_TEN, next).to.toISOString();
    expect(to(ten('2026-06-12'))).toBe(ten('2026-06-12'));
    expect(to('2026-06-12T02:00:00.001Z')).toBe(ten('2026-06-19'));
    expect(to('2026-06-13T12:00:00Z')).toBe(ten('2026-06-19'));
    expect(to('2026-10-02T02:00:00.001Z')).toBe(ten('2026-10-08'));
    expect(to('2026-10-08T01:59:00Z')).toBe(ten('2026-10-08'));
    expect(to('2026-10-08T03:00:00Z')).toBe(ten('2026-10-09'));
  });

  it('leaves no instant to two weeks and none to no week', () => {
    const seen = range('2026-08-03', '2026-10-19').filter((_, i) => i % 7 === 0).map((day) => periodOfWeek(day, FRIDAY_TEN, next));
    for (const [i, p] of seen.entries()) if (i > 0) expect(p.from).toEqual(seen[i - 1]!.to);
  });

  it('asks the calendar for no other days than it has named', () => {
    const known = new Set(usualDays('2026-06-10', FRIDAY_TEN));
    const asked: string[] = [];
    periodAt(new Date('2026-06-10T00:00:00Z'), FRIDAY_TEN, (day) => { asked.push(day); return next(day); });
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((day) => !known.has(day))).toEqual([]);
  });
});
