import { Args, Context, Info, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { type DirectoryList, DirectoryReads } from '@yinfeng/directory';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { connection, connectionOf, ForwardPageArgs } from '../graphql/relay.js';
import { selectedNodes } from '../graphql/selection.js';
import { Department, Industry, Park, Staff } from './directory.types.js';

@ObjectType({ description: 'Departments by name.' })
export class DepartmentConnection extends connectionOf(Department, 'Department') {}
@ObjectType({ description: 'People by name.' })
export class StaffConnection extends connectionOf(Staff, 'Staff') {}
@ObjectType({ description: 'Parks by name.' })
export class ParkConnection extends connectionOf(Park, 'Park') {}
@ObjectType({ description: 'Industries by code.' })
export class IndustryConnection extends connectionOf(Industry, 'Industry') {}

const text = { nullable: true, type: () => String, description: 'Only those whose name (of an industry: code or name) holds this.' };

@Resolver()
export class DirectoryResolver {
  constructor(private readonly reads: DirectoryReads) {}

  @Can('directory.read')
  @Query(() => DepartmentConnection, { description: 'Departments of the zone, by name.' })
  departments(@Args('text', text) search: string | null, @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.list('departments', search, page, context, info);
  }

  @Can('directory.read')
  @Query(() => StaffConnection, { description: 'People of the zone, by name.' })
  staff(@Args('text', text) search: string | null, @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.list('staff', search, page, context, info);
  }

  @Can('directory.read')
  @Query(() => ParkConnection, { description: 'Parks of the zone, by name.' })
  parks(@Args('text', text) search: string | null, @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.list('parks', search, page, context, info);
  }

  @Can('directory.read')
  @Query(() => IndustryConnection, { description: 'Industries of GB/T 4754, by code.' })
  industries(@Args('text', text) search: string | null, @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.list('industries', search, page, context, info);
  }

  private async list(list: DirectoryList, search: string | null, page: ForwardPageArgs, context: RequestContext, info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    return connection(await this.reads.page(actor, list, search, page, selectedNodes(info)), () => this.reads.count(actor, list, search));
  }
}
