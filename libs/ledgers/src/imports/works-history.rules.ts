import type { RowFields } from '../reading/ledger-reading.js';
import { firstDay, precisionOf, type Precision } from './stage-history.rules.js';

/** What a row tells of building. Days are Shanghai days. */
export type WorksDraft =
  | { part: 'MILESTONE'; code: 'GROUND_BREAKING' | 'COMPLETION'; plannedOn: string; precision: Precision; reachedOn: string | null }
  /** dated: false where the list only says that work goes on; the day of the file stands in. */
  | { part: 'RESUMPTION'; reachedOn: string; precision: Precision; dated: boolean }
  | { part: 'PLAN'; year: number; kind: 'NEW_START' | 'RESUME' | null };

/** Last Shanghai day that a date of any precision may mean: a plan for 2024-05 is late from 1 June on. */
export function lastDay(date: string): string {
  const first = firstDay(date);
  const months = { DAY: 0, MONTH: 1, QUARTER: 3, YEAR: 12 }[precisionOf(date)];
  if (months === 0) return first;
  const [year, month] = first.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, month - 1 + months, 0)).toISOString().slice(0, 10);
}

/** The year of a list of starts by its header: 是否列入2023年开复工计划; 上年 and 去年 are the year before that of the file, no word at all is its own. */
export function planYear(header: string | undefined, asOf: string): number {
  const named = /20\d\d/.exec(header ?? '');
  return named ? Number(named[0]) : Number(asOf.slice(0, 4)) - (/上年|去年/.test(header ?? '') ? 1 : 0);
}

const dateOf = (value: unknown): string | undefined => (typeof value === 'string' && /^\d{4}/.test(value) ? value : undefined);

/**
 * Reads planned days, every resumption (复工) and places on the plan of starts (开复工计划) out of a row. A list that says
 * of each project whether work goes on (开复工情况) is the plan of its year, and what goes on has started or resumed.
 * @param asOf Shanghai day for which the file speaks; what lies after it has not happened
 * @param planHeader header of the column that says who is on the plan
 */
export function worksHistory(fields: RowFields, asOf: string, planHeader: string | undefined): WorksDraft[] {
  const out: WorksDraft[] = [];
  const plan = (code: 'GROUND_BREAKING' | 'COMPLETION', field: 'date.plan_start' | 'date.plan_finish', reached: string | undefined): void => {
    const date = dateOf(fields[field]);
    if (date) out.push({ part: 'MILESTONE', code, plannedOn: lastDay(date), precision: precisionOf(date), reachedOn: reached && firstDay(reached) <= asOf ? firstDay(reached) : null });
  };
  plan('GROUND_BREAKING', 'date.plan_start', dateOf(fields['date.start']));
  // 竣工/投产时间 is one column: whichever it was, works are completed. A stage without a date is reached on the day of the file.
  plan('COMPLETION', 'date.plan_finish', dateOf(fields['date.finish']) ?? (fields.status === 'finished' || fields.status === 'in_production' ? asOf : undefined));
  const resumed = Object.keys(fields).filter((f) => f.startsWith('date.resumed')).flatMap((f) => dateOf(fields[f]) ?? []).filter((d) => firstDay(d) <= asOf);
  for (const date of new Set(resumed)) out.push({ part: 'RESUMPTION', reachedOn: firstDay(date), precision: precisionOf(date), dated: true });
  if (fields['status.started'] && !resumed.length) out.push({ part: 'RESUMPTION', reachedOn: asOf, precision: 'DAY', dated: false });
  if (fields['flag.planned_prev']) {
    const year = planYear(planHeader, asOf);
    out.push({ part: 'PLAN', year, kind: resumed.some((d) => d.startsWith(`${year}`)) ? 'RESUME' : 'NEW_START' });
  }
  if (fields['status.started'] !== undefined) out.push({ part: 'PLAN', year: Number(asOf.slice(0, 4)), kind: null });
  return out;
}
