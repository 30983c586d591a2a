import { Injectable } from '@nestjs/common';
import { PolicyService, type PolicyValue } from '@yinfeng/directory';
import { type Actor, Clock, Database, demand, factsJson, newId, once, type Page, type PageInput, pageOf, pageRequest, PERMISSIONS_OF_ROLE, preparedName, Refusal, type Role, type Shape, type Tx } from '@yinfeng/platform';
import { bind, demandActive, demandVersion, lockProject, type ProjectRow, projectVisibility, STAGE_LABELS, STAGES } from '@yinfeng/recruitment';
import { RemindersService } from '@yinfeng/reminders';
import type { AcceptedHandoff, HandoffListener } from '../handoffs/handoff-accepted.js';
import type { TaskforceRole } from './taskforce.rules.js';
import { taskforceFacts } from './taskforces.sql.js';

export interface MemberInput {
  staffId: string | null;
  role: TaskforceRole;
  /** First day; today when absent, never after it. */
  sinceOn?: string | null;
}
export interface TaskforceForm {
  idempotencyKey?: string | null;
  projectId: string | null;
  /** Today when absent. */
  formedOn?: string | null;
  members: MemberInput[];
  departmentIds?: (string | null)[] | null;
  note?: string | null;
}
interface TaskforceChange {
  idempotencyKey?: string | null;
  taskforceId: string | null;
  expectedVersion: number;
}
export interface TaskforceMemberAdd extends TaskforceChange, MemberInput {
  /** LEADER only: whoever leads now ends the day this one begins. */
  replace?: boolean | null;
}
export interface TaskforceMemberEnd extends Omit<TaskforceChange, 'taskforceId'> {
  memberId: string | null;
  /** Last day; today when absent, never after it. */
  untilOn?: string | null;
  reason: string;
}
export interface TaskforceDepartments extends TaskforceChange {
  departmentIds: (string | null)[];
}
export interface TaskforceDissolve extends TaskforceChange {
  reason: string;
}
export interface TaskforceFilter {
  projectId?: string | null;
  /** Who serves in it now. */
  staffIds?: string[] | null;
  /** Departments in charge of the project, with those below them. */
  departmentIds?: string[] | null;
  /** true: dissolved ones alone; absent or false: those that stand. */
  dissolved?: boolean | null;
  /** Nobody serves in this role now. */
  without?: TaskforceRole | null;
}
interface TaskforceRow { id: string; version: number; project_id: string; formed_on: string; dissolved_on: string | null }
type Acted = { taskforceId: string };

const MEMBERS_MOST = 100;

/** 专班 / 包保 (domain.md A1 row 46): one project, one taskforce; who serves as what from when to when, never overwritten. */
@Injectable()
export class TaskforcesService implements HandoffListener {
  constructor(private readonly db: Database, private readonly clock: Clock, private readonly policies: PolicyService, private readonly reminders: RemindersService) {}

  /**
   * Forms the taskforce of a project under way, with its people and departments; they see the project from then on.
   * @throws Refusal NOT_FOUND, STATUS_NOT_ACTIVE, TASKFORCE_TOO_EARLY, TASKFORCE_OPEN, TASKFORCE_LEADER_TAKEN (two leaders),
   * TASKFORCE_MEMBER_TWICE, UNKNOWN_REFERENCE, INVALID (a role that sees no project), DATE_IN_FUTURE, DATE_ORDER.
   */
  async form(actor: Actor, input: TaskforceForm): Promise<Acted> {
    demand(actor, 'taskforce.edit');
    const formedOn = this.passed(input.formedOn, ['formedOn'], '成立日期');
    if (input.members.length > MEMBERS_MOST) throw new Refusal('INVALID', ['members'], { field: '专班成员', value: input.members.length, expected: `≤ ${MEMBERS_MOST}` });
    return this.db.tx(actor, (tx) => once(tx, 'taskforceForm', input, async () => {
      const project = await lockProject(tx, input.projectId);
      demandActive(project);
      const policy = await this.policy(tx);
      if (STAGES.indexOf(project.stage) < STAGES.indexOf(policy.fromStage)) {
        const word = actor.locale === 'en' ? 1 : 0;
        throw new Refusal('TASKFORCE_TOO_EARLY', ['projectId'], { stage: STAGE_LABELS[project.stage][word], from: STAGE_LABELS[policy.fromStage][word] });
      }
      if (await this.open(tx, project.id)) throw new Refusal('TASKFORCE_OPEN', ['projectId']);
      const taskforceId = await this.begin(tx, project, formedOn, input.note?.trim() || null);
      for (const [i, member] of input.members.entries()) await this.join(tx, { id: taskforceId, project_id: project.id, formed_on: formedOn }, member, policy, ['members', String(i)], formedOn);
      await this.call(tx, taskforceId, input.departmentIds ?? [], formedOn);
      return { taskforceId };
    }), { cause: 'taskforceForm' });
  }

