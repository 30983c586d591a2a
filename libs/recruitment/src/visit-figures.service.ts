import { Injectable } from '@nestjs/common';
import { PolicyService, type PolicyValue } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, Refusal } from '@yinfeng/platform';
import { bind } from './projects.access.js';
import { type VisitFilter, VisitsService } from './visits.service.js';

export const VISIT_DIMENSIONS = ['DIRECTION', 'STAFF', 'DEPARTMENT', 'LEADER_LEVEL', 'RESULT'] as const;
export type VisitDimension = (typeof VISIT_DIMENSIONS)[number];

/** Counts over visits. A visit without a number of batches is one batch; without a head-count, as many as were met. */
export interface VisitCounts {
  visits: number;
  batches: number;
  persons: number;
  newBatches: number;
  newPersons: number;
  leaderLed: number;
  enterprises: number;
  projects: number;
}
export interface VisitFigures {
  total: VisitCounts;
  /** `key` as filters take it; null where a visit says nothing. */
  rows: (VisitCounts & { key: string | null; label: string })[];
}

const COUNTS = `count(*)::int as visits, coalesce(sum(coalesce(v.batches, 1)), 0)::int as batches, coalesce(sum(coalesce(v.headcount, jsonb_array_length(v.met))), 0)::int as persons,
  coalesce(sum(v.new_batches), 0)::int as "newBatches", coalesce(sum(v.new_persons), 0)::int as "newPersons"`;
const KEYS: Record<VisitDimension, string> = { DIRECTION: 'v.direction', STAFF: 'v.staff_id::text', DEPARTMENT: 'v.department_id::text', LEADER_LEVEL: 'coalesce(w.code, v.leader_level)', RESULT: 'v.result_kind' };
const DIRECTION_WORDS: Record<string, readonly [string, string]> = { OUTBOUND: ['外出招商', 'Outbound'], INBOUND: ['来访接待', 'Inbound'], EVENT: ['对接活动', 'Events'], CALL: ['电话视频', 'Calls'], SITE: ['现场走访', 'On site'], DISPATCH: ['专班调度', 'Dispatch meetings'] };

/** The words of a leader level: its code, name and what ledgers call it, one row each. */
export function levelWords(levels: PolicyValue<'visits'>['leaderLevels'], leads?: boolean): { word: string; code: string }[] {
  return levels.filter((l) => leads === undefined || l.leads === leads).flatMap((l) => [l.code, l.zh, ...l.aliases].map((word) => ({ word, code: l.code })));
}

/** What the visit log comes to (domain.md A1 rows 17, 18): 批次, 人次, 新增, 领导带队, over the visits that the actor may see. */
@Injectable()
export class VisitFiguresService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService, private readonly visits: VisitsService) {}

  /** @throws Refusal DATE_ORDER. */
  async count(actor: Actor, filter: VisitFilter, by: VisitDimension | null): Promise<VisitFigures> {
    demand(actor, 'visit.read');
    if (filter.from && filter.to && filter.to < filter.from) throw new Refusal('DATE_ORDER', ['filter', 'to'], { field: 'to', value: filter.to, other: 'from', otherValue: filter.from });
    const policy = await this.db.tx(actor, (tx) => this.policies.value(tx, 'visits', this.clock.today()));
    const params: unknown[] = [];
    const where = await this.visits.conditions(actor, filter, params);
    const words = bind(params, JSON.stringify(levelWords(policy.leaderLevels)));
    const leading = bind(params, policy.leaderLevels.filter((l) => l.leads).map((l) => l.code));
    const key = by ? KEYS[by] : 'null::text';
    const rows = await this.db.read<VisitCounts & { key: string | null; total: boolean; name: string | null }>(actor,
      `select g.*, ${by === 'STAFF' ? '(select name from staff where id::text = g.key)' : by === 'DEPARTMENT' ? '(select name from department where id::text = g.key)' : 'null'} as name from (
         select ${key} as key, grouping(${key}) = 1 as total, ${COUNTS}, (count(*) filter (where w.code = any(${leading}::text[])))::int as "leaderLed",
           count(distinct coalesce(v.enterprise_id, p.enterprise_id))::int as enterprises, count(distinct v.project_id)::int as projects
         from visit v left join project p on p.id = v.project_id left join jsonb_to_recordset(${words}::jsonb) w (word text, code text) on w.word = v.leader_level
         where ${where.join(' and ')} group by grouping sets ((), (${key})) order by visits desc, key limit 501) g`, params);
    const counts = ({ visits, batches, persons, newBatches, newPersons, leaderLed, enterprises, projects }: VisitCounts): VisitCounts => ({ visits, batches, persons, newBatches, newPersons, leaderLed, enterprises, projects });
    const total = rows.find((r) => r.total);
    const en = actor.locale === 'en';
    const label = (r: { key: string | null; name: string | null }) => {
      if (r.key === null) return en ? 'Not stated' : '未填写';
      if (by === 'DIRECTION') return DIRECTION_WORDS[r.key]?.[en ? 1 : 0] ?? r.key;
      const known = by === 'LEADER_LEVEL' ? policy.leaderLevels.find((l) => l.code === r.key) : by === 'RESULT' ? policy.resultKinds.find((k) => k.code === r.key) : undefined;
      return r.name ?? (known ? known[en ? 'en' : 'zh'] : r.key);
    };
    const prefix = by === 'STAFF' ? 'Staff:' : by === 'DEPARTMENT' ? 'Department:' : '';
    return {
      total: total ? counts(total) : { visits: 0, batches: 0, persons: 0, newBatches: 0, newPersons: 0, leaderLed: 0, enterprises: 0, projects: 0 },
      rows: by ? rows.filter((r) => !r.total).slice(0, 500).map((r) => ({ ...counts(r), key: r.key === null ? null : prefix + r.key, label: label(r) })) : [],
    };
  }
}
