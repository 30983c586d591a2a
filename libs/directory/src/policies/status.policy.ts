import { z } from 'zod';
import { definePolicy } from './policy.js';

const act = z.enum(['SUSPEND', 'RESUME', 'WITHDRAW', 'LOSE', 'REOPEN', 'RELEASE', 'EXTEND']);
const from = z.enum(['LEAD', 'RESERVE', 'NEGOTIATING', 'SIGNED', 'LANDED', 'STARTED', 'PRODUCING']).nullable();
const reason = z.strictObject({ code: z.string().regex(/^[A-Z][A-Z_]{0,39}$/), zh: z.string().min(1).max(40), en: z.string().min(1).max(80), acts: z.array(act).min(1) });
type Reason = z.infer<typeof reason>;

const REASONS: Reason[] = [
  { code: 'WAITING_INVESTOR', zh: '投资方暂缓', en: 'the investor holds back', acts: ['SUSPEND', 'EXTEND'] },
  { code: 'WAITING_RESOURCES', zh: '用地、能耗等要素待落实', en: 'land, energy or other means are not settled', acts: ['SUSPEND', 'EXTEND'] },
  { code: 'WAITING_APPROVAL', zh: '等待上级批复', en: 'waits for approval from above', acts: ['SUSPEND', 'EXTEND'] },
  { code: 'CONDITIONS_MET', zh: '条件已具备', en: 'the conditions are met', acts: ['RESUME', 'REOPEN'] },
  { code: 'INVESTOR_BACK', zh: '投资方重启', en: 'the investor is back', acts: ['RESUME', 'REOPEN'] },
  { code: 'CORRECTION', zh: '更正误操作', en: 'correction of a mistake', acts: ['RESUME', 'REOPEN'] },
  { code: 'NO_PROGRESS', zh: '长期无进展', en: 'no progress for long', acts: ['WITHDRAW', 'RELEASE'] },
  { code: 'NOT_ADMITTED', zh: '未通过研判或准入', en: 'did not pass judgement or admission', acts: ['WITHDRAW'] },
  { code: 'INVESTOR_GAVE_UP', zh: '投资方放弃投资', en: 'the investor gave up', acts: ['WITHDRAW'] },
  { code: 'REPEATED', zh: '重复登记', en: 'registered twice', acts: ['WITHDRAW'] },
  { code: 'POLICY', zh: '政策条件不及外地', en: 'better policy elsewhere', acts: ['LOSE'] },
  { code: 'LAND', zh: '用地或厂房不能满足', en: 'no fitting land or plant', acts: ['LOSE'] },
  { code: 'COST', zh: '综合成本偏高', en: 'costs', acts: ['LOSE'] },
  { code: 'SUPPLY_CHAIN', zh: '产业配套不足', en: 'missing supply chain', acts: ['LOSE'] },
  { code: 'LABOUR', zh: '用工、人才不足', en: 'missing labour or talent', acts: ['LOSE'] },
  { code: 'SERVICE', zh: '服务与办理效率', en: 'service and speed', acts: ['LOSE'] },
  { code: 'NO_CAPACITY', zh: '人手不足或人员调整', en: 'no hands, or people moved', acts: ['RELEASE'] },
  { code: 'NEGOTIATING_ON', zh: '仍在实质洽谈', en: 'still in real negotiation', acts: ['EXTEND'] },
  { code: 'OTHER', zh: '其他（须说明）', en: 'other (say which)', acts: ['SUSPEND', 'RESUME', 'WITHDRAW', 'LOSE', 'REOPEN', 'RELEASE', 'EXTEND'] },
];

/** The reasons that a change of status may be given; OTHER is always there and needs words. */
export const statusReasons = definePolicy({
  zh: '状态变更原因', en: 'Reasons for changes of status', source: 'domain.md A1 row 30, B2',
  schema: z.strictObject({
    reasons: z.array(reason).min(1).max(100)
      .refine((all) => new Set(all.map((r) => r.code)).size === all.length, 'no code twice')
      .refine((all) => act.options.every((a) => all.some((r) => r.code === 'OTHER' && r.acts.includes(a))), 'OTHER for every act'),
  }),
  usual: { reasons: REASONS },
});

/** From which stage on a second person has to agree; null: never. */
export const statusApproval = definePolicy({
  zh: '状态变更须审批的起始阶段', en: 'From which stage changes of status need a second person', source: 'domain.md B2',
  schema: z.strictObject({ SUSPEND: from, RESUME: from, WITHDRAW: from, LOSE: from, REOPEN: from }),
  usual: { SUSPEND: null, RESUME: null, WITHDRAW: 'NEGOTIATING', LOSE: 'NEGOTIATING', REOPEN: 'NEGOTIATING' },
});
