import { Args, Context, Info, Mutation, Query, Resolver } from '@nestjs/graphql';
import { DuplicateRefusal, DuplicatesService, keepMoney, LeadQualityService, LeadsService, ProjectsService, type DuplicateHit as Hit } from '@yinfeng/recruitment';
import { type Actor, type Shape } from '@yinfeng/platform';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { idOf, refOf } from '../graphql/ids.js';
import { mergeShapes, selected, selects } from '../graphql/selection.js';
import { DuplicateCheckInput, LeadJudgeInput, LeadReportInput } from '../projects/projects.inputs.js';
import { DuplicateHit, LeadReportPayload, ProjectPayload } from '../projects/projects.types.js';
import { shownCompleteness } from './lead-clocks.resolver.js';

@Resolver()
export class LeadsResolver {
  constructor(private readonly leads: LeadsService, private readonly projects: ProjectsService, private readonly duplicateCheck: DuplicatesService, private readonly qualities: LeadQualityService) {}

  @Can('lead.check')
  @Query(() => [DuplicateHit], { description: 'Projects on record that may be the same, worst first; at most 20.' })
  async duplicates(@Args('input', { description: 'What to compare.' }) input: DuplicateCheckInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const hits = await this.duplicateCheck.check(actor, { ...input, amount: keepMoney(input.totalInvestment, 'totalInvestment', '总投资'), exceptProjectId: refOf('Project', input.exceptProjectId, 'exceptProjectId') });
    return this.shown(actor, hits, selected(info, 'project'));
  }

  @Can('lead.report')
  @Mutation(() => LeadReportPayload, { description: 'First report of a lead: receipt, and the duplicates met.' })
  async leadReport(@Args('input', { description: 'The report.' }) input: LeadReportInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const hitShape = selected(info, 'duplicates', 'project');
    let met: Hit[] = [];
    return outcome<{ project?: unknown; receipt?: unknown; completeness?: unknown; duplicates: unknown[] }>(actor.locale, async () => {
      const done = await this.leads.report(actor, { ...input, parkId: refOf('Park', input.parkId, 'parkId'), targetId: refOf('TargetEnterprise', input.targetId, 'targetId'), grownFromId: input.grownFromId == null ? undefined : idOf('Project', input.grownFromId) }).catch((error: unknown) => {
        if (error instanceof DuplicateRefusal) met = error.hits;
        throw error;
      });
      return { project: await this.projects.byId(actor, done.projectId, selected(info, 'project')), receipt: done.receipt, completeness: await this.completeness(actor, done.projectId, info), duplicates: await this.shown(actor, done.duplicates, hitShape) };
    }, async () => ({ duplicates: await this.shown(actor, met, hitShape) }));
  }

  @Can('lead.judge')
  @Mutation(() => ProjectPayload, { description: 'Takes a lead into reserve, or turns it down with a reason.' })
  leadJudge(@Args('input', { description: 'The judgement.' }) input: LeadJudgeInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const actor = actorOf(context);
    const shape = mergeShapes({ version: true }, selected(info, 'project'));
    return outcome<{ project?: unknown }>(actor.locale,
      async () => ({ project: await this.projects.byId(actor, (await this.leads.judge(actor, { ...input, projectId: idOf('Project', input.projectId) })).projectId, shape) }),
      async (id) => ({ project: id ? await this.projects.byId(actor, id, shape) : null }));
  }

  private async completeness(actor: Actor, projectId: string, info: GraphQLResolveInfo) {
    const found = selects(info, 'completeness') && actor.permissions.has('project.read') ? (await this.qualities.ofProjects(actor, [projectId])).get(projectId) : undefined;
    return found ? shownCompleteness(found, actor) : null;
  }

  private shown(actor: Actor, hits: readonly Hit[], shape: Shape): Promise<unknown[]> {
    return Promise.all(hits.map(async (h) => ({ ...h, project: h.projectId && Object.keys(shape).length ? await this.projects.byId(actor, h.projectId, shape) : null })));
  }
}
