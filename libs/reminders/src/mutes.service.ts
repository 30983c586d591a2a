import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, type Facts, factsJson, idFact, once, type Page, type PageInput, pageOf, pageRequest, Refusal, type Shape } from '@yinfeng/platform';
import { type ReminderKind } from './reminder-text.rules.js';
import { NEVER_MUTED } from './reminders.sql.js';
import type { ProjectWall } from './reminders.service.js';

export interface ReminderMute {
  idempotencyKey?: string | null;
  /** null: an id that is none; absent: whatever the project. */
  projectId?: string | null;
  kind?: ReminderKind | null;
  /** Last Shanghai day; absent: until it is ended. */
  untilOn?: string | null;
}
export interface ReminderUnmute {
  idempotencyKey?: string | null;
  muteId: string | null;
  expectedVersion: number;
}

/** What can be read of a silence; alias m. Libs to the right add the project. */
export const muteFacts: Facts = { id: idFact('ReminderMute', 'm.id'), version: 'm.version', kind: 'm.kind', untilOn: 'm.until_on', createdAt: 'm.created_at' };

/** 静音: a person hears nothing of a project or a kind; everything goes on being planned and listed. */
@Injectable()
export class ReminderMutesService {
  constructor(private readonly db: Database, private readonly clock: Clock) {}

  /**
   * Silences a project, a kind, or a kind of one project, for the actor alone; again: the other day counts.
   * @throws Refusal NOT_FOUND (project), REQUIRED (neither), REMINDER_NEVER_MUTED, DATE_PAST.
   */
  async mute(actor: Actor, input: ReminderMute, wall: ProjectWall): Promise<{ muteId: string }> {
    demand(actor, 'reminder.act');
    const { projectId, kind } = input;
    if (projectId === undefined && !kind) throw new Refusal('REQUIRED', ['projectId'], { field: '静音的项目或提醒种类' });
    if (kind && NEVER_MUTED.some((k) => k === kind)) throw new Refusal('REMINDER_NEVER_MUTED', ['kind']);
    const today = this.clock.today();
    if (input.untilOn && input.untilOn < today) throw new Refusal('DATE_PAST', ['untilOn'], { field: '静音截止日期', value: input.untilOn, today });
    return this.db.tx(actor, (tx) => once(tx, 'reminderMute', input, async () => {
      if (projectId !== undefined) {
        const params: unknown[] = [projectId];
        if (!projectId || !(await tx.row(`select 1 as ok from project pw where pw.id = $1 and pw.gone_at is null and ${wall(actor, 'pw', params)}`, params))) throw new Refusal('NOT_FOUND');
      }
      const row = await tx.row<{ id: string }>(
        `insert into reminder_mute as m (zone_id, staff_id, project_id, kind, until_on) values (app_zone(), app_staff(), $1, $2, $3)
         on conflict (staff_id, project_id, kind) where ended_at is null do update set until_on = excluded.until_on, version = m.version + 1 returning id`, [projectId ?? null, kind ?? null, input.untilOn ?? null]);
      return { muteId: row!.id };
    }), { cause: 'reminderMute' });
  }

  /** Heard again from now on; what came meanwhile and is open shows in the list. @throws Refusal NOT_FOUND (also for somebody else's, and one that has ended), CONFLICT. */
  async unmute(actor: Actor, input: ReminderUnmute): Promise<{ muteId: string }> {
    demand(actor, 'reminder.act');
    return this.db.tx(actor, (tx) => once(tx, 'reminderUnmute', input, async () => {
      const own = input.muteId ? await tx.row<{ id: string; version: number }>('select id, version from reminder_mute where id = $1 and staff_id = app_staff() and ended_at is null for update', [input.muteId]) : undefined;
      if (!own) throw new Refusal('NOT_FOUND');
      if (own.version !== input.expectedVersion) throw new Refusal('CONFLICT', ['expectedVersion'], { version: own.version }, own.id);
      await tx.run('update reminder_mute set ended_at = app_now(), version = version + 1 where id = $1', [own.id]);
      return { muteId: own.id };
    }), { cause: 'reminderUnmute' });
  }

  /** The actor's own that hold today, newest first; those of projects out of sight are too. */
  async page(actor: Actor, input: PageInput, shape: Shape, wall: ProjectWall): Promise<Page<{ id: string }>> {
    demand(actor, 'reminder.read');
    const request = pageRequest(input, 1);
    const params: unknown[] = [actor.staffId, this.clock.today()];
    const where = [holding(actor, params, wall)];
    if (request.keys) where.push(`m.id ${request.backward ? '>' : '<'} $${params.push(request.keys[0])}::uuid`);
    const rows = await this.db.read<{ node: { id: string }; id: string }>(actor, `select ${factsJson(muteFacts, { id: true, ...shape })} as node, m.id from reminder_mute m where ${where.join(' and ')} order by m.id ${request.backward ? 'asc' : 'desc'} limit ${request.fetch}`, params);
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.id] })), request);
  }

  async count(actor: Actor, wall: ProjectWall): Promise<number> {
    const params: unknown[] = [actor.staffId, this.clock.today()];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from reminder_mute m where ${holding(actor, params, wall)}`, params);
    return row!.n;
  }

  /** One of the actor's own that holds today, or null. */
  async byId(actor: Actor, id: string | null, shape: Shape, wall: ProjectWall): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('reminder.read')) return null;
    const params: unknown[] = [actor.staffId, this.clock.today()];
    const where = holding(actor, params, wall);
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(muteFacts, { id: true, ...shape })} as node from reminder_mute m where ${where} and m.id = $${params.push(id)}`, params);
    return row?.node ?? null;
  }
}

/** $1 the actor, $2 today. */
function holding(actor: Actor, params: unknown[], wall: ProjectWall): string {
  return `m.staff_id = $1 and m.ended_at is null and (m.until_on is null or m.until_on >= $2::date) and (m.project_id is null or exists (select from project pw where pw.id = m.project_id and pw.gone_at is null and ${wall(actor, 'pw', params)}))`;
}
