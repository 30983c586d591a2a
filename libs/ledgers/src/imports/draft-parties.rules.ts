import { coreName, foldName, judgeUscc } from '@yinfeng/enterprises';
import type { PersonValue, RowFields } from '../reading/ledger-reading.js';

export type CompanyRole = 'INVESTOR' | 'SIGNING_PARTY' | 'REGISTERED_COMPANY';

/** An enterprise that a row names, and its part in the project. */
export interface CompanyDraft {
  role: CompanyRole;
  position: number;
  name: string;
  foldedName: string;
  coreName: string;
  /** 18 legal characters, else null; a failing check digit is kept (it was warned of). */
  uscc: string | null;
  sourceRegion: string | null;
  classes: readonly string[];
  profile: string | null;
}

export interface ContactDraft {
  position: number;
  name: string | null;
  title: string | null;
  phones: string[];
  fullName: boolean;
}

/** Names longer than this are no names; the whole cell stays with the row. */
export const MOST_NAME = 200;
export const shortened = (text: string, most = MOST_NAME): string => (text.length > most ? text.slice(0, most) : text);

const SIDES: readonly [field: string, codes: string | null, role: CompanyRole][] = [
  ['investor', 'investor.uscc', 'INVESTOR'],
  ['investor.signing_party', 'investor.signing_party_uscc', 'SIGNING_PARTY'],
  ['investor.registered_company', null, 'REGISTERED_COMPANY'],
];

const NO_CLASSES: readonly string[] = [];
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string' && v !== '') : typeof value === 'string' && value ? [value] : []);

/** The enterprises of a row by role; the n-th code belongs to the n-th name, and to nobody where their numbers differ. */
export function companiesOf(fields: RowFields): CompanyDraft[] {
  const out: CompanyDraft[] = [];
  for (const [field, codeField, role] of SIDES) {
    const value = fields[field];
    if (value === undefined) continue;
    const names = texts(value).map((n) => shortened(n));
    const codes = codeField ? texts(fields[codeField]) : [];
    const paired = codes.length === names.length || names.length === 1;
    const seen = new Set<string>();
    for (const [i, name] of names.entries()) {
      const foldedName = foldName(name);
      if (!foldedName || seen.has(foldedName)) continue;
      seen.add(foldedName);
      const code = paired ? codes[i] : undefined;
      const state = code === undefined ? 'format' : judgeUscc(code);
      const first = role === 'INVESTOR' && i === 0;
      out.push({
        role, position: i, name, foldedName, coreName: coreName(name),
        uscc: state === 'ok' || state === 'check' ? code! : null,
        sourceRegion: role === 'INVESTOR' ? (fields.source_region ?? null) : null,
        classes: first ? texts(fields['investor.class']) : NO_CLASSES,
        profile: first ? (fields['investor.profile'] ?? null) : null,
      });
    }
  }
  // A firm named twice in a row has its code in both places.
  const codes = new Map(out.filter((c) => c.uscc !== null).map((c) => [c.foldedName, c.uscc]));
  for (const c of out) c.uscc ??= codes.get(c.foldedName) ?? null;
  return out;
}

/** The people of a row; phones of a column of their own go to the person of the same place, the rest to the first. */
export function contactsOf(fields: RowFields): ContactDraft[] {
  const people: readonly PersonValue[] = fields['contact.name'] ?? [];
  const phones = texts(fields['contact.phone']).map((p) => shortened(p, 60));
  if (people.length === 0) return phones.length ? [{ position: 0, name: null, title: null, phones, fullName: false }] : [];
  return people.map((person, position) => {
    const own = person.phone ? [shortened(person.phone, 60)] : [];
    const listed = people.length === 1 ? phones : people.length === phones.length ? [phones[position]!] : position === 0 ? phones : [];
    return { position, name: shortened(person.name), title: person.title ? shortened(person.title) : null, phones: [...new Set([...own, ...listed])], fullName: !person.partial };
  });
}
