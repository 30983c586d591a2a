import { Inject, Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, once, Refusal, type Tx, workingDue } from '@yinfeng/platform';
import { demandActive, type ProjectRow } from '@yinfeng/recruitment';
import { RemindersService } from '@yinfeng/reminders';
import { HANDOFF_ACCEPTED, type HandoffListener } from './handoff-accepted.js';
import { HandoffPackagesService } from './handoff-packages.service.js';
import { type HandoffItemState, NOTE_LONGEST } from './handoff.rules.js';
import { type HandoffAct, type HandoffDone, type HandoffRow, HandoffsService } from './handoffs.service.js';

/** What the receiver says of one thing; PENDING takes it back while the handoff waits. */
export interface HandoffItemDecide {
  idempotencyKey?: string | null;
  itemId: string | null;
  /** Version of the handoff. */
  expectedVersion: number;
  state: HandoffItemState;
  reason?: string | null;
}
export interface HandoffAccept extends HandoffAct {
  /** Whether what is still undecided is accepted with it; true when absent. */
  acceptPending?: boolean | null;
}
export interface HandoffReturn extends HandoffAct {
  /** What the submitter has to put right. */
  reason?: string | null;
  /** Things that are returned, each with its own reason or that of the whole. */
  items?: { itemId: string | null; reason?: string | null }[] | null;
}

/** The receiver's side of a handoff: thing by thing, then accepted or returned with a reason inside a deadline. */
@Injectable()
export class HandoffDecisionsService {
  constructor(
    private readonly db: Database, private readonly clock: Clock, private readonly reminders: RemindersService, private readonly handoffs: HandoffsService, private readonly packages: HandoffPackagesService,
    @Inject(HANDOFF_ACCEPTED) private readonly listeners: HandoffListener[],
  ) {}

  /**
   * Accepts one thing, returns it with a reason, or takes that back. Raises the version of the handoff.
   * @throws Refusal NOT_FOUND, FORBIDDEN (another department's), SECOND_PERSON, CONFLICT, ALREADY_DECIDED, STATUS_NOT_ACTIVE, REASON_REQUIRED, TOO_LONG.
   */
  async decideItem(actor: Actor, input: HandoffItemDecide): Promise<HandoffDone> {
    demand(actor, 'handoff.decide');
    return this.db.tx(actor, (tx) => once(tx, 'handoffItemDecide', input, async () => {
      const found = input.itemId ? await tx.row<{ handoff_id: string }>('select handoff_id from handoff_item where id = $1', [input.itemId]) : undefined;
      const { handoff, project } = await this.lock(tx, { handoffId: found?.handoff_id ?? null, expectedVersion: input.expectedVersion });
      await this.putItem(tx, handoff, input.itemId!, input.state, input.reason, ['reason']);
      await tx.run('update handoff set version = version + 1 where id = $1', [handoff.id]);
      return { handoffId: handoff.id, projectId: project.id };
    }), { cause: 'handoffItemDecide' });
  }

  /**
   * The receiver takes the project over: joins its taskforce, the project may start, and what is open moves over.
   * @throws Refusal NOT_FOUND, FORBIDDEN (another department's), SECOND_PERSON, CONFLICT, ALREADY_DECIDED, STATUS_NOT_ACTIVE,
   * HANDOFF_ITEMS_OPEN (something required is returned, or not decided).
   */
  async accept(actor: Actor, input: HandoffAccept): Promise<HandoffDone> {
    demand(actor, 'handoff.decide');
    return this.db.tx(actor, (tx) => once(tx, 'handoffAccept', input, async () => {
      const { handoff, project } = await this.lock(tx, input);
      if (input.acceptPending ?? true) await tx.run(`update handoff_item set state = 'ACCEPTED', decided_by = app_staff(), decided_at = app_now() where handoff_id = $1 and state = 'PENDING'`, [handoff.id]);
      const open = await tx.rows<{ zh: string }>(`select label_zh as zh from handoff_item where handoff_id = $1 and required and state <> 'ACCEPTED' order by position`, [handoff.id]);
      if (open.length) throw new Refusal('HANDOFF_ITEMS_OPEN', ['handoffId'], { items: open.map((i) => i.zh).join('、') }, handoff.id);
      await tx.run(`update handoff set state = 'ACCEPTED', decided_by = app_staff(), decided_at = app_now(), version = version + 1 where id = $1`, [handoff.id]);
      await tx.run(`insert into project_member (zone_id, project_id, staff_id, role) values (app_zone(), $1, app_staff(), 'TASKFORCE') on conflict do nothing`, [project.id]);
      await this.handoffs.active(tx, project);
      await this.handoffs.settle(tx, project);
      const accepted = { id: handoff.id, attempt: handoff.attempt, fromDepartmentId: handoff.from_department_id, toDepartmentId: handoff.to_department_id, submittedBy: handoff.submitted_by, acceptedBy: actor.staffId! };
      for (const listener of this.listeners) await listener.handoffAccepted(tx, project, accepted);
      return { handoffId: handoff.id, projectId: project.id };
    }), { cause: 'handoffAccept' });
  }

