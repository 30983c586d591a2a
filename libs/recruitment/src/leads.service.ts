import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { coreName, EnterprisesService, foldName, type EnterpriseInput } from '@yinfeng/enterprises';
import { type Actor, Clock, Database, demand, newId, once, Refusal, type Tx } from '@yinfeng/platform';
import { RemindersService } from '@yinfeng/reminders';
import { chosen, choicesInWords, type LeadChoice } from './lead-sources.rules.js';
import { LeadReferrersService, type ReferrerFiling } from './lead-referrers.service.js';
import { TargetsService } from './targets.service.js';
import { assessDays, TriageService } from './triage.service.js';
import { type DuplicateHit, DuplicatesService, shownHits } from './duplicates.service.js';
import { keepMoney, type MoneyInput } from './money-input.rules.js';
import { INSERT_MILESTONE, INSERT_PROJECT, NEXT_NUMBER } from './project.sql.js';
import { demandActive, demandVersion, lockProject } from './projects.access.js';
import { ProjectLinksService } from './project-links.service.js';
import { receiptDigest } from './projects.service.js';
import { StagesService } from './stages.service.js';
import { nextStages } from './stages.stage.js';

/** A first report (首报): what the reporter knows of a lead. */
export interface LeadReport {
  idempotencyKey?: string | null;
  name: string;
  content?: string | null;
  enterprise?: EnterpriseInput | null;
  contact?: { name?: string | null; title?: string | null; phones?: string[] | null } | null;
  totalInvestment?: MoneyInput | null;
  fixedInvestment?: MoneyInput | null;
  industryCode?: string | null;
  sourceRegion?: string | null;
  capitalSource?: 'DOMESTIC' | 'FOREIGN' | 'UNKNOWN' | null;
  parkId?: string | null;
  site?: string | null;
  /** 地块编号. */
  parcel?: string | null;
  landNeed?: string | null;
  energyNeed?: string | null;
  environmentNeed?: string | null;
  outputEstimate?: string | null;
  taxEstimate?: string | null;
  /** When the investor means to start and to produce, in words. */
  timing?: string | null;
  /** What the lead came from: code or label of the zone's list, or free words where the zone takes them. */
  source?: string | null;
  /** Who referred it, in words. */
  referrer?: string | null;
  /** Who introduced it, as filed for a reward. */
  introducer?: ReferrerFiling | null;
  /** 招商类型: code or label of the zone's list, or free words where the zone takes them. */
  channel?: string | null;
  nextFollowUpOn?: string | null;
  nextStep?: string | null;
  /** The target enterprise that it came from; its name stands in for an enterprise that the report does not name. */
  targetId?: string | null;
  /** The project of a landed firm that it grew from: linked as its expansion. null: an id that is none. */
  grownFromId?: string | null;
  /** The reporter has seen the L2 hits and says that this is another project. */
  confirmNotDuplicate?: boolean | null;
}
export interface Receipt {
  number: string;
  reportedAt: string;
  /** Hash over what was said, by whom and when, and over the receipt before it; hex. */
  digest: string;
}
export interface LeadReported {
  projectId: string;
  receipt: Receipt;
  duplicates: DuplicateHit[];
}
export interface LeadJudgement {
  idempotencyKey?: string | null;
  projectId: string | null;
  expectedVersion: number;
  accept: boolean;
  /** Required when the lead is turned down. */
  reason?: string | null;
}

