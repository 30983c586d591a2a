import { halfWidth, isEmptyToken } from '../money/amount.rules.js';

/** Classes of ledgers README §6 that one date cell can raise by itself. */
export type DateClass =
  | 'EMPTY_TOKEN'
  | 'DATE_MONTH_ONLY'
  | 'DATE_YEAR_ONLY'
  | 'DATE_QUARTER'
  | 'DATE_RELATIVE'
  | 'DATE_NO_YEAR'
  | 'DATE_INVALID';

/** ISO text in the precision of the cell: 2024-05-08, 2024-05, 2024, 2024-Q2, 2024-01-01T00:12:00 (Beijing time). */
export interface DateReading {
  value: string | null;
  class: DateClass | null;
}

const NONE: DateReading = { value: null, class: null };
const INVALID: DateReading = { value: null, class: 'DATE_INVALID' };
const two = (n: number): string => (n < 10 ? `0${n}` : String(n));
/** Day 0 of the 1900 system as Excel counts from March 1900 on. */
const EPOCH = Date.UTC(1899, 11, 30);

/** Whether the calendar has this day. */
export function isCalendarDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1 || day > 31) return false;
  return day <= 28 || new Date(Date.UTC(year, month, 0)).getUTCDate() >= day;
}

/**
 * A serial number of Excel as a local day, with the time where the number has one (to the second).
 * Serials carry no zone: they are the clock of the office, Beijing time.
 */
export function serialToIso(serial: number, date1904 = false): string {
  const seconds = Math.round((date1904 ? serial + 1462 : serial) * 86_400);
  const iso = new Date(EPOCH + seconds * 1000).toISOString();
  return seconds % 86_400 === 0 ? iso.slice(0, 10) : iso.slice(0, 19);
}

/**
 * A number in a date column (ledgers README §4): 36526–55153 is a serial day, 20240501 a date,
 * 1990–2100 a year, 202405 a month.
 */
export function readDateNumber(value: number, date1904 = false, dateFormat = false): DateReading {
  const serial = date1904 ? value + 1462 : value;
  if (serial >= 36_526 && serial < 55_154) return { value: serialToIso(serial), class: null };
  if (Number.isInteger(value)) {
    if (value >= 1990 && value <= 2100) return { value: String(value), class: 'DATE_YEAR_ONLY' };
    if (value >= 19_000_101 && value <= 21_001_231) return day(Math.floor(value / 10_000), Math.floor(value / 100) % 100, value % 100);
    if (value >= 199_001 && value <= 210_012) return month(Math.floor(value / 100), value % 100);
  } else if (value > 1990 && value < 2101) {
    const [y, m = ''] = String(value).split('.');
    return month(Number(y), Number(m));
  }
  if (dateFormat && serial > 0 && serial < 2_958_466) return { value: serialToIso(serial), class: null };
  return INVALID;
}

function day(y: number, m: number, d: number, time?: string): DateReading {
  if (!isCalendarDay(y, m, d)) return INVALID;
  const iso = `${y}-${two(m)}-${two(d)}`;
  return { value: time ? `${iso}T${time}` : iso, class: null };
}

function month(y: number, m: number): DateReading {
  return m >= 1 && m <= 12 ? { value: `${y}-${two(m)}`, class: 'DATE_MONTH_ONLY' } : INVALID;
}

const ZH_DIGITS = '〇一二三四五六七八九';
function chineseInteger(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text);
  const plain = text.replace(/零/g, '〇').replace(/廿/g, '二十').replace(/卅/g, '三十');
  if (/^[〇一二三四五六七八九]+$/.test(plain)) return Number([...plain].map((c) => ZH_DIGITS.indexOf(c)).join(''));
  const m = /^([一二三四五六七八九])?十([一二三四五六七八九])?$/.exec(plain);
  return m ? (m[1] ? ZH_DIGITS.indexOf(m[1]) : 1) * 10 + (m[2] ? ZH_DIGITS.indexOf(m[2]) : 0) : null;
}

/** 二〇二四年五月八日 → 2024年5月8日, so that one set of patterns serves both. */
function arabicDates(text: string): string {
  if (!/[〇零一二三四五六七八九十]/.test(text)) return text;
  return text
    .replace(/([〇零一二三四五六七八九]{2,4})年/g, (all, y: string) => `${chineseInteger(y) ?? all}年`)
    .replace(/([一二三四五六七八九十廿]{1,3})(月|日|号)/g, (all, n: string, w: string) => `${chineseInteger(n) ?? n}${w}`);
}

