import { Injectable } from '@nestjs/common';
import { PolicyService } from '@yinfeng/directory';
import { EnterprisesService } from '@yinfeng/enterprises';
import { type Actor, Clock, Database, demand, factsJson, keyClaim, newId, once, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape, type Tx, UUID } from '@yinfeng/platform';
import { visitFacts } from './project.facts.js';
import { bind, demandActive, lockProject, projectVisibility } from './projects.access.js';

/** The whole write, see visit_log in the migrations; with the parameters() below. */
const VISIT_LOG = `select visit_log(${Array.from({ length: 25 }, (_, i) => `$${i + 1}`).join(', ')})`;

/** Who asks, when that was read with an earlier request: the statement that writes looks again. */
export interface KnownCaller {
  /** Digest of the token that the caller came with. */
  token: Buffer;
}
/** The caller is no longer who an earlier request found, or it is not as simple as it was hoped: nothing was done, ask again without `known`. */
export class CallerChanged extends Error {}

/** SITE and DISPATCH are what a taskforce does on its project: neither counts as going out for an investor, nor as receiving one. */
export const DIRECTIONS = ['OUTBOUND', 'INBOUND', 'EVENT', 'CALL', 'SITE', 'DISPATCH'] as const;
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
  /** The trip or event it belongs to; still open. */
  delegationId?: string | null;
  /** 批: groups met, one when absent; 新增批 and 新增人次: those met for the first time. */
  batches?: number | null;
  newBatches?: number | null;
  newPersons?: number | null;
  /** Code of policy visits.resultKinds. */
  resultKind?: string | null;
  /** Photos and papers that the caller uploaded. */
  fileIds?: string[] | null;
}
export interface VisitLogged {
  visitId: string;
  projectId: string | null;
}
export interface VisitFilter {
  projectId?: string | null;
  staffIds?: string[] | null;
  departmentIds?: string[] | null;
  directions?: Direction[] | null;
  from?: string | null;
  to?: string | null;
  withoutProject?: boolean | null;
  delegationId?: string | null;
  /** 领导带队, by the zone's words for leaders. */
  leaderLed?: boolean | null;
  /** Codes of policy visits.leaderLevels, with the other words for them. */
  leaderLevels?: string[] | null;
  /** Codes of policy visits.resultKinds. */
  resultKinds?: string[] | null;
}

