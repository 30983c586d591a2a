import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, factsJson, once, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { RemindersService } from '@yinfeng/reminders';
import { RECOUNT_VISITS } from './merge.sql.js';
import { projectFacts } from './project.facts.js';
import { demandActive, demandVersion, lockProject, projectVisibility, type ProjectRow } from './projects.access.js';
import { TRACE, type VisitTrace, visitTakenBack } from './visit-follow-ups.js';
import { type Direction, VisitsService } from './visits.service.js';

interface Keyed {
  idempotencyKey?: string | null;
  visitId: string | null;
  expectedVersion: number;
}
export type VisitBind = Keyed & { projectId: string | null };
/** What is left out stays; null takes it away. */
export interface VisitEdit extends Keyed {
  direction?: Direction;
  visitedOn?: string;
  content?: string;
  result?: string | null;
  resultKind?: string | null;
  nextStep?: string | null;
  nextFollowUpOn?: string | null;
  leaderName?: string | null;
  leaderLevel?: string | null;
  headcount?: number | null;
  batches?: number | null;
  newBatches?: number | null;
  newPersons?: number | null;
  city?: string | null;
  place?: string | null;
  met?: { name: string; title?: string | null }[] | null;
}
interface VisitRow {
  id: string; version: number; project_id: string | null; mine: boolean; made_on: string; bound_on: string | null; bound_at: Date | null; visited_on: string; next_follow_up_on: string | null; next_step: string | null;
  companion_ids: string[]; batches: number | null; new_batches: number | null;
}

const COLUMNS = {
  direction: 'direction', visitedOn: 'visited_on', content: 'content', result: 'result', resultKind: 'result_kind', nextStep: 'next_step', nextFollowUpOn: 'next_follow_up_on', leaderName: 'leader_name', leaderLevel: 'leader_level',
  headcount: 'headcount', batches: 'batches', newBatches: 'new_batches', newPersons: 'new_persons', city: 'city', place: 'place',
} as const;

/** The project after one of its visits came, went or changed: the latest decides next step and follow-up. $1 project, $2 today. */
const FOLLOW_LATEST = `
  update project p set next_follow_up_on = coalesce(v.next_follow_up_on, case when v.id is null then p.next_follow_up_on end), next_step = coalesce(v.next_step, case when v.id is null then p.next_step end),
    last_activity_on = greatest(p.last_activity_on, least(v.visited_on, $2::date)), idle_due_on = idle_due(p.zone_id, p.stage, greatest(p.last_activity_on, least(v.visited_on, $2::date))),
    version = p.version + 1, updated_at = app_now()
  from (select 1) one left join lateral (select * from visit x where x.project_id = $1 order by x.visited_on desc, x.id desc limit 1) v on true
  where p.id = $1
  returning p.next_follow_up_on, p.next_step, p.owner_id`;

