import { Args, Context, ID, Info, Query, Resolver } from '@nestjs/graphql';
import { departmentFacts, industryFacts, parkFacts, staffFacts } from '@yinfeng/directory';
import { EnterprisesService } from '@yinfeng/enterprises';
import { type Actor, Database, type Facts, factsJson, localId, type Shape } from '@yinfeng/platform';
import { enterpriseVisibility, milestoneFacts, projectVisibility, ProjectsService, SigningsService, stageRequestFacts, VisitsService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { demandFound } from '../graphql/ids.js';
import { Node } from '../graphql/relay.js';
import { selected } from '../graphql/selection.js';

/** Reads one record of a type, or null when the actor may not see it. */
export type NodeReader = (actor: Actor, id: string, shape: Shape) => Promise<object | null>;

@Resolver(() => Node)
export class NodeResolver {
  /** Readers by type name; folders of other nouns add theirs in their constructors. */
  static readonly readers = new Map<string, NodeReader>();

  constructor(private readonly db: Database, projects: ProjectsService, visits: VisitsService, signings: SigningsService, enterprises: EnterprisesService) {
    const readers = NodeResolver.readers;
    readers.set('Project', (a, id, s) => projects.byId(a, id, s));
    readers.set('Visit', (a, id, s) => visits.byId(a, id, s));
    readers.set('Signing', (a, id, s) => signings.byId(a, id, s));
    readers.set('Enterprise', async (a, id, s) => (a.permissions.has('enterprise.read') ? enterprises.byId(a, id, s, (params) => enterpriseVisibility(a, 'e', params)) : null));
    readers.set('Staff', this.directory(staffFacts, 'staff s', 's'));
    readers.set('Department', this.directory(departmentFacts, 'department d', 'd'));
    readers.set('Industry', this.directory(industryFacts, 'industry i', 'i', 'code'));
    readers.set('Park', this.directory(parkFacts, 'park k', 'k'));
    readers.set('Milestone', this.ofProject(milestoneFacts, 'milestone m', 'm'));
    readers.set('StageRequest', this.ofProject(stageRequestFacts, 'stage_request q', 'q'));
  }

  @Can('self.read')
  @Query(() => Node, { nullable: true, description: 'Any record by its global id; NOT_FOUND when there is none that the caller may see.' })
  async node(@Args('id', { type: () => ID, description: 'Global id.' }) id: string, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const type = id.split(':')[0] ?? '';
    // An industry is known by its code in the standard, every other record by a UUID.
    const key = type === 'Industry' ? /^Industry:([A-T]\d{0,4})$/.exec(id)?.[1] : localId(type, id);
    const read = NodeResolver.readers.get(type);
    return demandFound(key && read ? await read(actorOf(context), key, { id: true, ...selected(info) }) : null);
  }

  /** People, units and parks of the zone: whoever may read the directory sees all of them; row-level security keeps the zone. */
  private directory(facts: Facts, from: string, alias: string, key = 'id'): NodeReader {
    return async (actor, id, shape) => {
      if (!actor.permissions.has('directory.read')) return null;
      const [row] = await this.db.read<{ node: object }>(actor, `select ${factsJson(facts, shape)} as node from ${from} where ${alias}.${key} = $1`, [id]);
      return row?.node ?? null;
    };
  }

  private ofProject(facts: Facts, from: string, alias: string): NodeReader {
    return async (actor, id, shape) => {
      if (!actor.permissions.has('project.read')) return null;
      const params: unknown[] = [id];
      const [row] = await this.db.read<{ node: object }>(actor, `select ${factsJson(facts, shape)} as node from ${from} join project pv on pv.id = ${alias}.project_id where ${alias}.id = $1 and ${projectVisibility(actor, 'pv', params)}`, params);
      return row?.node ?? null;
    };
  }
}
