import { Injectable } from '@nestjs/common';
import { coreName, EnterprisesService, foldName, type EnterpriseInput } from '@yinfeng/enterprises';
import { type Actor, Clock, Database, demand, once, Refusal, WorkingCalendar } from '@yinfeng/platform';
import { RemindersService } from '@yinfeng/reminders';
import { keepMoney, type MoneyInput } from './money-input.rules.js';
import { ACTIVITY } from './project.sql.js';
import { demandVersion, lockProject, type ProjectStatus } from './projects.access.js';
import { TriageService } from './triage.service.js';

/** Changes of a project; absent means unchanged, null clears. */
export interface ProjectEdit {
  idempotencyKey?: string | null;
  projectId: string | null;
  expectedVersion: number;
  name?: string | null;
  content?: string | null;
  enterprise?: EnterpriseInput | null;
  contact?: { name?: string | null; title?: string | null; phones?: string[] | null } | null;
  totalInvestment?: MoneyInput | null;
  fixedInvestment?: MoneyInput | null;
  industryCode?: string | null;
  sourceRegion?: string | null;
  capitalSource?: string | null;
  parkId?: string | null;
  departmentId?: string | null;
  ownerId?: string | null;
  site?: string | null;
  landNeed?: string | null;
  energyNeed?: string | null;
  environmentNeed?: string | null;
  outputEstimate?: string | null;
  taxEstimate?: string | null;
  timing?: string | null;
  nextFollowUpOn?: string | null;
  nextStep?: string | null;
}
export interface StatusChange {
  idempotencyKey?: string | null;
  projectId: string | null;
  expectedVersion: number;
  status: ProjectStatus;
  reason: string;
}

