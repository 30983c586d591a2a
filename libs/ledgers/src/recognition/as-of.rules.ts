/** For which day a file speaks, guessed from its own words. */

const two = (n: number): string => String(n).padStart(2, '0');
const monthEnd = (y: number, m: number): string => `${y}-${two(m)}-${two(new Date(Date.UTC(y, m, 0)).getUTCDate())}`;
const QUARTER: Record<string, number> = { 一: 3, 二: 6, 三: 9, 四: 12, '1': 3, '2': 6, '3': 9, '4': 12 };

function fullDate(text: string): string | null {
  const m =
    /(20\d\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})/.exec(text) ??
    /(20\d\d)\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{1,2})(?!\d)/.exec(text) ??
    /(?<!\d)(20\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)/.exec(text);
  if (!m) return null;
  const [y, mo, d] = [Number(m[1]), Number(m[2]), Number(m[3])];
  return mo >= 1 && mo <= 12 && d >= 1 && d <= 31 ? `${y}-${two(mo)}-${two(d)}` : null;
}

/** Last day of the period a text names: 2024年上半年, 2024年二季度, 2024年1-5月, 2024年5月, 2024年. */
function periodEnd(text: string): string | null {
  const day = fullDate(text);
  if (day) return day;
  const half = /(20\d\d)\s*年?度?\s*(上|下)半年/.exec(text);
  if (half) return `${half[1]}-${half[2] === '上' ? '06-30' : '12-31'}`;
  const quarter = /(20\d\d)\s*年?\s*第?([一二三四1-4])季度/.exec(text);
  if (quarter) return monthEnd(Number(quarter[1]), QUARTER[quarter[2]!]!);
  const month = /(20\d\d)\s*[年./-]\s*(?:\d{1,2}\s*月?\s*[-—－~～至到]\s*)?(\d{1,2})\s*(?:月|$)/.exec(text) ?? /(?<!\d)(20\d\d)(0[1-9]|1[0-2])(?!\d)/.exec(text);
  if (month && Number(month[2]) >= 1 && Number(month[2]) <= 12) return monthEnd(Number(month[1]), Number(month[2]));
  const year = /(?<!\d)(20\d\d)(?!\d)/.exec(text);
  return year ? `${year[1]}-12-31` : null;
}

export type AsOfSource = 'given' | 'title' | 'reporter' | 'file name' | 'sheet name' | 'rows' | null;
export interface AsOf {
  value: string | null;
  guessedFrom: AsOfSource;
}

/**
 * The day the file speaks for: 截至… stands first; else the earlier of the reporting day and the end
 * of the period in the title (a list of 2024 sent in on 6 January 2025 speaks for 2024-12-31); else
 * the sheet name and the file name.
 */
export function guessAsOf(texts: { title?: string; others: string[]; sheetName?: string; fileName: string }): AsOf {
  for (const t of [...texts.others, texts.title ?? '']) {
    const upTo = /(?:截至|截止|统计至|数据截至)[^\d]{0,6}(20\d\d.{2,12})/.exec(t);
    const day = upTo ? periodEnd(upTo[1]!) : null;
    if (day) return { value: day, guessedFrom: 'title' };
  }
  let reporter: string | null = null;
  for (const t of texts.others) {
    const m = /(?:填报|填表|上报|报送|制表|统计|更新|编制)(?:时间|日期)\s*[:：]?\s*(20\d\d.{2,12})/.exec(t);
    if (m) reporter ??= fullDate(m[1]!);
  }
  const title = texts.title ? periodEnd(texts.title) : null;
  if (reporter && title) return title < reporter ? { value: title, guessedFrom: 'title' } : { value: reporter, guessedFrom: 'reporter' };
  if (reporter) return { value: reporter, guessedFrom: 'reporter' };
  if (title) return { value: title, guessedFrom: 'title' };
  for (const t of texts.others) {
    const day = fullDate(t);
    if (day) return { value: day, guessedFrom: 'title' };
  }
  const sheet = texts.sheetName ? periodEnd(texts.sheetName) : null;
  if (sheet) return { value: sheet, guessedFrom: 'sheet name' };
  const file = periodEnd(texts.fileName.replace(/\.[a-z]+$/i, ''));
  return file ? { value: file, guessedFrom: 'file name' } : { value: null, guessedFrom: null };
}
