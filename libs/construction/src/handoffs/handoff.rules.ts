import type { ProjectStatus, Stage } from '@yinfeng/recruitment';

export const HANDOFF_STATES = ['SUBMITTED', 'RETURNED', 'ACCEPTED'] as const;
export type HandoffState = (typeof HANDOFF_STATES)[number];

/** One thing that the receiver has to know or get: ticked when it is settled, with a note. */
export interface ChecklistItem {
  item: string;
  done: boolean;
  note: string | null;
}

/** What a handoff lists when neither the submitter nor the zone's policy says otherwise (domain.md A1 row 45, B2). */
export const DEFAULT_CHECKLIST = ['协议', '承诺事项', '联系人', '遗留问题', '用地', '能耗', '环评', '需办许可'] as const;
/** Working days that the receiver has to accept or return. */
export const RECEIVE_WORKING_DAYS = 3;
export const CHECKLIST_MOST = 50;
export const ITEM_LONGEST = 100;
export const NOTE_LONGEST = 2000;

/** What a zone may settle of its handoffs: zone_policy `handoff`. Whatever is missing or makes no sense there falls back. */
export function handoffPolicy(value: unknown): { receiveWorkingDays: number; checklist: readonly string[] } {
  const policy = (typeof value === 'object' && value !== null ? value : {}) as { receiveWorkingDays?: unknown; checklist?: unknown };
  const days = policy.receiveWorkingDays;
  const items = Array.isArray(policy.checklist) ? policy.checklist.filter((i): i is string => typeof i === 'string' && i.trim() !== '') : [];
  return {
    receiveWorkingDays: typeof days === 'number' && Number.isInteger(days) && days >= 1 && days <= 60 ? days : RECEIVE_WORKING_DAYS,
    checklist: items.length ? items : DEFAULT_CHECKLIST,
  };
}

/** From signing on a project can be handed over; before that there is nothing to build. */
export function canHandOff(project: { stage: Stage; status: ProjectStatus }): boolean {
  return project.status === 'ACTIVE' && ['SIGNED', 'LANDED', 'STARTED', 'PRODUCING'].includes(project.stage);
}

export type ChecklistFault = { path: string[]; code: 'REQUIRED' | 'TOO_LONG' | 'TOO_MANY' | 'TWICE'; value: string };

/** The first thing wrong with a checklist, or null. Items are compared without surrounding blanks. */
export function checklistFault(items: readonly ChecklistItem[]): ChecklistFault | null {
  if (items.length > CHECKLIST_MOST) return { path: ['checklist'], code: 'TOO_MANY', value: String(items.length) };
  const seen = new Set<string>();
  for (const [i, entry] of items.entries()) {
    const item = entry.item.trim();
    const at = ['checklist', String(i)];
    if (!item) return { path: [...at, 'item'], code: 'REQUIRED', value: '' };
    if (item.length > ITEM_LONGEST) return { path: [...at, 'item'], code: 'TOO_LONG', value: item.slice(0, 40) };
    if ((entry.note ?? '').length > NOTE_LONGEST) return { path: [...at, 'note'], code: 'TOO_LONG', value: entry.note!.slice(0, 40) };
    if (seen.has(item)) return { path: [...at, 'item'], code: 'TWICE', value: item };
    seen.add(item);
  }
  return null;
}
