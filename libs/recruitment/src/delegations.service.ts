import { Injectable } from '@nestjs/common';
import { departmentFacts, staffFacts } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, type Facts, factsJson, idFact, newId, once, type Page, type PageInput, pageOf, pageRequest, preparedName, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { projectFacts, signingFacts } from './project.facts.js';
import { bind, demandVersion, lockProject, projectVisibility } from './projects.access.js';

export const DELEGATION_KINDS = ['TRIP', 'RECEPTION', 'EVENT'] as const;
export type DelegationKind = (typeof DELEGATION_KINDS)[number];

export interface DelegationFields {
  kind: DelegationKind;
  name: string;
  purpose?: string | null;
  fromOn: string;
  toOn: string;
  places?: string[] | null;
  leaderName?: string | null;
  leaderLevel?: string | null;
  hostDepartmentId?: string | null;
  memberIds?: (string | null)[] | null;
  result?: string | null;
  nextSteps?: string | null;
  reportFileId?: string | null;
}
export type DelegationCreate = DelegationFields & { idempotencyKey?: string | null };
/** What is left out stays; null takes it away. */
export type DelegationEdit = Partial<DelegationFields> & { idempotencyKey?: string | null; delegationId: string | null; expectedVersion: number; closed?: boolean | null };
export interface EventYield {
  idempotencyKey?: string | null;
  delegationId: string | null;
  projectId?: string | null;
  signingId?: string | null;
}
export interface DelegationFilter {
  kinds?: DelegationKind[] | null;
  states?: ('OPEN' | 'CLOSED')[] | null;
  from?: string | null;
  to?: string | null;
}
interface DelegationRow { id: string; version: number; state: string; kind: DelegationKind; from_on: string; to_on: string; created_by: string }

const list = (json: string, from: string, order: string) => `coalesce((select json_agg(${json} order by ${order}) from ${from}), '[]')`;

/** What can be read of a delegation; alias g. `visible` gives the reader's visibility of projects on an alias. */
function delegationFacts(visible: (alias: string) => string): Facts {
  return {
    id: idFact('Delegation', 'dg.id'), version: 'dg.version', kind: 'dg.kind', name: 'dg.name', purpose: 'dg.purpose', fromOn: 'dg.from_on', toOn: 'dg.to_on', places: 'to_json(dg.places)', leaderName: 'dg.leader_name', leaderLevel: 'dg.leader_level',
    result: 'dg.result', nextSteps: 'dg.next_steps', state: 'dg.state', closedAt: 'dg.closed_at', createdAt: 'dg.created_at', reportFileId: `case when dg.report_file_id is not null then 'StoredFile:' || dg.report_file_id end`,
    hostDepartment: { of: departmentFacts, sql: (json) => `(select ${json} from department d where d.id = dg.host_department_id)` },
    createdBy: { of: staffFacts, sql: (json) => `(select ${json} from staff s where s.id = dg.created_by)` },
    members: { of: staffFacts, sql: (json) => list(json, 'delegation_member dm join staff s on s.id = dm.staff_id where dm.delegation_id = dg.id', 's.name, s.id') },
    leads: { of: projectFacts, sql: (json) => list(json, `event_yield ey join project p on p.id = ey.project_id where ey.delegation_id = dg.id and ${visible('p')}`, 'ey.added_at, p.id') },
    signings: { of: signingFacts, sql: (json) => list(json, `event_yield ey join signing g on g.id = ey.signing_id join project pg on pg.id = g.project_id where ey.delegation_id = dg.id and ${visible('pg')}`, 'g.signed_on, g.id') },
  };
}

/** Trips, receptions and events of many visits (domain.md A1 rows 16, 22): what they brought counts to one of them alone. */
@Injectable()
export class DelegationsService {
  constructor(private readonly db: Database, private readonly clock: Clock) {}

  /** @throws Refusal REQUIRED, DATE_ORDER, INVALID, UNKNOWN_REFERENCE. */
  async create(actor: Actor, input: DelegationCreate): Promise<{ delegationId: string }> {
    demand(actor, 'delegation.edit');
    this.check(input);
    return this.db.tx(actor, (tx) => once(tx, 'delegationCreate', input, async () => {
      await this.demandKnown(tx, input);
      const id = newId();
      await tx.run(
        `insert into delegation (id, zone_id, kind, name, purpose, from_on, to_on, places, leader_name, leader_level, host_department_id, result, next_steps, report_file_id, created_by, created_at)
         values ($1, app_zone(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, app_staff(), app_now())`,
        [id, input.kind, input.name.trim(), input.purpose ?? null, input.fromOn, input.toOn, input.places ?? [], input.leaderName ?? null, input.leaderLevel ?? null,
          input.hostDepartmentId === undefined ? (actor.departmentIds[0] ?? null) : input.hostDepartmentId, input.result ?? null, input.nextSteps ?? null, input.reportFileId ?? null]);
      await this.setMembers(tx, id, [...(input.memberIds ?? []), actor.staffId]);
      return { delegationId: id };
    }), { cause: 'delegationCreate' });
  }

