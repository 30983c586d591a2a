import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, newId, once, type Page, type PageInput, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { ACTIVITY, demandActive, demandVersion, lockProject, type ProjectRow, projectVisibility, RULE_SUBJECT, type RuleSubject, STAGE_LABELS, type StageProposal, StagesService } from '@yinfeng/recruitment';
import { listCount, listOne, listPage, type RecordList } from './building-lists.js';
import { expectedOf, stageOf, templatesOf, type WorksTemplate } from './works.rules.js';
import { DUE, ORDER_DAY, OVERDUE, worksMilestoneFacts } from './works.sql.js';

export interface WorksPlan {
  idempotencyKey?: string | null;
  projectId: string | null;
  items: { code: string; plannedOn: string; note?: string | null }[];
}
export interface WorksRevise {
  idempotencyKey?: string | null;
  milestoneId: string | null;
  expectedVersion: number;
  revisedOn: string;
  reason?: string | null;
}
export interface WorksReach {
  idempotencyKey?: string | null;
  projectId: string | null;
  code: string;
  /** Version of the milestone that the caller has seen; 0: there was none, planned or reached. */
  expectedVersion: number;
  reachedOn: string;
  note?: string | null;
  fileIds?: (string | null)[] | null;
}
export interface WorksVoid {
  idempotencyKey?: string | null;
  milestoneId: string | null;
  expectedVersion: number;
  reason?: string | null;
}
export interface WorksFilter {
  projectId?: string | null;
  codes?: string[] | null;
  /** Planned and not reached. */
  open?: boolean | null;
  /** Not reached though its day has passed. */
  overdue?: boolean | null;
  dueFrom?: string | null;
  dueTo?: string | null;
  reachedFrom?: string | null;
  reachedTo?: string | null;
  departmentIds?: string[] | null;
  withVoided?: boolean | null;
}
/** A milestone that the zone expects of a project, and what is on record of it. */
export interface ExpectedMilestone extends WorksTemplate {
  recorded: boolean;
}
interface WorksRow { id: string; version: number; project_id: string; code: string; name_zh: string; name_en: string; reached_with: string | null; planned_on: string | null; revised_on: string | null; reached_on: string | null; milestone_id: string | null; void_reason: string | null }

const COLUMNS = 'id, version, project_id, code, name_zh, name_en, reached_with, planned_on, revised_on, reached_on, milestone_id, void_reason';
const LIST: RecordList = { table: 'works_milestone', alias: 'w', facts: worksMilestoneFacts, key: ORDER_DAY, type: 'date' };
const REASON_LONGEST = 1000;

