import { describe, expect, it } from '@jest/globals';
import { readDateNumber, readDateText, serialToIso } from './date-text.rules.js';

describe('dates as offices write them', () => {
  it.each([
    ['2026-05-08', '2026-05-08', null],
    ['2024年5月', '2024-05', 'DATE_MONTH_ONLY'],
    ['2024.05', '2024-05', 'DATE_MONTH_ONLY'],
    ['2024-11', '2024-11', 'DATE_MONTH_ONLY'],
    ['预计2024年4月竣工投产', '2024-04', 'DATE_MONTH_ONLY'],
    ['今年年底', '2023', 'DATE_RELATIVE'],
    ['2025年底', '2025', 'DATE_RELATIVE'],
    ['近期', null, 'DATE_RELATIVE'],
    ['下月', null, 'DATE_RELATIVE'],
    ['明年', '2024', 'DATE_RELATIVE'],
    ['5月31日', '2023-05-31', 'DATE_NO_YEAR'],
    ['2024.5.1', '2024-05-01', null],
    ['20240501', '2024-05-01', null],
    ['2024/5/1', '2024-05-01', null],
    ['2024年5月8号', '2024-05-08', null],
    ['24.5.8', '2024-05-08', null],
    ['二〇二四年五月八日', '2024-05-08', null],
    ['二〇二四年十二月', '2024-12', 'DATE_MONTH_ONLY'],
    ['２０２４-０５-０１', '2024-05-01', null],
    ['2024-05-01 00:00:00', '2024-05-01', null],
    ['2024/1/2 14:32', '2024-01-02T14:32:00', null],
    ['2025年二季度', '2025-Q2', 'DATE_QUARTER'],
    ['2025Q3', '2025-Q3', 'DATE_QUARTER'],
    ['2025年', '2025', 'DATE_YEAR_ONLY'],
    ['2025-02-30', null, 'DATE_INVALID'],
    ['2025年13月', null, 'DATE_INVALID'],
    ['视用地情况而定', null, 'DATE_INVALID'],
    ['-', null, 'EMPTY_TOKEN'],
  ])('%s', (text, value, c) => {
    expect(readDateText(text, '2023-06-30')).toEqual({ value, class: c });
  });

  it('reads serial days, compact numbers and years', () => {
    expect(readDateNumber(45182)).toEqual({ value: '2023-09-13', class: null });
    expect(readDateNumber(46082.87877314815)).toEqual({ value: '2026-03-01T21:05:26', class: null });
    expect(readDateNumber(20240501)).toEqual({ value: '2024-05-01', class: null });
    expect(readDateNumber(2025)).toEqual({ value: '2025', class: 'DATE_YEAR_ONLY' });
    expect(readDateNumber(43862, true).value).toBe('2024-02-02');
    expect(serialToIso(45292.00833333333)).toBe('2024-01-01T00:12:00');
  });

  it('leaves a missing year open where the file does not say its day', () => {
    expect(readDateText('5月31日', null)).toEqual({ value: null, class: 'DATE_NO_YEAR' });
  });
});
