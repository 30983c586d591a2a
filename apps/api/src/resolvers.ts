import type { Type } from '@nestjs/common';
import { EnterprisesResolver } from './enterprises/enterprises.resolver.js';
import { LeadsResolver } from './leads/leads.resolver.js';
import { NodeResolver } from './node/node.resolver.js';
import { ProjectsResolver } from './projects/projects.resolver.js';
import { SearchResolver } from './search/search.resolver.js';
import { SigningsResolver } from './signings/signings.resolver.js';
import { VisitsResolver } from './visits/visits.resolver.js';

/** Every resolver of the API, by domain noun. */
export const resolvers: Type<unknown>[] = [EnterprisesResolver, LeadsResolver, NodeResolver, ProjectsResolver, SearchResolver, SigningsResolver, VisitsResolver];
