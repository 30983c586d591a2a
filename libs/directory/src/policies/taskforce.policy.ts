import { z } from 'zod';
import { definePolicy } from './policy.js';

const words = z.string().min(1).max(30);
const once = <K extends string>(key: K) => (list: readonly Record<K, string>[]) => new Set(list.map((item) => item[key])).size === list.length;
const role = z.enum(['LEADER', 'AGENT', 'SECRETARY', 'CONTACT', 'MEMBER']);
const ways = z.array(z.enum(['OUTBOUND', 'INBOUND', 'EVENT', 'CALL', 'SITE', 'DISPATCH'])).min(1).max(6);

/**
 * 专班: from which stage a project may have one, its roles in words and which of them it must have, how many projects a
 * secretary should carry at most, from how much fixed investment a project wants one, what each role has to do how often,
 * and which entries of the visit log count for it.
 */
export const taskforce = definePolicy({
  zh: '专班与包保职责', en: 'Taskforces and their duties', source: 'domain.md A1 row 46, C4 (蒙城 C36, 项目联系人 C60, 大连 C40, 辽阳宏伟区 C67)',
  schema: z.strictObject({
    fromStage: z.enum(['LEAD', 'RESERVE', 'NEGOTIATING', 'SIGNED', 'LANDED', 'STARTED', 'PRODUCING']),
    /** An accepted handoff forms one by itself, the receiver as its agent. */
    formOnHandoff: z.boolean(),
    roles: z.array(z.strictObject({ role, zh: words, en: words, required: z.boolean() })).length(5).refine(once('role'), 'each role once'),
    /** Beyond this many projects a secretary is warned of, never refused. */
    secretaryMostProjects: z.number().int().min(1).max(1000),
    /** Fixed investment in 万元 from which a project wants a secretary; null: none does by its size. */
    secretaryFromFixedWan: z.number().int().min(0).max(1_000_000_000).nullable(),
    duties: z.array(z.strictObject({ code: z.string().regex(/^[A-Z][A-Z_]{1,29}$/), zh: words, en: words, role, what: z.enum(['DISPATCH', 'SITE_VISIT', 'CONTACT']), times: z.number().int().min(1).max(50), per: z.enum(['DAY', 'WEEK', 'MONTH']) }))
      .max(20).refine(once('code'), 'each code once'),
    counts: z.strictObject({ DISPATCH: ways, SITE_VISIT: ways, CONTACT: ways }),
    /** How many weeks (months, for what is asked by the month) back a duty that nobody did stays on the list of what is due. */
    lookBackWeeks: z.number().int().min(0).max(12),
  }),
  usual: {
    fromStage: 'SIGNED', formOnHandoff: true,
    roles: [
      { role: 'LEADER', zh: '包保领导', en: 'Leader in charge', required: true }, { role: 'AGENT', zh: '具办人', en: 'Agent', required: true }, { role: 'SECRETARY', zh: '服务秘书', en: 'Service secretary', required: false },
      { role: 'CONTACT', zh: '项目联系人', en: 'Contact', required: false }, { role: 'MEMBER', zh: '成员', en: 'Member', required: false },
    ],
    secretaryMostProjects: 3, secretaryFromFixedWan: 2000,
    duties: [
      { code: 'LEADER_DISPATCH', zh: '领导调度', en: 'Dispatch by the leader', role: 'LEADER', what: 'DISPATCH', times: 1, per: 'WEEK' },
      { code: 'LEADER_SITE_VISIT', zh: '领导现场走访', en: 'Site visit by the leader', role: 'LEADER', what: 'SITE_VISIT', times: 1, per: 'WEEK' },
      { code: 'AGENT_SITE_VISIT', zh: '具办人现场走访', en: 'Site visits by the agent', role: 'AGENT', what: 'SITE_VISIT', times: 2, per: 'WEEK' },
      { code: 'AGENT_CONTACT', zh: '具办人每日联系', en: 'Daily contact by the agent', role: 'AGENT', what: 'CONTACT', times: 1, per: 'DAY' },
      { code: 'CONTACT_CONTACT', zh: '联系人对接', en: 'Contacts by the contact person', role: 'CONTACT', what: 'CONTACT', times: 2, per: 'WEEK' },
    ],
    counts: { DISPATCH: ['DISPATCH'], SITE_VISIT: ['SITE', 'OUTBOUND'], CONTACT: ['CALL', 'SITE', 'OUTBOUND', 'INBOUND', 'EVENT', 'DISPATCH'] },
    lookBackWeeks: 4,
  },
});
