import { Injectable } from '@nestjs/common';
import { coreName, EnterprisesService, foldName, type EnterpriseInput } from '@yinfeng/enterprises';
import { type Actor, Clock, Database, demand, once, Refusal, shiftDecimal, type Tx } from '@yinfeng/platform';
import { RemindersService } from '@yinfeng/reminders';
import { DuplicatesService, type FoundDuplicate } from './duplicates.service.js';
import { keepMoney, type MoneyInput, type MoneyKept } from './money-input.rules.js';
import { ACTIVITY } from './project.sql.js';
import { TriageService } from './triage.service.js';
import { demandVersion, lockProject, type ProjectRow } from './projects.access.js';

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
  /** 地块编号. */
  parcel?: string | null;
  landNeed?: string | null;
  energyNeed?: string | null;
  environmentNeed?: string | null;
  outputEstimate?: string | null;
  taxEstimate?: string | null;
  timing?: string | null;
  nextFollowUpOn?: string | null;
  nextStep?: string | null;
  /** The editor has seen the L2 hits that the change brings and says that this is another project. */
  confirmNotDuplicate?: boolean | null;
  /** A, B or C: how likely it lands. */
  likelihood?: string | null;
  /** A 重点, B 一般, C 储备; kept as the project's class. */
  priority?: string | null;
}

@Injectable()
export class ProjectEditsService {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly enterprises: EnterprisesService,
    private readonly reminders: RemindersService,
    private readonly triage: TriageService,
    private readonly duplicates: DuplicatesService,
  ) {}

  /**
   * Corrects or completes a project. Owner and department move only with project.assign. A change that makes it look more
   * like another project than before is refused like a new report would be. @throws DuplicateRefusal, Refusal CONFLICT, UNKNOWN_REFERENCE
   */
  async edit(actor: Actor, input: ProjectEdit): Promise<{ projectId: string }> {
    demand(actor, 'project.edit');
    if (input.ownerId !== undefined || input.departmentId !== undefined) demand(actor, 'project.assign');
    if (input.name !== undefined && !input.name?.trim()) throw new Refusal('REQUIRED', ['name'], { field: '项目名称' });
    const total = input.totalInvestment === undefined ? undefined : keepMoney(input.totalInvestment, 'totalInvestment', '总投资');
    const fixed = input.fixedInvestment === undefined ? undefined : keepMoney(input.fixedInvestment, 'fixedInvestment', '固定资产投资');
    return this.db.tx(actor, (tx) => once(tx, 'projectEdit', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandVersion(project, input.expectedVersion);
      // Out of the pool by claim or assignment alone.
      if (project.status === 'POOLED' && (input.ownerId !== undefined || input.departmentId !== undefined)) throw new Refusal('STATUS_NOT_ACTIVE', [], { status: project.status }, project.id);
      await this.demandDistinct(tx, project, input, total);
      const params: unknown[] = [project.id];
      const set: string[] = [];
      const assign = (column: string, value: unknown) => { if (value !== undefined) set.push(`${column} = $${params.push(value)}`); };
      if (input.name) { assign('name', input.name.trim()); assign('folded_name', foldName(input.name)); assign('core_name', coreName(input.name)); }
      assign('likelihood', input.likelihood);
      assign('class', input.priority);
      assign('content', input.content);
      assign('source_region', input.sourceRegion);
      assign('capital_source', input.capitalSource ?? undefined);
      assign('site', input.site);
      assign('parcel', input.parcel === undefined ? undefined : input.parcel?.trim() || null);
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
        // It leads from now on: the first investor is the enterprise that the project shows.
        await tx.run(`with others as (update project_enterprise set position = position + 1 where project_id = $1 and role = 'INVESTOR' and enterprise_id <> $2)
          insert into project_enterprise (zone_id, project_id, enterprise_id) values (app_zone(), $1, $2) on conflict (project_id, enterprise_id, role) do update set position = 0`, [project.id, enterprise.id]);
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

  /** The rules for a new report, for what the change brings: a likeness that was there before is not the editor's to decide. */
  private async demandDistinct(tx: Tx, project: ProjectRow, input: ProjectEdit, total: MoneyKept | null | undefined): Promise<void> {
    const firm = input.enterprise?.name.trim() ? input.enterprise : null;
    if (!input.name && !firm && total === undefined && input.parcel === undefined) return;
    await this.duplicates.inTurn(tx, input.name ?? project.name, firm?.name ?? project.enterprise_name);
    const [now] = await this.duplicates.subjects(tx, [project.id]);
    const { sketch: typed } = await this.duplicates.typed(tx, { name: input.name ?? project.name, enterpriseName: firm?.name, uscc: firm?.uscc, parcel: input.parcel });
    const join = (a: string[] | undefined, b: string[] | undefined) => [...(a ?? []), ...(b ?? [])];
    const rules = await this.duplicates.rules(tx);
    const before = new Map((await this.duplicates.alike(tx, now!, { rules })).map((h) => [h.otherId, h]));
    const after = await this.duplicates.alike(tx, {
      id: project.id,
      sketch: {
        ...now!.sketch, name: typed.name, parcel: input.parcel === undefined ? now!.sketch.parcel : typed.parcel,
        investors: join(now!.sketch.investors, typed.investors), usccs: join(now!.sketch.usccs, typed.usccs), group: join(now!.sketch.group, typed.group),
        amount: total === undefined ? now!.sketch.amount : total && { v: shiftDecimal(total.amount, -4), u: total.currency },
      },
    }, { rules });
    const worse = (h: FoundDuplicate) => { const was = before.get(h.otherId); return !was || h.level < was.level; };
    const confirmed = this.duplicates.demandDecided(after.filter(worse), input.confirmNotDuplicate === true, [firm ? 'enterprise' : input.name ? 'name' : input.parcel != null ? 'parcel' : 'totalInvestment'], project.id);
    await this.duplicates.remember(tx, project.id, confirmed);
  }
}
