import { z } from 'zod';
import { definePolicy } from './policy.js';
import { projectCondition } from './project-condition.js';

/** What the records of a project can say of an item by themselves; FREE: only people can. */
export const HANDOFF_SOURCES = ['AGREEMENT', 'COMMITMENTS', 'CONTACTS', 'PROBLEMS', 'LAND', 'ENERGY', 'ENVIRONMENT', 'PERMITS', 'FREE'] as const;

const item = z.strictObject({
  code: z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/),
  zh: z.string().trim().min(1).max(100),
  en: z.string().trim().min(1).max(100),
  /** A handoff is accepted only with this item. */
  required: z.boolean(),
  /** Of which projects the item is asked; {}: of all. */
  condition: projectCondition,
  from: z.enum(HANDOFF_SOURCES),
});
const usualItem = (code: string, zh: string, en: string, from: (typeof HANDOFF_SOURCES)[number], required: boolean) => ({ code, zh, en, required, condition: {}, from });
const ITEMS = [
  usualItem('agreement', '协议', 'Agreement', 'AGREEMENT', true),
  usualItem('commitments', '承诺事项', 'Commitments', 'COMMITMENTS', true),
  usualItem('contacts', '联系人', 'Contacts', 'CONTACTS', true),
  usualItem('problems', '遗留问题', 'Open problems', 'PROBLEMS', true),
  usualItem('land', '用地', 'Land', 'LAND', false),
  usualItem('energy', '能耗', 'Energy', 'ENERGY', false),
  usualItem('environment', '环评', 'Environment', 'ENVIRONMENT', false),
  usualItem('permits', '需办许可', 'Permits needed', 'PERMITS', false),
];
const workingDays = (least: number) => z.number().int().min(least).max(365);

/** What is handed over from negotiation to construction, and by when; what a zone leaves out stays usual. */
export const handoff = definePolicy({
  zh: '洽谈转建设移交', en: 'Handoff from negotiation to construction', source: 'domain.md A1 row 45, finding 9, B2, C4',
  schema: z.strictObject({
    /** How long the receiver may look at it. */
    receiveWorkingDays: workingDays(0),
    /** How long the submitter has to put right what was returned. */
    resubmitWorkingDays: workingDays(0).default(3),
    /** Signed and not handed over for so long: told to the heads of both sides. */
    handOverWithinWorkingDays: workingDays(1).default(10),
    /** From which stage on a project is handed over; its milestone starts the clock. */
    startsAt: z.enum(['SIGNED', 'LANDED']).default('SIGNED'),
    /** Stages in which a project without an accepted handoff stands between two chairs. */
    missingStages: z.array(z.enum(['SIGNED', 'LANDED', 'STARTED', 'PRODUCING'])).max(4).default(['SIGNED', 'LANDED', 'STARTED']),
    /** The department that receives where nobody has chosen one; null: every service centre is told. */
    receiver: z.uuid().nullable().default(null),
    /** Follow-ups that the negotiator still has when the project is accepted: stay, or go to the receiver. */
    followUps: z.enum(['KEEP', 'MOVE']).default('KEEP'),
    items: z.array(item).min(1).max(40).refine((items) => new Set(items.map((i) => i.code)).size === items.length, { error: 'code: no item twice' }).default(ITEMS),
    /** The form of 0.2: plain words, none required. Where it stands, it takes the place of the items. */
    checklist: z.array(z.string().trim().min(1).max(100)).min(1).max(40).optional(),
  }),
  usual: { receiveWorkingDays: 3, resubmitWorkingDays: 3, handOverWithinWorkingDays: 10, startsAt: 'SIGNED', missingStages: ['SIGNED', 'LANDED', 'STARTED'], receiver: null, followUps: 'KEEP', items: ITEMS },
});
