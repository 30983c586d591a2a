import { halfWidth } from '@yinfeng/platform';
import type { LeaderValue, PersonValue } from './ledger-reading.js';
import { splitList } from './text.rules.js';

export type PersonClass = 'CONTACT_NO_FULL_NAME' | 'CONTACT_TITLE_SPLIT' | 'CONTACT_MULTI' | 'CONTACT_PHONE_SPLIT';
export type PhoneClass = 'PHONE_MULTI' | 'PHONE_FORMAT' | 'PHONE_INVALID';

const TITLE_WORD =
  '(?:总经理|副总经理|总裁|副总裁|总监|董事长|董事|经理|主任|主席|部长|处长|局长|科长|书记|县长|区长|市长|院长|所长|校长|会长|秘书长|厂长|总工|工程师|老师|教授|博士|先生|女士|小姐|负责人|助理|总|工|董|秘书|站长|队长|老板)';
const HONORIFIC = new RegExp(`^(?:欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|夏侯|[\\u4e00-\\u9fff])(?:副)?${TITLE_WORD}$`);
const PHONE_TAIL = /^([\u3400-\u9fff·×*]{2,8}?)\s*[:：]?\s*((?:\+?86)?[-\s]?(?:1[\d*×xX][\d*×xX\-\s]{8,}|0\d{2,3}[-\s]?\d{7,8}))$/;
/** Brackets that are no title: 示例, 女, a company part of the name. */
const NO_TITLE = /^(?:示例|男|女|先生|女士|暂定|待定|已离职)$/;

function readPerson(text: string): { person: PersonValue; class: PersonClass | null } {
  const half = halfWidth(text);
  const withPhone = PHONE_TAIL.exec(half);
  if (withPhone) return { person: { name: withPhone[1]!, phone: digitsOf(withPhone[2]!) }, class: 'CONTACT_PHONE_SPLIT' };
  const bracket = /^([^()（）]+)[(（]([^()（）]+)[)）]$/.exec(text);
  if (bracket && !NO_TITLE.test(bracket[2]!.trim())) {
    const inside = bracket[2]!.trim();
    if (/^[\d*×+\-\s]{7,}$/.test(halfWidth(inside))) return { person: { name: bracket[1]!.trim(), phone: digitsOf(halfWidth(inside)) }, class: 'CONTACT_PHONE_SPLIT' };
    return { person: { name: bracket[1]!.trim(), title: inside }, class: 'CONTACT_TITLE_SPLIT' };
  }
  if (HONORIFIC.test(text)) return { person: { name: text, partial: true }, class: 'CONTACT_NO_FULL_NAME' };
  const spaced = /^([\u3400-\u9fff]{2,4})[\s:：]+(\S{2,12})$/.exec(text) ?? null;
  if (spaced && new RegExp(`${TITLE_WORD}$`).test(spaced[2]!)) return { person: { name: spaced[1]!, title: spaced[2]! }, class: 'CONTACT_TITLE_SPLIT' };
  return { person: { name: text }, class: null };
}

/** Contacts of a cell: 周总 (no full name), 韩某（副总裁）, two names, a name and a phone run together. */
export function readPeople(text: string): { people: PersonValue[]; classes: PersonClass[] } {
  const people: PersonValue[] = [];
  const classes = new Set<PersonClass>();
  const parts = splitList(text);
  for (const part of parts) {
    const read = readPerson(part);
    // 张三 13800000000: the phone after a separator belongs to the name before it.
    if (people.length && /^[\d*×+\-\s]{7,}$/.test(halfWidth(part))) {
      people.at(-1)!.phone = digitsOf(halfWidth(part));
      classes.add('CONTACT_PHONE_SPLIT');
      continue;
    }
    people.push(read.person);
    if (read.class) classes.add(read.class);
  }
  if (people.length > 1) classes.add('CONTACT_MULTI');
  return { people, classes: [...classes] };
}

/** Digits and mask characters of a number, without country code, spaces and dashes. */
function digitsOf(text: string): string {
  return halfWidth(text)
    .replace(/[×xX]/g, '*')
    .replace(/^\s*(?:\+|00)?86[-\s]?(?=1[\d*])/, '')
    .replace(/[^\d*]/g, '');
}

