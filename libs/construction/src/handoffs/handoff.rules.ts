import type { PolicyValue, ProjectCondition } from '@yinfeng/directory';
import type { ProjectStatus, Stage } from '@yinfeng/recruitment';

export const HANDOFF_STATES = ['SUBMITTED', 'RETURNED', 'ACCEPTED', 'WITHDRAWN', 'REASSIGNED'] as const;
export type HandoffState = (typeof HANDOFF_STATES)[number];
export const HANDOFF_ITEM_STATES = ['PENDING', 'ACCEPTED', 'RETURNED'] as const;
export type HandoffItemState = (typeof HANDOFF_ITEM_STATES)[number];
export type HandoffSource = PolicyValue<'handoff'>['items'][number]['from'];
/** Why a project stands between two chairs. */
export const MISSING_REASONS = ['NOT_SUBMITTED', 'RETURNED', 'WAITING'] as const;
export type MissingReason = (typeof MISSING_REASONS)[number];

export const CHECKLIST_MOST = 50;
export const ITEM_LONGEST = 100;
export const NOTE_LONGEST = 2000;
export const FILES_MOST = 10;

/** One thing that a zone asks for. */
export interface HandoffItemRule {
  code: string;
  zh: string;
  en: string;
  required: boolean;
  condition: ProjectCondition;
  from: HandoffSource;
}
/** What the submitter says of one thing; absent: as before, or nothing. */
export interface StatedItem {
  code?: string | null;
  item?: string | null;
  done?: boolean | null;
  note?: string | null;
  /** null: an id that is none. */
  fileIds?: readonly (string | null)[] | null;
}
/** The same thing in the attempt before. */
export interface PreviousItem {
  id: string;
  code: string;
  zh: string;
  en: string;
  source: HandoffSource;
  state: HandoffItemState;
  done: boolean;
  note: string | null;
}
/** One thing of the package that is submitted. */
export interface PackageItem {
  code: string;
  zh: string;
  en: string;
  required: boolean;
  source: HandoffSource;
  done: boolean;
  note: string | null;
  fileIds: readonly (string | null)[];
  previousId: string | null;
  /** Accepted in the attempt before and unchanged since: not asked again. */
  carried: boolean;
}

/** What a zone may ask for, in order. A list of plain words from before this form asks for them of every project. */
export function itemRules(policy: PolicyValue<'handoff'>): HandoffItemRule[] {
  const plain = policy.checklist?.map((word, i): HandoffItemRule => {
    const known = policy.items.find((item) => item.zh === word);
    return { code: known?.code ?? `plain${i + 1}`, zh: word, en: known?.en ?? word, required: false, condition: {}, from: known?.from ?? 'FREE' };
  });
  return plain ?? policy.items;
}

/** From the zone's first stage on an active project can be handed over; before that there is nothing to build. */
export function canHandOff(project: { stage: Stage; status: ProjectStatus }, startsAt: PolicyValue<'handoff'>['startsAt'] = 'SIGNED'): boolean {
  const stages: Stage[] = ['SIGNED', 'LANDED', 'STARTED', 'PRODUCING'];
  return project.status === 'ACTIVE' && stages.indexOf(project.stage) >= stages.indexOf(startsAt);
}

/**
 * The package of an attempt: what the submitter states, in that order; then what was on the list before; then what the zone
 * asks for (all of it when nothing is stated, else what it requires). What was accepted before stays accepted unless the
 * submitter says something new of it; nothing falls off the list between two attempts.
 */
export function packageOf(asked: readonly HandoffItemRule[], stated: readonly StatedItem[] | null, previous: readonly PreviousItem[]): PackageItem[] {
  const items: PackageItem[] = [];
  const put = (thing: { code: string; zh: string; en: string; required: boolean; source: HandoffSource }, said: StatedItem | null) => {
    if (items.some((i) => i.code === thing.code)) return;
    const before = previous.find((p) => p.code === thing.code);
    const { note, done } = { note: said?.note === undefined ? (before?.note ?? null) : said.note?.trim() || null, done: said?.done ?? before?.done ?? false };
    const anew = said !== null && (note !== (before?.note ?? null) || done !== (before?.done ?? false) || !!said.fileIds?.length);
    items.push({ ...thing, done, note, fileIds: said?.fileIds ?? [], previousId: before?.id ?? null, carried: before?.state === 'ACCEPTED' && !anew });
  };
  const ruled = (rule: HandoffItemRule) => ({ code: rule.code, zh: rule.zh, en: rule.en, required: rule.required, source: rule.from });
  const wordOf = (s: StatedItem) => s.item?.trim() ?? '';
  const taken = new Set([...asked.map((r) => r.code), ...previous.map((p) => p.code)]);
  let own = 0;
  for (const said of stated ?? []) {
    const rule = asked.find((r) => (said.code ? r.code === said.code : r.zh === wordOf(said) || r.en === wordOf(said)));
    const before = previous.find((p) => (said.code ? p.code === said.code : p.zh === wordOf(said)));
    if (rule) put(ruled(rule), said);
    else if (before) put({ code: before.code, zh: before.zh, en: before.en, required: false, source: before.source }, said);
    else {
      let code = said.code ?? '';
      while (!code || (!said.code && taken.has(code))) code = `own${++own}`;
      put({ code, zh: wordOf(said) || code, en: wordOf(said) || code, required: false, source: 'FREE' }, said);
    }
  }
  for (const p of previous) {
    const rule = asked.find((r) => r.code === p.code);
    put(rule ? ruled(rule) : { code: p.code, zh: p.zh, en: p.en, required: false, source: p.source }, null);
  }
  for (const rule of asked) if (stated === null || rule.required) put(ruled(rule), null);
  return items;
}

export type ChecklistFault = { path: string[]; code: 'REQUIRED' | 'TOO_LONG' | 'TOO_MANY' | 'TWICE' | 'CODE'; value: string };

/** The first thing wrong with a stated list, or null. Items are compared without surrounding blanks. */
export function checklistFault(items: readonly StatedItem[]): ChecklistFault | null {
  if (items.length > CHECKLIST_MOST) return { path: ['checklist'], code: 'TOO_MANY', value: String(items.length) };
  const seen = new Set<string>();
  for (const [i, entry] of items.entries()) {
    const item = entry.item?.trim() ?? '';
    const at = ['checklist', String(i)];
    if (!item && !entry.code) return { path: [...at, 'item'], code: 'REQUIRED', value: '' };
    if (entry.code && !/^[a-z][A-Za-z0-9]{0,39}$/.test(entry.code)) return { path: [...at, 'code'], code: 'CODE', value: entry.code.slice(0, 40) };
    if (item.length > ITEM_LONGEST) return { path: [...at, 'item'], code: 'TOO_LONG', value: item.slice(0, 40) };
    if ((entry.note ?? '').length > NOTE_LONGEST) return { path: [...at, 'note'], code: 'TOO_LONG', value: entry.note!.slice(0, 40) };
    if ((entry.fileIds?.length ?? 0) > FILES_MOST) return { path: [...at, 'fileIds'], code: 'TOO_MANY', value: String(entry.fileIds!.length) };
    const key = entry.code ?? item;
    if (seen.has(key)) return { path: [...at, entry.code ? 'code' : 'item'], code: 'TWICE', value: key };
    seen.add(key);
  }
  return null;
}
