import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { CalendarAdmin, type SpecialDay, systemActor, WorkingCalendar } from '@yinfeng/platform';
import { parse } from 'csv-parse/sync';
import { CommandFailure } from '../answers.js';
import type { CommandContext } from '../context.js';
import { jsonOption, required, textValue, yearValue } from '../option-values.js';

const WORKED = new Set(['true', '1', '班', '上班', '调休', '调休上班', '补班', '工作日']);
const OFF = new Set(['false', '0', '休', '放假', '休息', '节假日']);

/** The working calendar that the State Council publishes each autumn for the next year. */
export function registerCalendarCommands(program: Command, context: CommandContext): void {
  program.command('calendar:import').description('导入某年放假调休安排 / publish the holidays and make-up days of a year')
    .argument('<file>', 'CSV（day,working,name 或 日期,类型,名称）或 JSON / CSV (day,working,name) or JSON')
    .addOption(required('--year <year>', '年份 / year').argParser(yearValue))
    .option('--source <text>', '出处，默认为文件名 / where it was published; by default the name of the file', textValue)
    .addOption(jsonOption())
    .action(async (file: string, { year, source }: { year: number; source?: string }) => {
      const read = readCalendar(await readFile(file, 'utf8').catch(() => { throw new CommandFailure(`无法读取文件 ${file}`, `cannot read ${file}`, 'FILE_UNREADABLE'); }));
      const db = await context.db();
      // The calendar belongs to no zone: neither does the act.
      const done = await new CalendarAdmin(db, new WorkingCalendar(db)).publish(systemActor('', context.requestId), { year, days: read.days, source: source ?? read.source ?? file.split(/[\\/]/).at(-1)! });
      context.answer(done, `已导入 ${year} 年日历，${done.days} 天 / calendar of ${year} published: ${done.days} special days`);
    });
}

/** Special days as CSV with a header, as JSON { source, days } or as a bare list; a day is an object or [day, working, name]. */
function readCalendar(text: string): { source: string | null; days: SpecialDay[] } {
  const content = text.replace(/^\uFEFF/, '').trim();
  try {
    if (!/^[[{]/.test(content)) return { source: null, days: parse<Record<string, string>>(content, { columns: true, trim: true, skip_empty_lines: true }).map(dayOfRow) };
    const json = JSON.parse(content) as unknown[] | { source?: string; days?: unknown[] };
    const list = Array.isArray(json) ? json : json.days;
    if (!Array.isArray(list)) throw new Error('"days" is missing');
    return { source: Array.isArray(json) ? null : (json.source ?? null), days: list.map((d) => (Array.isArray(d) ? dayOfList(d) : (d as SpecialDay))) };
  } catch (error) {
    const why = (error as Error).message.split('\n')[0]!;
    throw new CommandFailure(`文件无法识别：${why}`, `the file cannot be understood: ${why}`, 'FILE_UNREADABLE');
  }
}

/** Whatever stands there: the rule of the calendar says what is wrong with it. */
function dayOfList([day, working, name]: unknown[]): SpecialDay {
  return { day, working, name } as SpecialDay;
}

function dayOfRow(row: Record<string, string>): SpecialDay {
  const of = (...names: string[]) => names.map((n) => row[n]).find((v) => v !== undefined) ?? '';
  const kind = of('working', '类型', '是否上班').toLowerCase();
  const working = WORKED.has(kind) ? true : OFF.has(kind) ? false : undefined;
  // Left open, it is refused by the rule of the calendar together with everything else that is wrong.
  return { day: of('day', 'date', '日期'), working: working as boolean, name: of('name', '名称', '节日') };
}
