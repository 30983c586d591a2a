import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DEADLINE_KINDS, DeadlinesService } from '@yinfeng/construction';
import { type Actor } from '@yinfeng/platform';
import { publishCalendar } from '../jobs/reminders-zone.js';
import { type DealDesk, dealDesk } from './deal-desk.js';

let desk: DealDesk;
beforeAll(async () => {
  desk = await dealDesk();
  await publishCalendar(desk.t.owner);
});
afterAll(() => desk.stop());
beforeEach(async () => {
  desk.api.clock.pin(new Date('2026-06-15T10:00:00+08:00'));
  await desk.t.owner.query('delete from deadline');
});

const local = (id: string) => id.split(':')[1]!;
interface Due { kind?: string; due: string; done?: string; department?: string; staff?: Actor; part?: string; title?: string }
/** Something due, as a record's trigger tells of it. */
const due = async (projectId: string, d: Due) => (await desk.t.owner.query<{ id: string }>(
  `insert into deadline (zone_id, project_id, kind, subject_id, part, title, due_on, department_id, staff_id, done_on) select zone_id, id, $2, new_id(), $3, $4, $5, $6, $7, $8 from project where id = $1 returning 'Deadline:' || id as id`,
  [local(projectId), d.kind ?? 'PERMIT', d.part ?? '', d.title ?? null, d.due, d.department ?? null, d.staff?.staffId ?? null, d.done ?? null])).rows[0]!.id;
const list = async (who: Actor, filter: object = {}, fields = 'id', more = '') => {
  const answer = await desk.api.gql(who, `query($f: DeadlineFilter) { deadlines(filter: $f${more}) { totalCount nodes { ${fields} } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`, { f: filter });
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data.deadlines;
};
const ids = async (who: Actor, filter: object = {}, more = '') => (await list(who, filter, 'id', more)).nodes.map((n: { id: string }) => n.id);

