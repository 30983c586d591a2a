import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DutiesService } from '@yinfeng/construction';
import { type Actor, newId } from '@yinfeng/platform';
import { type DealDesk, dealDesk } from './deal-desk.js';

let desk: DealDesk;
let landed: string;
beforeAll(async () => { desk = await dealDesk(); });
afterAll(() => desk.stop());
beforeEach(async () => {
  desk.api.clock.pin(new Date('2026-06-15T10:00:00+08:00'));
  await desk.t.owner.query(`update project set status = 'SUSPENDED', state_at = now() where status = 'ACTIVE' and zone_id = $1`, [desk.zone.id]);
  landed = await land('PRODUCING', '2025-11-20');
});

async function land(stage: string, on: string, values: object = {}): Promise<string> {
  const id = await desk.project({ stage, ...values });
  await desk.t.owner.query(`insert into milestone (zone_id, project_id, kind, event_on, entered_at) select zone_id, id, 'LANDED', $2, shanghai_midnight($2::date) from project where id = $1`, [id.split(':')[1], on]);
  return id;
}
const ask = async (who: Actor, query: string, variables: object = {}) => {
  const answer = await desk.api.gql(who, query, variables);
  if (answer.errors) throw new Error(answer.errors[0].extensions.code);
  return answer.data;
};
const logged = (projectId: string, on: string, direction: string) => ask(desk.recruiter, 'mutation($input: VisitLogInput!) { visitLog(input: $input) { visit { id } userErrors { code } } }', { input: { projectId, visitedOn: on, direction, content: '走访存量企业' } });
const plan = async (filter: object = {}, who = desk.manager) => (await ask(who, 'query($f: AftercareFilter) { aftercarePlan(filter: $f) { totalCount nodes { project { id } landedOn lastVisit { visitedOn } dueOn overdue } } }', { f: filter })).aftercarePlan;
const figures = async (from: string, to: string, who = desk.manager) => (await ask(who, 'query($from: Date!, $to: Date!) { aftercareFigures(from: $from, to: $to) { landed overdue visits visited expansions } }', { from, to })).aftercareFigures;
const report = (input: object, who = desk.recruiter) => ask(who, 'mutation($input: LeadReportInput!) { leadReport(input: $input) { project { id name grownFrom { id } } userErrors { code path } } }', { input: { confirmNotDuplicate: true, ...input } }).then((d) => d.leadReport);

describe('visits to landed firms', () => {
  it('are due so many months after the landing, then after each visit that counts; who waits longest comes first', async () => {
    const later = await land('LANDED', '2026-03-02');
    const signed = await desk.project({ stage: 'SIGNED' });
    expect(await plan()).toEqual({ totalCount: 2, nodes: [
      { project: { id: landed }, landedOn: '2025-11-20', lastVisit: null, dueOn: '2026-05-20', overdue: true },
      { project: { id: later }, landedOn: '2026-03-02', lastVisit: null, dueOn: '2026-09-02', overdue: false },
    ] });
    await logged(landed, '2026-06-10', 'CALL');
    await logged(signed, '2026-06-10', 'SITE');
    expect((await plan({ overdue: true })).nodes.map((n: { project: { id: string } }) => n.project.id)).toEqual([landed]);
    await logged(landed, '2026-06-11', 'SITE');
    expect((await plan({ overdue: true })).totalCount).toBe(0);
    expect((await plan()).nodes.map((n: { dueOn: string; lastVisit: object | null }) => [n.dueOn, n.lastVisit])).toEqual([['2026-09-02', null], ['2026-12-11', { visitedOn: '2026-06-11' }]]);
    expect((await plan({ dueBefore: '2026-09-02' })).totalCount).toBe(1);
    expect((await plan({ stages: ['PRODUCING'] })).totalCount).toBe(1);
    expect((await plan({ departmentIds: [`Department:${desk.zone.departments.otherBureau}`] })).totalCount).toBe(0);
    expect((await plan({}, desk.zone.stranger)).totalCount).toBe(0);
    await desk.policy('aftercare', { everyMonths: 3, visits: ['SITE', 'CALL'] });
    expect((await plan()).nodes.map((n: { dueOn: string }) => n.dueOn)).toEqual(['2026-06-02', '2026-09-11']);
    await desk.policy('aftercare', { everyMonths: 6, visits: ['SITE', 'OUTBOUND'] });
    expect((await desk.api.gql(desk.zone.as.AGENT, '{ aftercarePlan { totalCount } }')).errors[0].extensions.code).toBe('FORBIDDEN');
  });

  it('stand on the list of what is due, kept by the hourly look, once however often it runs', async () => {
    const due = async () => (await desk.t.owner.query(`select since_on::text as since, due_on::text as due from deadline where kind = 'AFTERCARE' and project_id = $1`, [landed.split(':')[1]])).rows;
    const sweep = () => desk.api.running.app.get(DutiesService).sweep();
    await Promise.all([sweep(), sweep()]);
    expect(await due()).toEqual([{ since: '2025-11-20', due: '2026-05-20' }]);
    expect(await sweep()).toBe(0);
    await logged(landed, '2026-06-15', 'OUTBOUND');
    await sweep();
    expect(await due()).toEqual([{ since: '2026-06-15', due: '2026-12-15' }]);
    await desk.t.owner.query(`update project set status = 'WITHDRAWN', state_at = now() where id = $1`, [landed.split(':')[1]]);
    await sweep();
    expect(await due()).toEqual([]);
  });
});

