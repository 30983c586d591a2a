import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, once, Refusal, type Tx, workingDue } from '@yinfeng/platform';
import { type OpenedPermit, type PermitDecision, PermitDesk, type PermitFileInput, type PermitRow } from './permit-desk.js';
import { actWord, stateWord } from './permit.rules.js';

interface WithFiles extends PermitDecision {
  files?: PermitFileInput[] | null;
}
export interface PermitApply extends WithFiles {
  /** Shanghai day; today when absent. */
  appliedOn?: string | null;
  /** 绿色通道; as it stands when absent. */
  express?: boolean | null;
  /** 联合预审. */
  joint?: boolean | null;
  /** 告知承诺: what will follow, and by when (policy `permits.promiseWorkingDays` when absent). */
  promise?: { content: string; dueOn?: string | null } | null;
  /** 容缺受理: taken although something before it is not done; needs one of the zone's marks (policy `permits.tolerance`). */
  tolerate?: boolean | null;
  note?: string | null;
}
export interface PermitStop extends WithFiles {
  onDay?: string | null;
  /** What has to be supplied. */
  reason?: string | null;
}
export interface PermitResume extends WithFiles {
  onDay?: string | null;
  note?: string | null;
}
export interface PermitGrant extends WithFiles {
  /** Applied for and granted in one act; only where it was not applied for yet. */
  appliedOn?: string | null;
  grantedOn?: string | null;
  number?: string | null;
  validUntil?: string | null;
  /** From the counter to the certificate; of steps measured in minutes. */
  minutes?: number | null;
  note?: string | null;
}
export interface PermitRefuse extends WithFiles {
  refusedOn?: string | null;
  reason?: string | null;
}
export interface PermitPromiseKeep extends WithFiles {
  keptOn?: string | null;
  note?: string | null;
}
export interface PermitReopen extends PermitDecision {
  reason?: string | null;
}
type Done = Promise<{ permitId: string }>;

