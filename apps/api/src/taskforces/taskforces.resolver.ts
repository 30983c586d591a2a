import { Args, Context, Info, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { DutiesService, type DutyGapFilter as LocalGaps, type TaskforceCheck, taskforceDayFacts, TaskforceDayService, type TaskforceFilter as Filter, type TaskforceRole, TaskforcesService } from '@yinfeng/construction';
import { type Actor, localId, message } from '@yinfeng/platform';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf, idsOf } from '../graphql/ids.js';
import { loader } from '../graphql/loaders.js';
import type { PassthroughList } from '../graphql/passthrough.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { selected, selectedNodes, selects } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { Project } from '../projects/projects.types.js';
import {
  DutyCheck, DutyGapConnection, DutyGapFilter, SecretaryLoadConnection, Taskforce, TaskforceConnection, TaskforceDayConnection, TaskforceDepartmentsSetInput, TaskforceDissolveInput, TaskforceFilter,
  TaskforceFormInput, TaskforceMemberAddInput, TaskforceMemberEndInput, TaskforcePayload, TaskforceRoleEnum, TaskforceWarning,
} from './taskforces.types.js';

/** An id that may be none: the service answers for it. */
const staffId = (id: string) => idOf('Staff', id);

@Resolver(() => Taskforce)
export class TaskforcesResolver {
  constructor(private readonly taskforces: TaskforcesService, private readonly checks: DutiesService, private readonly day: TaskforceDayService) {
    NodeResolver.readers.set('Taskforce', (actor, id, shape) => taskforces.byId(actor, id, shape));
  }

  @Can('construction.read')
  @Query(() => TaskforceConnection, { name: 'taskforces', description: 'Taskforces of projects that the caller may see, newest first.' })
  async list(
    @Args('filter', { type: () => TaskforceFilter, nullable: true, description: 'Which taskforces.' }) filter: TaskforceFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local: Filter = { ...filter, projectId: filter?.projectId ? idsOf('Project', [filter.projectId])![0] : undefined, staffIds: idsOf('Staff', filter?.staffIds), departmentIds: idsOf('Department', filter?.departmentIds) };
    return connection(await this.taskforces.page(actor, local, page, selectedNodes(info)), () => this.taskforces.count(actor, local));
  }

  @Can('construction.read')
  @Query(() => TaskforceDayConnection, { description: '专班的一天: projects under way of the caller\'s taskforces with what is due, overdue and still to do this week; what is due first first.' })
  async taskforceDay(
    @Args('day', { type: () => DateScalar, nullable: true, description: 'Shanghai day; today when absent.' }) day: string | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    return connection(await this.day.page(actor, day ?? null, page, selectedNodes(info)), () => this.day.count(actor));
  }

  @Can('construction.read')
  @Query(() => DutyGapConnection, { description: 'Duties that the log does not show in a week, of projects under way that the caller may see.' })
  async dutyGaps(
    @Args('week', { type: () => DateScalar, nullable: true, description: 'Any day of the week; this week when absent.' }) week: string | null,
    @Args('filter', { type: () => DutyGapFilter, nullable: true, description: 'Which gaps.' }) filter: DutyGapFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local: LocalGaps = { ...filter, staffIds: idsOf('Staff', filter?.staffIds), departmentIds: idsOf('Department', filter?.departmentIds) };
    return connection(await this.checks.gaps(actor, week ?? null, local, page, selectedNodes(info)), () => this.checks.countGaps(actor, week ?? null, local));
  }

  @Can('construction.read')
  @Query(() => SecretaryLoadConnection, { description: 'Who serves how many projects as secretary, over the whole zone; most first.' })
  async secretaryLoad(@Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    return connection(await this.checks.secretaryLoad(actor, page, selectedNodes(info)), () => this.checks.countSecretaries(actor));
  }