  /**
   * One more person, or one more role of a person; a leader takes the place of the present one only if that is said.
   * @throws Refusal NOT_FOUND, CONFLICT, TASKFORCE_DISSOLVED, TASKFORCE_LEADER_TAKEN, TASKFORCE_MEMBER_TWICE and those of form.
   */
  async addMember(actor: Actor, input: TaskforceMemberAdd): Promise<Acted> {
    demand(actor, 'taskforce.edit');
    return this.db.tx(actor, (tx) => once(tx, 'taskforceMemberAdd', input, async () => {
      const { taskforce } = await this.lock(tx, input);
      const sinceOn = this.passed(input.sinceOn, ['sinceOn'], '起始日期');
      if (input.replace && input.role === 'LEADER') {
        const former = await tx.row<{ id: string; since_on: string }>(`select id, since_on from taskforce_member where taskforce_id = $1 and role = 'LEADER' and until_on is null`, [taskforce.id]);
        if (former && sinceOn < former.since_on) throw new Refusal('DATE_ORDER', ['sinceOn'], { field: '起始日期', value: sinceOn, other: '现任包保领导起始日期', otherValue: former.since_on }, taskforce.id);
        if (former) await this.end(tx, former.id, sinceOn, '更换包保领导');
      }
      await this.join(tx, taskforce, { ...input, sinceOn }, await this.policy(tx), [], sinceOn);
      return this.changed(tx, taskforce.id);
    }), { cause: 'taskforceMemberAdd' });
  }

  /** Somebody leaves a role; the entry stays with its days and reason. @throws Refusal NOT_FOUND, CONFLICT, TASKFORCE_DISSOLVED, TASKFORCE_MEMBER_ENDED, REASON_REQUIRED, DATE_IN_FUTURE, DATE_ORDER. */
  async endMember(actor: Actor, input: TaskforceMemberEnd): Promise<Acted> {
    demand(actor, 'taskforce.edit');
    const untilOn = this.passed(input.untilOn, ['untilOn'], '截止日期');
    if (!input.reason.trim()) throw new Refusal('REASON_REQUIRED', ['reason']);
    return this.db.tx(actor, (tx) => once(tx, 'taskforceMemberEnd', input, async () => {
      const found = input.memberId ? await tx.row<{ taskforce_id: string }>('select taskforce_id from taskforce_member where id = $1', [input.memberId]) : undefined;
      const { taskforce } = await this.lock(tx, { taskforceId: found?.taskforce_id ?? null, expectedVersion: input.expectedVersion });
      const member = (await tx.row<{ since_on: string; until_on: string | null }>('select since_on, until_on from taskforce_member where id = $1', [input.memberId]))!;
      if (member.until_on) throw new Refusal('TASKFORCE_MEMBER_ENDED', ['memberId'], { day: member.until_on }, taskforce.id);
      if (untilOn < member.since_on) throw new Refusal('DATE_ORDER', ['untilOn'], { field: '截止日期', value: untilOn, other: '起始日期', otherValue: member.since_on }, taskforce.id);
      await this.end(tx, input.memberId!, untilOn, input.reason.trim());
      return this.changed(tx, taskforce.id);
    }), { cause: 'taskforceMemberEnd' });
  }

