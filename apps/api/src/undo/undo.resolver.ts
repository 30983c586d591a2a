import { Args, Context, ID, Info, Mutation, Query, Resolver } from '@nestjs/graphql';
import { EnterprisesService } from '@yinfeng/enterprises';
import { type Actor, globalId, message, type Shape } from '@yinfeng/platform';
import { BulkEditsService, type BulkOutcome, DeletionsService, enterpriseVisibility, type Merge, type MergeKind, MergesService, ProjectsService, UndoService, type UndoKind } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf, refOf } from '../graphql/ids.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { selected } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { ProjectPayload } from '../projects/projects.types.js';
import * as T from './undo.types.js';

const TYPE: Record<MergeKind, string> = { project: 'Project', enterprise: 'Enterprise', contact: 'Contact' };

@Resolver(() => T.UndoAct)
export class UndoResolver {
  constructor(
    private readonly merges: MergesService, private readonly undo: UndoService, private readonly deletions: DeletionsService, private readonly bulk: BulkEditsService, private readonly projects: ProjectsService,
    private readonly enterprises: EnterprisesService,
  ) {
    NodeResolver.readers.set('UndoAct', (actor, id, shape) => this.act(actor, id, shape));
  }

  @Can('merge.run')
  @Query(() => T.MergePreview, { description: 'What a merge would do: the fields side by side, what would move, what stands in the way. Changes nothing.' })
  mergePreview(
    @Args('kind', { type: () => T.MergeKindEnum, description: 'What is merged.' }) kind: keyof typeof T.MergeKindEnum,
    @Args('survivorId', { type: () => ID, description: 'The record that would stay.' }) survivorId: string,
    @Args('otherId', { type: () => ID, description: 'The record that would go into it.' }) otherId: string,
    @Context() context: RequestContext,
  ) {
    const entity = kind.toLowerCase() as MergeKind;
    return this.merges.preview(actorOf(context), entity, { survivorId: idOf(TYPE[entity], survivorId), otherId: idOf(TYPE[entity], otherId) });
  }

  @Can('merge.run')
  @Mutation(() => T.ProjectMergePayload, { description: 'Merges two projects with all that hangs on them; the id of the one that went leads to the other.' })
  projectMerge(@Args('input', { description: 'Which, and whose values.' }) input: T.ProjectMergeInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.merge(context, info, 'project', input, (actor, id, shape) => this.projects.byId(actor, id, shape));
  }

  @Can('merge.run')
  @Mutation(() => T.EnterpriseMergePayload, { description: 'Merges two enterprises; projects, visits and contacts follow.' })
  enterpriseMerge(@Args('input', { description: 'Which, and whose values.' }) input: T.EnterpriseMergeInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.merge(context, info, 'enterprise', input, (actor, id, shape) => this.enterprises.byId(actor, id, shape, (params) => enterpriseVisibility(actor, 'e', params)));
  }

  @Can('merge.run')
  @Mutation(() => T.ContactMergePayload, { description: 'Merges two contacts; all phones are kept.' })
  contactMerge(@Args('input', { description: 'Which, and whose values.' }) input: T.ContactMergeInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.merge(context, info, 'contact', input, async (_actor, id) => globalId('Contact', id), 'contactId');
  }

  @Can('merge.run')
  @Mutation(() => T.UndoPayload, { description: 'Takes a merge back: everything to where it was, but for what has changed since.' })
  mergeUndo(@Args('input', { description: 'Which merge.' }) input: T.UndoInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.takeBack(context, info, 'MERGE', input);
  }

  @Can('self.read')
  @Mutation(() => T.UndoPayload, { description: 'Brings a deleted project, visit or signing back.' })
  deletionUndo(@Args('input', { description: 'Which deletion.' }) input: T.UndoInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.takeBack(context, info, 'DELETION', input);
  }

  @Can('project.bulk')
  @Mutation(() => T.UndoPayload, { description: 'Takes a bulk change back where it still holds.' })
  bulkUndo(@Args('input', { description: 'Which bulk change.' }) input: T.UndoInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.takeBack(context, info, 'BULK', input);
  }

  @Can('stage.approve')
  @Mutation(() => ProjectPayload, { description: 'Takes the last stage move of a project back, by whoever approved it or by a manager who did not ask for it.' })
  stageUndo(@Args('input', { description: 'Which project, and why.' }) input: T.StageUndoInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const now = (id: string | undefined) => (id ? this.projects.byId(actor, id, selected(info, 'project')) : null);
    return outcome<{ project?: unknown }>(actor.locale, async () => ({ project: await now((await this.undo.stage(actor, { ...input, projectId: idOf('Project', input.projectId) })).projectId) }), async (id) => ({ project: await now(id) }));
  }

  @Can('project.delete')
  @Mutation(() => T.UndoPayload, { description: 'Deletes a lead or reserve project on which nobody else has built; its first report stays on record.' })
  projectDelete(@Args('input', { description: 'Which, and why.' }) input: T.ProjectDeleteInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.acted(context, info, (actor) => this.deletions.project(actor, { ...input, projectId: idOf('Project', input.projectId) }));
  }