/** What happens to a permit: applied for, stopped for more papers, granted or refused, and each of it taken back. */
@Injectable()
export class PermitActsService {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService, private readonly desk: PermitDesk) {}

  /**
   * The application is taken and its clock starts; after a refusal it is applied for anew. What it waits for is done by that
   * day, or tolerated on record (容缺受理).
   * @throws Refusal NOT_FOUND, PERMIT_OTHERS, CONFLICT, STATUS_NOT_ACTIVE, PERMIT_STATE, PERMIT_WAITS, PERMIT_PROMISE_NOT, DATE_IN_FUTURE, DATE_ORDER, REQUIRED, UNKNOWN_REFERENCE.
   */
  async apply(actor: Actor, input: PermitApply): Done {
    return this.act(actor, 'permitApply', input, async (tx, { row }) => {
      this.desk.demandState(tx, row, ['NOT_STARTED', 'READY', 'REFUSED'], 'APPLY');
      await this.applied(tx, row, input);
      await this.desk.attach(tx, row, input.files);
    });
  }

  /** More is asked for: the clock stands from the day after. @throws Refusal as apply, REASON_REQUIRED. */
  async stop(actor: Actor, input: PermitStop): Done {
    return this.act(actor, 'permitSupplement', input, async (tx, { row }) => {
      this.desk.demandState(tx, row, ['APPLIED'], 'STOP');
      const day = this.desk.day(row, input.onDay, 'onDay', '要求补正日期', latest(row));
      await tx.run(`update permit set state = 'SUPPLEMENT', stopped_on = $2, act = 'STOPPED', act_on = $2, reason = $3, version = version + 1 where id = $1`, [row.id, day, this.desk.reason(row, input.reason)]);
      await this.desk.attach(tx, row, input.files);
    });
  }

  /** What was asked for is there: the clock goes on from the day after. @throws Refusal as apply. */
  async resume(actor: Actor, input: PermitResume): Done {
    return this.act(actor, 'permitResume', input, async (tx, { row }) => {
      this.desk.demandState(tx, row, ['SUPPLEMENT'], 'RESUME');
      const day = this.desk.day(row, input.onDay, 'onDay', '补正完成日期', { name: '要求补正日期', day: row.stopped_on });
      await tx.run(`update permit set state = 'APPLIED', stopped = ${CLOSED_STOP}, stopped_on = null, act = 'RESUMED', act_on = $2, reason = $3, version = version + 1 where id = $1`, [row.id, day, input.note?.trim() || null]);
      await this.desk.attach(tx, row, input.files);
    });
  }

  /**
   * Granted, with number, term and papers; of a step that was not applied for yet both at once (appliedOn, or the same day).
   * @throws Refusal as apply, and INVALID for minutes of a step that is not measured in minutes.
   */
  async grant(actor: Actor, input: PermitGrant): Done {
    return this.act(actor, 'permitGrant', input, async (tx, { row: found }) => {
      let row = found;
      if (input.minutes != null && row.measured !== 'MINUTES') throw new Refusal('INVALID', ['minutes'], { field: '办理分钟数', value: input.minutes, expected: '该手续按工作日计时 / measured in days' }, row.id);
      this.desk.demandState(tx, row, ['NOT_STARTED', 'READY', 'REFUSED', 'APPLIED'], 'GRANT');
      if (row.state !== 'APPLIED') {
        const appliedOn = input.appliedOn ?? input.grantedOn ?? this.clock.today();
        await this.applied(tx, row, { ...input, appliedOn, note: null });
        row = { ...row, state: 'APPLIED', applied_on: appliedOn, resumed_on: null };
      } else if (input.appliedOn && input.appliedOn !== row.applied_on) throw new Refusal('INVALID', ['appliedOn'], { field: '申报日期', value: input.appliedOn, expected: row.applied_on! }, row.id);
      const day = this.desk.day(row, input.grantedOn, 'grantedOn', '办结日期', latest(row));
      if (input.validUntil && input.validUntil < day) throw new Refusal('DATE_ORDER', ['validUntil'], { field: '有效期至', value: input.validUntil, other: '办结日期', otherValue: day }, row.id);
      if (row.promise === null) await this.demandDone(tx, row, 'grantedOn', day, '');
      await tx.run(`update permit set state = 'GRANTED', granted_on = $2, number = $3, valid_until = $4, minutes = $5, act = 'GRANTED', act_on = $2, reason = $6, version = version + 1 where id = $1`,
        [row.id, day, input.number?.trim() || null, input.validUntil ?? null, input.minutes ?? null, input.note?.trim() || null]);
      await this.desk.attach(tx, row, input.files, true);
    });
  }

  /** @throws Refusal as apply, REASON_REQUIRED. */
  async refuse(actor: Actor, input: PermitRefuse): Done {
    return this.act(actor, 'permitRefuse', input, async (tx, { row }) => {
      this.desk.demandState(tx, row, ['APPLIED', 'SUPPLEMENT'], 'REFUSE');
      const day = this.desk.day(row, input.refusedOn, 'refusedOn', '不予许可日期', row.stopped_on ? { name: '要求补正日期', day: row.stopped_on } : latest(row));
      await tx.run(`update permit set state = 'REFUSED', refused_on = $2, stopped = case when stopped_on is null then stopped else ${CLOSED_STOP} end, stopped_on = null, act = 'REFUSED', act_on = $2, reason = $3, version = version + 1 where id = $1`,
        [row.id, day, this.desk.reason(row, input.reason)]);
      await this.desk.attach(tx, row, input.files);
    });
  }

  /** What was promised has followed. @throws Refusal as apply, PERMIT_PROMISE_NOT. */
  async keepPromise(actor: Actor, input: PermitPromiseKeep): Done {
    return this.act(actor, 'permitPromiseKeep', input, async (tx, { row }) => {
      if (row.promise === null || row.promise_kept_on !== null || row.state === 'REFUSED') throw new Refusal('PERMIT_PROMISE_NOT', ['permitId'], { label: this.desk.label(tx, row) }, row.id);
      const day = this.desk.day(row, input.keptOn, 'keptOn', '承诺兑现日期', { name: '申报日期', day: row.applied_on });
      await tx.run(`update permit set promise_kept_on = $2, act = 'PROMISE_KEPT', act_on = $2, reason = $3, version = version + 1 where id = $1`, [row.id, day, input.note?.trim() || null]);
      await this.desk.attach(tx, row, input.files, row.state === 'GRANTED');
    });
  }

  /**
   * Takes the last step back, with a reason: a promise kept, a grant or refusal (applied for again), a stop, an application,
   * 无需办理. What stands on a grant is taken back first. Every entry stays in the permit's story.
   * @throws Refusal as apply, REASON_REQUIRED, PERMIT_STANDS.
   */
  async reopen(actor: Actor, input: PermitReopen): Done {
    return this.act(actor, 'permitReopen', input, async (tx, { row, team }) => {
      if (row.state === 'NOT_STARTED' || row.state === 'READY') throw new Refusal('PERMIT_STATE', ['permitId'], { label: this.desk.label(tx, row), now: stateWord(row.state, tx.actor.locale), act: actWord('REOPEN', tx.actor.locale) }, row.id);
      const reason = this.desk.reason(row, input.reason);
      if (row.state === 'NOT_NEEDED' && !team) throw new Refusal('PERMIT_TEAM', [], {}, row.id);
      if (row.promise_kept_on === null && (row.state === 'GRANTED' || row.state === 'NOT_NEEDED')) await this.demandNothingStands(tx, row);
      const set = row.promise_kept_on !== null ? 'promise_kept_on = null'
        : row.state === 'GRANTED' ? `state = 'APPLIED', granted_on = null, number = null, valid_until = null, minutes = null`
        : row.state === 'REFUSED' ? `state = 'APPLIED', refused_on = null`
        : row.state === 'SUPPLEMENT' ? `state = 'APPLIED', stopped_on = null`
        : `state = 'NOT_STARTED', applied_on = null, stopped = '{}', tolerated = '{}', promise = null, promise_due_on = null`;
      await tx.run(`update permit set ${set}, act = 'TAKEN_BACK', act_on = $2, reason = $3, version = version + 1 where id = $1`, [row.id, this.clock.today(), reason]);
      // Its papers prove nothing to a gate any more.
      if (row.state === 'GRANTED' && row.promise_kept_on === null && row.gate_item) await tx.run(`update evidence set item = 'permit' where project_id = $1 and item = $2 and file_id in (select file_id from permit_file where permit_id = $3)`, [row.project_id, row.gate_item, row.id]);
    });
  }

  private async act(actor: Actor, name: string, input: PermitDecision, work: (tx: Tx, found: OpenedPermit) => Promise<void>): Done {
    demand(actor, 'permit.edit');
    return this.db.tx(actor, (tx) => once(tx, name, input, async () => {
      const found = await this.desk.open(tx, input);
      await work(tx, found);
      await this.desk.active(tx, found.project.id);
      return { permitId: found.row.id };
    }), { cause: name });
  }

  private async applied(tx: Tx, row: PermitRow, input: Pick<PermitApply, 'appliedOn' | 'express' | 'joint' | 'promise' | 'tolerate' | 'note'>): Promise<void> {
    const day = this.desk.day(row, input.appliedOn, 'appliedOn', '申报日期', { name: '', day: null });
    const policy = await this.policies.value(tx, 'permits', this.clock.today());
    const express = input.express ?? row.express;
    const content = input.promise?.content.trim();
    if (input.promise && !content) throw new Refusal('REQUIRED', ['promise', 'content'], { field: '承诺内容' }, row.id);
    if (input.promise && !row.may_promise) throw new Refusal('PERMIT_PROMISE_NOT', ['promise'], { label: this.desk.label(tx, row) }, row.id);
    const promiseDueOn = content ? (input.promise!.dueOn ?? (await workingDue(tx, day, policy.promiseWorkingDays)).due) : null;
    if (promiseDueOn && promiseDueOn < day) throw new Refusal('DATE_ORDER', ['promise', 'dueOn'], { field: '承诺期限', value: promiseDueOn, other: '申报日期', otherValue: day }, row.id);
    const marked = (express && policy.tolerance.includes('EXPRESS')) || (Boolean(content) && policy.tolerance.includes('PROMISE'));
    const en = tx.actor.locale === 'en';
    const how = marked ? (en ? 'Set `tolerate` to have it taken all the same (on record).' : '如按容缺受理，请勾选“容缺受理”，将记录在案。')
      : policy.tolerance.length > 0 ? (en ? 'It is taken earlier only on the express lane or on a promise, as the zone allows.' : '只有走绿色通道或告知承诺（以本区规则为准）方可容缺受理。') : '';
    const tolerated = input.tolerate && marked ? await this.waits(tx, row, day) : [];
    if (!(input.tolerate && marked)) await this.demandDone(tx, row, 'appliedOn', day, how);
    await tx.run(
      `update permit set state = 'APPLIED', round = round + 1, applied_on = $2, express = $3, joint = coalesce($4, joint), promise = $5, promise_due_on = $6, promise_kept_on = null, tolerated = $7, stopped_on = null, stopped = '{}', refused_on = null,
         act = 'APPLIED', act_on = $2, reason = $8, version = version + 1 where id = $1`,
      [row.id, day, express, input.joint ?? null, content ?? null, promiseDueOn, tolerated, input.note?.trim() || null]);
  }

  private async waits(tx: Tx, row: PermitRow, day: string): Promise<string[]> {
    return (await tx.row<{ codes: string[] }>('select permit_waits($1, $2, $3) as codes', [row.project_id, row.after, day]))!.codes;
  }

  private async demandDone(tx: Tx, row: PermitRow, field: string, day: string, how: string): Promise<void> {
    const codes = await this.waits(tx, row, day);
    if (codes.length === 0) return;
    const before = await tx.rows<{ label_zh: string; label_en: string; granted_on: string | null }>('select label_zh, label_en, granted_on from permit where project_id = $1 and code = any ($2) order by position, code', [row.project_id, codes]);
    throw new Refusal('PERMIT_WAITS', [field], { label: this.desk.label(tx, row), day, before: before.map((b) => this.desk.label(tx, b) + (b.granted_on ? `（${b.granted_on}）` : '')).join('、'), how }, row.id);
  }

  private async demandNothingStands(tx: Tx, row: PermitRow): Promise<void> {
    const later = await tx.row<{ label_zh: string; label_en: string }>(
      `select label_zh, label_en from permit where project_id = $1 and $2 = any (after) and not $2 = any (tolerated) and state in ('APPLIED', 'SUPPLEMENT', 'GRANTED') order by position, code limit 1`, [row.project_id, row.code]);
    if (later) throw new Refusal('PERMIT_STANDS', ['permitId'], { label: this.desk.label(tx, row), later: this.desk.label(tx, later) }, row.id);
  }
}

/** The open stop, closed on day $2; on one and the same day it stopped nothing. */
const CLOSED_STOP = `stopped + case when $2::date > stopped_on then datemultirange(daterange(stopped_on + 1, $2::date + 1)) else '{}' end`;

/** What a decision or a further stop may not come before. */
const latest = (row: PermitRow): { name: string; day: string | null } => (row.resumed_on && (!row.applied_on || row.resumed_on > row.applied_on) ? { name: '补正完成日期', day: row.resumed_on } : { name: '申报日期', day: row.applied_on });
