import { Injectable } from '@nestjs/common';
import { PolicyService, type PolicyValue } from '@yinfeng/directory';
import { type Actor, Clock, Database, type Tx } from '@yinfeng/platform';
import { bind, projectVisibility, type ProjectStatus, type Stage } from './projects.access.js';
import { protectionOf, type ProtectionStanding } from './protection.rules.js';

export interface Protection extends ProtectionStanding {
  /** Whom it protects: the first reporter, or whoever took the project from the pool or reopened it too late. */
  holderName: string | null;
}

interface Row {
  id: string;
  stage: Stage;
  status: ProjectStatus;
  started_on: string;
  progress: string[];
  extensions: { on: string; until: string }[];
  holder_name: string | null;
}

/** What the rule looks at: $1 projects, $2 kinds of progress. A new protection begins with a claim, and with a reopening after the old one lapsed. */
const FACTS = `
  select p.id, p.stage, p.status, coalesce(b.on_day, r.on_day, shanghai_day(p.created_at)) as started_on,
    coalesce((select name from staff s where s.id = b.holder), r.reporter_name) as holder_name,
    array(select distinct d::text from (
      select v.visited_on from visit v where v.project_id = p.id and 'VISIT' = any($2)
      union all select shanghai_day(coalesce(m.approved_at, m.entered_at)) from milestone m where m.project_id = p.id and m.kind <> 'REPORTED' and m.voided_at is null and 'STAGE' = any($2)
      union all select g.signed_on from signing g where g.project_id = p.id and g.voided_at is null and 'SIGNING' = any($2)) x (d)) as progress,
    coalesce((select json_agg(json_build_object('on', shanghai_day(q.requested_at), 'until', q.protection_until)) from status_request q where q.project_id = p.id and q.act = 'EXTEND' and q.state = 'APPROVED'), '[]') as extensions
  from project p
  left join lateral (select shanghai_day(f.reported_at) as on_day, coalesce((select name from staff where id = f.reporter_id), f.reporter_name) as reporter_name from first_report f where f.project_id = coalesce(p.first_report_of, p.id)) r on true
  left join lateral (
    select x.on_day, x.holder from (
      select shanghai_day(e.left_at) as on_day, e.taken_by as holder from pool_entry e where e.project_id = p.id and e.taken_by is not null
      union all select c.begins_on, p.owner_id from credit_ruling c where c.project_id = p.id and c.begins_on is not null) x
    order by x.on_day desc limit 1) b on true
  where p.id = any($1::uuid[])`;

/** 首报保护期: how long a first report, or whoever took the project over, is protected (domain.md C2; policy `protection`). */
@Injectable()
export class ProtectionsService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService) {}

  /** Of projects that the actor may see, for a field on each of them. */
  async ofProjects(actor: Actor, projectIds: readonly string[]): Promise<Map<string, Protection>> {
    return this.db.tx(actor, async (tx) => {
      const params: unknown[] = [projectIds];
      const rule = await this.rule(tx);
      bind(params, rule.progress);
      const visible = projectVisibility(actor, 'p', params);
      return this.standings(await tx.rows<Row>(`${FACTS} and ${visible}`, params), rule, this.clock.today());
    });
  }

  /** Of projects that the caller has locked or chosen, as of a Shanghai day (today when absent). */
  async standing(tx: Tx, projectIds: readonly string[], day = this.clock.today()): Promise<Map<string, Protection>> {
    const rule = await this.rule(tx);
    return this.standings(await tx.rows<Row>(FACTS, [projectIds, rule.progress]), rule, day);
  }

  rule(tx: Tx): Promise<PolicyValue<'protection'>> {
    return this.policies.value(tx, 'protection', this.clock.today());
  }

  private standings(rows: readonly Row[], rule: PolicyValue<'protection'>, day: string): Map<string, Protection> {
    return new Map(rows.map((r) => [r.id, { ...protectionOf({ stage: r.stage, status: r.status, startedOn: r.started_on, progress: r.progress, extensions: r.extensions }, rule, day), holderName: r.holder_name }]));
  }
}