  /** Edits, closes or opens again. Only who made it, goes along, or heads the unit that hosts it may. @throws as create(), NOT_FOUND, CONFLICT. */
  async edit(actor: Actor, input: DelegationEdit): Promise<{ delegationId: string }> {
    demand(actor, 'delegation.edit');
    return this.db.tx(actor, (tx) => once(tx, 'delegationEdit', input, async () => {
      const found = await this.lock(tx, input.delegationId);
      demandVersion(found, input.expectedVersion);
      this.check({ name: 'x', ...input, fromOn: input.fromOn ?? found.from_on, toOn: input.toOn ?? found.to_on });
      await this.demandKnown(tx, input);
      const params: unknown[] = [found.id];
      const set = (column: string, value: unknown) => (value === undefined ? [] : [`${column} = $${params.push(value)}`]);
      const sets = [...set('kind', input.kind), ...set('name', input.name?.trim()), ...set('purpose', input.purpose), ...set('from_on', input.fromOn), ...set('to_on', input.toOn), ...set('places', input.places === null ? [] : input.places),
        ...set('leader_name', input.leaderName), ...set('leader_level', input.leaderLevel), ...set('host_department_id', input.hostDepartmentId), ...set('result', input.result), ...set('next_steps', input.nextSteps), ...set('report_file_id', input.reportFileId),
        ...(input.closed == null ? [] : [...set('state', input.closed ? 'CLOSED' : 'OPEN'), `closed_at = ${input.closed ? 'coalesce(closed_at, app_now())' : 'null'}`])];
      await tx.run(`update delegation set ${[...sets, 'version = version + 1'].join(', ')} where id = $1`, params);
      if (input.memberIds !== undefined) await this.setMembers(tx, found.id, [...(input.memberIds ?? []), found.created_by]);
      return { delegationId: found.id };
    }), { cause: 'delegationEdit' });
  }

  /** Counts a lead or a signing to an event: to one event only. @throws Refusal YIELD_TAKEN, NOT_FOUND, INVALID. */
  async addYield(actor: Actor, input: EventYield): Promise<{ delegationId: string }> {
    return this.changeYield(actor, input, 'eventYieldAdd', async (tx, found, projectId) => {
      const column = input.signingId ? 'signing_id' : 'project_id';
      const done = await tx.run(`insert into event_yield (zone_id, delegation_id, ${column}, added_by, added_at) values (app_zone(), $1, $2, app_staff(), app_now()) on conflict (${column}) do nothing`, [found.id, input.signingId ?? projectId]);
      if (done) return;
      const held = await tx.row<{ id: string; name: string }>(`select dg.id, dg.name from event_yield y join delegation dg on dg.id = y.delegation_id where y.${column} = $1`, [input.signingId ?? projectId]);
      if (held?.id !== found.id) throw new Refusal('YIELD_TAKEN', [input.signingId ? 'signingId' : 'projectId'], { event: held?.name ?? '—' }, found.id);
    });
  }

  /** Takes it out of the count again; the audit keeps that it was there. */
  async removeYield(actor: Actor, input: EventYield): Promise<{ delegationId: string }> {
    return this.changeYield(actor, input, 'eventYieldRemove', async (tx, found, projectId) => {
      await tx.run(`delete from event_yield where delegation_id = $1 and ${input.signingId ? 'signing_id' : 'project_id'} = $2`, [found.id, input.signingId ?? projectId]);
    });
  }