  /** Which departments belong to it from now on; what is left out ends, what stays keeps its day. @throws Refusal NOT_FOUND, CONFLICT, TASKFORCE_DISSOLVED, UNKNOWN_REFERENCE. */
  async setDepartments(actor: Actor, input: TaskforceDepartments): Promise<Acted> {
    demand(actor, 'taskforce.edit');
    return this.db.tx(actor, (tx) => once(tx, 'taskforceDepartmentsSet', input, async () => {
      const { taskforce } = await this.lock(tx, input);
      const today = this.clock.today();
      await tx.run('update taskforce_department set until_on = $3, ended_by = app_staff(), ended_at = app_now() where taskforce_id = $1 and until_on is null and department_id <> all($2::uuid[])',
        [taskforce.id, input.departmentIds.filter((id) => id !== null), today]);
      await this.call(tx, taskforce.id, input.departmentIds, today);
      return this.changed(tx, taskforce.id);
    }), { cause: 'taskforceDepartmentsSet' });
  }

  /** Ends it with everybody in it; another one may be formed. @throws Refusal NOT_FOUND, CONFLICT, TASKFORCE_DISSOLVED, REASON_REQUIRED. */
  async dissolve(actor: Actor, input: TaskforceDissolve): Promise<Acted> {
    demand(actor, 'taskforce.edit');
    const reason = input.reason.trim();
    if (!reason) throw new Refusal('REASON_REQUIRED', ['reason']);
    return this.db.tx(actor, (tx) => once(tx, 'taskforceDissolve', input, async () => {
      const { taskforce } = await this.lock(tx, input);
      const today = this.clock.today();
      for (const { id } of await tx.rows<{ id: string }>('select id from taskforce_member where taskforce_id = $1 and until_on is null order by id', [taskforce.id])) await this.end(tx, id, today, reason);
      await tx.run('update taskforce_department set until_on = $2, ended_by = app_staff(), ended_at = app_now() where taskforce_id = $1 and until_on is null', [taskforce.id, today]);
      await tx.run('update taskforce set dissolved_on = $2, dissolved_by = app_staff(), dissolved_at = app_now(), dissolve_reason = $3 where id = $1', [taskforce.id, today, reason]);
      return this.changed(tx, taskforce.id);
    }), { cause: 'taskforceDissolve' });
  }

  /** Whoever accepts a handoff is its agent from then on, unless the taskforce that stands has one; the receiving department joins it. Zone policy `taskforce.formOnHandoff`. */
  async handoffAccepted(tx: Tx, project: ProjectRow, handoff: AcceptedHandoff): Promise<void> {
    const policy = await this.policy(tx);
    if (!policy.formOnHandoff) return;
    const today = this.clock.today();
    const standing = await this.open(tx, project.id);
    const taskforce = standing ?? { id: await this.begin(tx, project, today, null), project_id: project.id, formed_on: today };
    const agent = await tx.row(`select from taskforce_member where taskforce_id = $1 and until_on is null and (role = 'AGENT' or staff_id = $2)`, [taskforce.id, handoff.acceptedBy]);
    if (!agent) await this.join(tx, taskforce, { staffId: handoff.acceptedBy, role: 'AGENT' }, policy, [], today);
    await this.call(tx, taskforce.id, [handoff.toDepartmentId], today);
    if (standing) await this.changed(tx, taskforce.id);
  }

  /** Taskforces of projects that the actor may see, newest first. */
  async page(actor: Actor, filter: TaskforceFilter, input: PageInput, shape: Shape): Promise<Page<{ id: string }>> {
    demand(actor, 'construction.read');
    const request = pageRequest(input, 1);
    const params: unknown[] = [];
    const where = conditions(actor, filter, params);
    if (request.keys) where.push(`t.id ${request.backward ? '>' : '<'} ${bind(params, request.keys[0])}::uuid`);
    const sql = `select ${factsJson(taskforceFacts, { id: true, ...shape })} as node, t.id from taskforce t join project pv on pv.id = t.project_id where ${where.join(' and ')} order by t.id ${request.backward ? 'asc' : 'desc'} limit ${bind(params, request.limit + 1)}`;
    const rows = await this.db.read<{ node: { id: string }; id: string }>(actor, sql, params, preparedName(sql));
    return pageOf(rows.map((r) => ({ node: r.node, keys: [r.id] })), request);
  }