/** What becomes of a visit after it was logged: bound to a project later, put right while it is fresh (domain.md A1 rows 16, 19). */
@Injectable()
export class VisitEditsService {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly policies: PolicyService,
    private readonly reminders: RemindersService,
    private readonly visits: VisitsService,
  ) {}

  /**
   * Binds a visit that was logged without a project: counters, last visit, idle clock and follow-up are as if it had been
   * logged there. @throws Refusal NOT_FOUND, VISIT_BOUND, STATUS_NOT_ACTIVE, CONFLICT.
   */
  async bind(actor: Actor, input: VisitBind): Promise<{ visitId: string }> {
    demand(actor, 'visit.log');
    return this.db.tx(actor, (tx) => once(tx, 'visitBind', input, async () => {
      const project = await lockProject(tx, input.projectId);
      const visit = await this.lock(tx, input.visitId);
      if (visit.project_id) throw new Refusal('VISIT_BOUND', ['visitId'], {}, visit.id);
      demandVersion(visit, input.expectedVersion);
      demandActive(project);
      await tx.run('update visit set project_id = $2, bound_at = app_now(), version = version + 1 where id = $1', [visit.id, project.id]);
      if (visit.companion_ids.length) await tx.run('insert into project_member (zone_id, project_id, staff_id) select app_zone(), $1, unnest($2::uuid[]) on conflict do nothing', [project.id, visit.companion_ids]);
      await this.follow(tx, project, 'DONE');
      return { visitId: visit.id };
    }), { cause: 'visitBind' });
  }

  /** Takes a binding back while it is fresh. @throws Refusal NOT_FOUND, VISIT_NOT_BOUND, VISIT_EDIT_LATE, CONFLICT. */
  async unbind(actor: Actor, input: Keyed): Promise<{ visitId: string }> {
    demand(actor, 'visit.log');
    return this.db.tx(actor, (tx) => once(tx, 'visitUnbind', input, async () => {
      const [project, visit] = await this.lockBoth(tx, input);
      if (!project || !visit.bound_on) throw new Refusal('VISIT_NOT_BOUND', ['visitId'], {}, visit.id);
      await this.demandFresh(tx, visit, visit.bound_on);
      const trace = (await tx.row<VisitTrace>(TRACE, [visit.id]))!;
      const before = (await tx.row<{ last_visit_id: string | null }>('select last_visit_id from project where id = $1', [project.id]))!;
      await tx.run('update visit set project_id = null, bound_at = null, version = version + 1 where id = $1', [visit.id]);
      await tx.run(RECOUNT_VISITS, [[project.id]]);
      await visitTakenBack(tx, this.reminders, project.id, trace, { ...before, next_follow_up_on: project.next_follow_up_on });
      await tx.run('update project set version = version + 1, updated_at = app_now() where id = $1', [project.id]);
      return { visitId: visit.id };
    }), { cause: 'visitUnbind' });
  }

  /** Puts one's own visit right while it is fresh; old and new are in the audit. @throws Refusal as log() does, VISIT_EDIT_LATE, CONFLICT. */
  async edit(actor: Actor, input: VisitEdit): Promise<{ visitId: string }> {
    demand(actor, 'visit.log');
    const today = this.clock.today();
    if (input.content !== undefined && !input.content.trim()) throw new Refusal('REQUIRED', ['content'], { field: '走访内容' });
    if (input.visitedOn && input.visitedOn > today) throw new Refusal('DATE_IN_FUTURE', ['visitedOn'], { field: '走访日期', value: input.visitedOn, today });
    await this.visits.demandResultKind(actor, input.resultKind);
    return this.db.tx(actor, (tx) => once(tx, 'visitEdit', input, async () => {
      const [project, visit] = await this.lockBoth(tx, input);
      await this.demandFresh(tx, visit, visit.made_on);
      const [day, next] = [input.visitedOn ?? visit.visited_on, input.nextFollowUpOn === undefined ? visit.next_follow_up_on : input.nextFollowUpOn];
      if (next && next < day) throw new Refusal('DATE_ORDER', ['nextFollowUpOn'], { field: '下次跟进日期', value: next, other: '走访日期', otherValue: day });
      const [batches, fresh] = [input.batches === undefined ? visit.batches : input.batches, input.newBatches === undefined ? visit.new_batches : input.newBatches];
      if ((fresh ?? 0) > (batches ?? 1)) throw new Refusal('INVALID', ['newBatches'], { field: '新增批次', value: fresh!, expected: `≤ ${batches ?? 1}` }, visit.id);
      const params: unknown[] = [visit.id];
      const sets = (Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]).filter((k) => input[k] !== undefined).map((k) => `${COLUMNS[k]} = $${params.push(input[k])}`);
      if (input.met !== undefined) sets.push(`met = $${params.push(JSON.stringify(input.met ?? []))}`);
      if (sets.length) await tx.run(`update visit set ${sets.join(', ')}, version = version + 1 where id = $1`, params);
      if (project) await this.follow(tx, project);
      return { visitId: visit.id };
    }), { cause: 'visitEdit' });
  }

  /** For visits without a project: up to five projects of the same enterprise that the actor may see, the liveliest first. */
  async suggestions(actor: Actor, visitIds: readonly string[], shape: Shape): Promise<Map<string, object[]>> {
    const params: unknown[] = [visitIds];
    const rows = await this.db.read<{ visit: string; nodes: object[] }>(actor,
      `select v.id as visit, array(select ${factsJson(projectFacts, { id: true, ...shape })} from project_enterprise pe join project p on p.id = pe.project_id
         where pe.enterprise_id = v.enterprise_id and p.status = 'ACTIVE' and ${projectVisibility(actor, 'p', params)} order by p.last_activity_on desc, p.id desc limit 5) as nodes
       from visit v where v.id = any($1::uuid[]) and v.project_id is null and v.enterprise_id is not null`, params);
    return new Map(rows.map((r) => [r.visit, r.nodes]));
  }

  /** `was`: what becomes of the follow-up that stood: done by the visit, or no longer asked. */
  private async follow(tx: Tx, project: ProjectRow, was: 'DONE' | 'CANCELLED' = 'CANCELLED'): Promise<void> {
    await tx.run(RECOUNT_VISITS, [[project.id]]);
    const now = (await tx.row<{ next_follow_up_on: string | null; next_step: string | null; owner_id: string | null }>(FOLLOW_LATEST, [project.id, this.clock.today()]))!;
    if (now.next_follow_up_on === project.next_follow_up_on) return;
    if (was === 'DONE') await this.reminders.completeByAct(tx, { projectId: project.id, kind: 'FOLLOW_UP' });
    else await this.reminders.cancel(tx, { projectId: project.id, kind: 'FOLLOW_UP' });
    const recipientId = now.owner_id ?? tx.actor.staffId;
    if (now.next_follow_up_on && now.next_follow_up_on >= this.clock.today() && recipientId) {
      await this.reminders.plan(tx, { kind: 'FOLLOW_UP', cause: `FOLLOW_UP:${project.id}:${now.next_follow_up_on}`, projectId: project.id, recipientId, dueOn: now.next_follow_up_on, detail: { nextStep: now.next_step } });
    }
  }

  /** The project first, as everybody who writes to it does; then the visit as it is under that lock. */
  private async lockBoth(tx: Tx, input: Keyed): Promise<[ProjectRow | null, VisitRow]> {
    const at = input.visitId ? await tx.row<{ project_id: string | null }>('select project_id from visit where id = $1', [input.visitId]) : undefined;
    const project = at?.project_id ? await lockProject(tx, at.project_id) : null;
    const visit = await this.lock(tx, input.visitId);
    demandVersion(visit, input.expectedVersion);
    return [project, visit];
  }

  /** One's own visit, locked: whoever logged it, or went along. Everybody else is told NOT_FOUND where he does not see it. */
  private async lock(tx: Tx, id: string | null): Promise<VisitRow> {
    const visit = id ? await tx.row<VisitRow>(
      `select id, version, project_id, coalesce(created_by, staff_id) is not distinct from app_staff() as mine, shanghai_day(created_at)::text as made_on, shanghai_day(bound_at)::text as bound_on, bound_at, visited_on, next_follow_up_on, next_step,
         companion_ids, batches, new_batches from visit where id = $1 for update`, [id]) : undefined;
    if (!visit) throw new Refusal('NOT_FOUND');
    if (!visit.mine && !(tx.actor.staffId && visit.companion_ids.includes(tx.actor.staffId))) throw new Refusal((await this.visits.byId(tx.actor, visit.id, {})) ? 'FORBIDDEN' : 'NOT_FOUND');
    return visit;
  }

  private async demandFresh(tx: Tx, visit: VisitRow, since: string): Promise<void> {
    const { editDays } = await this.policies.value(tx, 'visits', this.clock.today());
    const until = new Date(Date.parse(`${since}T00:00:00Z`) + editDays * 86_400_000).toISOString().slice(0, 10);
    if (this.clock.today() > until) throw new Refusal('VISIT_EDIT_LATE', ['visitId'], { until, days: editDays }, visit.id);
  }
}
