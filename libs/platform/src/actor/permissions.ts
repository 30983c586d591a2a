/**
 * What a person may do, by role. Permissions are named noun.verb and declared on each root field of the API;
 * a root field without one is refused. Roles follow product.md; the three administrators (三员) hold separate duties
 * and none of them sees a lead (security.md D1).
 */
export const ROLES = ['RECRUITER', 'GROUP_LEADER', 'MANAGER', 'LEADER', 'SERVICE', 'AGENT', 'SYSTEM_ADMIN', 'SECURITY_ADMIN', 'AUDITOR'] as const;
export type Role = (typeof ROLES)[number];

const RECRUITER = [
  'self.read', 'project.read', 'enterprise.read', 'visit.read', 'signing.read', 'handoff.read', 'reminder.read', 'pipeline.read', 'directory.read', 'search.run',
  'lead.report', 'lead.check', 'visit.log', 'signing.record', 'project.edit', 'stage.request', 'handoff.submit', 'reminder.act', 'file.upload', 'file.read',
  'lead.extract', 'target.edit', 'receipt.verify', 'dispute.read', 'dispute.raise', 'enterprise.edit', 'contact.read', 'contact.edit', 'contact.reveal', 'pool.read', 'pool.claim', 'pool.release',
  'status.request', 'commitment.edit', 'decision.record', 'admission.score', 'delegation.edit', 'policy.read',
  'construction.read', 'call.raise', 'arrival.record',
] as const;
const GROUP_LEADER = [...RECRUITER, 'lead.judge', 'stage.approve', 'status.approve', 'commitment.review', 'duplicate.scan', 'import.read', 'import.run', 'call.handle'] as const;
const MANAGER = [...GROUP_LEADER, 'project.assign', 'project.bulk', 'project.delete', 'import.undo', 'dispute.decide', 'merge.run', 'stage.bypass', 'stage.undo', 'taskforce.edit', 'arrival.confirm', 'escalation.issue'] as const;

export const PERMISSIONS = [...MANAGER, 'handoff.decide', 'permit.edit', 'milestone.edit', 'investment.edit', 'statistics.record', 'calendar.import', 'staff.manage', 'zone.manage', 'token.manage', 'policy.manage', 'audit.read', 'person.manage'] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** Which permissions each role has. Kept as data so that the access snapshot of the tests reads from one place. */
export const PERMISSIONS_OF_ROLE: Record<Role, readonly Permission[]> = {
  RECRUITER,
  GROUP_LEADER,
  MANAGER,
  LEADER: ['self.read', 'project.read', 'enterprise.read', 'visit.read', 'signing.read', 'handoff.read', 'reminder.read', 'reminder.act', 'pipeline.read', 'directory.read', 'search.run', 'import.read', 'stage.approve', 'status.approve', 'dispute.read', 'dispute.decide', 'receipt.verify', 'contact.read', 'contact.reveal', 'pool.read', 'duplicate.scan', 'policy.read', 'file.read', 'construction.read', 'call.raise', 'arrival.confirm', 'escalation.issue'],
  SERVICE: ['self.read', 'project.read', 'project.edit', 'enterprise.read', 'visit.read', 'visit.log', 'signing.read', 'handoff.read', 'handoff.decide', 'stage.request', 'reminder.read', 'reminder.act', 'pipeline.read', 'directory.read', 'search.run', 'contact.read', 'contact.edit', 'contact.reveal', 'commitment.edit', 'receipt.verify', 'policy.read', 'file.upload', 'file.read',
    'construction.read', 'taskforce.edit', 'call.raise', 'call.handle', 'permit.edit', 'milestone.edit', 'investment.edit', 'arrival.record', 'arrival.confirm', 'statistics.record'],
  AGENT: ['self.read', 'project.read', 'visit.read', 'reminder.read', 'reminder.act', 'lead.report', 'lead.check', 'visit.log', 'directory.read', 'file.upload', 'file.read', 'pipeline.read', 'lead.extract', 'receipt.verify', 'dispute.read', 'dispute.raise', 'contact.read', 'policy.read'],
  SYSTEM_ADMIN: ['self.read', 'directory.read', 'policy.read', 'staff.manage', 'zone.manage', 'calendar.import'],
  SECURITY_ADMIN: ['self.read', 'directory.read', 'policy.read', 'policy.manage', 'token.manage', 'person.manage'],
  AUDITOR: ['self.read', 'directory.read', 'policy.read', 'receipt.verify', 'audit.read'],
};

/** How far a role sees projects: its own, those of the groups it leads, of its unit, handed to its unit, or the whole zone. */
export type Reach = 'NONE' | 'OWN' | 'GROUP' | 'UNIT' | 'HANDED' | 'ZONE';
export const REACH_OF_ROLE: Record<Role, Reach> = {
  RECRUITER: 'OWN', GROUP_LEADER: 'GROUP', MANAGER: 'UNIT', LEADER: 'ZONE', SERVICE: 'HANDED', AGENT: 'OWN', SYSTEM_ADMIN: 'NONE', SECURITY_ADMIN: 'NONE', AUDITOR: 'NONE',
};