  async count(actor: Actor, filter: TaskforceFilter): Promise<number> {
    const params: unknown[] = [];
    const [row] = await this.db.read<{ n: number }>(actor, `select count(*)::int as n from taskforce t join project pv on pv.id = t.project_id where ${conditions(actor, filter, params).join(' and ')}`, params);
    return row!.n;
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('construction.read')) return null;
    const params: unknown[] = [];
    const where = conditions(actor, null, params);
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(taskforceFacts, { id: true, ...shape })} as node from taskforce t join project pv on pv.id = t.project_id where t.id = ${bind(params, id)} and ${where.join(' and ')}`, params);
    return row?.node ?? null;
  }

  private async open(tx: Tx, projectId: string): Promise<TaskforceRow | undefined> {
    return tx.row<TaskforceRow>('select id, version, project_id, formed_on, dissolved_on from taskforce where project_id = $1 and dissolved_on is null', [projectId]);
  }

  private async begin(tx: Tx, project: ProjectRow, formedOn: string, note: string | null): Promise<string> {
    const id = newId();
    await tx.run('insert into taskforce (id, zone_id, project_id, formed_on, formed_by, note) values ($1, app_zone(), $2, $3, app_staff(), $4)', [id, project.id, formedOn, note]);
    return id;
  }

  /** The gateway to one taskforce: its project, locked and seen, then its own row. */
  private async lock(tx: Tx, input: Pick<TaskforceChange, 'taskforceId' | 'expectedVersion'>): Promise<{ project: ProjectRow; taskforce: TaskforceRow }> {
    const found = input.taskforceId ? await tx.row<{ project_id: string }>('select project_id from taskforce where id = $1', [input.taskforceId]) : undefined;
    const project = await lockProject(tx, found?.project_id ?? null);
    const taskforce = (await tx.row<TaskforceRow>('select id, version, project_id, formed_on, dissolved_on from taskforce where id = $1 for update', [input.taskforceId]))!;
    demandVersion(taskforce, input.expectedVersion);
    if (taskforce.dissolved_on) throw new Refusal('TASKFORCE_DISSOLVED', ['taskforceId'], { day: taskforce.dissolved_on }, taskforce.id);
    return { project, taskforce };
  }

  private async changed(tx: Tx, taskforceId: string): Promise<Acted> {
    await tx.run('update taskforce set version = version + 1 where id = $1', [taskforceId]);
    return { taskforceId };
  }

  private async join(tx: Tx, taskforce: Pick<TaskforceRow, 'id' | 'project_id' | 'formed_on'>, member: MemberInput, policy: PolicyValue<'taskforce'>, path: string[], usualDay: string): Promise<void> {
    const sinceOn = member.sinceOn ? this.passed(member.sinceOn, [...path, 'sinceOn'], '起始日期') : usualDay;
    if (sinceOn < taskforce.formed_on) throw new Refusal('DATE_ORDER', [...path, 'sinceOn'], { field: '起始日期', value: sinceOn, other: '专班成立日期', otherValue: taskforce.formed_on }, taskforce.id);
    const person = member.staffId ? await tx.row<{ name: string; role: Role }>('select name, role from staff where id = $1 and disabled_at is null', [member.staffId]) : undefined;
    if (!person) throw new Refusal('UNKNOWN_REFERENCE', [...path, 'staffId'], { field: '人员', value: member.staffId ? `Staff:${member.staffId}` : '—' });
    if (!PERMISSIONS_OF_ROLE[person.role].includes('project.read')) throw new Refusal('INVALID', [...path, 'staffId'], { field: '人员', value: person.name, expected: '能查看项目的人员 / somebody who may see projects' }, taskforce.id);
    const words = policy.roles.find((r) => r.role === member.role)!;
    const held = await tx.rows<{ staff_id: string; role: string; name: string }>('select m.staff_id, m.role, (select s.name from staff s where s.id = m.staff_id) as name from taskforce_member m where m.taskforce_id = $1 and m.until_on is null', [taskforce.id]);
    if (held.some((m) => m.staff_id === member.staffId && m.role === member.role)) throw new Refusal('TASKFORCE_MEMBER_TWICE', [...path, 'staffId'], { name: person.name, role: words[tx.actor.locale] }, taskforce.id);
    const leader = member.role === 'LEADER' ? held.find((m) => m.role === 'LEADER') : undefined;
    if (leader) throw new Refusal('TASKFORCE_LEADER_TAKEN', [...path, 'role'], { role: words[tx.actor.locale], name: leader.name }, taskforce.id);
    const id = newId();
    await tx.run('insert into taskforce_member (id, zone_id, taskforce_id, staff_id, role, since_on, added_by) values ($1, app_zone(), $2, $3, $4, $5, app_staff())', [id, taskforce.id, member.staffId, member.role, sinceOn]);
    if (member.staffId === tx.actor.staffId) return;
    await this.reminders.planForAll(tx, { kind: 'TASKFORCE', cause: `TASKFORCE:${id}`, projectId: taskforce.project_id, dueOn: this.clock.today(), detail: { roleZh: words.zh, roleEn: words.en } }, [member.staffId!]);
  }

  private async end(tx: Tx, memberId: string, untilOn: string, reason: string): Promise<void> {
    await tx.run('update taskforce_member set until_on = greatest($2::date, since_on), ended_by = app_staff(), ended_at = app_now(), end_reason = $3 where id = $1 and until_on is null', [memberId, untilOn, reason.slice(0, 1000)]);
    await this.reminders.settle(tx, `TASKFORCE:${memberId}`, 'CANCELLED');
  }

  private async call(tx: Tx, taskforceId: string, departmentIds: readonly (string | null)[], sinceOn: string): Promise<void> {
    for (const [i, id] of departmentIds.entries()) {
      const known = id ? await tx.row('select from department where id = $1', [id]) : undefined;
      if (!known) throw new Refusal('UNKNOWN_REFERENCE', ['departmentIds', String(i)], { field: '部门', value: id ? `Department:${id}` : '—' });
    }
    await tx.run(`insert into taskforce_department (zone_id, taskforce_id, department_id, since_on, added_by) select app_zone(), $1, d.id, $3, app_staff() from (select distinct unnest($2::uuid[]) as id) d on conflict do nothing`, [taskforceId, departmentIds, sinceOn]);
  }

  private async policy(tx: Tx): Promise<PolicyValue<'taskforce'>> {
    return this.policies.value(tx, 'taskforce', this.clock.today());
  }

  /** @throws Refusal DATE_IN_FUTURE. */
  private passed(day: string | null | undefined, path: string[], field: string): string {
    const today = this.clock.today();
    if (day && day > today) throw new Refusal('DATE_IN_FUTURE', path, { field, value: day, today });
    return day ?? today;
  }
}

/** Who sees a project sees its taskforces; `null`: also dissolved ones. Alias pv of the project, t of the taskforce. */
function conditions(actor: Actor, f: TaskforceFilter | null, params: unknown[]): string[] {
  const where = [projectVisibility(actor, 'pv', params)];
  if (!f) return where;
  where.push(`t.dissolved_on is ${f.dissolved ? 'not null' : 'null'}`);
  if (f.projectId) where.push(`t.project_id = ${bind(params, f.projectId)}`);
  if (f.departmentIds) where.push(`pv.department_id = any(array(select dv.id from department dv where dv.path && ${bind(params, f.departmentIds)}::uuid[]))`);
  if (f.staffIds) where.push(`exists (select from taskforce_member m where m.taskforce_id = t.id and m.until_on is null and m.staff_id = any(${bind(params, f.staffIds)}::uuid[]))`);
  if (f.without) where.push(`not exists (select from taskforce_member m where m.taskforce_id = t.id and m.until_on is null and m.role = ${bind(params, f.without)})`);
  return where;
}
