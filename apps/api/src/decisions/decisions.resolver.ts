import { Args, Context, Info, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { localId } from '@yinfeng/platform';
import { AdmissionsService, DecisionsService, ProjectsService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { PlainFact } from '../graphql/fact.js';
import { idOf, refOf } from '../graphql/ids.js';
import { loader } from '../graphql/loaders.js';
import { selected } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { Project } from '../projects/projects.types.js';
import {
  AdmissionDecideInput, AdmissionForm, AdmissionPayload, AdmissionScoreInput, AdmissionSheet, DecisionPayload, DecisionRecordInput, DecisionRevokeInput, DecisionStep, ProjectDecision,
} from './decisions.types.js';

@Resolver(() => Project)
export class DecisionsResolver {
  constructor(private readonly chain: DecisionsService, private readonly admission: AdmissionsService, private readonly projects: ProjectsService) {
    NodeResolver.readers.set('ProjectDecision', (a, id, s) => chain.byId(a, id, s));
    NodeResolver.readers.set('AdmissionSheet', (a, id, s) => admission.byId(a, id, s));
  }

  @Can('decision.record')
  @Mutation(() => DecisionPayload, { description: 'Records what a meeting decided; the steps of the chain in order.' })
  decisionRecord(@Args('input', { description: 'The decision.' }) input: DecisionRecordInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.decided(context, info, () => this.chain.record(actorOf(context), { ...input, projectId: idOf('Project', input.projectId), fileId: refOf('StoredFile', input.fileId, 'fileId') }));
  }

  @Can('decision.record')
  @Mutation(() => DecisionPayload, { description: 'Takes a decision back, with a reason; later steps first.' })
  decisionRevoke(@Args('input', { description: 'Which, and why.' }) input: DecisionRevokeInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.decided(context, info, () => this.chain.revoke(actorOf(context), { ...input, decisionId: idOf('ProjectDecision', input.decisionId) }));
  }

  @Can('admission.score')
  @Mutation(() => AdmissionPayload, { description: 'Scores a project for admission; another person confirms.' })
  admissionScore(@Args('input', { description: 'The sheet.' }) input: AdmissionScoreInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.scored(context, info, () => this.admission.score(actorOf(context), { ...input, projectId: idOf('Project', input.projectId) }));
  }

  @Can('stage.approve')
  @Mutation(() => AdmissionPayload, { description: 'Confirms a score sheet or sends it back; never by the one who scored.' })
  admissionDecide(@Args('input', { description: 'The decision.' }) input: AdmissionDecideInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.scored(context, info, () => this.admission.decide(actorOf(context), { ...input, sheetId: idOf('AdmissionSheet', input.sheetId) }));
  }

  @ResolveField(() => [DecisionStep], { description: 'The meetings that decide on it before it is signed, in order; empty when the zone asks for none.' })
  async decisions(@Parent() parent: { id: string }, @Context() context: RequestContext): Promise<DecisionStep[]> {
    const actor = actorOf(context);
    const told = await loader(context, 'project.decisions', async (ids: readonly string[]) => {
      const of = await this.chain.ofProjects(actor, ids);
      return ids.map((id) => of.get(id) ?? null);
    }).load(localId('Project', parent.id)!);
    return (told?.steps ?? []).map((s) => ({ step: s.key, label: actor.locale === 'en' ? s.en : s.zh, position: s.position, state: s.state, on: s.on }));
  }

  @PlainFact()
  @ResolveField('decisionRecords', () => [ProjectDecision], { description: 'Every decision on record, revoked ones too, in order of entry.' })
  records(parent: { decisionRecords?: unknown[] }) {
    return parent.decisionRecords ?? [];
  }

  @PlainFact()
  @ResolveField('admissions', () => [AdmissionSheet], { description: 'Score sheets, the latest first; the latest counts.' })
  admissions(parent: { admissions?: unknown[] }) {
    return parent.admissions ?? [];
  }

  @ResolveField(() => AdmissionForm, { nullable: true, description: 'What is scored today, and what the record proposes.' })
  async admissionForm(@Parent() parent: { id: string }, @Context() context: RequestContext): Promise<AdmissionForm | null> {
    const actor = actorOf(context);
    const en = actor.locale === 'en';
    const form = await loader(context, 'project.admissionForm', async (ids: readonly string[]) => {
      const of = await this.admission.forms(actor, ids);
      return ids.map((id) => of.get(id) ?? null);
    }).load(localId('Project', parent.id)!);
    if (!form) return null;
    const { policy, suggestions, required } = form;
    return {
      passAt: policy.passAt, required,
      vetoes: policy.vetoes.map((v) => ({ key: v.key, label: en ? v.en : v.zh })),
      criteria: policy.criteria.map((c) => {
        const s = suggestions.find((x) => x.criterion === c.key);
        const basis = s ? (en ? `${s.value} of ${s.threshold} 万元 per 亩${c.key === 'tax' ? ' a year' : ''}` : `${s.value} 万元/亩${c.key === 'tax' ? '·年' : ''}，满分标准 ${s.threshold}`) : null;
        return { key: c.key, label: en ? c.en : c.zh, max: c.max, suggested: s?.points ?? null, basis };
      }),
    };
  }

  private decided(context: RequestContext, info: GraphQLResolveInfo, work: () => Promise<{ projectId: string; decisionId: string }>) {
    const actor = actorOf(context);
    const shape = selected(info, 'project');
    return outcome<{ decision?: unknown; project?: unknown }>(actor.locale, async () => {
      const done = await work();
      return { decision: await this.chain.byId(actor, done.decisionId, selected(info, 'decision')), project: await this.projects.byId(actor, done.projectId, shape) };
    }, async (id) => ({ project: id ? await this.projects.byId(actor, id, shape) : null }));
  }

  private scored(context: RequestContext, info: GraphQLResolveInfo, work: () => Promise<{ projectId: string; sheetId: string }>) {
    const actor = actorOf(context);
    const shape = selected(info, 'project');
    return outcome<{ sheet?: unknown; project?: unknown }>(actor.locale, async () => {
      const done = await work();
      return { sheet: await this.admission.byId(actor, done.sheetId, selected(info, 'sheet')), project: await this.projects.byId(actor, done.projectId, shape) };
    }, async (id) => ({ project: id ? await this.projects.byId(actor, id, shape) : null }));
  }
}
