import { Injectable } from '@nestjs/common';
import { PolicyService, type PolicyValue } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, factsJson, newId, once, type Page, type PageInput, pageOf, pageRequest, PERMISSIONS_OF_ROLE, Refusal, ROLES, type Shape, type Tx } from '@yinfeng/platform';
import { RemindersService } from '@yinfeng/reminders';
import { creditKept } from './protection.rules.js';
import { ProtectionsService } from './protections.service.js';
import { ACTIVITY } from './project.sql.js';
import { CLOCKS, END_STAGE_REQUESTS, INSERT_ENTRY, INSERT_RULING, LOCK_ENTRY, poolFacts, TO_POOL } from './pool.sql.js';
import { bind, projectVisibility, type ProjectRow, type ProjectStatus, type Stage } from './projects.access.js';

export type PoolHow = 'MANUAL' | 'APPROVED' | 'AUTO';

/** Which pooled projects; every given condition must hold. A fact that the zone does not show cannot be asked by. */
export interface PoolFilter {
  stages?: Stage[] | null;
  /** GB/T 4754 codes; a code includes all below it. */
  industries?: string[] | null;
  sourceRegions?: string[] | null;
  sizeClasses?: string[] | null;
  classes?: string[] | null;
  /** Part of the name. */
  text?: string | null;
}
export interface PoolClaim {
  idempotencyKey?: string | null;
  entryId: string | null;
}
export interface PoolAssign extends PoolClaim {
  staffId: string | null;
}
/** The days on which a project's silence will show, and since when its clock waits for a calendar. */
export interface IdleClock {
  yellowOn: string | null;
  redOn: string | null;
  warnedOn: string | null;
  releaseOn: string | null;
  waitsForYear: number | null;
}

interface Entry { id: string; project_id: string; left_at: Date | null; from_owner_id: string | null; name: string; stage: Stage; class: string | null; status: ProjectStatus }
interface Taker { id: string; name: string; role: string; departmentId: string | null }
type PoolRule = PolicyValue<'pool'>;

