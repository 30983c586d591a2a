import type { Tx } from '@yinfeng/platform';
import type { ProjectCondition } from './policies/project-condition.js';
import { POLICIES } from './policies/registry.js';

/** What a new zone starts with; every row is the zone's to change, versioned by day (domain.md B2, C1, C4). */
export const DEFAULT_STAGES = [
  { stage: 'LEAD', labelZh: '线索', labelEn: 'Lead', bucket: null, counting: 'APPROVAL', idleWorkingDays: null, needsApproval: false, approverRoles: [], separation: 'PROJECT' },
  { stage: 'RESERVE', labelZh: '储备', labelEn: 'Reserve', bucket: 'reserve', counting: 'APPROVAL', idleWorkingDays: 45, needsApproval: false, approverRoles: [], separation: 'PROJECT' },
  { stage: 'NEGOTIATING', labelZh: '洽谈', labelEn: 'Negotiating', bucket: 'negotiating', counting: 'APPROVAL', idleWorkingDays: 30, needsApproval: false, approverRoles: [], separation: 'PROJECT' },
  { stage: 'SIGNED', labelZh: '签约', labelEn: 'Signed', bucket: 'signed', counting: 'APPROVAL', idleWorkingDays: 20, needsApproval: true, approverRoles: [], separation: 'PROJECT' },
  { stage: 'LANDED', labelZh: '落位', labelEn: 'Landed', bucket: null, counting: 'APPROVAL', idleWorkingDays: null, needsApproval: true, approverRoles: [], separation: 'PROJECT' },
  { stage: 'STARTED', labelZh: '开工', labelEn: 'Started', bucket: null, counting: 'APPROVAL', idleWorkingDays: null, needsApproval: true, approverRoles: [], separation: 'PROJECT' },
  { stage: 'PRODUCING', labelZh: '投产', labelEn: 'Producing', bucket: null, counting: 'APPROVAL', idleWorkingDays: null, needsApproval: false, approverRoles: [], separation: 'PROJECT' },
] as const;

interface GateExtra {
  /** Items with the same name here: one of them is enough. */
  anyOf?: string;
  condition?: ProjectCondition;
}
const GATES: readonly [stage: string, item: string, kind: 'FIELD' | 'EVIDENCE' | 'RECORD', zh: string, en: string, extra?: GateExtra][] = [
  ['RESERVE', 'investor', 'FIELD', '投资方', 'investor'],
  ['RESERVE', 'content', 'FIELD', '项目内容', 'what the project is'],
  ['RESERVE', 'totalAmount', 'FIELD', '总投资', 'total investment'],
  ['RESERVE', 'industry', 'FIELD', '行业', 'industry'],
  ['NEGOTIATING', 'owner', 'FIELD', '负责人', 'person in charge'],
  ['NEGOTIATING', 'contact', 'FIELD', '联系人', 'contact'],
  ['NEGOTIATING', 'visit', 'RECORD', '至少一次走访或接待记录', 'at least one visit on record'],
  ['NEGOTIATING', 'nextStep', 'FIELD', '下一步', 'next step'],
  ['SIGNED', 'signing', 'RECORD', '签约记录', 'signing on record'],
  ['SIGNED', 'agreement', 'EVIDENCE', '签署协议扫描件', 'scan of the signed agreement'],
  ['SIGNED', 'signingParty', 'FIELD', '签约主体', 'signing party'],
  ['SIGNED', 'totalAmount', 'FIELD', '总投资', 'total investment'],
  ['SIGNED', 'fixedAmount', 'FIELD', '固定资产投资', 'fixed-asset investment'],
  ['SIGNED', 'contractForeign', 'FIELD', '协议利用外资', 'contracted foreign investment', { condition: { capitalSources: ['FOREIGN'] } }],
  ['SIGNED', 'decisions', 'RECORD', '决策程序', 'decision meetings'],
  ['SIGNED', 'commitmentsReviewed', 'RECORD', '承诺事项公平竞争审查', 'fair-competition review of commitments'],
  ['SIGNED', 'admission', 'RECORD', '准入评审', 'admission review'],
  ['LANDED', 'businessLicence', 'EVIDENCE', '营业执照', 'business licence'],
  ['LANDED', 'site', 'FIELD', '选址', 'site'],
  ['STARTED', 'handoffAccepted', 'RECORD', '移交已接收', 'accepted handoff'],
  ['STARTED', 'startProof', 'EVIDENCE', '开工证明', 'proof of start', { anyOf: 'startProof' }],
  ['STARTED', 'constructionPermit', 'EVIDENCE', '施工许可证', 'construction permit', { anyOf: 'startProof' }],
  ['STARTED', 'startReport', 'EVIDENCE', '开工报告', 'report of start', { anyOf: 'startProof' }],
  ['STARTED', 'sitePhotos', 'EVIDENCE', '现场照片', 'site photos', { anyOf: 'startProof' }],
  ['PRODUCING', 'completionProof', 'EVIDENCE', '竣工验收或投产证明', 'proof of completion or production'],
];

/** Writes the default policies of a zone that has none. Joins the caller's transaction. */
export async function installDefaults(tx: Tx, zoneId: string): Promise<void> {
  await tx.run(
    `insert into stage_policy (zone_id, stage, label_zh, label_en, bucket, idle_working_days, needs_approval, counting)
     select $1, s.stage::stage, s."labelZh", s."labelEn", s.bucket, s."idleWorkingDays", s."needsApproval", s.counting
     from json_to_recordset($2) s (stage text, "labelZh" text, "labelEn" text, bucket text, counting text, "idleWorkingDays" int, "needsApproval" boolean) on conflict do nothing`,
    [zoneId, JSON.stringify(DEFAULT_STAGES)]);
  await tx.run(
    `insert into gate_item (zone_id, to_stage, item, kind, label_zh, label_en, position, any_of, condition)
     select $1, g.stage::stage, g.item, g.kind, g.zh, g.en, g.position, g."anyOf", coalesce(g.condition, '{}')
     from json_to_recordset($2) g (stage text, item text, kind text, zh text, en text, position int, "anyOf" text, condition jsonb) on conflict do nothing`,
    [zoneId, JSON.stringify(GATES.map(([stage, item, kind, zh, en, extra], position) => ({ stage, item, kind, zh, en, position, ...extra })))]);
  for (const [name, { usual }] of Object.entries(POLICIES)) await tx.run('insert into zone_policy (zone_id, name, value) values ($1, $2, $3) on conflict do nothing', [zoneId, name, JSON.stringify(usual)]);
}