  @Can('taskforce.edit')
  @Mutation(() => TaskforcePayload, { description: 'Forms the taskforce of a project; its people and departments see the project from then on.' })
  taskforceForm(@Args('input', { description: 'The taskforce.' }) input: TaskforceFormInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.taskforces.form(actor, {
      ...input, projectId: idOf('Project', input.projectId), members: input.members.map((m) => ({ ...m, staffId: staffId(m.staffId) })), departmentIds: input.departmentIds?.map((id) => idOf('Department', id)),
    }));
  }

  @Can('taskforce.edit')
  @Mutation(() => TaskforcePayload, { description: 'One more person, or role of a person, in a taskforce.' })
  taskforceMemberAdd(@Args('input', { description: 'Who, as what.' }) input: TaskforceMemberAddInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.taskforces.addMember(actor, { ...input, taskforceId: idOf('Taskforce', input.taskforceId), staffId: staffId(input.staffId) }));
  }

  @Can('taskforce.edit')
  @Mutation(() => TaskforcePayload, { description: 'Somebody leaves a role of a taskforce; whoever has no other reason no longer sees the project.' })
  taskforceMemberEnd(@Args('input', { description: 'Which entry, and why.' }) input: TaskforceMemberEndInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.taskforces.endMember(actor, { ...input, memberId: idOf('TaskforceMember', input.memberId) }));
  }

  @Can('taskforce.edit')
  @Mutation(() => TaskforcePayload, { description: 'Says which departments belong to a taskforce.' })
  taskforceDepartmentsSet(@Args('input', { description: 'The departments.' }) input: TaskforceDepartmentsSetInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.taskforces.setDepartments(actor, { ...input, taskforceId: idOf('Taskforce', input.taskforceId), departmentIds: input.departmentIds.map((id) => idOf('Department', id)) }));
  }

  @Can('taskforce.edit')
  @Mutation(() => TaskforcePayload, { description: 'Dissolves a taskforce, with a reason; it stays on record, and another one may be formed.' })
  taskforceDissolve(@Args('input', { description: 'Which, and why.' }) input: TaskforceDissolveInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.taskforces.dissolve(actor, { ...input, taskforceId: idOf('Taskforce', input.taskforceId) }));
  }

  @ResolveField(() => [TaskforceRoleEnum], { description: 'Roles that somebody should have and nobody has: those that the zone requires, and a secretary from so much fixed investment on.' })
  async missingRoles(@Parent() parent: { id: string }, @Context() context: RequestContext): Promise<TaskforceRole[]> {
    return (await this.check(context, parent.id))?.missingRoles ?? [];
  }

  @ResolveField(() => [TaskforceWarning], { description: 'What is to be thought of.' })
  async warnings(@Parent() parent: { id: string }, @Context() context: RequestContext): Promise<TaskforceWarning[]> {
    return told(await this.check(context, parent.id), actorOf(context));
  }

  @ResolveField(() => [DutyCheck], { description: 'What was asked of it in a week and what the log shows, by the rules of that week.' })
  async duties(@Parent() parent: { id: string }, @Args('week', { type: () => DateScalar, nullable: true, description: 'Any day of the week; this week when absent.' }) week: string | null, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const shape = selected(info);
    return (await loader<string, object[]>(context, `taskforce.duties:${week}:${JSON.stringify(shape)}`, async (ids) => {
      const of = await this.checks.ofTaskforces(actorOf(context), ids, week ?? null, shape);
      return ids.map((id) => of.get(id) ?? null);
    }).load(localId('Taskforce', parent.id)!)) ?? [];
  }

  private check(context: RequestContext, id: string): Promise<TaskforceCheck | null> {
    return loader<string, TaskforceCheck>(context, 'taskforce.checks', async (ids) => {
      const of = await this.checks.checks(actorOf(context), ids);
      return ids.map((one) => of.get(one) ?? null);
    }).load(localId('Taskforce', id)!);
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ taskforceId: string }>) {
    const actor = actorOf(context);
    const shape = selected(info, 'taskforce');
    return outcome<{ taskforce?: unknown; warnings: TaskforceWarning[] }>(actor.locale, async () => {
      const { taskforceId } = await work(actor);
      return { taskforce: await this.taskforces.byId(actor, taskforceId, shape), warnings: selects(info, 'warnings') ? told((await this.checks.checks(actor, [taskforceId])).get(taskforceId), actor) : [] };
    }, async (id) => ({ taskforce: await this.taskforces.byId(actor, id ?? null, shape), warnings: [] }));
  }
}

/** What the taskforce adds to a project; it is read together with the project. */
@Resolver(() => Project)
export class ProjectTaskforceResolver {
  @ResolveField(() => Taskforce, { nullable: true, description: 'The taskforce that stands.' })
  taskforce(parent: { taskforce?: unknown }, _args: unknown, context: RequestContext): unknown {
    return actorOf(context).permissions.has('construction.read') ? (parent.taskforce ?? null) : null;
  }
}

/** `taskforceDay`, as TaskforcesResolver answers it, with records as text. */
export function taskforceDayPassthrough(days: TaskforceDayService): PassthroughList {
  return {
    facts: taskforceDayFacts,
    page: (actor, args: ForwardPageArgs & { day?: string | null }, json) => days.pageOfText(actor, args.day ?? null, args, json),
    count: (actor) => days.count(actor),
  };
}

function told(check: TaskforceCheck | null | undefined, actor: Actor): TaskforceWarning[] {
  return (check?.warnings ?? []).map(({ code, staffId: id, name, count, most }) => ({ code, staffId: `Staff:${id}`, count, most, message: message('TASKFORCE_SECRETARY_LOAD', { name, count, most }, actor.locale) }));
}
