import { registerEnumType } from '@nestjs/graphql';
import type { DuplicateReason } from '@yinfeng/enterprises';
import { type DuplicateAction, type DuplicateDecided, type FindingKind, type FindingState, DIRECTIONS, PROJECT_ORDERS, SIGNING_KINDS, STAGES, TIMELINE_KINDS } from '@yinfeng/recruitment';

const asEnum = <T extends string>(values: readonly T[]) => Object.fromEntries(values.map((v) => [v, v])) as { [K in T]: K };
/** Registers values as an enum with a description of each. */
export function describedEnum<T extends string>(name: string, description: string, values: Record<T, string>): { [K in T]: K } {
  const of = asEnum(Object.keys(values) as T[]);
  registerEnumType(of, { name, description, valuesMap: Object.fromEntries(Object.entries(values).map(([k, d]) => [k, { description: d as string }])) as never });
  return of;
}

export const StageEnum = describedEnum('Stage', 'Where a project stands on the way from lead to production.', {
  LEAD: '线索: reported, not yet judged.', RESERVE: '储备: judged worth pursuing.', NEGOTIATING: '洽谈: in negotiation.', SIGNED: '签约: an agreement is signed.',
  LANDED: '落位: company registered, site found.', STARTED: '开工: construction or fitting-out has begun.', PRODUCING: '投产: in production.',
} satisfies Record<(typeof STAGES)[number], string>);
export const ProjectStatusEnum = describedEnum('ProjectStatus', 'Whether the project is moving, apart from its stage.', {
  ACTIVE: 'Under way; only these are counted in the pipeline.', SUSPENDED: '暂停.', POOLED: '公海: released, may be claimed.', WITHDRAWN: '退库: taken off the library.', LOST: '流失: lost to another place.',
});
export const CurrencyEnum = describedEnum('Currency', 'Currencies of amounts; never converted or added.', { CNY: '人民币', USD: '美元', EUR: '欧元', HKD: '港元', JPY: '日元' });
export const LightEnum = describedEnum('Light', 'How urgent a project is; what the colours mean is the zone\'s policy (see `lights`).', { GREEN: 'Moving, as a rule.', YELLOW: 'Usually the first step of silence.', RED: 'Usually the second step of silence.' });
export const CapitalSourceEnum = describedEnum('CapitalSource', '内资 or 外资.', { DOMESTIC: '内资', FOREIGN: '外资', UNKNOWN: 'Not stated.' });
export const SizeClassEnum = describedEnum('SizeClass', 'Size by total investment, limits included; foreign amounts are classed at a fixed reference rate.', {
  UNKNOWN: 'Amount not known.', UNDER_50M: 'Below 5000万元.', FROM_50M: '5000万元 to 1亿.', FROM_100M: '1 to 5亿.', FROM_500M: '5 to 10亿.', FROM_1B: '10 to 50亿.', FROM_5B: '50亿 and above.',
});
export const DirectionEnum = describedEnum('VisitDirection', 'Who went where.', { OUTBOUND: '外出招商: we went out.', INBOUND: '来访接待: they came.', EVENT: '对接活动: at an event.', CALL: '电话或视频.', SITE: '现场走访: on the site of a project, or at a firm that has landed.', DISPATCH: '专班调度: a meeting on a project.' } satisfies Record<(typeof DIRECTIONS)[number], string>);
export const SigningKindEnum = describedEnum('SigningKind', 'Kind of agreement.', { FRAMEWORK: '框架协议', INTENT: '意向协议', CONTRACT: '投资协议 (a contract).', SUPPLEMENT: '补充协议', OTHER: '其他' } satisfies Record<(typeof SIGNING_KINDS)[number], string>);
export const GradeEnum = describedEnum('Grade', 'A judgement by people.', { A: 'First.', B: 'Second.', C: 'Third.' });
export const ProjectOrderEnum = describedEnum('ProjectOrder', 'Order of a project list.', {
  NEWEST: 'Newest record first.', OLDEST: 'Oldest record first.', FOLLOW_UP: 'Nearest next follow-up first.', TRIAGE: 'Nearest end of the triage clock first.', LAST_VISIT: 'Latest visited first.', TOTAL_INVESTMENT: 'Largest stated amount first.',
} satisfies Record<(typeof PROJECT_ORDERS)[number], string>);
export const EnterpriseRoleEnum = describedEnum('EnterpriseRole', 'What an enterprise is to a project.', { INVESTOR: '投资方', SIGNING_PARTY: '签约主体', REGISTERED_COMPANY: '注册公司', PARENT: '母公司', INTERMEDIARY: '中介机构' });
export const UsccCheckEnum = describedEnum('UsccCheck', 'What the check of GB 32100 says of a credit code.', { VALID: 'Valid.', CHECK_DIGIT: 'The check digit is wrong: compare with the licence.', FORMAT: 'Not 18 legal characters.', ABSENT: 'No code on record.' });
export const RoleEnum = describedEnum('Role', 'What a person does in the zone.', {
  RECRUITER: '招商人员', GROUP_LEADER: '组长', MANAGER: '局长', LEADER: '领导', SERVICE: '项目服务专员', AGENT: '委托招商机构', SYSTEM_ADMIN: '系统管理员', SECURITY_ADMIN: '安全管理员', AUDITOR: '审计员',
});
export const TimelineKindEnum = describedEnum('TimelineKind', 'What happened to a project.', {
  REPORTED: 'First report.',
  STAGE: 'A stage or milestone was reached.',
  VISIT: 'A visit.',
  SIGNING: 'An agreement was recorded.',
  REQUESTED: 'A stage move was asked for.',
  DECIDED: 'A stage move was decided.',
  HANDED_OFF: 'Handed off to construction.',
  HANDOFF_ACCEPTED: 'The handoff was accepted.',
  HANDOFF_RETURNED: 'The handoff was returned.',
  HANDOFF_WITHDRAWN: 'The handoff was taken back before it was decided.', HANDOFF_REASSIGNED: 'The handoff was passed on to another department.',
  EVIDENCE: 'Evidence was added.',
  LEAD_ASSIGNED: 'Somebody took the lead on.',
  LEAD_ANSWERED: 'Whoever brought it was answered.',
  BYPASSED: 'A gate was passed although it missed something.',
  DISPUTED: 'Somebody claimed the first report.',
  ADJUDICATED: 'A dispute about the first report was decided.',
  STATUS: 'The status changed at once.',
  STATUS_REQUESTED: 'A change of status was asked for.',
  STATUS_DECIDED: 'It was decided.',
  POOLED: '退回公海.',
  CLAIMED: 'Claimed from the pool, or assigned.',
  MERGED: 'Another project was merged into it.', DELETED: 'A visit or signing was deleted.', TAKEN_BACK: 'A stage move, merge or deletion was taken back.',
  SIGNING_VOIDED: 'An agreement was taken out of account.',
  TASKFORCE_FORMED: 'A taskforce was formed.', TASKFORCE_JOINED: 'Somebody joined it, in the role of `subject`.', TASKFORCE_LEFT: 'Somebody left a role of it.', TASKFORCE_DISSOLVED: 'It was dissolved.',
  PERMIT: 'Something else happened to a permit: stopped, resumed, not needed, taken back.', PERMIT_APPLIED: 'A permit was applied for.', PERMIT_GRANTED: 'A permit was granted.', PERMIT_REFUSED: 'A permit was refused.',
  NO_PROGRESS: 'Why it did not move in the month of `subject`; corrected or taken back where it says so.',
  CALL_RAISED: '吹哨: a problem was raised.', CALL_SOLVED: 'It was solved, with what was done.',
} satisfies Record<(typeof TIMELINE_KINDS)[number], string>);
export const DuplicateLevelEnum = describedEnum('DuplicateLevel', 'How alike two projects are.', { L1: 'The same: blocked.', L2: 'Very likely the same: must be decided.', L3: 'Maybe the same: warned.', L4: 'Hint.' });
export const DuplicateReasonEnum = describedEnum('DuplicateReason', 'Why two projects look alike.', {
  SAME_CODE: 'Same code.', SAME_NAME: 'Same name after folding.', SIMILAR_NAME: 'Similar name.', SAME_INVESTOR: 'Same investor.', SAME_USCC: 'Same credit code.', SAME_REGISTERED_COMPANY: 'Same company founded for the project.',
  SAME_PARENT: 'Enterprises of one group.', SAME_PHONE: 'Same phone of a contact.', SAME_PARCEL: 'Same parcel of land.', NO_INVESTOR: 'Neither names an investor.',
  ONE_INVESTOR_MISSING: 'Only one names an investor.', OTHER_INVESTOR: 'Another investor.', SAME_AMOUNT: 'Amounts differ by no more than the zone allows (usually 10 %).', SAME_INDUSTRY: 'Same industry.', SAME_UNIT: 'Same unit.', OTHER_PHASE: 'Names tell another phase.',
} satisfies Record<DuplicateReason, string>);
export const DuplicateActionEnum = describedEnum('DuplicateAction', 'What a zone asks of a duplicate.', { BLOCK: 'Refused.', DECIDE: 'Refused until somebody says that it is another project.', WARN: 'Shown.', HINT: 'Shown as a hint.' } satisfies Record<DuplicateAction, string>);
export const DuplicateFindingKindEnum = describedEnum('DuplicateFindingKind', 'What looks alike.', { PROJECT: 'Two projects.', ENTERPRISE: 'Two enterprises.' } satisfies Record<FindingKind, string>);
export const DuplicateFindingStateEnum = describedEnum('DuplicateFindingState', 'Where a finding stands.', { OPEN: 'Nobody has decided.', DECIDED: 'Decided.', CLOSED: 'A later scan no longer found it.' } satisfies Record<FindingState, string>);
export const DuplicateScanStateEnum = describedEnum('DuplicateScanState', 'Where a scan stands.', { WAITING: 'Waits for a worker.', RUNNING: 'Under way.', DONE: 'Done.', FAILED: 'Given up; start another.' });
export const DuplicateVerdictEnum = describedEnum('DuplicateVerdict', 'What was decided about two records that look alike.', { SAME: 'They are one.', DIFFERENT: 'They are two.' } satisfies Record<DuplicateDecided, string>);
export const MilestoneKindEnum = describedEnum('MilestoneKind', 'What a project has reached.', {
  REPORTED: '首报', RESERVED: '进入储备', NEGOTIATED: '进入洽谈', SIGNED: '签约', LANDED: '落位', STARTED: '开工', RESUMED: '复工', COMPLETED: '竣工', PRODUCING: '投产', STATISTICS_ENTRY: '入规入统',
});
export const StageRequestStateEnum = describedEnum('StageRequestState', 'Where a stage request stands.', { WAITING: 'Waits for another person.', APPROVED: 'Approved.', REJECTED: 'Turned down.' });
export const GateItemKindEnum = describedEnum('GateItemKind', 'What a gate item looks at.', { FIELD: 'A field of the project.', EVIDENCE: 'An uploaded file.', RECORD: 'A record, such as a visit.' });
export const DatePrecisionEnum = describedEnum('DatePrecision', 'How precisely a day is known.', { DAY: 'To the day.', MONTH: 'To the month.', QUARTER: 'To the quarter.', YEAR: 'To the year.' });
export const StageOutcomeEnum = describedEnum('StageOutcome', 'What became of a stage request.', { MOVED: 'The project has moved.', WAITING: 'Waits for approval.' });
export const CreditReasonEnum = describedEnum('CreditReason', 'Why the credit of a first report stands or fell.', {
  RULE_ALWAYS: 'The zone always keeps it.', WITHIN_PROTECTION: 'Kept: released or reopened inside the protection.', PROTECTION_LAPSED: 'Lost: the protection had ended.', RULE_NEVER: 'Lost: the zone never keeps it.',
});
