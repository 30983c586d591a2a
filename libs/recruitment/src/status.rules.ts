import type { ProjectStatus } from './projects.access.js';

/** What can be done to a project's status, apart from its stage; EXTEND prolongs its protection and leaves the status. */
export const STATUS_ACTS = ['SUSPEND', 'RESUME', 'WITHDRAW', 'LOSE', 'REOPEN', 'RELEASE', 'EXTEND'] as const;
export type StatusAct = (typeof STATUS_ACTS)[number];
export const STATUS_REQUEST_STATES = ['WAITING', 'APPLIED', 'APPROVED', 'REJECTED', 'OVERTAKEN'] as const;
export type StatusRequestState = (typeof STATUS_REQUEST_STATES)[number];

const RULES: Record<StatusAct, { from: readonly ProjectStatus[]; to: ProjectStatus | null }> = {
  SUSPEND: { from: ['ACTIVE'], to: 'SUSPENDED' },
  RESUME: { from: ['SUSPENDED'], to: 'ACTIVE' },
  WITHDRAW: { from: ['ACTIVE', 'SUSPENDED'], to: 'WITHDRAWN' },
  LOSE: { from: ['ACTIVE', 'SUSPENDED'], to: 'LOST' },
  REOPEN: { from: ['WITHDRAWN', 'LOST'], to: 'ACTIVE' },
  RELEASE: { from: ['ACTIVE', 'SUSPENDED'], to: 'POOLED' },
  EXTEND: { from: ['ACTIVE', 'SUSPENDED'], to: null },
};

/** The status that an act leads to, or null where it may not be done from there. A pooled project is claimed or assigned, nothing else. */
export function statusAfter(act: StatusAct, from: ProjectStatus): ProjectStatus | null {
  const rule = RULES[act];
  return rule.from.includes(from) ? (rule.to ?? from) : null;
}

/** The act that leads from one status to another, or null: for those who name the status they want. */
export function actBetween(from: ProjectStatus, to: ProjectStatus): StatusAct | null {
  return STATUS_ACTS.find((act) => RULES[act].to === to && RULES[act].from.includes(from)) ?? null;
}

export const ACT_LABELS: Record<StatusAct, readonly [zh: string, en: string]> = {
  SUSPEND: ['暂停', 'suspend'], RESUME: ['恢复', 'resume'], WITHDRAW: ['退库', 'withdraw'], LOSE: ['登记为流失', 'mark as lost'], REOPEN: ['重新启用', 'reopen'], RELEASE: ['退回公海', 'release into the pool'],
  EXTEND: ['延长保护期', 'extend the protection'],
};
export const STATUS_LABELS: Record<ProjectStatus, readonly [zh: string, en: string]> = {
  ACTIVE: ['在办', 'active'], SUSPENDED: ['暂停', 'suspended'], POOLED: ['公海', 'pooled'], WITHDRAWN: ['退库', 'withdrawn'], LOST: ['流失', 'lost'],
};
