import { Injectable } from '@nestjs/common';
import { EnterprisesService } from '@yinfeng/enterprises';
import { type Actor, Clock, Database, demand, factsJson, firstResult, keepResult, newId, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape, type Tx, UUID, WorkingCalendar } from '@yinfeng/platform';
import { RemindersService } from '@yinfeng/reminders';
import { visitFacts } from './project.facts.js';
import { ACTIVITY } from './project.sql.js';
import { bind, demandActive, lockProject, projectVisibility } from './projects.access.js';

const INSERT_VISIT = `
  insert into visit (id, zone_id, project_id, enterprise_id, direction, visited_on, staff_id, department_id, leader_name, leader_level, headcount, city, place, met, companions, companion_ids, content, result, next_step, next_follow_up_on, created_at, created_by)
  values ($1, app_zone(), $2, $3, $4, $5, app_staff(), $6, $7, $8, $9, $10, $11, $12, array(select name from staff where id = any($13::uuid[]) order by name), $13, $14, $15, $16, $17, app_now(), app_staff())`;

/** The project after a visit: the latest one decides last visit, next step and next follow-up. $1 project, $2 day, $3 visit, $4 next follow-up, $5 next step, $6 today. */
const VISITED = `
  update project set visit_count = visit_count + 1,
    last_visit_id = case when last_visit_on is null or last_visit_on <= $2 then $3 else last_visit_id end, last_visit_on = greatest(last_visit_on, $2),
    next_follow_up_on = case when last_visit_on is null or last_visit_on <= $2 then $4 else next_follow_up_on end,
    next_step = case when last_visit_on is null or last_visit_on <= $2 then $5 else next_step end, ${ACTIVITY('$6::date')} where id = $1`;

/** Waits for all, so that nothing is left running in the transaction, then gives the results or the first failure in order. */
async function settled<T extends readonly unknown[]>(work: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const done = await Promise.allSettled(work as readonly Promise<unknown>[]);
  for (const d of done) if (d.status === 'rejected') throw d.reason;
  return done.map((d) => (d as PromiseFulfilledResult<unknown>).value) as unknown as T;
}