  /**
   * Back to the submitter with a reason, a reminder and a day by which it is due again; the next attempt starts the receiver's
   * clock anew and asks only what was not accepted.
   * @throws Refusal REASON_REQUIRED, TOO_LONG, UNKNOWN_REFERENCE (a thing of another handoff) and those of accept.
   */
  async return(actor: Actor, input: HandoffReturn): Promise<HandoffDone> {
    demand(actor, 'handoff.decide');
    const reason = input.reason?.trim() ?? '';
    return this.db.tx(actor, (tx) => once(tx, 'handoffReturn', input, async () => {
      const { handoff, project } = await this.lock(tx, input);
      if (!reason) throw new Refusal('REASON_REQUIRED', ['reason'], {}, handoff.id);
      if (reason.length > NOTE_LONGEST) throw new Refusal('TOO_LONG', ['reason'], { field: '退回原因', max: NOTE_LONGEST }, handoff.id);
      for (const [i, item] of (input.items ?? []).entries()) {
        const known = item.itemId ? await tx.row('select 1 as ok from handoff_item where id = $1 and handoff_id = $2', [item.itemId, handoff.id]) : undefined;
        if (!known) throw new Refusal('UNKNOWN_REFERENCE', ['items', String(i), 'itemId'], { field: '清单事项', value: item.itemId ?? '—' }, handoff.id);
        await this.putItem(tx, handoff, item.itemId!, 'RETURNED', item.reason?.trim() || reason, ['items', String(i), 'reason']);
      }
      const { due } = await workingDue(tx, this.clock.today(), (await this.packages.policy(tx)).resubmitWorkingDays);
      await tx.run(`update handoff set state = 'RETURNED', decided_by = app_staff(), decided_at = app_now(), return_reason = $2, resubmit_due_on = $3, version = version + 1 where id = $1`, [handoff.id, reason, due]);
      await this.handoffs.active(tx, project);
      await this.handoffs.settle(tx, project);
      // Who submitted it, and who is in charge by now.
      const people = [...new Set([handoff.submitted_by, project.owner_id])].filter((p): p is string => p !== null && p !== actor.staffId);
      await this.reminders.planForAll(tx, { kind: 'HANDOFF', cause: `HANDOFF:${handoff.id}:RETURNED`, projectId: project.id, dueOn: this.clock.today(), detail: { act: 'RETURNED', reason: reason.slice(0, 200), dueOn: due } }, people);
      return { handoffId: handoff.id, projectId: project.id };
    }), { cause: 'handoffReturn' });
  }

  private async putItem(tx: Tx, handoff: HandoffRow, itemId: string, state: HandoffItemState, said: string | null | undefined, path: string[]): Promise<void> {
    const reason = said?.trim() || null;
    if (state === 'RETURNED' && !reason) throw new Refusal('REASON_REQUIRED', path, {}, handoff.id);
    if (reason && reason.length > NOTE_LONGEST) throw new Refusal('TOO_LONG', path, { field: '退回原因', max: NOTE_LONGEST }, handoff.id);
    await tx.run(
      `update handoff_item set state = $2, decided_by = case when $2 <> 'PENDING' then app_staff() end, decided_at = case when $2 <> 'PENDING' then app_now() end, return_reason = case when $2 = 'RETURNED' then $3 end where id = $1`,
      [itemId, state, reason]);
  }

  /** @throws Refusal NOT_FOUND, SECOND_PERSON, FORBIDDEN, CONFLICT, ALREADY_DECIDED, STATUS_NOT_ACTIVE. */
  private async lock(tx: Tx, input: HandoffAct): Promise<{ handoff: HandoffRow; project: ProjectRow }> {
    const { handoff, project } = await this.handoffs.lock(tx, input);
    if (handoff.submitted_by === tx.actor.staffId) throw new Refusal('SECOND_PERSON', ['handoffId'], {}, handoff.id);
    if (!handoff.mine) throw new Refusal('FORBIDDEN');
    this.handoffs.demandOpen(handoff, input);
    demandActive(project);
    return { handoff, project };
  }
}
