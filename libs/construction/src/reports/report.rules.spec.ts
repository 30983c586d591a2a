import { describe, expect, it } from '@jest/globals';
import { dayAfter, fallsOn, lastWholeMonth, monthEnd, periodsOf, type ReportRule, unitsOf } from './report.rules.js';

const rule = (of: Partial<ReportRule>): ReportRule => ({
  code: 'SHEET', zh: '周报', en: 'Sheet', units: 'GROUPS', departmentIds: [], when: { weekly: 5, time: '10:00' }, rollsToWorkingDay: true, remindWorkingDaysBefore: [], filers: ['MANAGER'], checks: [], unmet: 'WARN', late: [], ...of,
});
const days = (from: string, to: string): string[] => { const out = []; for (let d = from; d <= to; d = dayAfter(d)) out.push(d); return out; };
const holidays = new Set(days('2026-10-01', '2026-10-07'));
const worked = new Set(['2026-10-10']);
const isWorking = (d: string) => worked.has(d) || (!holidays.has(d) && new Date(`${d}T00:00:00Z`).getUTCDay() % 6 !== 0);
const rolled = (list: string[]) => new Map(list.map((d) => { let due = d; while (!isWorking(due)) due = dayAfter(due); return [d, { due, provisional: false }] as const; }));
const periods = (list: string[], r: ReportRule | ((d: string) => ReportRule[])) => periodsOf(list, typeof r === 'function' ? r : () => [r], rolled(list)).map((p) => [p.periodOn, p.fromOn, p.dueAt]);

describe('when a report falls due', () => {
  it('moves a Friday of the National Day to the next working day, and the week after begins there', () => {
    expect(periods(days('2026-09-21', '2026-10-18'), rule({}))).toEqual([
      ['2026-09-25', '2026-09-18', '2026-09-25T10:00:00+08:00'],
      ['2026-10-02', '2026-09-25', '2026-10-08T10:00:00+08:00'],
      ['2026-10-09', '2026-10-08', '2026-10-09T10:00:00+08:00'],
      ['2026-10-16', '2026-10-09', '2026-10-16T10:00:00+08:00'],
    ]);
  });

  it('takes a made-up Saturday for the working day it is', () => {
    expect(periods(days('2026-10-05', '2026-10-12'), rule({ when: { weekly: 6, time: '09:30' } }))).toEqual([['2026-10-10', '2026-10-03', '2026-10-10T09:30:00+08:00']]);
  });

  it('is one period where a holiday moves several days to one moment', () => {
    expect(periods(days('2026-09-28', '2026-10-09'), rule({ when: { daily: true, time: '17:00' } }))).toEqual([
      ['2026-09-28', '2026-09-21', '2026-09-28T17:00:00+08:00'], ['2026-09-29', '2026-09-28', '2026-09-29T17:00:00+08:00'], ['2026-09-30', '2026-09-29', '2026-09-30T17:00:00+08:00'],
      ['2026-10-08', '2026-09-30', '2026-10-08T17:00:00+08:00'], ['2026-10-09', '2026-10-08', '2026-10-09T17:00:00+08:00'],
    ]);
  });

  it('moves the 3rd and the 1st of October, not where the zone does not want it, and takes the last day of a short month', () => {
    expect(periods(days('2026-09-01', '2026-10-31'), rule({ when: { monthlyBy: 3, time: '18:00' } })).at(-1)).toEqual(['2026-10-03', '2026-09-03', '2026-10-08T18:00:00+08:00']);
    expect(periods(days('2026-09-14', '2026-10-31'), rule({ when: { monthDays: [1, 15], time: '10:00' } })).map((p) => p[2])).toEqual(['2026-09-15T10:00:00+08:00', '2026-10-08T10:00:00+08:00', '2026-10-15T10:00:00+08:00']);
    expect(periods(days('2026-10-01', '2026-10-31'), rule({ when: { monthlyBy: 3, time: '18:00' }, rollsToWorkingDay: false }))[0]![2]).toBe('2026-10-03T18:00:00+08:00');
    expect([fallsOn({ monthlyBy: 31, time: '10:00' }, '2026-02-28'), fallsOn({ monthlyBy: 31, time: '10:00' }, '2026-02-27')]).toEqual([true, false]);
  });

  it('follows the rule of its day', () => {
    const from = '2026-10-12';
    expect(periods(days('2026-10-08', '2026-10-23'), (d) => [rule({ when: { weekly: d < from ? 5 : 4, time: d < from ? '10:00' : '15:00' } })])).toEqual([
      ['2026-10-09', '2026-10-02', '2026-10-09T10:00:00+08:00'], ['2026-10-15', '2026-10-09', '2026-10-15T15:00:00+08:00'], ['2026-10-22', '2026-10-15', '2026-10-22T15:00:00+08:00'],
    ]);
  });

  it('asks for the reasons of the last month that is over', () => {
    expect([lastWholeMonth('2026-10-08'), lastWholeMonth('2026-01-05'), monthEnd('2026-02-01')]).toEqual(['2026-09-01', '2025-12-01', '2026-02-28']);
  });
});

describe('who hands in', () => {
  const departments = [
    { id: 'z', kind: 'ZONE', path: ['z'] }, { id: 'b', kind: 'BUREAU', path: ['z', 'b'] }, { id: 'g', kind: 'GROUP', path: ['z', 'b', 'g'] }, { id: 'c', kind: 'BUREAU', path: ['z', 'c'] }, { id: 's', kind: 'SERVICE', path: ['z', 's'] },
  ];
  it.each([['GROUPS', ['g', 'c']], ['BUREAUS', ['b', 'c']], ['SERVICE', ['s']], ['LISTED', ['z']]] as const)('%s', (units, expected) => {
    expect(unitsOf({ units, departmentIds: ['z', 'elsewhere'] }, departments)).toEqual(expected);
  });
});