export const DIRECTIONS = ['OUTBOUND', 'INBOUND', 'EVENT', 'CALL'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** A visit as it is logged; only direction, day and words are needed. */
export interface VisitLog {
  idempotencyKey?: string | null;
  /** UUID made by the client, so that an offline phone may send twice. */
  id?: string | null;
  projectId?: string | null;
  /** For a visit without a project yet. */
  enterpriseName?: string | null;
  direction: Direction;
  visitedOn: string;
  content: string;
  result?: string | null;
  nextStep?: string | null;
  nextFollowUpOn?: string | null;
  leaderName?: string | null;
  leaderLevel?: string | null;
  headcount?: number | null;
  city?: string | null;
  place?: string | null;
  met?: { name: string; title?: string | null }[] | null;
  companionIds?: string[] | null;
}
export interface VisitFilter {
  projectId?: string | null;
  staffIds?: string[] | null;
  departmentIds?: string[] | null;
  directions?: Direction[] | null;
  from?: string | null;
  to?: string | null;
  withoutProject?: boolean | null;
}

@Injectable()
export class VisitsService {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly calendar: WorkingCalendar,
    private readonly enterprises: EnterprisesService,
    private readonly reminders: RemindersService,
  ) {}

  /**
   * Logs a visit: the project's last visit, count and next follow-up follow, its idle clock starts again, the due
   * follow-up reminder is done by the act and the next one planned.
   */
  async log(actor: Actor, input: VisitLog): Promise<{ visitId: string; projectId: string | null }> {
    demand(actor, 'visit.log');
    const today = this.clock.today();
    if (!input.content.trim()) throw new Refusal('REQUIRED', ['content'], { field: '走访内容' });
    if (input.visitedOn > today) throw new Refusal('DATE_IN_FUTURE', ['visitedOn'], { field: '走访日期', value: input.visitedOn, today });
    if (input.nextFollowUpOn) {
      if (input.nextFollowUpOn < input.visitedOn) throw new Refusal('DATE_ORDER', ['nextFollowUpOn'], { field: '下次跟进日期', value: input.nextFollowUpOn, other: '走访日期', otherValue: input.visitedOn });
      await this.calendar.demandCovered(input.nextFollowUpOn, ['nextFollowUpOn'], '下次跟进日期');
    }
    if (input.id && !UUID.test(input.id)) throw new Refusal('INVALID', ['id'], { field: 'id', value: input.id.slice(0, 40), expected: 'UUID' });
    const visitId = input.id?.toLowerCase() ?? newId();
    try {
      return await this.db.tx(actor, (tx) => this.write(tx, input, visitId, today), { cause: 'visitLog' });
    } catch (error) {
      // The same phone's twin was faster by a moment: its visit stands.
      if (input.id && (error as { constraint?: string }).constraint === 'visit_pkey') return this.db.tx(actor, (tx) => this.sentBefore(tx, visitId));
      throw error;
    }
  }

  /** Two round trips: what must be known first, then all that is written. */
  private async write(tx: Tx, input: VisitLog, visitId: string, today: string): Promise<{ visitId: string; projectId: string | null }> {
    const companions = [...new Set(input.companionIds ?? [])];
    const [first, known, before, people] = await settled([
      firstResult<{ visitId: string; projectId: string | null }>(tx, 'visitLog', input),
      input.projectId ? lockProject(tx, UUID.test(input.projectId) ? input.projectId : null) : Promise.resolve(null),
      input.id ? tx.row<{ id: string }>('select id from visit where id = $1', [visitId], 'visit_known') : Promise.resolve(undefined),
      companions.length ? tx.row<{ n: number }>('select count(*)::int as n from staff where id = any($1::uuid[])', [companions], 'visit_companions') : Promise.resolve({ n: 0 }),
    ]);
    if (first) return first.result;
    if (before) return this.sentBefore(tx, visitId);
    const project = known;
    if (project) demandActive(project);
    if (!project && !input.enterpriseName?.trim()) throw new Refusal('REQUIRED', ['projectId'], { field: '项目或企业' });
    if (people!.n !== companions.length) throw new Refusal('UNKNOWN_REFERENCE', ['companionIds'], { field: '陪同人员', value: companions.join(',') });
    // A visit to a project is one to its enterprise; only a visit without a project names one itself.
    const enterpriseId = !project && input.enterpriseName?.trim() ? (await this.enterprises.resolve(tx, { name: input.enterpriseName })).id : null;
    const result = { visitId, projectId: project?.id ?? null };
    const writes: Promise<unknown>[] = [tx.run(INSERT_VISIT,
      [visitId, project?.id ?? null, enterpriseId, input.direction, input.visitedOn, tx.actor.departmentIds[0] ?? null, input.leaderName ?? null, input.leaderLevel ?? null, input.headcount ?? null,
        input.city ?? null, input.place ?? null, JSON.stringify(input.met ?? []), companions, input.content.trim(), input.result ?? null, input.nextStep ?? null, input.nextFollowUpOn ?? null], 'insert_visit')];
    if (project) {
      writes.push(tx.run(VISITED, [project.id, input.visitedOn, visitId, input.nextFollowUpOn ?? null, input.nextStep ?? null, today], 'visit_project'));
      if (companions.length) writes.push(tx.run(`insert into project_member (zone_id, project_id, staff_id) select app_zone(), $1, unnest($2::uuid[]) on conflict do nothing`, [project.id, companions], 'visit_members'));
      writes.push(this.reminders.completeByAct(tx, { projectId: project.id, kind: 'FOLLOW_UP' }));
      const recipientId = project.owner_id ?? tx.actor.staffId;
      if (input.nextFollowUpOn && recipientId) {
        writes.push(this.reminders.plan(tx, { kind: 'FOLLOW_UP', cause: `FOLLOW_UP:${project.id}:${input.nextFollowUpOn}`, projectId: project.id, recipientId, dueOn: input.nextFollowUpOn, detail: { nextStep: input.nextStep ?? null } }));
      }
    }
    writes.push(keepResult(tx, input, result));
    await Promise.all(writes);
    return result;
  }

  /** A visit of this id that the sender made. @throws Refusal INVALID when the id is somebody else's. */
  private async sentBefore(tx: Tx, visitId: string): Promise<{ visitId: string; projectId: string | null }> {
    const mine = await tx.row<{ project_id: string | null }>('select project_id from visit where id = $1 and created_by = app_staff()', [visitId]);
    if (!mine) throw new Refusal('INVALID', ['id'], { field: 'id', value: visitId, expected: '新的 UUID / a new UUID' });
    return { visitId, projectId: mine.project_id };
  }

  /** Visits of projects that the actor may see, and those the actor made or went along on. Newest first. */
  async page(actor: Actor, filter: VisitFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'visit.read');
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const where = this.where(actor, filter, params);
    if (request.keys) where.push(`(v.visited_on, v.id) ${request.backward ? '>' : '<'} (${bind(params, request.keys[0])}::date, ${bind(params, request.keys[1])}::uuid)`);
    const way = request.backward ? 'asc' : 'desc';
    const sql = `select ${factsJson(visitFacts, { id: true, ...shape })} as node, v.visited_on as k, v.id from visit v where ${where.join(' and ')} order by v.visited_on ${way}, v.id ${way} limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async count(actor: Actor, filter: VisitFilter): Promise<number> {
    const params: unknown[] = [];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from visit v where ${this.where(actor, filter, params).join(' and ')}`, params);
    return row!.n;
  }

  /** The first visits of several projects at once, for a field on each of them. */
  async ofProjects(actor: Actor, projectIds: readonly string[], input: PageInput, shape: Shape): Promise<Map<string, Page<{ id: string }> & { total: number }>> {
    const request = pageRequest(input, 2);
    const params: unknown[] = [projectIds];
    const where = ['v.project_id = x.id'];
    if (request.keys) where.push(`(v.visited_on, v.id) < (${bind(params, request.keys[0])}::date, ${bind(params, request.keys[1])}::uuid)`);
    const rows = await this.db.read<{ project: string; total: number; node: { id: string } | null; k: string; id: string }>(actor,
      `select x.id as project, (select count(*)::int from visit where project_id = x.id) as total, t.* from unnest($1::uuid[]) x (id) left join lateral (
         select ${factsJson(visitFacts, { id: true, ...shape })} as node, v.visited_on as k, v.id from visit v where ${where.join(' and ')} order by v.visited_on desc, v.id desc limit ${bind(params, request.limit + 1)}) t on true`, params);
    const of = new Map<string, { total: number; rows: { node: { id: string }; keys: unknown[] }[] }>();
    for (const r of rows) {
      const entry = of.get(r.project) ?? { total: r.total, rows: [] };
      if (r.node) entry.rows.push({ node: r.node, keys: [r.k, r.id] });
      of.set(r.project, entry);
    }
    return new Map([...of].map(([id, e]) => [id, { ...pageOf(e.rows, request), total: e.total }]));
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('visit.read')) return null;
    const params: unknown[] = [];
    const where = this.where(actor, {}, params);
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(visitFacts, { id: true, ...shape })} as node from visit v where v.id = ${bind(params, id)} and ${where.join(' and ')}`, params);
    return row?.node ?? null;
  }

  private where(actor: Actor, f: VisitFilter, params: unknown[]): string[] {
    const visible = projectVisibility(actor, 'pv', params);
    const where = visible === 'true' ? [] : [`(exists (select from project pv where pv.id = v.project_id and ${visible})${actor.staffId && actor.reach !== 'NONE' ? ` or v.staff_id = ${bind(params, actor.staffId)} or $${params.length} = any(v.companion_ids)` : ''})`];
    if (f.projectId) where.push(`v.project_id = ${bind(params, f.projectId)}`);
    if (f.staffIds) where.push(`v.staff_id = any(${bind(params, f.staffIds)}::uuid[])`);
    if (f.departmentIds) where.push(`v.department_id = any(array(select dv.id from department dv where dv.path && ${bind(params, f.departmentIds)}::uuid[]))`);
    if (f.directions) where.push(`v.direction = any(${bind(params, f.directions)}::text[])`);
    if (f.from) where.push(`v.visited_on >= ${bind(params, f.from)}`);
    if (f.to) where.push(`v.visited_on <= ${bind(params, f.to)}`);
    if (f.withoutProject) where.push('v.project_id is null');
    return where.length ? where : ['true'];
  }
}