/** 建设节点: what building goes through, planned, put off with a reason, reached with photos (domain.md B2, product.md Milestone). */
@Injectable()
export class WorksService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService, private readonly stages: StagesService) {}

  /**
   * Plans milestones of an active project, each once; a planned day changes by revise().
   * @throws Refusal NOT_FOUND, STATUS_NOT_ACTIVE, REQUIRED, UNKNOWN_CHOICE (a code that the zone has not), WORKS_PLANNED, WORKS_REACHED.
   */
  async plan(actor: Actor, input: WorksPlan): Promise<{ projectId: string }> {
    demand(actor, 'milestone.edit');
    if (!input.items.length) throw new Refusal('REQUIRED', ['items'], { field: '节点' });
    return this.db.tx(actor, (tx) => once(tx, 'worksPlan', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandActive(project);
      const templates = await this.templates(tx);
      for (const [i, item] of input.items.entries()) {
        const template = this.demandTemplate(tx, templates, item.code, ['items', String(i), 'code']);
        const held = await this.held(tx, project.id, item.code);
        if (held?.reached_on) throw this.reached(tx, held, ['items', String(i)]);
        if (held) throw new Refusal('WORKS_PLANNED', ['items', String(i)], { name: told(tx, held), on: held.revised_on ?? held.planned_on ?? '' });
        await this.insert(tx, project, template, { plannedOn: item.plannedOn, note: item.note ?? null });
      }
      return { projectId: project.id };
    }), { cause: 'worksPlan' });
  }

  /**
   * 调整: another planned day, with a reason; every revision stays on record.
   * @throws Refusal NOT_FOUND, CONFLICT, STATUS_NOT_ACTIVE, REASON_REQUIRED, TOO_LONG, WORKS_VOIDED, WORKS_REACHED, INVALID (the same day).
   */
  async revise(actor: Actor, input: WorksRevise): Promise<{ milestoneId: string }> {
    demand(actor, 'milestone.edit');
    const reason = demandReason(input.reason);
    return this.db.tx(actor, (tx) => once(tx, 'worksRevise', input, async () => {
      const { project, row } = await this.lock(tx, input);
      demandActive(project);
      if (row.reached_on) throw this.reached(tx, row, ['milestoneId']);
      const was = row.revised_on ?? row.planned_on!;
      if (was === input.revisedOn) throw new Refusal('INVALID', ['revisedOn'], { field: '调整后日期', value: input.revisedOn, expected: `≠ ${was}` }, row.id);
      await tx.run('insert into works_revision (zone_id, project_id, works_id, from_on, to_on, reason, revised_by, revised_at) values (app_zone(), $1, $2, $3, $4, $5, app_staff(), app_now())', [project.id, row.id, was, input.revisedOn, reason]);
      await tx.run('update works_milestone set revised_on = $2, version = version + 1 where id = $1', [row.id, input.revisedOn]);
      return { milestoneId: row.id };
    }), { cause: 'worksRevise' });
  }

  /**
   * A milestone is reached, planned or not, with photos, which are evidence of the project too. Where it speaks for a stage
   * (开工, 投产) that stage is asked for through its own gate; what the gate misses is told, and the milestone stands.
   * @throws Refusal NOT_FOUND, CONFLICT, STATUS_NOT_ACTIVE, DATE_IN_FUTURE, UNKNOWN_CHOICE, WORKS_REACHED, WORKS_EVIDENCE_REQUIRED, UNKNOWN_REFERENCE (a file of somebody else).
   */
  async reach(actor: Actor, input: WorksReach): Promise<{ milestoneId: string; proposal: StageProposal | null }> {
    demand(actor, 'milestone.edit');
    const today = this.clock.today();
    if (input.reachedOn > today) throw new Refusal('DATE_IN_FUTURE', ['reachedOn'], { field: '完成日期', value: input.reachedOn, today });
    return this.db.tx(actor, (tx) => once(tx, 'worksReach', input, async () => {
      const project = await lockProject(tx, input.projectId);
      const held = await this.held(tx, project.id, input.code);
      if ((held?.version ?? 0) !== input.expectedVersion) throw new Refusal('CONFLICT', ['expectedVersion'], { version: held?.version ?? 0 }, held?.id);
      demandActive(project);
      const templates = await this.templates(tx);
      // What was planned before the zone changed its list is reached all the same.
      const template = templates.find((t) => t.code === input.code) ?? (held ? undefined : this.demandTemplate(tx, templates, input.code, ['code']));
      if (held?.reached_on) throw this.reached(tx, held, ['code']);
      const files = [...new Set(input.fileIds ?? [])];
      if (template?.evidenceRequired && !files.length) throw new Refusal('WORKS_EVIDENCE_REQUIRED', ['fileIds'], { name: tx.actor.locale === 'en' ? template.en : template.zh }, held?.id);
      const milestoneId = held?.id ?? (await this.insert(tx, project, template!, { reachedOn: input.reachedOn, note: input.note ?? null }));
      if (held) await tx.run('update works_milestone set reached_on = $2, reached_by = app_staff(), reached_at = app_now(), note = coalesce($3, note), version = version + 1 where id = $1', [held.id, input.reachedOn, input.note ?? null]);
      for (const [i, fileId] of files.entries()) await this.attach(tx, project.id, milestoneId, fileId, template?.evidence ?? 'worksPhotos', i);
      await tx.run(`update project set ${ACTIVITY('$2::date')} where id = $1`, [project.id, today]);
      const stage = stageOf(held ? held.reached_with : template!.reachedWith);
      return { milestoneId, proposal: stage ? await this.stages.propose(tx, project, stage, { eventOn: input.reachedOn, note: input.note ?? null }) : null };
    }), { cause: 'worksReach' });
  }

  /**
   * 作废: what was planned or reached in error. Of one that was reached the plan goes on. What a stage has reached is taken
   * back with the stage.
   * @throws Refusal NOT_FOUND, CONFLICT, REASON_REQUIRED, TOO_LONG, WORKS_VOIDED, WORKS_BY_STAGE, APPROVAL_WAITING.
   */
  async void(actor: Actor, input: WorksVoid): Promise<{ milestoneId: string }> {
    demand(actor, 'milestone.edit');
    const reason = demandReason(input.reason);
    return this.db.tx(actor, (tx) => once(tx, 'worksVoid', input, async () => {
      const { project, row } = await this.lock(tx, input);
      const stage = stageOf(row.reached_with);
      const label = (s: keyof typeof STAGE_LABELS) => STAGE_LABELS[s][tx.actor.locale === 'en' ? 1 : 0];
      if (row.reached_on && stage) {
        if (await tx.row('select 1 as ok from milestone where project_id = $1 and kind = $2 and voided_at is null', [project.id, row.reached_with])) throw new Refusal('WORKS_BY_STAGE', ['milestoneId'], { name: told(tx, row), stage: label(stage) }, row.id);
        if (await tx.row(`select 1 as ok from stage_request where project_id = $1 and state = 'WAITING' and to_stage = $2`, [project.id, stage])) throw new Refusal('APPROVAL_WAITING', ['milestoneId'], { stage: label(stage) }, row.id);
      }
      await tx.run('update works_milestone set voided_at = app_now(), voided_by = app_staff(), void_reason = $2, version = version + 1 where id = $1', [row.id, reason]);
      if (!row.reached_on || !row.planned_on) return { milestoneId: row.id };
      const milestoneId = newId();
      await tx.run(
        `insert into works_milestone (id, zone_id, project_id, code, name_zh, name_en, position, reached_with, planned_on, precision, revised_on, recorded_by, recorded_at)
         select $2, zone_id, project_id, code, name_zh, name_en, position, reached_with, planned_on, precision, revised_on, app_staff(), app_now() from works_milestone where id = $1`, [row.id, milestoneId]);
      return { milestoneId };
    }), { cause: 'worksVoid' });
  }

  /** What the zone expects of a project that the actor may see, in order; null when there is no such project. */
  async expected(actor: Actor, projectId: string | null): Promise<ExpectedMilestone[] | null> {
    demand(actor, 'construction.read');
    if (!projectId) return null;
    return this.db.tx(actor, async (tx) => {
      const params: unknown[] = [projectId];
      const row = await tx.row<RuleSubject & { codes: string[] }>(`select ${RULE_SUBJECT}, array(select w.code from works_milestone w where w.project_id = p.id and w.voided_at is null) as codes from project p where p.id = $1 and ${projectVisibility(actor, 'p', params)}`, params);
      if (!row) return null;
      return expectedOf(await this.policies.value(tx, 'works', this.clock.today()), row).map((t) => ({ ...t, recorded: row.codes.includes(t.code) }));
    });
  }

  /** Milestones of projects that the actor may see, by the day they are due. */
  page(actor: Actor, filter: WorksFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'construction.read');
    return listPage(this.db, actor, LIST, (params) => conditions(filter, params), input, shape);
  }

  count(actor: Actor, filter: WorksFilter): Promise<number> {
    return listCount(this.db, actor, LIST, (params) => conditions(filter, params));
  }

  byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    return listOne(this.db, actor, LIST, id, shape);
  }

  private async insert(tx: Tx, project: ProjectRow, t: WorksTemplate, what: { plannedOn?: string; reachedOn?: string; note: string | null }): Promise<string> {
    const id = newId();
    await tx.run(
      `insert into works_milestone (id, zone_id, project_id, code, name_zh, name_en, position, reached_with, planned_on, reached_on, reached_by, reached_at, note, recorded_by, recorded_at)
       values ($1, app_zone(), $2, $3, $4, $5, $6, $7, $8, $9, case when $9::date is not null then app_staff() end, case when $9::date is not null then app_now() end, $10, app_staff(), app_now())`,
      [id, project.id, t.code, t.zh, t.en, t.position, t.reachedWith, what.plannedOn ?? null, what.reachedOn ?? null, what.note]);
    return id;
  }

  private async held(tx: Tx, projectId: string, code: string): Promise<WorksRow | undefined> {
    return tx.row<WorksRow>(`select ${COLUMNS} from works_milestone where project_id = $1 and code = $2 and voided_at is null for update`, [projectId, code]);
  }

  /** The gateway to one milestone: its project, locked and seen, then its own row. */
  private async lock(tx: Tx, input: { milestoneId: string | null; expectedVersion: number }): Promise<{ project: ProjectRow; row: WorksRow }> {
    const found = input.milestoneId ? await tx.row<{ project_id: string }>('select project_id from works_milestone where id = $1', [input.milestoneId]) : undefined;
    const project = await lockProject(tx, found?.project_id ?? null);
    const row = (await tx.row<WorksRow>(`select ${COLUMNS} from works_milestone where id = $1 for update`, [input.milestoneId]))!;
    demandVersion(row, input.expectedVersion);
    if (row.void_reason) throw new Refusal('WORKS_VOIDED', ['milestoneId'], { reason: row.void_reason }, row.id);
    return { project, row };
  }

  private async templates(tx: Tx): Promise<WorksTemplate[]> {
    return templatesOf(await this.policies.value(tx, 'works', this.clock.today()));
  }

  private demandTemplate(tx: Tx, templates: WorksTemplate[], code: string, path: string[]): WorksTemplate {
    const found = templates.find((t) => t.code === code);
    if (!found) throw new Refusal('UNKNOWN_CHOICE', path, { field: '节点', value: code.slice(0, 40), choices: templates.map((t) => `${t.code} ${tx.actor.locale === 'en' ? t.en : t.zh}`).join('、') });
    return found;
  }

  private reached(tx: Tx, row: WorksRow, path: string[]): Refusal {
    return new Refusal('WORKS_REACHED', path, { name: told(tx, row), on: row.reached_on! }, row.id);
  }

  /** Only a file that this person uploaded, or that is evidence of the project already. */
  private async attach(tx: Tx, projectId: string, milestoneId: string, fileId: string | null, item: string, i: number): Promise<void> {
    const own = fileId ? await tx.row('select 1 as ok from stored_file f where f.id = $1 and (f.created_by = app_staff() or exists (select from evidence e where e.file_id = f.id and e.project_id = $2))', [fileId, projectId]) : undefined;
    if (!own) throw new Refusal('UNKNOWN_REFERENCE', ['fileIds', String(i)], { field: '文件', value: fileId ?? '—' });
    await tx.run('insert into works_file (zone_id, project_id, works_id, file_id, added_by, added_at) values (app_zone(), $1, $2, $3, app_staff(), app_now())', [projectId, milestoneId, fileId]);
    await tx.run('insert into evidence (zone_id, project_id, item, file_id, added_by, added_at) select app_zone(), $1, $2, $3, app_staff(), app_now() where not exists (select from evidence where project_id = $1 and item = $2 and file_id = $3)', [projectId, item, fileId]);
  }
}