describe('an expansion lead', () => {
  it('is reported as grown from a landed project, linked at once, and seen from both sides', async () => {
    const name = (await desk.see(desk.recruiter, landed, 'name')).name;
    const done = await report({ name: `${name}二期扩产`, grownFromId: landed, idempotencyKey: newId() });
    expect(done).toMatchObject({ project: { grownFrom: { id: landed } }, userErrors: [] });
    expect(await desk.see(desk.recruiter, landed, 'expansions { id } phases { kind project { id } } grownFrom { id }')).toEqual({ expansions: [{ id: done.project.id }], phases: [{ kind: 'EXPANSION_OF', project: { id: done.project.id } }], grownFrom: null });
    const [link] = (await desk.t.owner.query('select kind, linked_by from project_link where project_id = $1', [done.project.id.split(':')[1]])).rows;
    expect(link).toEqual({ kind: 'EXPANSION_OF', linked_by: desk.recruiter.staffId });
    expect((await report({ name: '独立新项目甲乙丙' })).project.grownFrom).toBeNull();
  });

  it('does not grow from what the reporter does not see', async () => {
    const input = { name: '悄悄扩产项目' };
    for (const grownFromId of [`Project:${newId()}`, 'Project:1', `Visit:${newId()}`]) await expect(report({ ...input, grownFromId })).rejects.toThrow('NOT_FOUND');
    await expect(report({ ...input, grownFromId: landed }, desk.zone.stranger)).rejects.toThrow('NOT_FOUND');
    await expect(report({ ...input, grownFromId: landed }, desk.other.as.RECRUITER)).rejects.toThrow('NOT_FOUND');
    expect((await desk.t.owner.query('select 1 from project where name = $1', [input.name])).rowCount).toBe(0);
  });
});

describe('figures of aftercare', () => {
  it('count what their lists show: visits after the landing, projects visited, leads that grew', async () => {
    desk.api.clock.pin(new Date('2026-08-20T10:00:00+08:00'));
    await logged(landed, '2026-08-03', 'SITE');
    await logged(landed, '2026-08-10', 'OUTBOUND');
    await logged(landed, '2026-08-11', 'CALL');
    const young = await land('LANDED', '2026-08-12');
    await logged(young, '2026-08-11', 'SITE');
    await logged(young, '2026-08-12', 'SITE');
    await report({ name: '八月扩产新线', grownFromId: landed });
    await report({ name: '签约前的后续项目', grownFromId: await desk.project({ stage: 'NEGOTIATING' }) });
    expect(await figures('2026-08-01', '2026-08-31')).toEqual({ landed: 2, overdue: 0, visits: 3, visited: 2, expansions: 1 });
    expect(await figures('2026-08-11', '2026-08-19')).toMatchObject({ visits: 1, visited: 1, expansions: 0 });
    const rows = await ask(desk.manager, '{ aftercareVisits(from: "2026-08-01", to: "2026-08-31") { totalCount nodes { visitedOn direction project { id } } } expansionLeads(from: "2026-08-01", to: "2026-08-31") { totalCount nodes { name grownFrom { id } } } }');
    expect(rows.aftercareVisits).toEqual({ totalCount: 3, nodes: [{ visitedOn: '2026-08-12', direction: 'SITE', project: { id: young } }, { visitedOn: '2026-08-10', direction: 'OUTBOUND', project: { id: landed } }, { visitedOn: '2026-08-03', direction: 'SITE', project: { id: landed } }] });
    expect(rows.expansionLeads).toEqual({ totalCount: 1, nodes: [{ name: '八月扩产新线', grownFrom: { id: landed } }] });
    expect(await figures('2026-08-01', '2026-08-31', desk.zone.stranger)).toEqual({ landed: 0, overdue: 0, visits: 0, visited: 0, expansions: 0 });
    await expect(figures('2026-08-31', '2026-08-01')).rejects.toThrow('BAD_USER_INPUT');
    expect((await desk.api.gql(desk.zone.as.AGENT, '{ expansionLeads(from: "2026-08-01", to: "2026-08-31") { totalCount } }')).errors[0].extensions.code).toBe('FORBIDDEN');
  });
});
