import { Args, Context, ID, Info, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { type Actor, localId } from '@yinfeng/platform';
import { ACT_LABELS, ProjectEditsService, type ProjectFilter as Filter, type ProjectOrder, ProjectsService, STAGE_LABELS, StagesService, SigningsService, TimelineService, type TimelineEntry as Entry } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { MilestoneKindEnum, ProjectOrderEnum } from '../graphql/enums.js';
import { outcome } from '../graphql/errors.js';
import { demandFound, idOf, idsOf, refOf } from '../graphql/ids.js';
import { loader } from '../graphql/loaders.js';
import { connection, ForwardPageArgs, PageArgs } from '../graphql/relay.js';
import { mergeShapes, selected, selectedNodes } from '../graphql/selection.js';
import { EvidenceAddInput, ProjectEditInput, ProjectFilter, StageApproveInput, StageRequestInput } from './projects.inputs.js';
import { Project, ProjectConnection, ProjectPayload, StageRequestPayload, TimelineConnection } from './projects.types.js';

/** A filter of the API with its ids made local. */
export function localFilter(f: ProjectFilter | null | undefined): Filter {
  return { ...f, departmentIds: idsOf('Department', f?.departmentIds), ownerIds: idsOf('Staff', f?.ownerIds), parkIds: idsOf('Park', f?.parkIds), importId: f?.importId ? idsOf('LedgerImport', [f.importId])![0]! : undefined, serviceDepartmentIds: idsOf('Department', f?.serviceDepartmentIds) };
}

/** What a nested field of a project needs of its parent beyond the selection. */
const project = (parent: { id: string }) => localId('Project', parent.id)!;

@Resolver(() => Project)
export class ProjectsResolver {
  constructor(
    private readonly projects: ProjectsService,
    private readonly edits: ProjectEditsService,
    private readonly stages: StagesService,
    private readonly signings: SigningsService,
    private readonly story: TimelineService,
  ) {}

  @Can('project.read')
  @Query(() => Project, { nullable: true, name: 'project', description: 'One project; NOT_FOUND when there is none that the caller may see.' })
  async project(@Args('id', { type: () => ID, description: 'Global id.' }) id: string, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return demandFound(await this.projects.byId(actorOf(context), idOf('Project', id), selected(info)));
  }

  @Can('project.read')
  @Query(() => ProjectConnection, { name: 'projects', description: 'Projects that the caller may see.' })
  async list(
    @Args('filter', { type: () => ProjectFilter, nullable: true, description: 'Which projects.' }) filter: ProjectFilter | null,
    @Args('orderBy', { type: () => ProjectOrderEnum, nullable: true, description: 'Order; newest first when absent.' }) order: ProjectOrder | null,
    @Args() page: PageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local = localFilter(filter);
    return connection(await this.projects.page(actor, local, order ?? 'NEWEST', page, selectedNodes(info)), () => this.projects.count(actor, local));
  }

  @Can('project.read')
  @Query(() => ProjectConnection, { name: 'leads', description: 'Leads to be judged; the one whose triage clock ends first comes first.' })
  async leads(
    @Args('filter', { type: () => ProjectFilter, nullable: true, description: 'Which leads.' }) filter: ProjectFilter | null,
    @Args('orderBy', { type: () => ProjectOrderEnum, nullable: true, description: 'Order; triage clock first when absent.' }) order: ProjectOrder | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const local: Filter = { ...localFilter(filter), stages: ['LEAD'], statuses: filter?.statuses ?? ['ACTIVE'] };
    return connection(await this.projects.page(actor, local, order ?? 'TRIAGE', page, selectedNodes(info)), () => this.projects.count(actor, local));
  }

  @Can('project.edit')
  @Mutation(() => ProjectPayload, { description: 'Corrects or completes a project.' })
  projectEdit(@Args('input', { description: 'The changes.' }) input: ProjectEditInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const { assigneeId, ...rest } = input;
    return this.act(context, info, (actor) => this.edits.edit(actor, {
      ...rest, projectId: idOf('Project', input.projectId), parkId: refOf('Park', input.parkId, 'parkId'), departmentId: refOf('Department', input.departmentId, 'departmentId'), ownerId: refOf('Staff', assigneeId, 'assigneeId'),
    }));
  }

  @Can('project.edit')
  @Mutation(() => ProjectPayload, { description: 'Adds an uploaded file as evidence for a gate.' })
  evidenceAdd(@Args('input', { description: 'The evidence.' }) input: EvidenceAddInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.signings.addEvidence(actor, { ...input, projectId: idOf('Project', input.projectId), fileId: idOf('StoredFile', input.fileId) }));
  }

  @Can('stage.request')
  @Mutation(() => StageRequestPayload, { description: 'Asks for the next stage: moved, waiting for approval, or each missing item named.' })
  stageRequest(@Args('input', { description: 'The request.' }) input: StageRequestInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const shape = { ...selected(info, 'project'), waitingRequest: selected(info, 'request') };
    const now = async (id: string | undefined) => (id ? ((await this.projects.byId(actor, id, shape)) as (Project & { waitingRequest: null }) | null) : null);
    return outcome<{ project?: unknown; outcome?: string | null; request?: unknown }>(actor.locale, async () => {
      const done = await this.stages.request(actor, { ...input, projectId: idOf('Project', input.projectId) });
      const after = await now(done.projectId);
      return { project: after, outcome: done.outcome, request: done.outcome === 'WAITING' ? after?.waitingRequest : null };
    }, async (id) => ({ project: await now(id) }));
  }

  @Can('stage.approve')
  @Mutation(() => ProjectPayload, { description: 'Decides a stage request; never by the one who asked.' })
  stageApprove(@Args('input', { description: 'The decision.' }) input: StageApproveInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.stages.decide(actor, { ...input, requestId: idOf('StageRequest', input.requestId) }));
  }

  @ResolveField(() => TimelineConnection, { description: 'The story of the project, newest first.' })
  async timeline(@Parent() parent: { id: string }, @Args() args: ForwardPageArgs, @Context() context: RequestContext) {
    const actor = actorOf(context);
    const page = await loader(context, `timeline:${args.first}:${args.after}`, async (ids: readonly string[]) => {
      const of = await this.story.ofProjects(actor, ids, args);
      return ids.map((id) => of.get(id) ?? null);
    }).load(project(parent));
    const { total, ...rest } = page ?? { total: 0, nodes: [], cursors: [], hasNextPage: false, hasPreviousPage: false };
    return connection({ ...rest, nodes: rest.nodes.map((n: Entry) => ({ ...n, title: told(n, actor) })) }, total);
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ projectId: string }>) {
    const actor = actorOf(context);
    const shape = mergeShapes({ version: true }, selected(info, 'project'));
    return outcome<{ project?: unknown }>(actor.locale,
      async () => ({ project: await this.projects.byId(actor, (await work(actor)).projectId, shape) }),
      async (id) => ({ project: id ? await this.projects.byId(actor, id, shape) : null }));
  }
}

