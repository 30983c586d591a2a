/** Whose data it is, and how it may be written: patterns of PostgreSQL (ARE), without capturing groups. */
import { isPartialName, mayComplete } from '@yinfeng/enterprises';

export const GONE = '已删除';
/** Matches nothing. */
export const NOTHING = String.raw`\Zx`;
/** Accounts shorter than this stand in too many words by chance. */
const SHORTEST_ACCOUNT = 6;

export interface KnownContact {
  id: string; name: string | null; title: string | null; department: string | null; language: string | null; phones: string[]; wechat: string | null; emails: string[]; note: string | null;
  basis: string | null; source: string | null; collected_on: string; project_id: string | null; enterprise_id: string | null; erased: boolean;
}

export const digitsOf = (phone: string): string => phone.normalize('NFKC').replace(/\D/g, '').replace(/^86(?=1\d{10}$)/, '');

/** Whether two names may be one person's: equal, one unknown, or 周总 and 周建国. */
export function alike(a: string | null, b: string | null): boolean {
  return !a || !b || a.trim() === b.trim() || mayComplete(a, b) || mayComplete(b, a);
}

/** Whether all of these may be one person: no two full names among them, and all half names fit. */
export function onePerson(contacts: readonly { name: string | null }[]): boolean {
  return contacts.every((a, i) => contacts.slice(i + 1).every((b) => alike(a.name, b.name)));
}

/** Whether these, found by name alone, hang together by a phone, an enterprise or a project. */
export function hangTogether(contacts: readonly KnownContact[]): boolean {
  const [first, ...left] = contacts;
  if (!first) return true;
  const group = [first];
  for (let grown = true; grown;) {
    grown = false;
    for (const c of [...left]) {
      if (!group.some((g) => (g.project_id !== null && g.project_id === c.project_id) || (g.enterprise_id !== null && g.enterprise_id === c.enterprise_id) || g.phones.some((p) => c.phones.some((q) => digitsOf(p) === digitsOf(q))))) continue;
      group.push(c);
      left.splice(left.indexOf(c), 1);
      grown = true;
    }
  }
  return left.length === 0;
}

const literal = (text: string) => text.replace(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`);
const GAP = String.raw`[ \t　()（）.·‐‑–—－-]{0,2}`;
const anyWidth = (digit: string) => `[${digit}${String.fromCharCode(0xff10 + Number(digit))}]`;
const any = (patterns: readonly string[]) => (patterns.length ? `(?:${patterns.join('|')})` : NOTHING);

/** A number however it is spelled: with blanks and dashes, in wide digits, with country code or leading 0; not as a part of a longer one. */
export function phonePattern(phone: string): string {
  const digits = digitsOf(phone);
  const land = digits.startsWith('0');
  const country = String.raw`(?:[+＋]?(?:[0０][0０])?[8８][6６]` + GAP + ')?';
  const zero = land ? '' : '[0０]?';
  return '(?<![0-9０-９])' + country + zero + '[(（]?' + [...digits].map(anyWidth).join(GAP) + '(?![0-9０-９])';
}

/** Phones and accounts that are the person's alone. */
export function strongPattern(phones: readonly string[], accounts: readonly string[]): string {
  return any([...phones.filter((p) => digitsOf(p).length >= 5).map(phonePattern), ...accounts.filter((a) => a.length >= SHORTEST_ACCOUNT).map((a) => `(?<![A-Za-z0-9_])${literal(a)}(?![A-Za-z0-9_])`)]);
}

/** Names as they stand in words; where somebody else's longer name has one of them within, that one is passed over. */
export function namePattern(names: readonly string[], others: readonly string[]): string {
  return any(names.map((name) => {
    const before = new Set<string>();
    const after = new Set<string>();
    for (const other of others) {
      const at = other.indexOf(name);
      if (at < 0 || other === name) continue;
      if (at + name.length < other.length) after.add(literal(other.slice(at + name.length)));
      else before.add(literal(other.slice(0, at)));
    }
    const latin = /^[A-Za-z]/.test(name) ? ['(?<![A-Za-z])', '(?![A-Za-z])'] : ['', ''];
    return `${latin[0]}${[...before].map((b) => `(?<!${b})`).join('')}${literal(name)}${[...after].map((a) => `(?!${a})`).join('')}${latin[1]}`;
  }));
}

/**
 * Which of a person's names mean the person wherever they stand in the person's projects, and which might mean somebody
 * else there: a namesake or colleague, or another 周 where 周总 is said.
 */
export function tellingNames(names: readonly string[], others: readonly string[]): { sure: string[]; doubtful: string[] } {
  const usable = [...new Set(names.map((n) => n.trim()))].filter((n) => n.length >= 2 && n !== GONE && !/^[*•×]+$/.test(n));
  const doubtful = usable.filter((n) => others.includes(n) || (isPartialName(n) && others.some((o) => o[0] === n[0])));
  return { sure: usable.filter((n) => !doubtful.includes(n)), doubtful };
}

/** What stands in a replacement of PostgreSQL's regexp_replace for itself. */
export const plainReplacement = (text: string): string => text.replaceAll('\\', '\\\\');

/** Why something stays as it is, told to people. */
export const KEPT_REASONS = {
  BOOKS: ['审计记录依法留存，不可改动；新记录只存摘要', 'The audit is kept by law and append-only; newer entries hold digests alone'],
  RECEIPT: ['首报回执所证内容，改动即失效', 'What a first report\'s receipt proves; changed, it would prove nothing'],
  FILE: ['原始台账文件中仍有，请另行处理', 'The original ledger file still holds it: deal with it by hand'],
  RULE: ['数据规则不允许改动，请人工处理', 'A rule of the table does not let it change: deal with it by hand'],
  NAMESAKE: ['同名或同姓他人在册，文字中的姓名无法区分，请人工核对', 'Somebody else there has the same name or, with a half name, surname: look through the words by hand'],
} as const satisfies Record<string, readonly [zh: string, en: string]>;
export type KeptReason = keyof typeof KEPT_REASONS;
