import { departmentFacts, staffFacts } from '@yinfeng/directory';
import { idFact, type Actor, type Facts } from '@yinfeng/platform';
import { bind } from './projects.access.js';

export const TARGET_STATES = ['NEW', 'CONTACTED', 'REPORTED', 'DROPPED'] as const;
export type TargetState = (typeof TARGET_STATES)[number];
export const TARGET_PURPOSES = ['TARGET', 'CHAIN_BUILD', 'CHAIN_SUPPLEMENT', 'CHAIN_STRENGTHEN', 'CHAIN_EXTEND'] as const;
export type TargetPurpose = (typeof TARGET_PURPOSES)[number];
export const TARGET_PRIORITIES = ['A', 'B', 'C'] as const;
export type TargetPriority = (typeof TARGET_PRIORITIES)[number];

const staff = (column: string) => ({ of: staffFacts, sql: (json: string) => `(select ${json} from staff s where s.id = ${column})` });

/** What can be read of a list of target enterprises; alias tl. */
export const targetListFacts: Facts = {
  id: idFact('TargetList', 'tl.id'), version: 'tl.version', name: 'tl.name', purpose: 'tl.purpose', chain: 'tl.chain', note: 'tl.note', archivedAt: 'tl.archived_at', createdAt: 'tl.created_at',
  createdBy: staff('tl.created_by'), department: { of: departmentFacts, sql: (json) => `(select ${json} from department d where d.id = tl.department_id)` },
  counts: {
    of: { state: 'c.state', count: 'c.n' },
    sql: (json) => `(select json_agg(${json} order by c.o) from (select v.state, v.o, count(te.id)::int as n from (values ${TARGET_STATES.map((s, i) => `('${s}', ${i})`).join(', ')}) v (state, o)
      left join target_enterprise te on te.list_id = tl.id and te.state = v.state group by 1, 2) c)`,
  },
};

/** What can be read of a target enterprise; alias te. The project is read apart, behind its own wall, by its key. */
export const targetFacts: Facts = {
  id: idFact('TargetEnterprise', 'te.id'), version: 'te.version', name: 'te.name', uscc: 'te.uscc', segment: 'te.segment', reason: 'te.reason', priority: 'te.priority', state: 'te.state', dropReason: 'te.drop_reason',
  createdAt: 'te.created_at', projectKey: 'te.project_id', assignee: staff('te.assignee_id'),
  list: { of: targetListFacts, sql: (json) => `(select ${json} from target_list tl where tl.id = te.list_id)` },
};

/**
 * Which lists an actor may see: the zone's own, those of one's units and of the units above them, of the units one heads,
 * those one made, and those with a target that is one's own. Leaders see all.
 */
export function targetListVisibility(actor: Actor, alias: string, params: unknown[]): string {
  if (actor.reach === 'ZONE') return 'true';
  if (actor.reach === 'NONE' || actor.staffId === null) return 'false';
  const me = bind(params, actor.staffId);
  const units = bind(params, actor.departmentIds);
  const headed = bind(params, actor.reach === 'UNIT' ? actor.departmentIds : actor.ledDepartmentIds);
  return `(${alias}.department_id is null or ${alias}.created_by = ${me}
    or ${alias}.department_id = any(array(select unnest(dv.path) from department dv where dv.id = any(${units}::uuid[])))
    or ${alias}.department_id = any(array(select dv.id from department dv where dv.path && ${headed}::uuid[]))
    or ${alias}.id = any(array(select tv.list_id from target_enterprise tv where tv.assignee_id = ${me})))`;
}
