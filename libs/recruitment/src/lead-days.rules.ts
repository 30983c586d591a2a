import { isCalendarDay } from '@yinfeng/platform';
import { before, behind, type Confidence, type Found } from './lead-text.rules.js';

export interface DayFound extends Found {
  kind: 'FOLLOW_UP' | 'DATE';
}

const two = (n: number): string => String(n).padStart(2, '0');
const numberOf = (day: string): number => Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / 86_400_000;
const dayOf = (n: number): string => new Date(n * 86_400_000).toISOString().slice(0, 10);
/** Monday is 0. */
const weekdayOf = (n: number): number => (((n + 3) % 7) + 7) % 7;
const NUMERALS: Record<string, number> = { 一: 1, 二: 2, 两: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9, 十: 10, 日: 7, 天: 7 };
const numeral = (text: string): number => NUMERALS[text] ?? Number(text);

/** What people agree to do: a day beside these words, from today on, is the next follow-up. */
const AGREED = /再|碰|见|来访|拜访|走访|考察|对接|回复|答复|联系|碰面|洽谈|面谈|开会|会面|约|过来|到访|前来|来长|签约|签|之前|前给|前报|汇报|下次|跟进|路演|座谈|会议|会谈|定于|定在|来看|看地|看厂|给.{0,2}(?:结果|答复|方案)/;

const PATTERN = new RegExp(
  [
    String.raw`(?<y>(?:19|20)\d{2})(?:年|[-/.])(?<m>\d{1,2})(?:月|[-/.])(?<d>\d{1,2})(?:日|号)?(?!\d)`,
    String.raw`(?<m2>\d{1,2}|十[一二]?|[一二三四五六七八九])月(?<d2>\d{1,2}|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])(?:日|号)`,
    String.raw`(?<m3>\d{1,2})月(?<part3>初|上旬|中旬|下旬|底|末)`,
    String.raw`(?<ahead>下下|下|这|本)?个?(?:周|星期|礼拜)(?<w>[一二三四五六日天1-6])(?![年个次天期\d])`,
    String.raw`(?<rel>大后天|后天|明天|明日|今天|今日|昨天|前天|大前天)`,
    String.raw`(?<n>\d{1,3}|[一二两三四五六七八九十])(?:个)?(?<unit>工作日|天|日|周|星期|礼拜|月)(?:之?后|以后)`,
    String.raw`(?<month>下个?月|本月|这个月)(?:(?<d3>\d{1,2})(?:日|号)|(?<part>初|中旬|底|末|上旬|下旬))`,
    String.raw`(?<nextweek>下下?周)(?![一二三四五六日天末])`,
    String.raw`(?<monthend>月底|月末)|(?<yearend>年底|年末)`,
    String.raw`(?<d4>\d{1,2})号(?![楼线厂地院门仓段机位召])`,
  ].join('|'), 'g');
const RELATIVE: Record<string, number> = { 大前天: -3, 前天: -2, 昨天: -1, 今天: 0, 今日: 0, 明天: 1, 明日: 1, 后天: 2, 大后天: 3 };

/** What is over: 今天拜访了, 5月31日已递交. */
const OVER = /^[^,，]{0,8}(?:了|已|过(?!来))|^刚/;

/** 下周二到长春, 周三下午过去. */
const COMES = /^(?:上午|下午|晚上)?[^,，]{0,3}(?:到|来|去|赴)/;

/** Days named in words, as Shanghai days beside today. Working days are for whoever plans: 三个工作日后 is a guess in days. */
export function daysIn(text: string, today: string): DayFound[] {
  const now = numberOf(today);
  return [...text.matchAll(PATTERN)].flatMap((m): DayFound[] => {
    const start = m.index;
    const end = start + m[0].length;
    if (/\d$/.test(text.slice(0, start)) && /^\d/.test(m[0])) return [];
    const after = behind(text, end, 14);
    const agreed = (AGREED.test(`${before(text, start, 12)}|${after}`) || COMES.test(after)) && !OVER.test(after);
    const read = dayMeant(m.groups ?? {}, today, now, agreed);
    if (!read) return [];
    return [{ start, end, value: read[0], confidence: read[1], kind: agreed && read[0] >= today ? 'FOLLOW_UP' : 'DATE' }];
  });
}