const TOLD: Record<Entry['kind'], readonly [string, string]> = {
  REPORTED: ['首报 {s}', 'First report {s}'],
  STAGE: ['进入：{s}', 'Reached: {s}'],
  VISIT: ['走访（{s}）', 'Visit ({s})'],
  SIGNING: ['签约（{s}）', 'Signing ({s})'],
  REQUESTED: ['申请进入：{s}', 'Asked to enter: {s}'],
  DECIDED: ['审批：{s}', 'Decision: {s}'],
  HANDED_OFF: ['移交至{s}', 'Handed off to {s}'],
  HANDOFF_ACCEPTED: ['{s}已接收移交', '{s} accepted the handoff'],
  HANDOFF_RETURNED: ['{s}退回移交', '{s} returned the handoff'],
  HANDOFF_WITHDRAWN: ['撤回对{s}的移交', 'The handoff to {s} was withdrawn'],
  HANDOFF_REASSIGNED: ['{s}将移交转派其他部门', '{s} passed the handoff on to another department'],
  EVIDENCE: ['补充材料：{s}', 'Evidence: {s}'],
  LEAD_ASSIGNED: ['线索由{s}负责', 'The lead was taken on by {s}'],
  LEAD_ANSWERED: ['已答复引荐人（{s}）', 'The referrer was answered ({s})'],
  BYPASSED: ['绕过关口，直接进入：{s}', 'Entered past its gate: {s}'],
  DISPUTED: ['首报争议 {s}', 'First report disputed: {s}'],
  ADJUDICATED: ['首报裁定：{s}', 'First report ruled: {s}'],
  STATUS: ['{s}', '{s}'],
  STATUS_REQUESTED: ['申请{s}', 'Asked to {s}'],
  STATUS_DECIDED: ['状态审批：{s}', 'Decision on the status: {s}'],
  POOLED: ['退回公海', 'Released into the pool'],
  CLAIMED: ['由{s}从公海承接', 'Taken from the pool by {s}'],
  MERGED: ['合并：{s}', 'Merged: {s}'], DELETED: ['删除：{s}', 'Deleted: {s}'], TAKEN_BACK: ['撤回：{s}', 'Taken back: {s}'],
  SIGNING_VOIDED: ['作废协议（{s}）', 'Voided an agreement ({s})'],
  TASKFORCE_FORMED: ['组建专班', 'A taskforce was formed'], TASKFORCE_JOINED: ['加入专班（{s}）', 'Joined the taskforce ({s})'], TASKFORCE_LEFT: ['离开专班（{s}）', 'Left the taskforce ({s})'], TASKFORCE_DISSOLVED: ['解散专班', 'The taskforce was dissolved'],
  PERMIT: ['手续变动：{s}', 'Permit: {s}'], PERMIT_APPLIED: ['申报手续：{s}', 'Applied for: {s}'], PERMIT_GRANTED: ['手续办结：{s}', 'Granted: {s}'], PERMIT_REFUSED: ['不予许可：{s}', 'Refused: {s}'],
  NO_PROGRESS: ['{s} 无进展的说明', 'Why it did not move in {s}'],
  CALL_RAISED: ['吹哨 {s}', 'Called for help ({s})'], CALL_SOLVED: ['办结诉求 {s}', 'Solved call {s}'],
};
const SUBJECTS: Record<string, readonly [string, string]> = {
  ...STAGE_LABELS, ...ACT_LABELS, OVERTAKEN: ['已失效', 'overtaken'], OUTBOUND: ['外出', 'outbound'], INBOUND: ['来访', 'inbound'], EVENT: ['活动', 'event'], CALL: ['电话', 'call'], SITE: ['现场', 'on site'], DISPATCH: ['调度', 'dispatch'], LEADER: ['包保领导', 'leader'], AGENT: ['具办人', 'agent'], SECRETARY: ['服务秘书', 'secretary'], CONTACT: ['联系人', 'contact'], MEMBER: ['成员', 'member'], FRAMEWORK: ['框架协议', 'framework'], INTENT: ['意向协议', 'intent'], CONTRACT: ['投资协议', 'contract'],
  PHONE: ['电话', 'phone'], WECHAT: ['微信', 'WeChat'], MEETING: ['当面', 'in person'], LETTER: ['函件', 'letter'], EMAIL: ['邮件', 'e-mail'],
  SUPPLEMENT: ['补充协议', 'supplement'], OTHER: ['其他协议', 'other'], APPROVED: ['通过', 'approved'], REJECTED: ['不通过', 'turned down'],
  FIRST_STANDS: ['首报成立', 'the first report stands'], CLAIMANT: ['主张成立', 'for the claimant'], SHARED: ['共同首报', 'shared'],
  RESERVED: STAGE_LABELS.RESERVE, NEGOTIATED: STAGE_LABELS.NEGOTIATING, RESUMED: ['复工', 'Resumed'], COMPLETED: ['竣工', 'Completed'], STATISTICS_ENTRY: ['入规入统', 'Entered statistics'],
} satisfies Partial<Record<keyof typeof MilestoneKindEnum, readonly [string, string]>> & Record<string, readonly [string, string]>;

/** A line of the timeline in the reader's language. */
function told(entry: Entry, actor: Actor): string {
  const i = actor.locale === 'en' ? 1 : 0;
  const subject = entry.subject ? (SUBJECTS[entry.subject]?.[i] ?? entry.subject) : '';
  return TOLD[entry.kind][i].replace('{s}', subject);
}
