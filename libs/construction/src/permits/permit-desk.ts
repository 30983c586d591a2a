import { Injectable } from '@nestjs/common';
import { Clock, Refusal, type Tx } from '@yinfeng/platform';
import { ACTIVITY, demandActive, demandVersion, lockProject, type ProjectRow } from '@yinfeng/recruitment';
import { RemindersService } from '@yinfeng/reminders';
import { actWord, type PermitDeed, type PermitMeasure, type PermitState, stateWord } from './permit.rules.js';
import { IN_TEAM, LOCK_PERMIT } from './permits.sql.js';

export interface PermitFileInput {
  fileId: string | null;
  /** Which of the permit's papers it is; any words will do. */
  label?: string | null;
}
/** What every act on a permit names. */
export interface PermitDecision {
  idempotencyKey?: string | null;
  permitId: string | null;
  expectedVersion: number;
}
export interface PermitRow {
  id: string; version: number; project_id: string; code: string; label_zh: string; label_en: string; state: PermitState; after: string[]; round: number; department_id: string | null; staff_id: string | null;
  express: boolean; joint: boolean; measured: PermitMeasure; may_promise: boolean; gate_item: string | null; applied_on: string | null; stopped_on: string | null; resumed_on: string | null; granted_on: string | null;
  promise: string | null; promise_kept_on: string | null; tolerated: string[]; department: string | null; mine: boolean;
}
export interface Team {
  /** The actor belongs to the department that took the project over, or to its taskforce. */
  team: boolean;
  departmentId: string | null;
}
export interface OpenedPermit {
  project: ProjectRow;
  row: PermitRow;
  team: boolean;
}

/** What all acts on permits share: the gateway, the days, the papers, and that something happened on the project. */
@Injectable()
export class PermitDesk {
  constructor(private readonly clock: Clock, private readonly reminders: RemindersService) {}

  label(tx: Tx, row: { label_zh: string; label_en: string }): string {
    return tx.actor.locale === 'en' ? row.label_en : row.label_zh;
  }

  /** @throws Refusal PERMIT_TEAM. */
  async team(tx: Tx, projectId: string): Promise<Team> {
    return (await tx.row<Team>(IN_TEAM, [projectId, tx.actor.departmentIds]))!;
  }

  async demandTeam(tx: Tx, projectId: string): Promise<Team> {
    const team = await this.team(tx, projectId);
    if (!team.team) throw new Refusal('PERMIT_TEAM', []);
    return team;
  }

  /**
   * The gateway to one permit: its project, locked and seen, then its own row. The people of its department act on it, and
   * those who have the project since its handoff on all of them.
   * @throws Refusal NOT_FOUND, PERMIT_OTHERS, CONFLICT, STATUS_NOT_ACTIVE.
   */
  async open(tx: Tx, input: PermitDecision): Promise<OpenedPermit> {
    const found = input.permitId ? await tx.row<{ project_id: string }>('select project_id from permit where id = $1', [input.permitId]) : undefined;
    const project = await lockProject(tx, found?.project_id ?? null);
    const row = (await tx.row<PermitRow>(LOCK_PERMIT, [input.permitId, tx.actor.departmentIds]))!;
    const { team } = await this.team(tx, project.id);
    if (!team && !row.mine) throw new Refusal('PERMIT_OTHERS', ['permitId'], { label: this.label(tx, row), department: row.department ?? '—' }, row.id);
    demandVersion(row, input.expectedVersion);
    demandActive(project);
    return { project, row, team };
  }

  /** @throws Refusal PERMIT_STATE. */
  demandState(tx: Tx, row: PermitRow, allowed: readonly PermitState[], deed: PermitDeed): void {
    if (!allowed.includes(row.state)) throw new Refusal('PERMIT_STATE', ['permitId'], { label: this.label(tx, row), now: stateWord(row.state, tx.actor.locale), act: actWord(deed, tx.actor.locale) }, row.id);
  }

  /** The day of an act: today when absent, never after it, nor before what came before. @throws Refusal DATE_IN_FUTURE, DATE_ORDER. */
  day(row: PermitRow, value: string | null | undefined, field: string, name: string, earliest: { name: string; day: string | null }): string {
    const today = this.clock.today();
    const day = value ?? today;
    if (day > today) throw new Refusal('DATE_IN_FUTURE', [field], { field: name, value: day, today }, row.id);
    if (earliest.day && day < earliest.day) throw new Refusal('DATE_ORDER', [field], { field: name, value: day, other: earliest.name, otherValue: earliest.day }, row.id);
    return day;
  }

  /** @throws Refusal REASON_REQUIRED. */
  reason(row: { id: string }, value: string | null | undefined): string {
    const reason = value?.trim();
    if (!reason) throw new Refusal('REASON_REQUIRED', ['reason'], {}, row.id);
    return reason;
  }

  /**
   * Papers of a permit are evidence of the project too; those that come with a grant count for the gate that asks for them.
   * @throws Refusal UNKNOWN_REFERENCE for a file that the actor did not upload.
   */
  async attach(tx: Tx, row: { id: string; project_id: string; gate_item: string | null }, files: readonly PermitFileInput[] | null | undefined, granted = false): Promise<void> {
    for (const [i, file] of (files ?? []).entries()) {
      const known = file.fileId && (await tx.row('select 1 as ok from stored_file where id = $1 and created_by = app_staff()', [file.fileId]));
      if (!known) throw new Refusal('UNKNOWN_REFERENCE', ['files', String(i), 'fileId'], { field: '文件', value: file.fileId ?? '—' }, row.id);
      const added = await tx.run(`insert into permit_file (zone_id, project_id, permit_id, file_id, label, added_by, added_at) values (app_zone(), $1, $2, $3, $4, app_staff(), app_now()) on conflict do nothing`, [row.project_id, row.id, file.fileId, file.label?.trim() || null]);
      if (added) await tx.run(`insert into evidence (zone_id, project_id, item, file_id, added_by, added_at) values (app_zone(), $1, $2, $3, app_staff(), app_now())`, [row.project_id, (granted && row.gate_item) || 'permit', file.fileId]);
    }
  }

  /** Something happened on the project: its idle clock and light follow, and what warned of silence is taken back. */
  async active(tx: Tx, projectId: string): Promise<void> {
    await tx.run(`update project set ${ACTIVITY('$2::date')} where id = $1`, [projectId, this.clock.today()]);
    await this.reminders.cancel(tx, { projectId, kind: 'IDLE' });
  }
}
