import { Injectable } from '@nestjs/common';
import { type PermitStep, PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, newId, once, Refusal, type Tx } from '@yinfeng/platform';
import { demandActive, lockProject, type ProjectRow, RULE_SUBJECT, type RuleSubject, STAGE_LABELS } from '@yinfeng/recruitment';
import type { AcceptedHandoff, HandoffListener } from '../handoffs/handoff-accepted.js';
import { canHandOff } from '../handoffs/handoff.rules.js';
import { type OpenedPermit, type PermitDecision, PermitDesk, type PermitFileInput } from './permit-desk.js';
import { beforeOf, circleWith, type PermitMeasure, stepsOf } from './permit.rules.js';
import { OPEN_PERMITS } from './permits.sql.js';

export interface PermitsOpen {
  idempotencyKey?: string | null;
  projectId: string | null;
}
/** A permit beside those of the list, or one of the list that was not thought to be needed (`code` of the zone's step). */
export interface PermitAdd extends PermitsOpen {
  code?: string | null;
  label?: string | null;
  labelEn?: string | null;
  /** Codes of permits of the project that are done before it. */
  after?: string[] | null;
  workingDays?: number | null;
  expressWorkingDays?: number | null;
  departmentId?: string | null;
  staffId?: string | null;
  measured?: PermitMeasure | null;
  evidence?: string[] | null;
  mayPromise?: boolean | null;
  note?: string | null;
}
/** Absent: unchanged; null clears. What it is, who handles it, what it waits for and how long it may take is the project team's. */
export interface PermitEdit extends PermitDecision {
  label?: string | null;
  labelEn?: string | null;
  after?: string[] | null;
  workingDays?: number | null;
  expressWorkingDays?: number | null;
  departmentId?: string | null;
  staffId?: string | null;
  express?: boolean | null;
  number?: string | null;
  validUntil?: string | null;
  note?: string | null;
  files?: PermitFileInput[] | null;
}
export interface PermitSkip extends PermitDecision {
  reason?: string | null;
}