describe('what is due', () => {
  it('is told by the records themselves, with the project, who has to do it, and how long it is overdue', async () => {
    const id = await desk.project({ stage: 'SIGNED', name: '光电产业园' });
    const { handoff } = await desk.act(desk.recruiter, 'handoffSubmit', { projectId: id, toDepartmentId: `Department:${desk.zone.departments.service}` }, 'handoff { id dueOn }');
    const { commitment } = await desk.act(desk.recruiter, 'commitmentAdd', { projectId: id, side: 'ZONE', kind: 'LAND', content: '供地 100 亩', dueOn: '2026-06-10' }, 'commitment { id version }');
    const fields = 'kind title subjectId project { name stage light department { name } owner { name } } department { name } staff { name } sinceOn dueOn overdue workingDaysOverdue provisional';
    const { nodes } = await list(desk.leader, {}, fields);
    const project = { name: '光电产业园', stage: 'SIGNED', light: 'GREEN', department: { name: '招商一局一组' }, owner: { name: 'RECRUITER@group' } };
    expect(nodes).toEqual([
      { kind: 'COMMITMENT', title: '供地 100 亩', subjectId: commitment.id, project, department: { name: '招商一局一组' }, staff: { name: 'RECRUITER@group' }, sinceOn: '2026-06-15', dueOn: '2026-06-10', overdue: true, workingDaysOverdue: 3, provisional: false },
      { kind: 'HANDOFF_MISSING', title: null, subjectId: id, project, department: { name: '招商一局一组' }, staff: { name: 'RECRUITER@group' }, sinceOn: '2026-06-01', dueOn: '2026-06-15', overdue: false, workingDaysOverdue: null, provisional: false },
      { kind: 'HANDOFF', title: null, subjectId: handoff.id, project, department: { name: '项目服务中心' }, staff: null, sinceOn: '2026-06-15', dueOn: handoff.dueOn, overdue: false, workingDaysOverdue: null, provisional: false },
    ]);
    expect((await desk.api.gql(desk.leader, `{ node(id: "${nodes[0].subjectId}") { __typename id } }`)).data.node).toEqual({ __typename: 'Commitment', id: commitment.id });
    // Kept: no longer due, and on the list of what was.
    await desk.act(desk.recruiter, 'commitmentSettle', { commitmentId: commitment.id, expectedVersion: commitment.version, outcome: 'KEPT' });
    expect((await list(desk.leader, {}, 'kind')).nodes).toEqual([{ kind: 'HANDOFF_MISSING' }, { kind: 'HANDOFF' }]);
    expect((await list(desk.leader, { met: true }, 'kind doneOn overdue')).nodes).toEqual([{ kind: 'COMMITMENT', doneOn: '2026-06-15', overdue: false }]);
  });

  it('counts working days by the calendar: over the National Day, its worked Saturday, and a year without one', async () => {
    const id = await desk.project();
    await due(id, { due: '2026-09-30' });
    const late = async (at: string) => { desk.api.clock.pin(new Date(`${at}T10:00:00+08:00`)); return (await list(desk.leader, { overdue: true }, 'workingDaysOverdue')).nodes[0]?.workingDaysOverdue; };
    expect([await late('2026-09-30'), await late('2026-10-07'), await late('2026-10-08'), await late('2026-10-11'), await late('2026-10-12')]).toEqual([undefined, 0, 1, 3, 4]);
    // 2027 is not published: from its first day on weekdays count.
    const last = await late('2026-12-31');
    expect([await late('2027-01-01'), await late('2027-01-04')]).toEqual([last + 1, last + 2]);
  });

  it('rests while the project is suspended, and stands again when it moves again', async () => {
    const id = await desk.project();
    const one = await due(id, { due: '2026-06-01' });
    await desk.t.owner.query(`update project set status = 'SUSPENDED' where id = $1`, [local(id)]);
    expect(await list(desk.leader, { overdue: true })).toMatchObject({ totalCount: 0, nodes: [] });
    await desk.t.owner.query(`update project set status = 'ACTIVE' where id = $1`, [local(id)]);
    expect(await ids(desk.leader, { overdue: true })).toEqual([one]);
  });

  it('is found by kind, day, department with what lies below it, person and project; mine is what I am to do', async () => {
    const [a, b] = [await desk.project(), await desk.project({ owner: desk.zone.colleague, departmentId: desk.zone.departments.otherGroup })];
    const plain = await due(a, { due: '2026-06-16', kind: 'COMMITMENT' });
    const permit = await due(a, { due: '2026-06-11', kind: 'PERMIT', department: desk.zone.departments.service });
    const named = await due(b, { due: '2026-06-12', kind: 'CALL', part: 'REPORT_IN', staff: desk.recruiter });
    const departments = (...keys: ('bureau' | 'group' | 'service')[]) => keys.map((k) => `Department:${desk.zone.departments[k]}`);
    expect(await ids(desk.leader)).toEqual([permit, named, plain]);
    expect(await ids(desk.leader, {}, ', orderBy: LATEST')).toEqual([plain, named, permit]);
    expect(await ids(desk.leader, { kinds: ['CALL', 'COMMITMENT'] })).toEqual([named, plain]);
    expect([await ids(desk.leader, { overdue: true }), await ids(desk.leader, { overdue: false })]).toEqual([[permit, named], [plain]]);
    expect([await ids(desk.leader, { dueBefore: '2026-06-16' }), await ids(desk.leader, { dueBefore: '2026-06-17' })]).toEqual([[permit, named], [permit, named, plain]]);
    expect([await ids(desk.leader, { departmentIds: departments('bureau') }), await ids(desk.leader, { departmentIds: departments('group') }), await ids(desk.leader, { departmentIds: departments('service') })]).toEqual([[named, plain], [plain], [permit]]);
    expect(await ids(desk.leader, { staffIds: [`Staff:${desk.recruiter.staffId}`] })).toEqual([named, plain]);
    expect(await ids(desk.leader, { projectId: b })).toEqual([named]);
    expect([await ids(desk.recruiter, { mine: true }), await ids(desk.leader, { mine: true })]).toEqual([[plain], []]);
  });

  it('is paged by keyset, forwards and backwards, without loss or repetition', async () => {
    const id = await desk.project();
    for (let n = 0; n < 7; n++) await due(id, { due: `2026-06-${10 + (n % 3)}` });
    const all = await ids(desk.leader);
    const walked: string[] = [];
    for (let after = ''; ;) {
      const page = await list(desk.leader, {}, 'id', `, first: 3${after}`);
      walked.push(...page.nodes.map((n: { id: string }) => n.id));
      if (!page.pageInfo.hasNextPage) break;
      after = `, after: "${page.pageInfo.endCursor}"`;
    }
    expect(walked).toEqual(all);
    const last = await list(desk.leader, {}, 'id', ', last: 2');
    expect(last.nodes.map((n: { id: string }) => n.id)).toEqual(all.slice(-2));
    expect((await list(desk.leader, {}, 'id', `, last: 3, before: "${last.pageInfo.startCursor}"`)).nodes.map((n: { id: string }) => n.id)).toEqual(all.slice(2, 5));
  });
});