function dayMeant(g: Record<string, string | undefined>, today: string, now: number, agreed: boolean): [string, Confidence] | null {
  const year = Number(today.slice(0, 4));
  const month = Number(today.slice(5, 7));
  const exact = (y: number, m: number, d: number, c: Confidence): [string, Confidence] | null => (isCalendarDay(y, m, d) ? [`${y}-${two(m)}-${two(d)}`, c] : null);
  /** The last day of a month, counted from this one. */
  const monthEnd = (ahead: number): string => dayOf(Date.UTC(year, month + ahead, 0) / 86_400_000);
  const inMonth = (ahead: number, d: number, c: Confidence): [string, Confidence] | null => {
    const first = dayOf(Date.UTC(year, month - 1 + ahead, 1) / 86_400_000);
    return exact(Number(first.slice(0, 4)), Number(first.slice(5, 7)), d, c);
  };
  if (g.y) return exact(Number(g.y), Number(g.m), Number(g.d), 'SURE');
  if (g.m2) {
    const [m, d] = [chinese(g.m2), chinese(g.d2!)];
    const here = exact(year, m, d, 'LIKELY');
    // What is agreed lies ahead.
    return here && agreed && here[0] < today ? exact(year + 1, m, d, 'GUESS') : here;
  }
  if (g.m3) {
    const m = Number(g.m3);
    const y = m < month ? year + 1 : year;
    const last = new Date(Date.UTC(y, m, 0)).getUTCDate();
    return exact(y, m, /底|末/.test(g.part3!) ? last : g.part3 === '中旬' ? 15 : g.part3 === '下旬' ? 21 : 1, 'GUESS');
  }
  if (g.w) {
    const monday = now - weekdayOf(now);
    const day = numeral(g.w) - 1;
    if (g.ahead === '下') return [dayOf(monday + 7 + day), 'SURE'];
    if (g.ahead === '下下') return [dayOf(monday + 14 + day), 'SURE'];
    if (g.ahead) return [dayOf(monday + day), 'SURE'];
    return [dayOf(monday + day < now ? monday + 7 + day : monday + day), 'LIKELY'];
  }
  if (g.rel) return [dayOf(now + RELATIVE[g.rel]!), 'SURE'];
  if (g.n) {
    const n = numeral(g.n);
    if (g.unit === '月') {
      const target = new Date(Date.UTC(year, month - 1 + n, 1));
      const last = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
      return exact(target.getUTCFullYear(), target.getUTCMonth() + 1, Math.min(Number(today.slice(8, 10)), last), 'LIKELY');
    }
    const days = g.unit === '天' || g.unit === '日' ? n : g.unit === '工作日' ? n + 2 * Math.floor((n + weekdayOf(now)) / 5) : 7 * n;
    return [dayOf(now + days), g.unit === '工作日' ? 'GUESS' : 'LIKELY'];
  }
  if (g.month) {
    const ahead = g.month.startsWith('下') ? 1 : 0;
    if (g.d3) return inMonth(ahead, Number(g.d3), 'SURE');
    return g.part === '底' || g.part === '末' || g.part === '下旬' ? [monthEnd(ahead), 'GUESS'] : inMonth(ahead, g.part === '中旬' ? 15 : 1, 'GUESS');
  }
  if (g.nextweek) return [dayOf(now - weekdayOf(now) + (g.nextweek === '下周' ? 7 : 14)), 'GUESS'];
  if (g.monthend) return [monthEnd(0), 'GUESS'];
  if (g.yearend) return [`${year}-12-31`, 'GUESS'];
  if (g.d4) return inMonth(Number(g.d4) < Number(today.slice(8, 10)) ? 1 : 0, Number(g.d4), 'GUESS');
  return null;
}

/** 十二 → 12, 二十五 → 25, 三十 → 30, 7 → 7. */
function chinese(text: string): number {
  if (/^\d/.test(text)) return Number(text);
  const [tens, ones] = text.includes('十') ? text.split('十') : ['', text];
  return text.includes('十') ? (tens ? numeral(tens) : 1) * 10 + (ones ? numeral(ones) : 0) : numeral(ones!);
}