/** 证照手续: the permits that a project needs, from the zone's list, with what waits for what (domain.md A1 row 49). */
@Injectable()
export class PermitsService implements HandoffListener {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService, private readonly desk: PermitDesk) {}

  /** The list begins with the handover (policy `permits.openOnHandoff`); who handles what the list leaves open is the receiver. */
  async handoffAccepted(tx: Tx, project: ProjectRow, handoff: AcceptedHandoff): Promise<void> {
    const policy = await this.policies.value(tx, 'permits', this.clock.today());
    if (policy.openOnHandoff) await this.insert(tx, project.id, policy.steps, handoff.toDepartmentId);
  }

  /**
   * Opens the permits that the zone's list asks of the project and that it does not have yet.
   * @throws Refusal NOT_FOUND, PERMIT_TEAM, STATUS_NOT_ACTIVE, HANDOFF_NOT_READY, PERMITS_OPEN (nothing to add).
   */
  async openAll(actor: Actor, input: PermitsOpen): Promise<{ projectId: string; opened: number }> {
    demand(actor, 'permit.edit');
    return this.db.tx(actor, (tx) => once(tx, 'permitsOpen', input, async () => {
      const { project, departmentId } = await this.lockProject(tx, input.projectId);
      const policy = await this.policies.value(tx, 'permits', this.clock.today());
      const opened = await this.insert(tx, project.id, policy.steps, departmentId);
      if (opened === 0) throw new Refusal('PERMITS_OPEN', ['projectId'], {}, project.id);
      await this.desk.active(tx, project.id);
      return { projectId: project.id, opened };
    }), { cause: 'permitsOpen' });
  }

  /** @throws Refusal NOT_FOUND, PERMIT_TEAM, STATUS_NOT_ACTIVE, HANDOFF_NOT_READY, REQUIRED, PERMIT_KNOWN, UNKNOWN_REFERENCE, INVALID. */
  async add(actor: Actor, input: PermitAdd): Promise<{ permitId: string }> {
    demand(actor, 'permit.edit');
    return this.db.tx(actor, (tx) => once(tx, 'permitAdd', input, async () => {
      const { project, departmentId: receiver } = await this.lockProject(tx, input.projectId);
      const { steps } = await this.policies.value(tx, 'permits', this.clock.today());
      const usual = input.code ? steps.find((s) => s.code === input.code) : undefined;
      if (input.code && !usual && !/^[A-Z][A-Z0-9_]{1,39}$/.test(input.code)) throw new Refusal('INVALID', ['code'], { field: '手续编码', value: input.code.slice(0, 40), expected: 'A–Z 0–9 _, 2–40' });
      const label = input.label?.trim() || usual?.zh;
      if (!label) throw new Refusal('REQUIRED', ['label'], { field: '手续名称' });
      const rows = await tx.rows<{ code: string; label_zh: string; position: number }>('select code, label_zh, position from permit where project_id = $1 order by position', [project.id]);
      const known = rows.find((r) => r.code === input.code);
      if (known) throw new Refusal('PERMIT_KNOWN', ['code'], { label: known.label_zh, code: known.code });
      const code = input.code ?? this.freeCode(rows.map((r) => r.code));
      const after = input.after ?? (usual ? beforeOf(steps, new Set(rows.map((r) => r.code)), usual.code) : []);
      demandCodes(rows, after);
      const named = usual?.department ? await tx.row<{ id: string }>('select id from department where name = $1 or $1 = any (aliases) order by name = $1 desc, id limit 1', [usual.department]) : undefined;
      const departmentId = input.departmentId ?? named?.id ?? receiver;
      await this.demandPeople(tx, departmentId, input.staffId);
      const permitId = newId();
      await tx.run(
        `insert into permit (id, zone_id, project_id, code, position, label_zh, label_en, after, measured, allowed_days, express_days, allowed_minutes, may_promise, evidence, gate_item, department_id, staff_id, note, act, act_on, created_by, created_at)
         values ($1, app_zone(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 'OPENED', $18, app_staff(), app_now())`,
        [permitId, project.id, code, usual ? (steps.indexOf(usual) + 1) * 10 : (rows.at(-1)?.position ?? 0) + 10, label, input.labelEn?.trim() || (input.label?.trim() ? label : usual?.en) || label, after, input.measured ?? usual?.measured ?? 'DAYS',
          input.workingDays === undefined ? (usual?.workingDays ?? null) : input.workingDays, input.expressWorkingDays === undefined ? (usual?.expressWorkingDays ?? null) : input.expressWorkingDays, usual?.minutes ?? null, input.mayPromise ?? usual?.promise ?? false,
          input.evidence ?? usual?.evidence ?? [], usual?.gateItem ?? null, departmentId, input.staffId ?? null, input.note?.trim() || null, this.clock.today()]);
      // What would have waited for it, had it been thought of from the start, waits for it now.
      if (usual) await tx.run(`update permit set after = array_append(after, $2), version = version + 1, act = 'EDITED', act_on = $4, reason = null where project_id = $1 and state = 'NOT_STARTED' and code = any ($3) and not $2 = any (after)`,
        [project.id, code, steps.filter((s) => s.after.includes(code)).map((s) => s.code), this.clock.today()]);
      await this.desk.active(tx, project.id);
      return { permitId };
    }), { cause: 'permitAdd' });
  }

  /**
   * Changes a permit. The department that handles it changes person, lane, number, term, note and papers; the rest is the team's.
   * @throws Refusal NOT_FOUND, PERMIT_OTHERS, PERMIT_TEAM, CONFLICT, STATUS_NOT_ACTIVE, PERMIT_STATE, PERMIT_CIRCLE, REQUIRED, UNKNOWN_REFERENCE, INVALID, DATE_ORDER.
   */
  async edit(actor: Actor, input: PermitEdit): Promise<{ permitId: string }> {
    demand(actor, 'permit.edit');
    return this.db.tx(actor, (tx) => once(tx, 'permitEdit', input, async () => {
      const { project, row, team } = await this.desk.open(tx, input);
      const of = [input.label, input.labelEn, input.after, input.workingDays, input.expressWorkingDays, input.departmentId];
      if (!team && of.some((v) => v !== undefined)) throw new Refusal('PERMIT_TEAM', [], {}, row.id);
      if (input.label !== undefined && !input.label?.trim()) throw new Refusal('REQUIRED', ['label'], { field: '手续名称' }, row.id);
      if (input.validUntil && row.granted_on && input.validUntil < row.granted_on) throw new Refusal('DATE_ORDER', ['validUntil'], { field: '有效期至', value: input.validUntil, other: '办结日期', otherValue: row.granted_on }, row.id);
      if (input.after) await this.demandAfter(tx, { project, row, team }, input.after);
      // Another department's permit is no longer its former person's.
      const staffId = input.staffId !== undefined ? input.staffId : input.departmentId !== undefined && input.departmentId !== row.department_id ? null : undefined;
      await this.demandPeople(tx, input.departmentId !== undefined ? input.departmentId : row.department_id, staffId, row.id, input.departmentId);
      const params: unknown[] = [row.id, this.clock.today()];
      const set = ['version = version + 1', `act = 'EDITED'`, 'act_on = $2', 'reason = null'];
      const assign = (column: string, value: unknown) => { if (value !== undefined) set.push(`${column} = $${params.push(value)}`); };
      assign('label_zh', input.label?.trim());
      assign('label_en', input.labelEn === undefined ? undefined : input.labelEn?.trim() || input.label?.trim() || row.label_zh);
      assign('after', input.after === undefined ? undefined : (input.after ?? []));
      assign('allowed_days', input.workingDays);
      assign('express_days', input.expressWorkingDays);
      assign('department_id', input.departmentId);
      assign('staff_id', staffId);
      assign('express', input.express ?? undefined);
      assign('number', input.number === undefined ? undefined : input.number?.trim() || null);
      assign('valid_until', input.validUntil);
      assign('note', input.note === undefined ? undefined : input.note?.trim() || null);
      if (input.express === false && row.tolerated.length > 0 && row.promise === null) throw new Refusal('INVALID', ['express'], { field: '绿色通道', value: 'false', expected: '容缺受理的申报须保留 / kept while an application was taken with something missing' }, row.id);
      await tx.run(`update permit set ${set.join(', ')} where id = $1`, params);
      await this.desk.attach(tx, row, input.files, row.state === 'GRANTED');
      await this.desk.active(tx, project.id);
      return { permitId: row.id };
    }), { cause: 'permitEdit' });
  }

  /** Not needed, with a reason; what waits for it goes on. @throws Refusal NOT_FOUND, PERMIT_TEAM, CONFLICT, STATUS_NOT_ACTIVE, PERMIT_STATE, REASON_REQUIRED. */
  async skip(actor: Actor, input: PermitSkip): Promise<{ permitId: string }> {
    demand(actor, 'permit.edit');
    return this.db.tx(actor, (tx) => once(tx, 'permitSkip', input, async () => {
      const { project, row, team } = await this.desk.open(tx, input);
      if (!team) throw new Refusal('PERMIT_TEAM', [], {}, row.id);
      this.desk.demandState(tx, row, ['NOT_STARTED', 'READY'], 'SKIP');
      await tx.run(`update permit set state = 'NOT_NEEDED', act = 'SKIPPED', act_on = $2, reason = $3, version = version + 1 where id = $1`, [row.id, this.clock.today(), this.desk.reason(row, input.reason)]);
      await this.desk.active(tx, project.id);
      return { permitId: row.id };
    }), { cause: 'permitSkip' });
  }

  private async lockProject(tx: Tx, projectId: string | null): Promise<{ project: ProjectRow; departmentId: string | null }> {
    const project = await lockProject(tx, projectId);
    const { departmentId } = await this.desk.demandTeam(tx, project.id);
    demandActive(project);
    if (!canHandOff(project)) throw new Refusal('HANDOFF_NOT_READY', ['projectId'], { stage: STAGE_LABELS[project.stage][tx.actor.locale === 'en' ? 1 : 0] });
    return { project, departmentId: departmentId ?? tx.actor.departmentIds[0] ?? null };
  }

  private async insert(tx: Tx, projectId: string, list: readonly PermitStep[], departmentId: string | null): Promise<number> {
    const subject = (await tx.row<RuleSubject>(`select ${RULE_SUBJECT} from project p where p.id = $1`, [projectId]))!;
    const steps = stepsOf(list, subject).map((s) => ({ ...s, position: (list.findIndex((l) => l.code === s.code) + 1) * 10 }));
    return steps.length === 0 ? 0 : tx.run(OPEN_PERMITS, [projectId, JSON.stringify(steps), this.clock.today(), departmentId]);
  }

  private freeCode(taken: readonly string[]): string {
    for (let n = 1; ; n++) if (!taken.includes(`OTHER_${n}`)) return `OTHER_${n}`;
  }

  private async demandAfter(tx: Tx, { project, row }: OpenedPermit, after: readonly string[]): Promise<void> {
    this.desk.demandState(tx, row, ['NOT_STARTED', 'READY'], 'EDIT_AFTER');
    const rows = await tx.rows<{ code: string; after: string[]; label_zh: string; label_en: string }>('select code, after, label_zh, label_en from permit where project_id = $1', [project.id]);
    demandCodes(rows, after, row.id);
    const circle = circleWith(rows.map((r) => ({ ...r, label: this.desk.label(tx, r) })), { code: row.code, after, label: this.desk.label(tx, row) });
    if (circle) throw new Refusal('PERMIT_CIRCLE', ['after'], { circle: circle.join(' ← ') }, row.id);
  }

  /** A person handles a permit of the department that he or she sits in: whoever is named sees the project through it. */
  private async demandPeople(tx: Tx, departmentId: string | null, staffId: string | null | undefined, recordId?: string, named: string | null | undefined = departmentId): Promise<void> {
    if (named && !(await tx.row('select 1 as ok from department where id = $1', [named]))) throw new Refusal('UNKNOWN_REFERENCE', ['departmentId'], { field: '办理部门', value: named }, recordId);
    if (!staffId) return;
    const person = await tx.row<{ name: string; seated: boolean }>(
      `select s.name, exists (select from department d where d.path && array[$2::uuid] and (d.id = s.department_id or d.id in (select m.department_id from staff_department m where m.staff_id = s.id))) as seated from staff s where s.id = $1 and s.disabled_at is null`, [staffId, departmentId]);
    if (!person) throw new Refusal('UNKNOWN_REFERENCE', ['staffId'], { field: '经办人', value: staffId }, recordId);
    if (!person.seated) throw new Refusal('INVALID', ['staffId'], { field: '经办人', value: person.name, expected: '须为办理部门的人员 / someone of the department that handles it' }, recordId);
  }
}

/** @throws Refusal UNKNOWN_REFERENCE: waits for something that the project does not have. */
function demandCodes(rows: readonly { code: string }[], after: readonly string[], recordId?: string): void {
  const unknown = after.find((a) => !rows.some((r) => r.code === a));
  if (unknown !== undefined) throw new Refusal('UNKNOWN_REFERENCE', ['after'], { field: '前置手续', value: unknown.slice(0, 40) }, recordId);
}