@Injectable()
export class LeadsService {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly enterprises: EnterprisesService,
    private readonly duplicates: DuplicatesService,
    private readonly stages: StagesService,
    private readonly reminders: RemindersService,
    private readonly policies: PolicyService,
    private readonly triage: TriageService,
    private readonly referrers: LeadReferrersService,
    private readonly targets: TargetsService,
    private readonly links: ProjectLinksService,
  ) {}

  /**
   * Registers a lead: project, first report with its receipt, clocks, introducer, duplicates met. Refused: L1 duplicates,
   * unconfirmed L2 ones, unreadable amounts, unknown sources and channels, a follow-up day in an unpublished year.
   */
  async report(actor: Actor, input: LeadReport): Promise<LeadReported> {
    demand(actor, 'lead.report');
    const name = input.name.trim();
    if (!name) throw new Refusal('REQUIRED', ['name'], { field: '项目名称' });
    const total = keepMoney(input.totalInvestment, 'totalInvestment', '总投资');
    const fixed = keepMoney(input.fixedInvestment, 'fixedInvestment', '固定资产投资');
    if (fixed && fixed.currency !== 'CNY') throw new Refusal('INVALID', ['fixedInvestment'], { field: '固定资产投资', value: input.fixedInvestment?.raw ?? fixed.amount, expected: '人民币 CNY' });
    return this.db.tx(actor, (tx) => once(tx, 'leadReport', input, async () => {
      // Also seen: who cannot open a project reports nothing as grown from it.
      const origin = input.grownFromId === undefined ? null : await lockProject(tx, input.grownFromId);
      const target = input.targetId ? await this.targets.named(tx, input.targetId) : null;
      const investor: EnterpriseInput | null = input.enterprise?.name.trim() ? input.enterprise : target;
      await this.duplicates.inTurn(tx, name, investor?.name);
      const hits = await this.duplicates.find(tx, {
        name, enterpriseName: investor?.name, uscc: investor?.uscc, phones: input.contact?.phones, parcel: input.parcel, amount: total, industryCode: input.industryCode, departmentId: actor.departmentIds[0],
      });
      const confirmed = this.duplicates.demandDecided(hits, input.confirmNotDuplicate === true);
      await this.demandKnown(tx, input);
      const { source, channel } = await this.choose(tx, input);
      const clocks = await this.policies.value(tx, 'triage', this.clock.today());
      const projectId = newId();
      const enterprise = investor ? await this.enterprises.resolve(tx, investor) : null;
      const at = this.clock.now();
      const year = Number(this.clock.today().slice(0, 4));
      const { last, zone } = (await tx.row<{ last: number; zone: string }>(NEXT_NUMBER, [year], 'next_number'))!;
      const serial = String(last).padStart(4, '0');
      await tx.run(INSERT_PROJECT, [projectId, `${zone}-${year}-${serial}`, name, foldName(name), coreName(name), input.content ?? null, input.industryCode ?? null, input.sourceRegion ?? null,
        input.capitalSource ?? 'UNKNOWN', actor.departmentIds[0] ?? null, actor.staffId, input.parkId ?? null, input.site ?? null, channel, input.landNeed ?? null, input.environmentNeed ?? null,
        input.outputEstimate ?? null, total?.amount ?? null, total?.currency ?? 'CNY', total?.raw ?? null, total?.approximate ?? false, fixed?.amount ?? null, enterprise?.id ?? null, enterprise?.name ?? null,
        input.nextFollowUpOn ?? null, input.nextStep ?? null, null, input.energyNeed ?? null, input.taxEstimate ?? null, input.timing ?? null, assessDays(clocks, total), input.parcel?.trim() || null], 'insert_project');
      await this.duplicates.remember(tx, projectId, confirmed);
      if (enterprise) await tx.run(`insert into project_enterprise (zone_id, project_id, enterprise_id) values (app_zone(), $1, $2)`, [projectId, enterprise.id], 'insert_project_enterprise');
      const contact = input.contact;
      if (contact?.name?.trim() || contact?.phones?.length) {
        await tx.run(`insert into contact (zone_id, enterprise_id, project_id, name, title, phones, full_name, source, created_by) values (app_zone(), $1, $2, $3, $4, $5, $6, '首报登记', app_staff())`,
          [enterprise?.id ?? null, projectId, contact.name?.trim() || null, contact.title ?? null, contact.phones ?? [], !/^.?[总董经理长]+$/.test(contact.name?.trim() ?? '')]);
      }
      const number = `SB-${zone}-${year}-${serial}`;
      await tx.run(`insert into first_report (project_id, zone_id, number, reported_at, reporter_id, reporter_name, department_id, source, referrer, receipt, said_name, said_enterprise, said_uscc, said_total)
        values ($1, app_zone(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
        [projectId, number, at, actor.staffId, actor.name, actor.departmentIds[0] ?? null, source, input.referrer ?? input.introducer?.name.trim() ?? null, receiptDigest(number, projectId, actor.staffId, at),
          name, input.enterprise?.name.trim() || null, input.enterprise?.uscc?.trim() || null, total ? `${total.amount} ${total.currency}` : null]);
      const { digest } = (await tx.row<{ digest: string }>(`select encode(hash, 'hex') as digest from receipt_link where project_id = $1`, [projectId]))!;
      await tx.run(INSERT_MILESTONE, [projectId, 'REPORTED', this.clock.today(), at, 'LEAD', null], 'insert_milestone');
      if (origin) await this.links.grow(tx, projectId, origin.id);
      await this.triage.start(tx, projectId, clocks, total);
      await this.targets.reported(tx, projectId, input.targetId ?? null, investor);
      if (input.introducer) await this.referrers.write(tx, projectId, input.introducer, ['introducer']);
      if (input.nextFollowUpOn && actor.staffId) {
        await this.reminders.plan(tx, { kind: 'FOLLOW_UP', cause: `FOLLOW_UP:${projectId}:${input.nextFollowUpOn}`, projectId, recipientId: actor.staffId, dueOn: input.nextFollowUpOn, detail: { nextStep: input.nextStep ?? null } });
      }
      return { projectId, receipt: { number, reportedAt: at.toISOString(), digest }, duplicates: shownHits(hits) };
    }), { cause: 'leadReport' });
  }

  /** Takes a lead into reserve (the gate names what is missing) or turns it down with a reason. */
  async judge(actor: Actor, input: LeadJudgement): Promise<{ projectId: string }> {
    demand(actor, 'lead.judge');
    return this.db.tx(actor, (tx) => once(tx, 'leadJudge', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandVersion(project, input.expectedVersion);
      demandActive(project);
      if (project.stage !== 'LEAD') throw new Refusal('STAGE_JUMP', ['projectId'], { from: project.stage, to: 'RESERVE', allowed: nextStages(project.stage).join('、') || '—' });
      if (input.accept) {
        await this.stages.demandGate(tx, project, 'RESERVE');
        await this.stages.move(tx, project, 'RESERVE', { eventOn: null, note: input.reason ?? null });
      } else {
        if (!input.reason?.trim()) throw new Refusal('REASON_REQUIRED', ['reason']);
        await tx.run(`update project set status = 'WITHDRAWN', status_reason = $2, state_at = app_now(), version = version + 1, triage_due_on = null, idle_due_on = null, updated_at = app_now() where id = $1`, [project.id, input.reason.trim()]);
        // What waits (a release that the clock asked for, an extension) has no object any more.
        await tx.run(`update status_request set state = 'OVERTAKEN', decided_at = app_now(), version = version + 1 where project_id = $1 and state = 'WAITING'`, [project.id]);
        await this.reminders.cancel(tx, { projectId: project.id });
      }
      await this.triage.judged(tx, project.id);
      return { projectId: project.id };
    }), { cause: 'leadJudge' });
  }

  /** Source and channel as they are kept. @throws Refusal UNKNOWN_CHOICE naming the choices. */
  private async choose(tx: Tx, input: LeadReport): Promise<{ source: string | null; channel: string | null }> {
    if (!input.source?.trim() && !input.channel?.trim()) return { source: null, channel: null };
    const lists = await this.policies.value(tx, 'leadSources', this.clock.today());
    const of = (field: 'source' | 'channel', label: string, choices: readonly LeadChoice[]): string | null => {
      const text = input[field]?.trim();
      if (!text) return null;
      const kept = chosen(text, choices, lists.freeText);
      if (kept === null) throw new Refusal('UNKNOWN_CHOICE', [field], { field: label, value: text, choices: choicesInWords(choices, tx.actor.locale === 'en') });
      return kept;
    };
    return { source: of('source', '线索来源', lists.sources), channel: of('channel', '招商类型', lists.channels) };
  }

  /** The zone's sources and channels as they hold today, labelled for the reader. */
  async sources(actor: Actor): Promise<Record<'sources' | 'channels', { code: string; label: string }[]> & { freeText: boolean }> {
    demand(actor, 'directory.read');
    const lists = await this.db.tx(actor, (tx) => this.policies.value(tx, 'leadSources', this.clock.today()));
    const shown = (choices: readonly LeadChoice[]) => choices.map((c) => ({ code: c.code, label: actor.locale === 'en' ? c.en : c.zh }));
    return { sources: shown(lists.sources), channels: shown(lists.channels), freeText: lists.freeText };
  }

  private async demandKnown(tx: Tx, input: { industryCode?: string | null; parkId?: string | null }): Promise<void> {
    if (input.industryCode && !(await tx.row('select 1 as ok from industry where code = $1', [input.industryCode]))) throw new Refusal('UNKNOWN_REFERENCE', ['industryCode'], { field: '行业代码', value: input.industryCode });
    if (input.parkId && !(await tx.row('select 1 as ok from park where id = $1', [input.parkId]))) throw new Refusal('UNKNOWN_REFERENCE', ['parkId'], { field: '园区', value: input.parkId });
  }
}