const claimants = ROLES.filter((role) => PERMISSIONS_OF_ROLE[role].includes('pool.claim'));
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** 公海: the narrow view of it, taking a project out of it under limits, and what a release into it means. */
@Injectable()
export class PoolService {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly policies: PolicyService,
    private readonly protections: ProtectionsService,
    private readonly reminders: RemindersService,
  ) {}

  rule(tx: Tx): Promise<PoolRule> {
    return this.policies.value(tx, 'pool', this.clock.today());
  }

  /** A page of the pool, latest released first, with the facts that the zone shows to everybody who may claim. */
  async page(actor: Actor, filter: PoolFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'pool.read');
    const request = pageRequest(input, 2);
    return this.db.tx(actor, async (tx) => {
      const rule = await this.rule(tx);
      const params: unknown[] = [];
      const node = factsJson(poolFacts(new Set(rule.shows), bind(params, actor.staffId ?? NOBODY), rule.coolDownDays), { id: true, ...shape });
      const where = this.where(rule, filter, params);
      if (request.keys) where.push(`(e.released_at, e.id) ${request.backward ? '>' : '<'} (${bind(params, request.keys[0])}::timestamptz, ${bind(params, request.keys[1])}::uuid)`);
      const way = request.backward ? 'asc' : 'desc';
      // The caller's own id has a place whether or not the selection asks for it.
      const rows = await tx.rows<{ node: { id: string }; k: string; id: string }>(
        `select ${node} as node, e.released_at::text as k, e.id from pool_entry e join project p on p.id = e.project_id where ${where.join(' and ')} and $1::uuid is not null order by e.released_at ${way}, e.id ${way} limit ${bind(params, request.limit + 1)}`, params);
      return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
    });
  }

  async count(actor: Actor, filter: PoolFilter): Promise<number> {
    demand(actor, 'pool.read');
    return this.db.tx(actor, async (tx) => {
      const params: unknown[] = [];
      const where = this.where(await this.rule(tx), filter, params);
      return (await tx.row<{ n: number }>(`select count(*)::int as n from pool_entry e join project p on p.id = e.project_id where ${where.join(' and ')}`, params))!.n;
    });
  }

  /** One stay that is still open, or null. */
  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('pool.read')) return null;
    return this.db.tx(actor, async (tx) => {
      const rule = await this.rule(tx);
      const node = factsJson(poolFacts(new Set(rule.shows), '$2', rule.coolDownDays), { id: true, ...shape });
      const row = await tx.row<{ node: { id: string } }>(`select ${node} as node from pool_entry e join project p on p.id = e.project_id where e.id = $1 and e.left_at is null and p.status = 'POOLED' and $2::uuid is not null`, [id, actor.staffId ?? NOBODY]);
      return row?.node ?? null;
    });
  }

  /**
   * Takes a project out of the pool for oneself: active again at its stage, in the claimant's unit, its idle clock anew.
   * The limits of policy `pool` hold also when many claim at once: a person's claims wait for each other, and so do those
   * who want the same project.
   * @throws Refusal NOT_FOUND, POOL_TAKEN, POOL_COOLING, POOL_CLASS, POOL_QUOTA, POOL_CAPACITY.
   */
  async claim(actor: Actor, input: PoolClaim): Promise<{ projectId: string }> {
    demand(actor, 'pool.claim');
    if (actor.staffId === null) throw new Refusal('FORBIDDEN');
    const me: Taker = { id: actor.staffId, name: actor.name, role: actor.role, departmentId: actor.departmentIds[0] ?? null };
    return this.db.tx(actor, (tx) => once(tx, 'poolClaim', input, async () => {
      await this.oneAtATime(tx, me.id);
      const entry = await this.lockEntry(tx, input.entryId);
      const rule = await this.rule(tx);
      const today = this.clock.today();
      const cooling = await tx.row<{ until: string | null }>('select shanghai_day(max(released_at)) + $3::int as until from pool_entry where project_id = $1 and from_owner_id = $2', [entry.project_id, me.id, rule.coolDownDays]);
      if (cooling?.until && cooling.until > today) throw new Refusal('POOL_COOLING', ['entryId'], { until: cooling.until });
      const roles: readonly string[] | undefined = entry.class === null ? undefined : rule.claimRoles[entry.class];
      if (roles && !roles.includes(me.role)) throw new Refusal('POOL_CLASS', ['entryId'], { class: entry.class!, roles: roles.join('、') || '—' });
      const { claimed } = (await tx.row<{ claimed: number }>(`select count(*)::int as claimed from pool_entry where taken_by = $1 and left_how = 'CLAIMED' and left_at >= shanghai_midnight($2::date)`, [me.id, today]))!;
      if (claimed >= rule.dailyClaims) throw new Refusal('POOL_QUOTA', ['entryId'], { claimed, max: rule.dailyClaims });
      await this.demandCapacity(tx, me, rule, '您');
      return this.take(tx, entry, me, 'CLAIMED');
    }), { cause: 'poolClaim' });
  }

  /**
   * A manager gives a pooled project to somebody of the own unit: the capacity limit holds, daily number, class and
   * cool-down are the manager's to judge.
   * @throws Refusal NOT_FOUND, POOL_TAKEN, POOL_ASSIGNEE, POOL_CAPACITY.
   */
  async assign(actor: Actor, input: PoolAssign): Promise<{ projectId: string }> {
    demand(actor, 'project.assign');
    return this.db.tx(actor, (tx) => once(tx, 'poolAssign', input, async () => {
      const person = input.staffId ? await tx.row<Taker & { fit: boolean }>(
        `select s.id, s.name, s.role, s.department_id as "departmentId", s.disabled_at is null and s.role = any($2::text[]) and exists (select from department d where d.id = s.department_id and d.path && $3::uuid[]) as fit
         from staff s where s.id = $1`, [input.staffId, claimants, actor.departmentIds]) : undefined;
      if (!person) throw new Refusal('UNKNOWN_REFERENCE', ['staffId'], { field: '承接人', value: input.staffId ?? '—' });
      await this.oneAtATime(tx, person.id);
      const entry = await this.lockEntry(tx, input.entryId);
      if (!person.fit) throw new Refusal('POOL_ASSIGNEE', ['staffId'], { person: person.name });
      await this.demandCapacity(tx, person, await this.rule(tx), person.name);
      return this.take(tx, entry, person, 'ASSIGNED');
    }), { cause: 'poolAssign' });
  }

  /**
   * Puts a locked project into the pool: owner and unit are cleared and remembered, its reminders end, and the credit of
   * the first report is ruled on (policy pool.keepCredit). Joins the caller's transaction and trusts its checks.
   */
  async release(tx: Tx, project: ProjectRow, why: { how: PoolHow; reasonCode: string; reason: string | null; words: string; silentSince: string | null }): Promise<void> {
    const rule = await this.rule(tx);
    const today = this.clock.today();
    const standing = (await this.protections.standing(tx, [project.id])).get(project.id)!;
    const entryId = newId();
    await tx.run(INSERT_ENTRY, [entryId, project.id, project.stage, why.how, why.reasonCode, why.reason, project.owner_id, project.department_id, why.silentSince]);
    await tx.run(INSERT_RULING, [project.id, 'RELEASE', rule.keepCredit, today, standing.until, creditKept(rule.keepCredit, standing.until, today), null]);
    await tx.run(TO_POOL, [project.id, why.words]);
    await tx.run(END_STAGE_REQUESTS, [project.id, '项目已退回公海']);
    await this.reminders.cancel(tx, { projectId: project.id });
    // The former owner no longer sees the project: the notice stands by itself.
    if (project.owner_id && project.owner_id !== tx.actor.staffId) {
      await this.reminders.planForAll(tx, { kind: 'IDLE', cause: `RELEASED:${entryId}`, projectId: null, dueOn: today, detail: { level: 'RELEASED', name: project.name, code: project.code } }, [project.owner_id]);
    }
  }

  /** When the silence of projects that the actor may see will show, for a field on each of them. */
  async clocks(actor: Actor, projectIds: readonly string[]): Promise<Map<string, IdleClock>> {
    return this.db.tx(actor, async (tx) => {
      const today = this.clock.today();
      const params: unknown[] = [projectIds, JSON.stringify(await this.rule(tx)), JSON.stringify(await this.policies.value(tx, 'idle', today))];
      const visible = projectVisibility(actor, 'p', params);
      const rows = await tx.rows<{ id: string; yellow_on: string | null; red_on: string | null; warned_on: string | null; release_on: string | null; waits_for_year: number | null }>(`${CLOCKS} and ${visible}`, params);
      return new Map(rows.map((r) => [r.id, { yellowOn: r.yellow_on, redOn: r.red_on, warnedOn: r.warned_on, releaseOn: r.release_on, waitsForYear: r.waits_for_year }]));
    });
  }

  /** What the lights mean here, by policy `idle`. */
  async lights(actor: Actor): Promise<{ light: 'GREEN' | 'YELLOW' | 'RED'; label: string }[]> {
    const { lights } = await this.db.tx(actor, (tx) => this.policies.value(tx, 'idle', this.clock.today()));
    return (['GREEN', 'YELLOW', 'RED'] as const).map((light) => ({ light, label: lights[light][actor.locale] }));
  }

  /** One person's claims wait for each other, so that counting them is enough. Locked before the stay, always. */
  private async oneAtATime(tx: Tx, staffId: string): Promise<void> {
    await tx.run(`select pg_advisory_xact_lock(hashtextextended('pool.claim' || app_zone() || $1::text, 0))`, [staffId]);
  }

  private async lockEntry(tx: Tx, entryId: string | null): Promise<Entry> {
    // The project first, as everybody who writes to it does (a merge holds it and then moves its stays).
    const there = entryId ? await tx.row('select 1 as ok from pool_entry e join project p on p.id = e.project_id where e.id = $1 for no key update of p', [entryId]) : undefined;
    const entry = there && (await tx.row<Entry>(LOCK_ENTRY, [entryId]));
    if (!entry) throw new Refusal('NOT_FOUND');
    if (entry.left_at !== null || entry.status !== 'POOLED') throw new Refusal('POOL_TAKEN', ['entryId']);
    return entry;
  }

  private async demandCapacity(tx: Tx, person: Taker, rule: PoolRule, name: string): Promise<void> {
    const { open } = (await tx.row<{ open: number }>(`select count(*)::int as open from project where owner_id = $1 and status = 'ACTIVE'`, [person.id]))!;
    if (open >= rule.capacity) throw new Refusal('POOL_CAPACITY', ['entryId'], { person: name, open, max: rule.capacity });
  }

  private async take(tx: Tx, entry: Entry, person: Taker, how: 'CLAIMED' | 'ASSIGNED'): Promise<{ projectId: string }> {
    const today = this.clock.today();
    await tx.run('update pool_entry set left_how = $2, left_at = app_now(), left_by = app_staff(), taken_by = $3, taken_department_id = $4 where id = $1', [entry.id, how, person.id, person.departmentId]);
    const { assessWorkingDays } = await this.policies.value(tx, 'triage', today);
    await tx.run(
      `update project set status = 'ACTIVE', status_reason = null, state_at = app_now(), owner_id = $2, department_id = $3, triage_due_on = case when stage = 'LEAD' then add_working_days($4::date, $5::int) end,
         version = version + 1, ${ACTIVITY('$4::date')} where id = $1`, [entry.project_id, person.id, person.departmentId, today, assessWorkingDays]);
    return { projectId: entry.project_id };
  }

  private where(rule: PoolRule, f: PoolFilter, params: unknown[]): string[] {
    const where = [`e.left_at is null and p.status = 'POOLED'`];
    const shown = (what: PoolRule['shows'][number], field: string) => {
      if (!rule.shows.includes(what)) throw new Refusal('INVALID', ['filter', field], { field, value: field, expected: '公海中公开的内容 / what the pool shows' });
    };
    if (f.stages) where.push(`p.stage = any(${bind(params, f.stages)}::stage[])`);
    if (f.industries?.length) {
      shown('INDUSTRY', 'industries');
      where.push(`(${f.industries.map((c) => `starts_with(p.industry_code, ${bind(params, c)})`).join(' or ')})`);
    }
    if (f.sourceRegions) {
      shown('REGION', 'sourceRegions');
      where.push(`p.source_province = any(${bind(params, f.sourceRegions)}::text[])`);
    }
    if (f.sizeClasses) {
      shown('SIZE', 'sizeClasses');
      where.push(`p.size_class = any(${bind(params, f.sizeClasses)}::text[])`);
    }
    if (f.classes) {
      shown('CLASS', 'classes');
      where.push(`p.class = any(${bind(params, f.classes)}::text[])`);
    }
    if (f.text?.trim()) {
      shown('NAME', 'text');
      where.push(`strpos(p.name, ${bind(params, f.text.trim())}) > 0`);
    }
    return where;
  }
}