const told = (tx: Tx, row: { name_zh: string; name_en: string }): string => (tx.actor.locale === 'en' ? row.name_en : row.name_zh);

/** @throws Refusal REASON_REQUIRED, TOO_LONG. */
export function demandReason(reason: string | null | undefined): string {
  const text = reason?.trim() ?? '';
  if (!text) throw new Refusal('REASON_REQUIRED', ['reason']);
  if (text.length > REASON_LONGEST) throw new Refusal('TOO_LONG', ['reason'], { field: '原因', max: REASON_LONGEST });
  return text;
}

function conditions(f: WorksFilter, params: unknown[]): string[] {
  const bind = (value: unknown) => `$${params.push(value)}`;
  const where = f.withVoided ? [] : ['w.voided_at is null'];
  if (f.projectId) where.push(`w.project_id = ${bind(f.projectId)}`);
  if (f.codes) where.push(`w.code = any(${bind(f.codes)}::text[])`);
  if (f.open != null) where.push(f.open ? 'w.reached_on is null' : 'w.reached_on is not null');
  if (f.overdue != null) where.push(f.overdue ? OVERDUE : `not ${OVERDUE}`);
  if (f.dueFrom) where.push(`${DUE} >= ${bind(f.dueFrom)}`);
  if (f.dueTo) where.push(`${DUE} <= ${bind(f.dueTo)}`);
  if (f.reachedFrom) where.push(`w.reached_on >= ${bind(f.reachedFrom)}`);
  if (f.reachedTo) where.push(`w.reached_on <= ${bind(f.reachedTo)}`);
  if (f.departmentIds) where.push(`exists (select from project dp where dp.id = w.project_id and dp.department_id = any(array(select dv.id from department dv where dv.path && ${bind(f.departmentIds)}::uuid[])))`);
  return where;
}
