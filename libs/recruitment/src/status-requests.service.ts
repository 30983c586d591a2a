import { Injectable } from '@nestjs/common';
import { staffFacts } from '@yinfeng/directory';
import { type Actor, Database, demand, extendFacts, factsJson, idFact, type Facts, type Page, type PageInput, pageOf, pageRequest, preparedName, type Shape } from '@yinfeng/platform';
import { projectFacts } from './project.facts.js';
import { bind, projectVisibility } from './projects.access.js';
import type { StatusAct, StatusRequestState } from './status.rules.js';

const staff = (column: string) => ({ of: staffFacts, sql: (json: string) => `(select ${json} from staff s where s.id = ${column})` });

/** What can be read of a request; alias sq. */
export const statusRequestFacts: Facts = {
  id: idFact('StatusRequest', 'sq.id'), version: 'sq.version', act: 'sq.act', state: 'sq.state', fromStatus: 'sq.from_status', toStatus: 'sq.to_status', reasonCode: 'sq.reason_code', reason: 'sq.reason',
  lostToRegion: 'sq.lost_to_region', lostToCompetitor: 'sq.lost_to_competitor', lostOn: 'sq.happened_on', silentSince: 'sq.silent_since', protectionUntil: 'sq.protection_until',
  requestedAt: 'sq.requested_at', requestedBy: staff('sq.requested_by'), decidedAt: 'sq.decided_at', decidedBy: staff('sq.decided_by'), decisionNote: 'sq.decision_note',
  project: { of: projectFacts, sql: (json) => `(select ${json} from project p where p.id = sq.project_id)` },
};
extendFacts(projectFacts, { waitingStatusRequest: { of: statusRequestFacts, sql: (json) => `(select ${json} from status_request sq where sq.project_id = p.id and sq.state = 'WAITING')` } });

export interface StatusRequestFilter {
  states?: StatusRequestState[] | null;
  acts?: StatusAct[] | null;
  projectId?: string | null;
}

/** The record of changes of status, as those who see the project may read it. */
@Injectable()
export class StatusRequestsService {
  constructor(private readonly db: Database) {}

  /** Latest asked first. */
  async page(actor: Actor, filter: StatusRequestFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'project.read');
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const where = conditions(actor, filter, params);
    if (request.keys) where.push(`(sq.requested_at, sq.id) ${request.backward ? '>' : '<'} (${bind(params, request.keys[0])}::timestamptz, ${bind(params, request.keys[1])}::uuid)`);
    const way = request.backward ? 'asc' : 'desc';
    const sql = `select ${factsJson(statusRequestFacts, { id: true, ...shape })} as node, sq.requested_at::text as k, sq.id from status_request sq where ${where.join(' and ')} order by sq.requested_at ${way}, sq.id ${way} limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async count(actor: Actor, filter: StatusRequestFilter): Promise<number> {
    demand(actor, 'project.read');
    const params: unknown[] = [];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from status_request sq where ${conditions(actor, filter, params).join(' and ')}`, params);
    return row!.n;
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('project.read')) return null;
    const params: unknown[] = [];
    const where = conditions(actor, {}, params);
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(statusRequestFacts, { id: true, ...shape })} as node from status_request sq where sq.id = ${bind(params, id)} and ${where.join(' and ')}`, params);
    return row?.node ?? null;
  }
}

function conditions(actor: Actor, f: StatusRequestFilter, params: unknown[]): string[] {
  const visible = projectVisibility(actor, 'pv', params);
  const where = [visible === 'true' ? 'true' : `exists (select from project pv where pv.id = sq.project_id and ${visible})`];
  if (f.states) where.push(`sq.state = any(${bind(params, f.states)}::text[])`);
  if (f.acts) where.push(`sq.act = any(${bind(params, f.acts)}::text[])`);
  if (f.projectId) where.push(`sq.project_id = ${bind(params, f.projectId)}`);
  return where;
}