const fullYear = (y: string): number => (y.length === 2 ? 2000 + Number(y) : Number(y));
const QUARTERS: Record<string, number> = { 一: 1, 二: 2, 三: 3, 四: 4, '1': 1, '2': 2, '3': 3, '4': 4 };
const VAGUE =
  /近期|近日|尽快|择期|适时|待定|另行|另定|下个?月|本月|上个?月|下个?周|本周|月底|月末|下旬|上旬|中旬|下半年|上半年|年底|年末|年初|年中|年内|今年|明年|后年|去年|本年|当年|暂定|待商|待约|短期|中期|节后|节前/;

/**
 * Reads a date as people write it: 2024.5.1, 2024年5月8日, 20240501, 24.5.8, 二〇二四年五月, 2025Q2,
 * 预计2024年4月竣工投产, 5月31日, 今年年底 (messy_values.csv, ledgers README §6).
 *
 * @param asOf the day for which the file speaks; it supplies missing years
 */
export function readDateText(raw: string, asOf: string | null, options: { date1904?: boolean } = {}): DateReading {
  const trimmed = halfWidth(raw).trim();
  if (!trimmed) return NONE;
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(trimmed);
  if (iso) return day(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  if (isEmptyToken(trimmed)) return { value: null, class: 'EMPTY_TOKEN' };
  if (/^\d+(?:\.\d+)?$/.test(trimmed) && !/^\d{4}\.\d{1,2}$/.test(trimmed)) return readDateNumber(Number(trimmed), options.date1904);
  const text = arabicDates(trimmed.replace(/\s*([年月日号时分./-])\s*/g, '$1').replace(/[—–−]/g, '-'));
  const full = /(?<!\d)((?:19|20)\d{2}|\d{2})(?:年|[./-])(\d{1,2})(?:月|[./-])(\d{1,2})(?!\d)(?:日|号)?[\sT,，]*(\d{1,2})?(?:[:时](\d{1,2}))?(?:[:分](\d{1,2}))?/.exec(text);
  if (full) {
    const [, y, m, d, hh, mm, ss] = full;
    const clock = hh !== undefined && mm !== undefined && Number(hh) < 24 && Number(mm) < 60;
    const time = clock ? `${two(Number(hh))}:${two(Number(mm))}:${two(Number(ss ?? 0))}` : undefined;
    // Midnight exactly is how tools write a day that has no time.
    return day(fullYear(y!), Number(m), Number(d), time === '00:00:00' ? undefined : time);
  }
  const quarter = /((?:19|20)\d{2}|\d{2})(?:年)?-?(?:第)?(?:q([1-4])|([一二三四1-4])季度)/i.exec(text);
  if (quarter) return { value: `${fullYear(quarter[1]!)}-Q${QUARTERS[quarter[2] ?? quarter[3]!]}`, class: 'DATE_QUARTER' };
  const monthOnly = /(?<!\d)(?:((?:19|20)\d{2})(?:年|[./-])|(\d{2})年)(\d{1,2})(?!\d)月?/.exec(text);
  if (monthOnly) return month(fullYear(monthOnly[1] ?? monthOnly[2]!), Number(monthOnly[3]));
  const yearOnly = /(?<!\d)((?:19|20)\d{2})(?!\d)年?/.exec(text);
  if (yearOnly) return { value: yearOnly[1]!, class: VAGUE.test(text.slice(yearOnly.index + 4)) ? 'DATE_RELATIVE' : 'DATE_YEAR_ONLY' };
  const noYear = /(?<!\d)(\d{1,2})(?:月|[./-])(\d{1,2})(?!\d)(?:日|号)?/.exec(text);
  const fileYear = asOf ? Number(asOf.slice(0, 4)) : null;
  if (noYear) {
    if (!isCalendarDay(fileYear ?? 2000, Number(noYear[1]), Number(noYear[2]))) return INVALID;
    return { value: fileYear ? `${fileYear}-${two(Number(noYear[1]))}-${two(Number(noYear[2]))}` : null, class: 'DATE_NO_YEAR' };
  }
  const loneMonth = /(?<!\d)(\d{1,2})月/.exec(text);
  if (loneMonth && Number(loneMonth[1]) >= 1 && Number(loneMonth[1]) <= 12)
    return { value: fileYear ? `${fileYear}-${two(Number(loneMonth[1]))}` : null, class: 'DATE_NO_YEAR' };
  if (VAGUE.test(text)) {
    const shift = /明年/.test(text) ? 1 : /后年/.test(text) ? 2 : /去年|上年/.test(text) ? -1 : 0;
    const knowsYear = /今年|明年|后年|去年|本年|当年|年底|年末|年内|年初|年中|半年/.test(text);
    return { value: knowsYear && fileYear ? String(fileYear + shift) : null, class: 'DATE_RELATIVE' };
  }
  return INVALID;
}
