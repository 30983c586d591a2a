import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, factsJson, newId, once, type Page, type PageInput, pageOf, pageRequest, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { RemindersService } from '@yinfeng/reminders';
import { BulkEditsService } from './bulk-edits.service.js';
import type { MergeKind } from './merge-tables.rules.js';
import { RECOUNT_VISITS } from './merge.sql.js';
import { bind, contactVisibility, demandActive, demandVersion, enterpriseVisibility, lockProject, projectVisibility, type ProjectRow, type Stage } from './projects.access.js';
import { MILESTONE_OF_STAGE, STAGE_LABELS, STAGES } from './stages.stage.js';
import { ACT_TITLE, actVisibility, alone, followOwners, lastDay, ownersOf, undoActFacts } from './undo.sql.js';
import { visitReturned } from './visit-follow-ups.js';

export interface Undoing {
  idempotencyKey?: string | null;
  actId: string | null;
  reason?: string | null;
}
export interface StageUndoing {
  idempotencyKey?: string | null;
  projectId: string | null;
  expectedVersion: number;
  reason: string;
}
export type UndoKind = 'MERGE' | 'DELETION' | 'BULK';
export type ActEntity = MergeKind | 'visit' | 'signing';

interface ActRow { id: string; kind: UndoKind; entity: ActEntity; subject_id: string; other_id: string | null; project_id: string | null; done_by: string | null; until_on: string; undone_at: Date | null; undone_by: string | null }

const VISIBLE = { project: projectVisibility, enterprise: enterpriseVisibility, contact: contactVisibility };

/** Attempts that could not go back to their numbers close the ranks. $1 projects. */
const CLOSE_RANKS = `
  update handoff h set attempt = t.place + % from (select id, row_number() over (partition by project_id order by submitted_at, id) as place, max(attempt) over (partition by project_id) as most from handoff where project_id = any($1::uuid[])) t
  where t.id = h.id and t.most > 10000`;

/** 撤销: a reversal is a new entry; what has been built on an act since stays and is named. */
@Injectable()
export class UndoService {
  constructor(
    private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService, private readonly reminders: RemindersService, private readonly bulk: BulkEditsService,
  ) {}

  /**
   * Takes a merge, deletion or bulk change back: everything to where it was, but for what has changed since.
   * @throws Refusal NOT_FOUND, FORBIDDEN, UNDO_DONE, UNDO_EXPIRED, UNDO_BLOCKED (the record has itself gone since).
   */
  async undo(actor: Actor, kind: UndoKind, input: Undoing): Promise<{ actId: string }> {
    return this.db.tx(actor, (tx) => once(tx, `undo${kind}`, input, async () => {
      const act = await this.lockAct(tx, input.actId, kind);
      const today = this.clock.today();
      if (act.undone_at) throw new Refusal('UNDO_DONE', ['actId'], { by: act.undone_by ?? '—' }, act.id);
      if (today > act.until_on) throw new Refusal('UNDO_EXPIRED', ['actId'], { until: act.until_on }, act.id);
      const left = await this[kind === 'MERGE' ? 'unmerge' : kind === 'DELETION' ? 'undelete' : 'unedit'](tx, act);
      await tx.run('update undo_act set undone_at = app_now(), undone_by = app_staff(), undo_reason = $2, left_behind = $3 where id = $1', [act.id, input.reason?.trim() || null, JSON.stringify(left)]);
      return { actId: act.id };
    }), { cause: `${kind.toLowerCase()}Undo`, statementTimeoutMs: 60_000 });
  }

