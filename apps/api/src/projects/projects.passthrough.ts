import { type ProjectOrder, projectFacts, type ProjectsService } from '@yinfeng/recruitment';
import { checkedInput } from '../graphql/input.pipe.js';
import type { PassthroughList } from '../graphql/passthrough.js';
import type { PageArgs } from '../graphql/relay.js';
import { ProjectFilter } from './projects.inputs.js';
import { localFilter } from './projects.resolver.js';

interface Args extends PageArgs {
  filter?: object | null;
  orderBy?: ProjectOrder | null;
}

/** `projects`, as ProjectsResolver.list answers it, with records as text. */
export function projectsPassthrough(projects: ProjectsService): PassthroughList {
  const filterOf = (args: Args) => localFilter(args.filter ? checkedInput(ProjectFilter, args.filter) : null);
  return {
    facts: projectFacts,
    page: (actor, args: Args, json) => projects.pageOfText(actor, filterOf(args), args.orderBy ?? 'NEWEST', args, json),
    count: (actor, args: Args) => projects.count(actor, filterOf(args)),
  };
}