@Injectable()
export class ProjectEditsService {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly calendar: WorkingCalendar,
    private readonly enterprises: EnterprisesService,
    private readonly reminders: RemindersService,
    private readonly triage: TriageService,
  ) {}

  /** Corrects or completes a project. Owner and department move only with project.assign. */
  async edit(actor: Actor, input: ProjectEdit): Promise<{ projectId: string }> {
    demand(actor, 'project.edit');
    if (input.ownerId !== undefined || input.departmentId !== undefined) demand(actor, 'project.assign');
    if (input.name !== undefined && !input.name?.trim()) throw new Refusal('REQUIRED', ['name'], { field: '项目名称' });
    if (input.nextFollowUpOn) await this.calendar.demandCovered(input.nextFollowUpOn, ['nextFollowUpOn'], '下次跟进日期');
    const total = input.totalInvestment === undefined ? undefined : keepMoney(input.totalInvestment, 'totalInvestment', '总投资');
    const fixed = input.fixedInvestment === undefined ? undefined : keepMoney(input.fixedInvestment, 'fixedInvestment', '固定资产投资');
    return this.db.tx(actor, (tx) => once(tx, 'projectEdit', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandVersion(project, input.expectedVersion);
      const params: unknown[] = [project.id];
      const set: string[] = [];
      const assign = (column: string, value: unknown) => { if (value !== undefined) set.push(`${column} = $${params.push(value)}`); };
      if (input.name) { assign('name', input.name.trim()); assign('folded_name', foldName(input.name)); assign('core_name', coreName(input.name)); }
      assign('content', input.content);
      assign('source_region', input.sourceRegion);
      assign('capital_source', input.capitalSource ?? undefined);
      assign('site', input.site);
      assign('land_need', input.landNeed);
      assign('energy_need', input.energyNeed);
      assign('environment_need', input.environmentNeed);
      assign('output_estimate', input.outputEstimate);
      assign('tax_estimate', input.taxEstimate);
      assign('timing', input.timing);
      assign('next_follow_up_on', input.nextFollowUpOn);
      assign('next_step', input.nextStep);
      if (total !== undefined) { assign('total_amount', total?.amount ?? null); assign('total_currency', total?.currency ?? 'CNY'); assign('total_raw', total?.raw ?? null); assign('total_approximate', total?.approximate ?? false); }
      if (fixed !== undefined) assign('fixed_cny', fixed?.amount ?? null);
      for (const [column, table, value, field, label] of [
        ['industry_code', 'industry', input.industryCode, 'industryCode', '行业代码'], ['park_id', 'park', input.parkId, 'parkId', '园区'],
        ['department_id', 'department', input.departmentId, 'departmentId', '部门'], ['owner_id', 'staff', input.ownerId, 'ownerId', '负责人'],
      ] as const) {
        if (value === undefined) continue;
        if (value !== null && !(await tx.row(`select 1 as ok from ${table} where ${table === 'industry' ? 'code' : 'id'} = $1`, [value]))) throw new Refusal('UNKNOWN_REFERENCE', [field], { field: label, value });
        assign(column, value);
      }
      if (input.enterprise?.name.trim()) {
        const enterprise = await this.enterprises.resolve(tx, input.enterprise);
        assign('enterprise_id', enterprise.id);
        assign('enterprise_name', enterprise.name);
        await tx.run(`insert into project_enterprise (zone_id, project_id, enterprise_id) values (app_zone(), $1, $2) on conflict do nothing`, [project.id, enterprise.id]);
      }
      if (input.contact?.name?.trim() || input.contact?.phones?.length) {
        await tx.run(`insert into contact (zone_id, enterprise_id, project_id, name, title, phones, source, created_by) values (app_zone(), $1, $2, $3, $4, $5, '项目编辑', app_staff())`,
          [project.enterprise_id, project.id, input.contact.name?.trim() || null, input.contact.title ?? null, input.contact.phones ?? []]);
      }
      await tx.run(`update project set ${[...set, 'version = version + 1', ACTIVITY(`$${params.push(this.clock.today())}::date`)].join(', ')} where id = $1`, params);
      await this.reminders.cancel(tx, { projectId: project.id, kind: 'IDLE' });
      if (total !== undefined) await this.triage.amountChanged(tx, project.id, total);
      if (input.ownerId && project.owner_id && input.ownerId !== project.owner_id) await this.reminders.handOver(tx, { projectId: project.id, fromId: project.owner_id, toId: input.ownerId });
      const owner = input.ownerId ?? project.owner_id;
      if (input.nextFollowUpOn !== undefined) await this.reminders.cancel(tx, { projectId: project.id, kind: 'FOLLOW_UP' });
      if (input.nextFollowUpOn && owner) {
        await this.reminders.plan(tx, { kind: 'FOLLOW_UP', cause: `FOLLOW_UP:${project.id}:${input.nextFollowUpOn}`, projectId: project.id, recipientId: owner, dueOn: input.nextFollowUpOn, detail: { nextStep: input.nextStep ?? null } });
      }
      return { projectId: project.id };
    }), { cause: 'projectEdit' });
  }

  /** Suspends, withdraws, marks as lost, or reopens; the stage stays where it was, the reason is kept. */
  async changeStatus(actor: Actor, input: StatusChange): Promise<{ projectId: string }> {
    demand(actor, 'lead.judge');
    if (!input.reason.trim()) throw new Refusal('REASON_REQUIRED', ['reason']);
    return this.db.tx(actor, (tx) => once(tx, 'projectStatusChange', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandVersion(project, input.expectedVersion);
      const today = this.clock.today();
      await tx.run(`update project set status = $2, status_reason = $3, state_at = app_now(), version = version + 1, ${ACTIVITY('$4::date')} where id = $1`, [project.id, input.status, input.reason.trim(), today]);
      if (input.status !== 'ACTIVE') {
        await tx.run('update project set idle_due_on = null where id = $1', [project.id]);
        await this.reminders.cancel(tx, { projectId: project.id });
      }
      return { projectId: project.id };
    }), { cause: 'projectStatusChange' });
  }
}