  /**
   * Takes the last stage move of a project back, as if it had not been entered: the milestone is voided with the reason, the
   * request shows it, the books have the project at its former stage all along.
   * @throws Refusal NOT_FOUND, FORBIDDEN (neither approver nor stage.undo), SECOND_PERSON, CONFLICT, STATUS_NOT_ACTIVE, UNDO_EXPIRED, UNDO_BLOCKED, REASON_REQUIRED.
   */
  async stage(actor: Actor, input: StageUndoing): Promise<{ projectId: string; actId: string }> {
    demand(actor, 'stage.approve');
    const reason = input.reason.trim();
    if (!reason) throw new Refusal('REASON_REQUIRED', ['reason']);
    return this.db.tx(actor, (tx) => once(tx, 'stageUndo', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandVersion(project, input.expectedVersion);
      demandActive(project);
      const i = actor.locale === 'en' ? 1 : 0;
      const blocked = (zh: string, en: string) => new Refusal('UNDO_BLOCKED', ['projectId'], { what: i ? en : zh }, project.id);
      if (project.stage === 'LEAD') throw blocked('线索之前没有阶段', 'there is no stage before a lead');
      const move = await tx.row<{ id: string; on: string; at: string; imported: boolean }>(
        'select id, shanghai_day(entered_at)::text as on, entered_at::text as at, import_id is not null as imported from milestone where project_id = $1 and kind = $2 and voided_at is null for update', [project.id, MILESTONE_OF_STAGE[project.stage]]);
      if (!move || move.imported) throw blocked('该阶段来自台账，请撤销导入或更正台账', 'this stage came with a ledger; undo the import or correct the ledger');
      const request = await tx.row<{ id: string; requested_by: string; decided_by: string | null }>(
        `select id, requested_by, decided_by from stage_request where project_id = $1 and to_stage = $2 and state = 'APPROVED' and reversed_at is null order by decided_at desc limit 1 for update`, [project.id, project.stage]);
      if (!actor.permissions.has('stage.undo') && request?.decided_by !== actor.staffId) throw new Refusal('FORBIDDEN');
      if (request?.requested_by === actor.staffId) throw new Refusal('SECOND_PERSON', ['projectId'], {}, project.id);
      const { stageDays } = await this.policies.value(tx, 'undo', this.clock.today());
      const until = lastDay(move.on, stageDays);
      if (this.clock.today() > until) throw new Refusal('UNDO_EXPIRED', ['projectId'], { until }, project.id);
      const since = (await tx.row<Record<'waiting' | 'handoff' | 'reached', boolean>>(
        `select exists (select from stage_request q where q.project_id = $1 and q.state = 'WAITING') as waiting, exists (select from handoff h where h.project_id = $1 and h.state in ('SUBMITTED', 'ACCEPTED') and h.submitted_at >= $2::timestamptz) as handoff,
           exists (select from milestone m where m.project_id = $1 and m.voided_at is null and m.entered_at > $2::timestamptz) as reached`, [project.id, move.at]))!;
      if (since.waiting) throw blocked('已提出进入下一阶段的申请，请先审批', 'the next stage has been asked for; decide that first');
      if (since.handoff) throw blocked('项目已移交，请先由接收方退回', 'the project has been handed off; let the receiver return it first');
      if (since.reached) throw blocked('之后又登记了里程碑', 'another milestone has been reached since');
      const before = await this.stateBefore(tx, project);
      await tx.run(`update project set stage = $2, state_at = $3, idle_due_on = idle_due(zone_id, $2::stage, last_activity_on), version = version + 1, updated_at = app_now() where id = $1`, [project.id, before.stage, before.at]);
      await tx.run('update milestone set voided_at = app_now(), void_reason = $2 where id = $1', [move.id, `撤回：${reason}`]);
      if (request) await tx.run('update stage_request set reversed_at = app_now(), reversed_by = app_staff(), reverse_reason = $2, version = version + 1 where id = $1', [request.id, reason]);
      await this.reminders.cancel(tx, { projectId: project.id, kind: 'IDLE' });
      const actId = newId();
      await tx.run(
        `insert into undo_act (id, zone_id, kind, entity, subject_id, project_id, title, reason, detail, done_by, done_at, until_on) values ($1, app_zone(), 'STAGE', 'project', $2, $2, $3, $4, $5, app_staff(), app_now(), $6)`,
        [actId, project.id, `${STAGE_LABELS[project.stage][0]} → ${STAGE_LABELS[before.stage][0]}`, reason, JSON.stringify({ from: project.stage, to: before.stage }), this.clock.today()]);
      return { projectId: project.id, actId };
    }), { cause: 'stageUndo' });
  }

  /** One act in the wanted shape, or null. */
  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id) return null;
    const params: unknown[] = [id];
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(undoActFacts, { id: true, ...shape })} as node from undo_act u where u.id = $1 and ${actVisibility(actor, 'u', params)}`, params);
    return row?.node ?? null;
  }

  /** What the actor can still take back, latest first: acts, and stage moves of projects. */
  async open(actor: Actor, input: PageInput): Promise<Page<object>> {
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const from = await this.openSql(actor, params);
    const after = request.keys ? `where (x.at, x.id) ${request.backward ? '>' : '<'} (${bind(params, request.keys[0])}::timestamptz, ${bind(params, request.keys[1])})` : '';
    const way = request.backward ? 'asc' : 'desc';
    const rows = await this.db.read<{ node: object; k: string; id: string }>(actor,
      `select json_build_object('id', x.id, 'kind', x.kind, 'entity', upper(x.entity), 'title', x.title, 'doneAt', x.at, 'doneBy', (select name from staff s where s.id = x.done_by), 'until', x.until_on) as node, x.at::text as k, x.id
       from (${from}) x ${after} order by x.at ${way}, x.id ${way} limit ${bind(params, request.limit + 1)}`, params);
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async countOpen(actor: Actor): Promise<number> {
    const params: unknown[] = [];
    const from = await this.openSql(actor, params);
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from (${from}) x`, params);
    return row!.n;
  }

  private async openSql(actor: Actor, params: unknown[]): Promise<string> {
    const has = (permission: Parameters<typeof demand>[1]) => actor.permissions.has(permission);
    const may = [has('merge.run') ? `u.kind = 'MERGE'` : 'false', has('project.bulk') ? `u.kind = 'BULK'` : 'false', `(u.kind = 'DELETION' and (${has('project.delete') ? 'true' : `u.entity <> 'project' and u.done_by = ${bind(params, actor.staffId)}`}))`].join(' or ');
    const acts = `select 'UndoAct:' || u.id as id, u.kind, u.entity, ${ACT_TITLE} as title, u.done_at as at, u.done_by, u.until_on from undo_act u
      where u.undone_at is null and u.until_on >= shanghai_day(app_now()) and (${may}) and ${actVisibility(actor, 'u', params)}`;
    const today = this.clock.today();
    const { stageDays } = await this.db.tx(actor, (tx) => this.policies.value(tx, 'undo', today));
    if (!has('stage.approve')) return acts;
    const first = bind(params, `${lastDay(today, -stageDays)}`);
    const reached = `case p.stage ${STAGES.map((s) => `when '${s}' then '${MILESTONE_OF_STAGE[s]}'`).join(' ')} end`;
    const approved = (): string => `exists (select from stage_request q where q.project_id = p.id and q.to_stage = p.stage and q.state = 'APPROVED' and q.reversed_at is null and q.decided_by = ${bind(params, actor.staffId)})`;
    return `${acts} union all select 'Project:' || p.id, 'STAGE', 'project', p.code || ' ' || p.name, m.entered_at, m.actor_id, shanghai_day(m.entered_at) + ${stageDays}
      from milestone m join project p on p.id = m.project_id and m.kind = ${reached}
      where m.project_id in (select y.project_id from pipeline_movement y where y.zone_id = app_zone() and y.at >= shanghai_midnight(${first}::date)) and m.voided_at is null and m.import_id is null and m.kind <> 'REPORTED' and m.entered_at >= shanghai_midnight(${first}::date) and p.status = 'ACTIVE' and ${projectVisibility(actor, 'p', params)}${has('stage.undo') ? '' : ` and ${approved()}`}`;
  }

  /** What stood in the books before the present stage, and since when. */
  private async stateBefore(tx: Tx, project: ProjectRow): Promise<{ stage: Stage; at: string }> {
    const held = await tx.rows<{ stage: Stage; at: string; delta: number; before: boolean }>(
      `select e ->> 'stage' as stage, e ->> 'at' as at, (e ->> 'delta')::int as delta, (e ->> 'at')::timestamptz < p.state_at as before
       from project p cross join lateral jsonb_array_elements(pipeline_held(p.id)) with ordinality x (e, n) where p.id = $1 order by x.n`, [project.id]);
    const left = held.find((e) => !e.before && e.delta < 0)?.stage ?? held.filter((e) => e.before).at(-1)?.stage;
    const stage = left && left !== project.stage ? left : STAGES[STAGES.indexOf(project.stage) - 1]!;
    let at: string | undefined;
    for (const e of held.filter((h) => h.before)) {
      if (e.stage !== stage) at = undefined;
      else if (e.delta > 0) at ??= e.at;
    }
    return { stage, at: at ?? (await tx.row<{ at: string }>('select state_at::text as at from project where id = $1', [project.id]))!.at };
  }

  private async lockAct(tx: Tx, actId: string | null, kind: UndoKind): Promise<ActRow> {
    const params: unknown[] = [actId, kind];
    const act = actId ? await tx.row<ActRow>(
      `select u.id, u.kind, u.entity, u.subject_id, u.other_id, u.project_id, u.done_by, u.until_on::text, u.undone_at, (select name from staff where id = u.undone_by) as undone_by
       from undo_act u where u.id = $1 and u.kind = $2 and ${actVisibility(tx.actor, 'u', params)} for update of u`, params) : undefined;
    if (!act) throw new Refusal('NOT_FOUND');
    if (kind === 'MERGE') demand(tx.actor, 'merge.run');
    else if (kind === 'BULK') demand(tx.actor, 'project.bulk');
    else if (act.entity === 'project' || act.done_by !== tx.actor.staffId) demand(tx.actor, 'project.delete');
    return act;
  }

  private async unmerge(tx: Tx, act: ActRow): Promise<unknown[]> {
    const entity = act.entity as MergeKind;
    await alone(tx, 'UNDO_BLOCKED');
    const params: unknown[] = [act.subject_id];
    const there = await tx.row<{ owner_id?: string | null }>(`select t.* from ${entity} t where t.id = $1 and ${VISIBLE[entity](tx.actor, 't', params)} for update of t`, params);
    if (!there) throw new Refusal('UNDO_BLOCKED', ['actId'], { what: tx.actor.locale === 'en' ? 'the record that stayed has itself been merged or deleted since; take that back first' : '保留的记录之后又被合并或删除，请先撤销那一次' }, act.id);
    await tx.run('select record_return($1)', [act.id]);
    const { left } = (await tx.row<{ left: unknown[] }>('select undo_put($1) as left', [act.id]))!;
    if (entity === 'project') {
      const both = [act.subject_id, act.other_id!];
      await tx.run(RECOUNT_VISITS, [both]);
      await tx.run(CLOSE_RANKS.replace('%', '20000'), [both]);
      await tx.run(CLOSE_RANKS.replace('%', '0'), [both]);
      await followOwners(tx, this.reminders, [{ id: act.subject_id, owner_id: there.owner_id ?? null }]);
    }
    await tx.run(`update ${entity} set version = version + 1 where id = $1`, [act.subject_id]);
    return left;
  }

  private async undelete(tx: Tx, act: ActRow): Promise<unknown[]> {
    if (act.project_id) await lockProject(tx, act.project_id);
    await tx.run('select record_return($1)', [act.id]);
    const { left } = (await tx.row<{ left: unknown[] }>('select undo_put($1) as left', [act.id]))!;
    const place = act.entity === 'visit' || act.entity === 'signing' ? await tx.row<{ project_id: string | null }>(`select project_id from ${act.entity} where id = $1`, [act.subject_id]) : undefined;
    if (place?.project_id) {
      if (act.entity === 'visit') {
        await tx.run(RECOUNT_VISITS, [[place.project_id]]);
        await visitReturned(tx, this.reminders, place.project_id, act.subject_id, act.id, this.clock.today());
      }
      await tx.run('update project set version = version + 1, updated_at = app_now() where id = $1', [place.project_id]);
    }
    return left;
  }

  private async unedit(tx: Tx, act: ActRow): Promise<unknown[]> {
    const touched = await tx.rows<{ id: string; follow: boolean }>(`select (entity_key ->> 'id')::uuid as id, bool_or(after ? 'next_follow_up_on') as follow from undo_item where act_id = $1 group by 1 order by 1`, [act.id]);
    const params: unknown[] = [touched.map((r) => r.id)];
    const seen = (await tx.rows<{ id: string }>(`select p.id from project p where p.id = any($1::uuid[]) and ${projectVisibility(tx.actor, 'p', params)} order by p.id for no key update`, params)).map((p) => p.id);
    const before = await ownersOf(tx, seen);
    const { left } = (await tx.row<{ left: unknown[] }>('select undo_put($1, $2) as left', [act.id, seen]))!;
    await followOwners(tx, this.reminders, before);
    await this.bulk.replan(tx, touched.filter((r) => r.follow && seen.includes(r.id)).map((r) => r.id));
    const unseen = touched.filter((r) => !seen.includes(r.id)).map((r) => ({ entity: 'project', key: { id: r.id }, columns: [] }));
    return [...left, ...unseen];
  }
}