@Injectable()
export class VisitsService {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly enterprises: EnterprisesService,
    private readonly policies: PolicyService,
  ) {}

  /**
   * Logs a visit: the project's last visit, count and next follow-up follow, its idle clock starts again, the due
   * follow-up reminder is done by the act and the next one planned.
   * @throws Refusal FORBIDDEN, REQUIRED, DATE_IN_FUTURE, DATE_ORDER, INVALID, NOT_FOUND,
   * STATUS_NOT_ACTIVE, UNKNOWN_REFERENCE, IDEMPOTENCY_KEY_REUSED; CallerChanged, only with `known`.
   */
  async log(actor: Actor, input: VisitLog, known?: KnownCaller): Promise<VisitLogged> {
    demand(actor, 'visit.log');
    const today = this.clock.today();
    if (!input.content.trim()) throw new Refusal('REQUIRED', ['content'], { field: '走访内容' });
    if (input.visitedOn > today) throw new Refusal('DATE_IN_FUTURE', ['visitedOn'], { field: '走访日期', value: input.visitedOn, today });
    if (input.nextFollowUpOn) {
      if (input.nextFollowUpOn < input.visitedOn) throw new Refusal('DATE_ORDER', ['nextFollowUpOn'], { field: '下次跟进日期', value: input.nextFollowUpOn, other: '走访日期', otherValue: input.visitedOn });
    }
    if (input.id && !UUID.test(input.id)) throw new Refusal('INVALID', ['id'], { field: 'id', value: input.id.slice(0, 40), expected: 'UUID' });
    if ((input.newBatches ?? 0) > (input.batches ?? 1)) throw new Refusal('INVALID', ['newBatches'], { field: '新增批次', value: input.newBatches!, expected: `≤ ${input.batches ?? 1}` });
    if (input.resultKind != null) await this.demandResultKind(actor, input.resultKind);
    const visitId = input.id?.toLowerCase() ?? newId();
    // Only what is the rule goes in one statement; a visit without a project may make an enterprise first.
    if (input.projectId && UUID.test(input.projectId)) {
      const logged = { visitId, projectId: input.projectId.toLowerCase() };
      try {
        await this.db.act(VISIT_LOG, this.parameters(actor, input, logged, null, today, keyClaim('visitLog', input), known), 'visit_log');
        return logged;
      } catch (error) {
        const { code, constraint } = error as { code?: string; constraint?: string };
        if (code === 'YF002') throw new CallerChanged();
        // Step by step it turns out why: the key or the visit was there before, or a twin was faster by a moment; the project
        // rests, was merged into another, or is seen for a reason that only the gateway knows, or not at all.
        const unclear = error instanceof Refusal ? error.code === 'NOT_FOUND' : constraint === 'idempotency_key_pkey' || constraint === 'visit_pkey';
        if (!unclear) throw error;
        if (known) throw new CallerChanged();
      }
    }
    try {
      return await this.db.tx(actor, (tx) => once(tx, 'visitLog', input, () => this.write(tx, input, visitId, today)), { cause: 'visitLog' });
    } catch (error) {
      if (input.id && (error as { constraint?: string }).constraint === 'visit_pkey') return this.db.tx(actor, (tx) => this.sentBefore(tx, visitId));
      throw error;
    }
  }

  private async write(tx: Tx, input: VisitLog, visitId: string, today: string): Promise<VisitLogged> {
    if (input.id && (await tx.row('select from visit where id = $1', [visitId], 'visit_known'))) return this.sentBefore(tx, visitId);
    const project = input.projectId ? await lockProject(tx, UUID.test(input.projectId) ? input.projectId : null) : null;
    if (project) demandActive(project);
    if (!project && !input.enterpriseName?.trim()) throw new Refusal('REQUIRED', ['projectId'], { field: '项目或企业' });
    // A visit to a project is one to its enterprise; only a visit without a project names one itself.
    const enterpriseId = project ? null : (await this.enterprises.resolve(tx, { name: input.enterpriseName! })).id;
    const logged = { visitId, projectId: project?.id ?? null };
    await tx.row(VISIT_LOG, this.parameters({ ...tx.actor, reach: 'ZONE' }, input, logged, enterpriseId, today, null), 'visit_log');
    return logged;
  }

  /** The parameters of visit_log, in order. A further column of visits goes into `more`, under its name. */
  private parameters(actor: Actor, input: VisitLog, logged: VisitLogged, enterpriseId: string | null, today: string, claim: { key: string; hash: Buffer } | null, known?: KnownCaller): unknown[] {
    const more = Object.entries({
      met: input.met, leader_name: input.leaderName, leader_level: input.leaderLevel, headcount: input.headcount, city: input.city, place: input.place, delegation_id: input.delegationId,
      batches: input.batches, new_batches: input.newBatches, new_persons: input.newPersons, result_kind: input.resultKind, file_ids: input.fileIds?.length ? [...new Set(input.fileIds)] : null,
    }).filter(([, value]) => value != null);
    return [
      known?.token ?? null, actor.zoneId, actor.staffId, actor.role, actor.locale, actor.departmentIds, actor.ledDepartmentIds, actor.reach, actor.requestId, this.db.pinnedNow(),
      claim?.key ?? null, claim?.hash ?? null, claim && JSON.stringify(logged), logged.visitId, logged.projectId, enterpriseId, input.direction, input.visitedOn, input.content.trim(), input.result ?? null,
      input.nextStep ?? null, input.nextFollowUpOn ?? null, input.companionIds?.length ? [...new Set(input.companionIds)] : '{}', more.length ? JSON.stringify(Object.fromEntries(more)) : null, today,
    ];
  }

  /** @throws Refusal INVALID when the zone has no such kind of result. */
  async demandResultKind(actor: Actor, kind: string | null | undefined): Promise<void> {
    if (kind == null) return;
    const { resultKinds } = await this.db.tx(actor, (tx) => this.policies.value(tx, 'visits', this.clock.today()));
    if (!resultKinds.some((k) => k.code === kind)) throw new Refusal('INVALID', ['resultKind'], { field: '成果类型', value: kind.slice(0, 40), expected: resultKinds.map((k) => `${k.code} ${k.zh}`).join('、') });
  }

  /** A visit of this id that the sender made. @throws Refusal INVALID when the id is somebody else's. */
  private async sentBefore(tx: Tx, visitId: string): Promise<VisitLogged> {
    const mine = await tx.row<{ project_id: string | null }>('select project_id from visit where id = $1 and created_by = app_staff()', [visitId]);
    if (!mine) throw new Refusal('INVALID', ['id'], { field: 'id', value: visitId, expected: '新的 UUID / a new UUID' });
    return { visitId, projectId: mine.project_id };
  }

  /** Visits of projects that the actor may see, and those the actor made or went along on. Newest first. */
  async page(actor: Actor, filter: VisitFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'visit.read');
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const where = await this.conditions(actor, filter, params);
    if (request.keys) where.push(`(v.visited_on, v.id) ${request.backward ? '>' : '<'} (${bind(params, request.keys[0])}::date, ${bind(params, request.keys[1])}::uuid)`);
    const way = request.backward ? 'asc' : 'desc';
    const sql = `select ${factsJson(visitFacts, { id: true, ...shape })} as node, v.visited_on as k, v.id from visit v where ${where.join(' and ')} order by v.visited_on ${way}, v.id ${way} limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async count(actor: Actor, filter: VisitFilter): Promise<number> {
    const params: unknown[] = [];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from visit v where ${(await this.conditions(actor, filter, params)).join(' and ')}`, params);
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

  /** Visibility and filter as conditions on alias v. Adds parameters. */
  async conditions(actor: Actor, f: VisitFilter, params: unknown[]): Promise<string[]> {
    const where = this.where(actor, f, params);
    if (f.leaderLed != null || f.leaderLevels) {
      const { leaderLevels } = await this.db.tx(actor, (tx) => this.policies.value(tx, 'visits', this.clock.today()));
      const words = (levels: typeof leaderLevels) => bind(params, levels.flatMap((l) => [l.code, l.zh, ...l.aliases]));
      if (f.leaderLevels) where.push(`v.leader_level = any(${words(leaderLevels.filter((l) => f.leaderLevels!.includes(l.code)))}::text[])`);
      if (f.leaderLed != null) where.push(`coalesce(v.leader_level = any(${words(leaderLevels.filter((l) => l.leads))}::text[]), false) = ${bind(params, f.leaderLed)}`);
    }
    return where;
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
    if (f.delegationId) where.push(`v.delegation_id = ${bind(params, f.delegationId)}`);
    if (f.resultKinds) where.push(`v.result_kind = any(${bind(params, f.resultKinds)}::text[])`);
    return where.length ? where : ['true'];
  }
}