  @Can('visit.log')
  @Mutation(() => T.UndoPayload, { description: 'Deletes a visit of one\'s own; with project.delete anybody\'s. The counts of its project follow.' })
  visitDelete(@Args('input', { description: 'Which, and why.' }) input: T.VisitDeleteInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.acted(context, info, (actor) => this.deletions.visit(actor, { ...input, recordId: idOf('Visit', input.visitId) }));
  }

  @Can('signing.record')
  @Mutation(() => T.UndoPayload, { description: 'Deletes a signing of one\'s own; with project.delete anybody\'s. Not the last one of a signed project.' })
  signingDelete(@Args('input', { description: 'Which, and why.' }) input: T.SigningDeleteInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.acted(context, info, (actor) => this.deletions.signing(actor, { ...input, recordId: idOf('Signing', input.signingId) }));
  }

  @Can('project.bulk')
  @Mutation(() => T.BulkPayload, { description: 'Makes the same change in many projects, in one transaction; what could not be changed is named.' })
  projectBulkEdit(@Args('input', { description: 'Which projects, and the change.' }) input: T.ProjectBulkEditInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const { assigneeId, projectIds, ...rest } = input;
    return this.changed(context, info, (actor) => this.bulk.edit(actor, {
      ...rest, projectIds: projectIds.map((id) => idOf('Project', id)), ownerId: refOf('Staff', assigneeId, 'assigneeId'), departmentId: refOf('Department', input.departmentId, 'departmentId'), parkId: refOf('Park', input.parkId, 'parkId'),
    }), projectIds);
  }

  @Can('project.bulk')
  @Mutation(() => T.BulkPayload, { description: '离岗移交: gives all projects of a person that the caller sees to another, with their open reminders.' })
  projectHandOver(@Args('input', { description: 'From whom to whom.' }) input: T.ProjectHandOverInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.changed(context, info, (actor) => this.bulk.handOver(actor, { ...input, fromId: idOf('Staff', input.fromId), toId: idOf('Staff', input.toId), departmentId: refOf('Department', input.departmentId, 'departmentId') }));
  }

  @Can('self.read')
  @Query(() => T.UndoableConnection, { description: 'What the caller can still take back, latest first.' })
  async undoables(@Args() page: ForwardPageArgs, @Context() context: RequestContext) {
    const actor = actorOf(context);
    return connection(await this.undo.open(actor, page), () => this.undo.countOpen(actor));
  }

  private merge(context: RequestContext, info: GraphQLResolveInfo, kind: MergeKind, input: Omit<Merge, 'survivorId' | 'otherId'> & { survivorId: string; otherId: string }, read: (actor: Actor, id: string, shape: Shape) => Promise<unknown>, field: string = kind) {
    const actor = actorOf(context);
    const now = (id: string | undefined) => (id ? read(actor, id, selected(info, field)) : null);
    return outcome<{ act?: unknown }>(actor.locale, async () => {
      const done = await this.merges.merge(actor, kind, { ...input, survivorId: idOf(TYPE[kind], input.survivorId), otherId: idOf(TYPE[kind], input.otherId) });
      return { act: await this.act(actor, done.actId, selected(info, 'act')), [field]: await now(done.survivorId) };
    }, async (id) => ({ [field]: await now(id) }));
  }

  private takeBack(context: RequestContext, info: GraphQLResolveInfo, kind: UndoKind, input: T.UndoInput) {
    return this.acted(context, info, (actor) => this.undo.undo(actor, kind, { ...input, actId: idOf('UndoAct', input.actId) }));
  }

  private acted(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ actId: string }>) {
    const actor = actorOf(context);
    return outcome<{ act?: unknown }>(actor.locale, async () => ({ act: await this.act(actor, (await work(actor)).actId, selected(info, 'act')) }));
  }

  private changed(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<BulkOutcome>, asked: readonly string[] = []) {
    const actor = actorOf(context);
    return outcome<{ act?: unknown; changed?: number; items?: unknown[] }>(actor.locale, async () => {
      const done = await work(actor);
      const items = done.items.map((i, n) => ({ projectId: asked[n] ?? globalId('Project', i.projectId!), error: i.refusal && { code: i.refusal.code, message: message(i.refusal.code, i.refusal.params, actor.locale), path: ['projectIds', String(n)] } }));
      return { act: done.actId ? await this.act(actor, done.actId, selected(info, 'act')) : null, changed: done.changed, items };
    });
  }

  /** An act with what was left behind in the shape of the API. */
  private async act(actor: Actor, id: string, shape: Shape): Promise<object | null> {
    const act = (await this.undo.byId(actor, id, shape)) as { leftBehind?: { entity: string; key: { id?: string }; columns: string[] }[] } | null;
    return act && (act.leftBehind ? { ...act, leftBehind: act.leftBehind.map((l) => ({ entity: l.entity, recordId: l.key.id ?? null, columns: l.columns })) } : act);
  }
}
