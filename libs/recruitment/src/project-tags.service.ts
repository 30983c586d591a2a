import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database } from '@yinfeng/platform';
import { projectVisibility } from './projects.access.js';
import { type ProjectTag, type TagFacts, tagsOf } from './project-tags.rules.js';

/** Ledgers say 是 or 否 where they ask. */
const said = (field: string) => `coalesce(p.extra ->> '${field}' in ('是', '有', 'true', '1', 'Y', 'y'), false)`;

@Injectable()
export class ProjectTagsService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService) {}

  /** Tags of several projects that the actor may see, computed from what is on record. */
  async ofProjects(actor: Actor, projectIds: readonly string[]): Promise<Map<string, ProjectTag[]>> {
    return this.db.tx(actor, async (tx) => {
      const policy = await this.policies.value(tx, 'projectTags', this.clock.today());
      const params: unknown[] = [projectIds];
      const rows = await tx.rows<TagFacts & { id: string }>(
        `select p.id, reference_cny(p.total_amount, p.total_currency)::text as "totalCny", p.capital_source as "capitalSource", ${said('flag.hq')} as headquarters, ${said('flag.rnd')} as research,
           exists (select from milestone m where m.project_id = p.id and m.kind = 'STATISTICS_ENTRY' and m.voided_at is null) as "inStatistics",
           coalesce((select array_agg(distinct c) from project_enterprise pe join enterprise e on e.id = pe.enterprise_id cross join unnest(e.classes) c where pe.project_id = p.id), '{}') as classes
         from project p where p.id = any($1::uuid[]) and ${projectVisibility(actor, 'p', params)}`, params);
      return new Map(rows.map((r) => [r.id, tagsOf(r, policy, actor.locale)]));
    });
  }
}
