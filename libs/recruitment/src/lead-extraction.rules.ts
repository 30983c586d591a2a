import type { AmountClass } from '@yinfeng/platform';
import { daysIn } from './lead-days.rules.js';
import { amountsIn, areasIn, type Figure, FIGURE_KINDS } from './lead-figures.rules.js';
import { beside, codesIn, companiesIn, contactsIn, firstOfEach, phonesIn } from './lead-parties.rules.js';
import { before, type Confidence, type Found, type PhraseFinder, readable, without } from './lead-text.rules.js';

export const LEAD_TEXT_LIMIT = 5_000;
/** Most fields of one text. */
const MOST_FIELDS = 200;
const MOST_INDUSTRIES = 3;

export const EXTRACTED_KINDS = ['ENTERPRISE', 'USCC', 'CONTACT', 'PHONE', ...FIGURE_KINDS, 'SOURCE_REGION', 'PARK', 'INDUSTRY', 'FOLLOW_UP', 'DATE'] as const;
export type ExtractedKind = (typeof EXTRACTED_KINDS)[number];

/** A field proposed from a text: what was read, from where, how surely. Nobody is bound by it. */
export interface Extracted extends Found {
  kind: ExtractedKind;
  /** The exact words: text.slice(start, end). */
  excerpt: string;
  /** 元 of the currency, exact. */
  amount: string | null;
  currency: Figure['currency'];
  /** Title of a contact. */
  title: string | null;
  /** The contact that a phone stands beside. */
  of: string | null;
  /** Id of a park, code of an industry. */
  ref: string | null;
  /** How an amount was read; for a code with a wrong check character USCC_CHECK. */
  reading: (AmountClass | 'USCC_CHECK')[];
}

/** What the zone and the standards know by name. */
export interface LeadDictionary {
  regions: PhraseFinder<{ value: string; level: 'PROVINCE' | 'CITY'; province: string; full: boolean }>;
  parks: PhraseFinder<{ id: string; name: string }>;
  industries: PhraseFinder<{ code: string; name: string }>;
}

/** Provinces and cities alone: 来源地 beside 来自, 总部; what stands in a company's name is a guess. */
function regionsIn(text: string, dictionary: LeadDictionary, companies: readonly Found[]): Found[] {
  const hits = dictionary.regions.find(text);
  const out: Found[] = [];
  for (let i = 0; i < hits.length; i++) {
    const hit = hits[i]!;
    const next = hits[i + 1];
    // 浙江省杭州市 is one place.
    const merged = hit.meaning.level === 'PROVINCE' && next && next.start - hit.end <= 1 && next.meaning.level === 'CITY' && next.meaning.province === hit.meaning.value ? next : null;
    const end = merged?.end ?? hit.end;
    const { value, full } = (merged ?? hit).meaning;
    const named = companies.some((c) => hit.start < c.end && end > c.start);
    const cue = /来自|总部(?:在|位于|设在)?|注册(?:地|在)|来源|籍|位于|从|在$/.test(before(text, hit.start, 8));
    const confidence: Confidence = named ? 'GUESS' : cue && (full || merged || hit.meaning.level === 'PROVINCE') ? 'SURE' : cue || full || merged ? 'LIKELY' : 'GUESS';
    out.push({ start: hit.start, end, value, confidence });
    if (merged) i++;
  }
  return firstOfEach(out);
}

/**
 * Reads a chat or a short message as far as it tells of a lead: deterministic, in bounded time, with the place of every
 * reading. Nothing is looked up but names of regions, parks and industries.
 * @param today Shanghai's day, beside which 下周三 is meant
 */
export function extractLead(text: string, today: string, dictionary: LeadDictionary): Extracted[] {
  const plain = readable(text);
  const all: Extracted[] = [];
  const put = (kind: ExtractedKind, f: Found, more: Partial<Extracted> = {}) =>
    all.push({ kind, start: f.start, end: f.end, excerpt: text.slice(f.start, f.end), value: f.value, confidence: f.confidence, amount: null, currency: null, title: null, of: null, ref: null, reading: [], ...more });

  const codes = codesIn(plain);
  const phones = phonesIn(without(plain, codes));
  const talk = without(plain, [...codes, ...phones]);
  const places = new Set(dictionary.regions.find(talk).map((r) => r.start));
  const companies = companiesIn(talk, (at) => places.has(at));
  const parks = dictionary.parks.find(talk);
  const contacts = contactsIn(without(talk, companies), phones);
  const rest = without(talk, [...companies, ...contacts]);
  const areas = areasIn(rest);
  const amounts = amountsIn(without(rest, areas));

  for (const f of firstOfEach(codes)) put('USCC', f, { reading: f.checked ? [] : ['USCC_CHECK'] });
  // The name is given as it was written; it was found in its simplified form.
  for (const f of companies) put('ENTERPRISE', { ...f, value: text.slice(f.start, f.end).trim() });
  for (const f of contacts) put('CONTACT', f, { title: f.title });
  for (const f of firstOfEach(beside(plain, phones, contacts))) put('PHONE', f, { of: f.of });
  for (const f of [...areas, ...amounts]) put(f.kind, f, { amount: f.amount, currency: f.currency, reading: f.classes });
  for (const f of regionsIn(talk, dictionary, companies)) put('SOURCE_REGION', f);
  for (const p of parks) if (!all.some((f) => f.kind === 'PARK' && f.ref === p.meaning.id)) put('PARK', { start: p.start, end: p.end, value: p.meaning.name, confidence: 'SURE' }, { ref: p.meaning.id });
  for (const f of daysIn(without(talk, [...areas, ...amounts]), today)) put(f.kind, f);
  const industries = new Map<string, Found & { ref: string }>();
  for (const i of dictionary.industries.find(rest)) {
    if (industries.size < MOST_INDUSTRIES && !industries.has(i.meaning.code)) industries.set(i.meaning.code, { start: i.start, end: i.end, value: i.meaning.name, ref: i.meaning.code, confidence: i.phrase.length > 2 ? 'LIKELY' : 'GUESS' });
  }
  for (const f of industries.values()) put('INDUSTRY', f, { ref: f.ref });
  return all.sort((a, b) => a.start - b.start || EXTRACTED_KINDS.indexOf(a.kind) - EXTRACTED_KINDS.indexOf(b.kind)).slice(0, MOST_FIELDS);
}

const READINGS: Partial<Record<AmountClass | 'USCC_CHECK', readonly [zh: string, en: string]>> = {
  AMOUNT_APPROX: ['约数，按所写数字计', 'approximate: taken as written'], AMOUNT_LOWER_BOUND: ['“以上”“超”“余”，按下限计', 'a lower bound: taken as it is'], AMOUNT_UPPER_BOUND: ['“以内”“不超过”，按上限计', 'an upper bound: taken as it is'],
  AMOUNT_RANGE: ['区间，按下限计', 'a range: its lower end is taken'], AMOUNT_CHINESE_NUMERAL: ['中文数字', 'Chinese numerals'], AMOUNT_MAGNITUDE: ['只有量级，没有具体数字', 'an order of magnitude alone'],
  AMOUNT_CELL_UNIT: ['单位取自原文', 'the unit is the text\'s'], AMOUNT_NOTE: ['另有说明文字', 'with further words'], USCC_CHECK: ['校验位不符，请核对', 'the check character does not fit: look again'],
};

/** How a field was read, in words. */
export function readingInWords(f: Extracted, en: boolean): string | null {
  const words = f.reading.flatMap((c) => { const w = READINGS[c]; return w ? [w[en ? 1 : 0]] : []; });
  return words.length ? words.join(en ? '; ' : '；') : null;
}
