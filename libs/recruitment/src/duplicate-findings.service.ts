import { Injectable } from '@nestjs/common';
import { staffFacts } from '@yinfeng/directory';
import { type DuplicateLevel, enterpriseFacts } from '@yinfeng/enterprises';
import { type Actor, Database, demand, type Facts, factsJson, type Page, type PageInput, pageOf, pageRequest, type Shape } from '@yinfeng/platform';
import { projectFacts } from './project.facts.js';
import { bind, enterpriseVisibility, projectVisibility } from './projects.access.js';

export const FINDING_STATES = ['OPEN', 'DECIDED', 'CLOSED'] as const;
export type FindingState = (typeof FINDING_STATES)[number];
export const FINDING_KINDS = ['PROJECT', 'ENTERPRISE'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];
export interface FindingFilter {
  levels?: DuplicateLevel[] | null;
  states?: FindingState[] | null;
  kinds?: FindingKind[] | null;
}

const STATE = `case when f.closed_at is not null then 'CLOSED' when d.id is not null then 'DECIDED' else 'OPEN' end`;
const FROM = `duplicate_finding f
  left join project pa on pa.id = f.first_project_id left join project pb on pb.id = f.second_project_id
  left join enterprise ea on ea.id = f.first_enterprise_id left join enterprise eb on eb.id = f.second_enterprise_id
  left join duplicate_decision d on (d.first_project_id = f.first_project_id and d.second_project_id = f.second_project_id) or (d.first_enterprise_id = f.first_enterprise_id and d.second_enterprise_id = f.second_enterprise_id)`;

/** What is known of a scan; alias k. */
const scanFacts: Facts = {
  state: 'k.state', phase: 'k.phase', done: 'k.done', total: 'k.total', found: 'k.found', closed: 'k.closed', requestedAt: 'k.requested_at', finishedAt: 'k.finished_at', failure: 'k.failure',
  requestedBy: { of: staffFacts, sql: (json) => `(select ${json} from staff s where s.id = k.requested_by)` },
};

/** What scans have found. A pair is listed for whoever sees one of the two; of the other only unit and person are told. */
@Injectable()
export class DuplicateFindingsService {
  constructor(private readonly db: Database) {}

  /** Findings, worst first. */
  async page(actor: Actor, filter: FindingFilter, input: PageInput, shape: Shape): Promise<Page<object>> {
    demand(actor, 'project.read');
    const request = pageRequest(input, 3);
    const params: unknown[] = [];
    const seen = this.seen(actor, params);
    const where = this.where(filter, params, seen);
    const key = `${seen.level}, 1 - ${seen.confidence}, f.id`;
    if (request.keys) where.push(`(${key}) > (${bind(params, request.keys[0])}::text, ${bind(params, request.keys[1])}::numeric, ${bind(params, request.keys[2])}::uuid)`);
    const rows = await this.db.read<{ node: object; a: string; b: string; id: string }>(actor,
      `select ${factsJson(this.facts(actor, params, seen), shape)} as node, ${seen.level} as a, (1 - ${seen.confidence})::text as b, f.id from ${FROM} where ${where.join(' and ')} order by ${key} limit ${request.limit + 1}`, params);
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.a, r.b, r.id] })), request);
  }

  async count(actor: Actor, filter: FindingFilter): Promise<number> {
    demand(actor, 'project.read');
    const params: unknown[] = [];
    const seen = this.seen(actor, params);
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from ${FROM} where ${this.where(filter, params, seen).join(' and ')}`, params);
    return row!.n;
  }

  /** The scan that was started last, or null. */
  async lastScan(actor: Actor, shape: Shape): Promise<object | null> {
    demand(actor, 'duplicate.scan');
    const [row] = await this.db.read<{ node: object }>(actor, `select ${factsJson(scanFacts, shape)} as node from duplicate_scan k order by k.id desc limit 1`);
    return row?.node ?? null;
  }

  /** Which side the actor sees, and what the pair is called then. */
  private seen(actor: Actor, params: unknown[]) {
    const project = (alias: string) => `(${alias}.id is not null and ${projectVisibility(actor, alias, params)})`;
    const enterprise = (alias: string) => (actor.permissions.has('enterprise.read') ? `(${alias}.id is not null and ${enterpriseVisibility(actor, alias, params)})` : 'false');
    const [first, second] = [`(${project('pa')} or ${enterprise('ea')})`, `(${project('pb')} or ${enterprise('eb')})`];
    const told = (column: string) => `case when ${first} and ${second} then f.${column} else f.blind_${column} end`;
    return { first, second, level: told('level'), confidence: told('confidence'), reasons: told('reasons') };
  }

  private where(filter: FindingFilter, params: unknown[], seen: ReturnType<DuplicateFindingsService['seen']>): string[] {
    // A record that is gone (merged, deleted) takes its findings out of sight.
    const where = [`(${seen.first} or ${seen.second})`, `${seen.level} is not null`, 'coalesce(pa.id, ea.id) is not null', 'coalesce(pb.id, eb.id) is not null'];
    if (filter.levels) where.push(`${seen.level} = any(${bind(params, filter.levels)}::text[])`);
    if (filter.states) where.push(`${STATE} = any(${bind(params, filter.states)}::text[])`);
    if (filter.kinds) where.push(`case when f.first_project_id is null then 'ENTERPRISE' else 'PROJECT' end = any(${bind(params, filter.kinds)}::text[])`);
    return where;
  }

  private facts(actor: Actor, params: unknown[], seen: ReturnType<DuplicateFindingsService['seen']>): Facts {
    const side = (n: 'first' | 'second', visible: string): Facts[string] => ({
      of: {
        project: { of: projectFacts, sql: (json) => `(select ${json} from project p where p.id = f.${n}_project_id and ${visible})` },
        enterprise: { of: enterpriseFacts, sql: (json) => `(select ${json} from enterprise e where e.id = f.${n}_enterprise_id and ${visible})` },
        reportedBy: `coalesce((select x.name from project q join department x on x.id = q.department_id where q.id = f.${n}_project_id), (select x.name from enterprise q join staff y on y.id = q.created_by join department x on x.id = y.department_id where q.id = f.${n}_enterprise_id))`,
        askPerson: `coalesce((select coalesce(y.name, r.reporter_name) from project q left join staff y on y.id = q.owner_id left join first_report r on r.project_id = q.id where q.id = f.${n}_project_id), (select y.name from enterprise q join staff y on y.id = q.created_by where q.id = f.${n}_enterprise_id))`,
      },
      sql: (json) => json,
    });
    return {
      kind: `case when f.first_project_id is null then 'ENTERPRISE' else 'PROJECT' end`, level: seen.level, confidence: `(${seen.confidence})::float`, reasons: `to_json(${seen.reasons})`,
      state: STATE, firstSeenAt: 'f.first_seen_at', lastSeenAt: 'f.last_seen_at', closedAt: 'f.closed_at',
      first: side('first', seen.first), second: side('second', seen.second),
      // The words of whoever decided tell of both records.
      decision: { of: { ...decisionFacts, note: `case when ${seen.first} and ${seen.second} then d.note end` }, sql: (json) => `case when d.id is not null then ${json} end` },
    };
  }
}

/** What was decided about a pair; alias d. */
export const decisionFacts: Facts = {
  verdict: 'd.verdict', note: 'd.note', decidedAt: 'd.decided_at', version: 'd.version',
  decidedBy: { of: staffFacts, sql: (json) => `(select ${json} from staff s where s.id = d.decided_by)` },
};