  async page(actor: Actor, filter: DelegationFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'visit.read');
    const request = pageRequest(input, 2);
    const params: unknown[] = [];
    const where = this.where(actor, filter, params);
    if (request.keys) where.push(`(dg.from_on, dg.id) ${request.backward ? '>' : '<'} (${bind(params, request.keys[0])}::date, ${bind(params, request.keys[1])}::uuid)`);
    const way = request.backward ? 'asc' : 'desc';
    const sql = `select ${this.json(actor, shape, params)} as node, dg.from_on as k, dg.id from delegation dg where ${where.join(' and ')} order by dg.from_on ${way}, dg.id ${way} limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; k: string; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.k, r.id] })), request);
  }

  async count(actor: Actor, filter: DelegationFilter): Promise<number> {
    const params: unknown[] = [];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from delegation dg where ${this.where(actor, filter, params).join(' and ')}`, params);
    return row!.n;
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('visit.read')) return null;
    const params: unknown[] = [];
    const where = this.where(actor, {}, params);
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${this.json(actor, shape, params)} as node from delegation dg where dg.id = ${bind(params, id)} and ${where.join(' and ')}`, params);
    return row?.node ?? null;
  }

  private json(actor: Actor, shape: Shape, params: unknown[]): string {
    return factsJson(delegationFacts((alias) => projectVisibility(actor, alias, params)), { id: true, ...shape });
  }

  /** Seen by the zone's leaders, by heads of the hosting unit, by whoever made it or goes along. */
  private where(actor: Actor, f: DelegationFilter, params: unknown[]): string[] {
    const where: string[] = [];
    if (actor.reach === 'NONE') where.push('false');
    else if (actor.reach !== 'ZONE') {
      const led = actor.reach === 'GROUP' ? actor.ledDepartmentIds : actor.reach === 'UNIT' ? actor.departmentIds : [];
      where.push(`(dg.created_by = app_staff() or exists (select from delegation_member dm where dm.delegation_id = dg.id and dm.staff_id = app_staff())${
        led.length ? ` or dg.host_department_id = any(array(select dv.id from department dv where dv.path && ${bind(params, led)}::uuid[]))` : ''})`);
    }
    if (f.kinds) where.push(`dg.kind = any(${bind(params, f.kinds)}::text[])`);
    if (f.states) where.push(`dg.state = any(${bind(params, f.states)}::text[])`);
    if (f.from) where.push(`dg.to_on >= ${bind(params, f.from)}`);
    if (f.to) where.push(`dg.from_on <= ${bind(params, f.to)}`);
    return where.length ? where : ['true'];
  }

  private async changeYield(actor: Actor, input: EventYield, name: string, work: (tx: Tx, found: DelegationRow, projectId: string | null) => Promise<void>): Promise<{ delegationId: string }> {
    demand(actor, 'delegation.edit');
    if ((input.projectId === undefined) === (input.signingId === undefined)) throw new Refusal('INVALID', ['projectId'], { field: 'projectId / signingId', value: '—', expected: '二者只填其一 / exactly one of the two' });
    return this.db.tx(actor, (tx) => once(tx, name, input, async () => {
      const found = await this.lock(tx, input.delegationId);
      if (found.kind !== 'EVENT') throw new Refusal('INVALID', ['delegationId'], { field: '类别', value: found.kind, expected: 'EVENT' }, found.id);
      let projectId = input.projectId ?? null;
      if (input.signingId !== undefined) projectId = input.signingId ? ((await tx.row<{ project_id: string }>('select project_id from signing where id = $1', [input.signingId]))?.project_id ?? null) : null;
      const project = await lockProject(tx, projectId);
      await work(tx, found, project.id);
      await tx.run('update delegation set version = version + 1 where id = $1', [found.id]);
      return { delegationId: found.id };
    }), { cause: name });
  }

  private async lock(tx: Tx, id: string | null): Promise<DelegationRow> {
    const params: unknown[] = [id];
    const row = id ? await tx.row<DelegationRow>(`select dg.id, dg.version, dg.state, dg.kind, dg.from_on, dg.to_on, dg.created_by from delegation dg where dg.id = $1 and ${this.where(tx.actor, {}, params).join(' and ')} for update`, params) : undefined;
    if (!row) throw new Refusal('NOT_FOUND');
    return row;
  }

  private check(input: { name?: string | null; fromOn: string; toOn: string }): void {
    if (input.name != null && !input.name.trim()) throw new Refusal('REQUIRED', ['name'], { field: '名称' });
    if (input.toOn < input.fromOn) throw new Refusal('DATE_ORDER', ['toOn'], { field: '结束日期', value: input.toOn, other: '开始日期', otherValue: input.fromOn });
    if (Date.parse(input.toOn) - Date.parse(input.fromOn) > 366 * 86_400_000) throw new Refusal('INVALID', ['toOn'], { field: '结束日期', value: input.toOn, expected: '开始后 366 天内 / within 366 days of the start' });
  }

  private async demandKnown(tx: Tx, input: Partial<DelegationFields>): Promise<void> {
    const unknown = (path: string, field: string, value: string) => new Refusal('UNKNOWN_REFERENCE', [path], { field, value });
    if (input.hostDepartmentId && !(await tx.row('select 1 as ok from department where id = $1', [input.hostDepartmentId]))) throw unknown('hostDepartmentId', '主办单位', input.hostDepartmentId);
    if (input.reportFileId && !(await tx.row('select 1 as ok from stored_file where id = $1 and created_by = app_staff()', [input.reportFileId]))) throw unknown('reportFileId', '总结报告', input.reportFileId);
    const members = [...new Set(input.memberIds ?? [])];
    const { n } = (await tx.row<{ n: number }>('select count(*)::int as n from staff where id = any($1::uuid[])', [members]))!;
    if (n !== members.length) throw unknown('memberIds', '成员', '—');
  }

  private async setMembers(tx: Tx, delegationId: string, ids: readonly (string | null)[]): Promise<void> {
    const members = [...new Set(ids.filter((id): id is string => id !== null))];
    await tx.run('delete from delegation_member where delegation_id = $1 and staff_id <> all($2::uuid[])', [delegationId, members]);
    await tx.run('insert into delegation_member (zone_id, delegation_id, staff_id) select app_zone(), $1, unnest($2::uuid[]) on conflict do nothing', [delegationId, members]);
  }
}
