/**
 * Writes calendar.json anew from the development dependency chinese-days (announcements of the State Council), from 2018
 * to the last year that it knows: only the days that differ from Monday–Friday. Run when chinese-days brings a new year:
 *
 *   node libs/directory/src/reference/export-calendar.mjs
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const FIRST_YEAR = 2018;

export function publishedCalendar() {
  const require = createRequire(import.meta.url);
  const { getDayDetail } = require('chinese-days');
  const { version } = require('chinese-days/package.json');
  const years = {};
  // A year counts as published when it has statutory holidays on weekdays.
  for (let year = FIRST_YEAR; ; year++) {
    const days = [];
    for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += 86_400_000) {
      const day = new Date(at).toISOString().slice(0, 10);
      const { work, name } = getDayDetail(day);
      const weekday = new Date(at).getUTCDay() % 6 !== 0;
      // Holidays that fall on a weekend are kept for their name, as announced.
      if (name.includes(',')) days.push([day, work, name.split(',')[1]]);
      else if (work !== weekday) throw new Error(`${day} differs from its weekday without a name`);
    }
    if (days.length === 0) break;
    years[year] = days;
  }
  return { source: `chinese-days ${version} (国务院办公厅节假日安排)`, years };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const { source, years } = publishedCalendar();
  const lines = Object.entries(years).map(([year, days]) => `    "${year}": [\n${days.map((d) => `      ${JSON.stringify(d)}`).join(',\n')}\n    ]`);
  writeFileSync(new URL('calendar.json', import.meta.url), `{\n  "source": ${JSON.stringify(source)},\n  "years": {\n${lines.join(',\n')}\n  }\n}\n`);
}
