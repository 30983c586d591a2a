import { describe, expect, it } from '@jest/globals';
import type { RowFields } from '../reading/ledger-reading.js';
import { lastDay, planYear, worksHistory } from './works-history.rules.js';

const AS_OF = '2024-12-31';
const of = (fields: RowFields, header?: string) => worksHistory(fields, AS_OF, header);

describe('what a row tells of building', () => {
  it.each([['2024-05-08', '2024-05-08'], ['2024-02', '2024-02-29'], ['2025-Q2', '2025-06-30'], ['2026', '2026-12-31'], ['2024-12', '2024-12-31']])('a plan for %s is due by %s', (date, day) => expect(lastDay(date)).toBe(day));

  it('every resumption, once each; none that has not come', () => {
    expect(of({ 'date.resumed.2023': '2023-03-01', 'date.resumed.2024': '2024-02', 'date.resumed.2025': '2025-03-01' })).toEqual([
      { part: 'RESUMPTION', reachedOn: '2023-03-01', precision: 'DAY', dated: true }, { part: 'RESUMPTION', reachedOn: '2024-02-01', precision: 'MONTH', dated: true },
    ]);
    expect(of({ 'date.resumed.2023': '2023-03-01', 'date.resumed.2024': '2023-03-01' })).toHaveLength(1);
  });

  it('planned days, reached where the row says so', () => {
    expect(of({ 'date.plan_finish': '2025-Q2', 'date.plan_start': '2024-03', 'date.start': '2024-03-20' })).toEqual([
      { part: 'MILESTONE', code: 'GROUND_BREAKING', plannedOn: '2024-03-31', precision: 'MONTH', reachedOn: '2024-03-20' },
      { part: 'MILESTONE', code: 'COMPLETION', plannedOn: '2025-06-30', precision: 'QUARTER', reachedOn: null },
    ]);
    expect(of({ 'date.plan_finish': '2024', 'date.finish': '2025-01-02' })).toEqual([expect.objectContaining({ plannedOn: '2024-12-31', reachedOn: null })]);
    expect(of({ 'date.plan_finish': '2023-06', status: 'in_production' })).toEqual([expect.objectContaining({ plannedOn: '2023-06-30', reachedOn: AS_OF })]);
    expect(of({ 'date.plan_finish': '视用地情况而定' })).toEqual([]);
  });

  it.each([['是否列入2023年开复工计划', 2023], ['是否列入2025年开工计划', 2025], ['列入上年开复工计划', 2023], ['是否列入开复工计划', 2024], [undefined, 2024]])('%s is the plan of %s', (header, year) => expect(planYear(header, AS_OF)).toBe(year));

  it('a place on the plan, to resume or to start', () => {
    expect(of({ 'flag.planned_prev': true, 'date.resumed.2023': '2023-03-01' }, '是否列入2023年开复工计划')).toContainEqual({ part: 'PLAN', year: 2023, kind: 'RESUME' });
    expect(of({ 'flag.planned_prev': true, 'date.resumed.2024': '2024-03-01' }, '是否列入2023年开复工计划')).toContainEqual({ part: 'PLAN', year: 2023, kind: 'NEW_START' });
    expect(of({ 'flag.planned_prev': false }, '是否列入2023年开复工计划')).toEqual([]);
  });

  it('a list of who is under way is the plan of its year; the day of the file stands in for the days it does not give', () => {
    expect(of({ 'status.started': true })).toEqual([{ part: 'RESUMPTION', reachedOn: AS_OF, precision: 'DAY', dated: false }, { part: 'PLAN', year: 2024, kind: null }]);
    expect(of({ 'status.started': false })).toEqual([{ part: 'PLAN', year: 2024, kind: null }]);
  });
});