const MOBILE = /^1[\d*]{10}$/;
const LANDLINE = /^0[\d*]{9,11}$/;
const SHORT_LINE = /^[\d*]{7,8}$/;
const SERVICE = /^(?:400|800)[\d*]{7}$|^(?:95|96|12|10)\d{3,6}$/;

/**
 * Phone numbers of a cell, as digits (masks `*` kept). A dash in its usual place is no remark;
 * +86, spaces, full width and a landline without dash are PHONE_FORMAT; a wrong count is PHONE_INVALID.
 */
export function readPhones(raw: string): { phones: string[]; classes: PhoneClass[] } {
  const classes = new Set<PhoneClass>();
  const phones: string[] = [];
  const parts = raw.split(/[；;、,，/|\n]+|\s{2,}|(?<=\d{4})\s+(?=(?:1[\d*]{10}|0\d{2,3}-))/).map((p) => p.trim()).filter(Boolean);
  for (const part of parts) {
    const half = halfWidth(part);
    const number = /(?:\+|00)?[\d*×][\d*×xX\s()（）\-—–]*[\d*×]/.exec(half)?.[0] ?? '';
    const digits = digitsOf(number);
    if (!digits) {
      phones.push(part);
      classes.add('PHONE_INVALID');
      continue;
    }
    phones.push(digits);
    const extension = /(?:转|分机|ext\.?)\s*\d{1,5}$/i.test(half);
    const valid = MOBILE.test(digits) || LANDLINE.test(digits) || SHORT_LINE.test(digits) || SERVICE.test(digits) || extension || /^\+(?!86)/.test(number);
    if (!valid) classes.add('PHONE_INVALID');
    else if (!usual(part, digits)) classes.add('PHONE_FORMAT');
  }
  if (phones.length > 1) classes.add('PHONE_MULTI');
  return { phones, classes: [...classes] };
}

function usual(written: string, digits: string): boolean {
  const plain = written.replace(/[×xX]/g, '*');
  if (MOBILE.test(digits)) return plain === digits || /^1[\d*]{2}-[\d*]{4}-[\d*]{4}$/.test(plain);
  if (LANDLINE.test(digits)) return /^0\d{2,3}-[\d*]{7,8}$/.test(plain) || /^0\d{2,3}-[\d*]{4}-[\d*]{4}$/.test(plain) || /^0\d{2,3}-[\d*]{3}-[\d*]{4}$/.test(plain);
  return plain === digits || /^[\d*]{3,4}-[\d*]{3,4}(?:-[\d*]{3,4})?$/.test(plain);
}

/** 片区-姓名-电话 in the leader column (LEADER_COMPOSITE), else the name as it is. */
export function readLeader(text: string): { leader: LeaderValue; composite: boolean } {
  const parts = text.split(/\s*[-—–－_|/]\s*/).filter(Boolean);
  if (parts.length >= 2) {
    const phoneAt = parts.findIndex((p) => /^[\d*×xX+\s]{7,}$/.test(halfWidth(p)));
    const tail = phoneAt >= 0 ? digitsOf(parts.slice(phoneAt).join('')) : undefined;
    const words = phoneAt >= 0 ? parts.slice(0, phoneAt) : parts;
    if (words.length === 2) return { leader: { unit: words[0]!, name: words[1]!, ...(tail ? { phone: tail } : {}) }, composite: true };
    if (words.length === 1 && tail) return { leader: { name: words[0]!, phone: tail }, composite: true };
  }
  const run = PHONE_TAIL.exec(halfWidth(text));
  if (run) return { leader: { name: run[1]!, phone: digitsOf(run[2]!) }, composite: true };
  return { leader: { name: text }, composite: false };
}

const COUNT_ZH: Record<string, number> = { 一: 1, 两: 2, 二: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9, 十: 10 };

/** 5, 5人, 一行5人, 一行三人 → 5; null where no count can be read. */
export function readCount(raw: string | number): number | null {
  if (typeof raw === 'number') return Number.isFinite(raw) && raw >= 0 ? Math.round(raw) : null;
  const half = halfWidth(raw);
  const m = /(\d+)/.exec(half);
  if (m) return Number(m[1]);
  const zh = /(?:一行)?([一二两三四五六七八九十])(?:个)?人/.exec(half.replace(/^一行/, ''));
  return zh ? COUNT_ZH[zh[1]!]! : null;
}