describe('who sees what is due', () => {
  it('is who sees the project; figures by kind and department are exactly their lists', async () => {
    const own = await desk.project();
    const beside = await desk.project({ owner: desk.zone.stranger, departmentId: desk.zone.departments.otherBureau });
    await due(own, { due: '2026-06-12' });
    await due(own, { due: '2026-06-20' });
    await due(own, { due: '2026-06-12', kind: 'CALL', department: desk.zone.departments.service });
    const called = await due(beside, { due: '2026-06-11', department: desk.zone.departments.service });
    await desk.t.owner.query('insert into project_department (zone_id, project_id, department_id) values ($1, $2, $3)', [desk.zone.id, local(beside), desk.zone.departments.service]);
    const counts = [];
    for (const who of [desk.leader, desk.manager, desk.recruiter, desk.zone.stranger, desk.zone.colleague, desk.zone.as.SERVICE, desk.other.as.LEADER]) counts.push((await list(who)).totalCount);
    expect(counts).toEqual([4, 3, 3, 1, 0, 1, 0]);
    expect(await ids(desk.zone.as.SERVICE)).toEqual([called]);
    expect((await desk.api.gql(desk.zone.as.AGENT, '{ deadlines { nodes { id } } }')).errors[0].extensions.code).toBe('FORBIDDEN');
    expect((await desk.api.gql(desk.recruiter, `{ node(id: "${called}") { id } }`)).errors[0].extensions.code).toBe('NOT_FOUND');
    expect((await desk.api.gql(desk.leader, `{ node(id: "${called}") { id ... on Deadline { dueOn } } }`)).data.node).toEqual({ id: called, dueOn: '2026-06-11' });

    for (const who of [desk.leader, desk.manager, desk.recruiter, desk.zone.stranger, desk.zone.as.SERVICE]) {
      const rows = 'totalCount nodes { kind department { name } overdue }';
      const { deadlineFigures: figures } = (await desk.api.gql(who, `{ deadlineFigures(first: 5) { kind department { name } open overdue all: deadlines(first: 20) { ${rows} } late: deadlines(overdue: true, first: 20) { ${rows} } } }`)).data;
      for (const f of figures) {
        expect([f.all.totalCount, f.all.nodes.length, f.late.totalCount, f.late.nodes.length]).toEqual([f.open, f.open, f.overdue, f.overdue]);
        for (const n of f.all.nodes) expect([n.kind, n.department]).toEqual([f.kind, f.department]);
      }
      const { nodes } = await list(who, {}, 'overdue', ', first: 200');
      expect([figures.reduce((n: number, f: { open: number }) => n + f.open, 0), figures.reduce((n: number, f: { overdue: number }) => n + f.overdue, 0)]).toEqual([nodes.length, nodes.filter((n: { overdue: boolean }) => n.overdue).length]);
    }
    expect((await desk.api.gql(desk.leader, '{ deadlineFigures { kind department { name } open overdue } }')).data.deadlineFigures).toEqual([
      { kind: 'PERMIT', department: { name: '招商一局一组' }, open: 2, overdue: 1 }, { kind: 'CALL', department: { name: '项目服务中心' }, open: 1, overdue: 1 }, { kind: 'PERMIT', department: { name: '项目服务中心' }, open: 1, overdue: 1 },
    ]);
  });

  it('answers the short way as the ordinary way', async () => {
    const id = await desk.project();
    for (let n = 0; n < 4; n++) await due(id, { due: `2026-06-1${n}`, title: `"引\\号"${n}` });
    const selection = 'totalCount nodes { __typename id kind title dueOn overdue workingDaysOverdue subjectId part who: staff { id name } department { name } project { id name stage light owner { name } department { id } } } pageInfo { hasNextPage endCursor }';
    const ask = (body: string) => desk.api.gql(desk.manager, body);
    const service = desk.api.running.app.get(DeadlinesService, { strict: false });
    const taken = jest.spyOn(service, 'pageOfText');
    const short = await ask(`{ deadlines(first: 3, filter: { overdue: true }) { ${selection} } }`);
    expect(taken).toHaveBeenCalledTimes(1);
    expect(short.errors).toBeUndefined();
    expect(short).toEqual(await ask(`{ deadlines(first: 3, filter: { overdue: true }) { ...A @include(if: true) } } fragment A on DeadlineConnection { ${selection} }`));
  });
});

it('knows every kind that a record tells of', () => {
  const folder = new URL('../../libs/platform/src/database/migrations/', import.meta.url);
  const told = readdirSync(folder).flatMap((f) => [...readFileSync(new URL(f, folder), 'utf8').matchAll(/deadline_keep\([^'();]*'([A-Z_]+)'/g)].map((m) => m[1]!));
  expect(told.length).toBeGreaterThan(0);
  expect(told.filter((kind) => !Object.hasOwn(DEADLINE_KINDS, kind))).toEqual([]);
});
