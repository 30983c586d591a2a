/** What may be due by a day, and which record it is of: `deadline.kind`. A record tells of its days by `deadline_keep` (SQL) alone. */
export const DEADLINE_KINDS = {
  HANDOFF: 'Handoff',
  HANDOFF_MISSING: 'Project',
  COMMITMENT: 'Commitment',
  DUTY: 'Taskforce',
  CALL: 'ServiceCall',
  PERMIT: 'Permit',
  MILESTONE: 'WorksMilestone',
  PLAN: 'InvestmentPlan',
  ARRIVAL: 'CapitalArrival',
  STATISTICS_ENTRY: 'Project',
  AFTERCARE: 'Project',
  ESCALATION: 'Escalation',
  CONTRACT_TERM: 'Signing',
} as const;
export type DeadlineKind = keyof typeof DEADLINE_KINDS;

export const DEADLINE_ORDERS = ['EARLIEST', 'LATEST'] as const;
export type DeadlineOrder = (typeof DEADLINE_ORDERS)[number];

/** How a kind is called in sentences. */
export const DEADLINE_WORDS: Record<DeadlineKind, readonly [zh: string, en: string]> = {
  HANDOFF: ['移交接收', 'handoff'], HANDOFF_MISSING: ['签约后移交', 'handing over'], COMMITMENT: ['承诺兑现', 'commitment'], DUTY: ['专班履职', 'taskforce duty'], CALL: ['服务诉求', 'service call'], PERMIT: ['证照手续', 'permit'],
  MILESTONE: ['建设节点', 'milestone'], PLAN: ['投资月报', 'monthly report of investment'], ARRIVAL: ['到位资金确认', 'confirmation of an arrival'], STATISTICS_ENTRY: ['入规入统', 'entry into statistics'], AFTERCARE: ['服务回访', 'aftercare visit'], ESCALATION: ['督办', 'escalation'], CONTRACT_TERM: ['协议期限', 'term of an agreement'],
};
