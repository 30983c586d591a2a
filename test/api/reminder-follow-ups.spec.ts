import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { publishCalendar, reminderZone, type ReminderZone } from '../jobs/reminders-zone.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let t: TestDatabase;
let api: TestApi;
let zone: ReminderZone;
let projectId: string;

beforeAll(async () => {
  t = await testDatabase();
  api = await testApi(t);
});
afterAll(async () => {
  await api.stop();
  await t.stop();
});
beforeEach(async () => {
  await t.clean();
  await publishCalendar(t.owner);
  zone = await reminderZone(t.owner);
  projectId = `Project:${await zone.project({ name: '光电产业园', stage: 'NEGOTIATING' })}`;
  api.clock.pin(new Date('2026-10-09T10:00:00+08:00'));
});

const act = async (name: string, input: object, payload = 'userErrors { code }', type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`) => {
  const answer = await api.gql(zone.recruiter, `mutation($input: ${type}!) { act: ${name}(input: $input) { ${payload} } }`, { input });
  return answer.data.act;
};
const log = async (input: object) => (await act('visitLog', { direction: 'OUTBOUND', visitedOn: '2026-10-09', content: '洽谈', ...input }, 'visit { id version } userErrors { code }')).visit;
const told = async (state: string[]) => (await api.gql(zone.recruiter, 'query($filter: ReminderFilter) { reminders(filter: $filter, first: 50) { nodes { state dueOn title } } }', { filter: { kind: ['FOLLOW_UP'], state } })).data.reminders.nodes.map((n: { state: string; dueOn: string }) => `${n.state} ${n.dueOn}`);
const project = async () => (await api.gql(zone.recruiter, `{ project(id: "${projectId}") { version nextFollowUpAt nextStep visitCount } }`)).data.project;
/** A follow-up that was agreed last week and has come. */
async function agreed(): Promise<void> {
  await log({ projectId, visitedOn: '2026-09-30', nextFollowUpOn: '2026-10-12', nextStep: '送方案' });
  await t.owner.query(`update reminder set state = 'DELIVERED', delivered_at = due_at where kind = 'FOLLOW_UP'`);
}

describe('a follow-up', () => {
  it('is done by a logged visit, and open again with the project\'s day when that visit is deleted, done when the deletion is taken back', async () => {
    await agreed();
    api.clock.pin(new Date('2026-10-12T11:00:00+08:00'));
    const visit = await log({ projectId, visitedOn: '2026-10-12', nextFollowUpOn: '2026-10-19', nextStep: '谈条款' });
    expect(await told(['DONE'])).toEqual(['DONE 2026-10-12']);
    expect(await told(['PLANNED', 'DELIVERED'])).toEqual(['PLANNED 2026-10-19']);
    const gone = await act('visitDelete', { visitId: visit.id, expectedVersion: 1, reason: '登错项目' }, 'act { id } userErrors { code }');
    expect(gone.userErrors).toEqual([]);
    expect(await told(['PLANNED', 'DELIVERED'])).toEqual(['DELIVERED 2026-10-12']);
    expect(await project()).toMatchObject({ nextFollowUpAt: '2026-10-12', nextStep: '送方案', visitCount: 1 });
    expect((await act('deletionUndo', { actId: gone.act.id, reason: '没有登错' }, 'userErrors { code }', 'UndoInput')).userErrors).toEqual([]);
    expect(await told(['DONE'])).toEqual(['DONE 2026-10-12']);
    expect(await told(['PLANNED', 'DELIVERED'])).toEqual(['PLANNED 2026-10-19']);
    expect(await project()).toMatchObject({ nextFollowUpAt: '2026-10-19', nextStep: '谈条款', visitCount: 2 });
  });

  it('is done by a visit that is bound later, and open again when it is unbound', async () => {
    await agreed();
    api.clock.pin(new Date('2026-10-12T11:00:00+08:00'));
    const visit = await log({ visitedOn: '2026-10-12', enterpriseName: '甲公司' });
    expect((await act('visitBind', { visitId: visit.id, projectId, expectedVersion: 1 })).userErrors).toEqual([]);
    expect(await told(['DONE'])).toEqual(['DONE 2026-10-12']);
    expect(await project()).toMatchObject({ nextFollowUpAt: null, visitCount: 2 });
    expect((await act('visitUnbind', { visitId: visit.id, expectedVersion: 2 })).userErrors).toEqual([]);
    expect(await told(['PLANNED', 'DELIVERED'])).toEqual(['DELIVERED 2026-10-12']);
    expect(await project()).toMatchObject({ nextFollowUpAt: '2026-10-12', nextStep: '送方案', visitCount: 1 });
  });

  it('that was agreed since stays, whatever becomes of the visit before it', async () => {
    await agreed();
    const visit = await log({ projectId, nextFollowUpOn: '2026-10-19', nextStep: '谈条款' });
    const { version } = await project();
    expect((await act('projectEdit', { projectId, expectedVersion: version, nextFollowUpOn: '2026-10-21', nextStep: '签约' })).userErrors).toEqual([]);
    await act('visitDelete', { visitId: visit.id, expectedVersion: 1, reason: '登错项目' });
    expect(await told(['PLANNED', 'DELIVERED'])).toEqual(['PLANNED 2026-10-21']);
    expect(await project()).toMatchObject({ nextFollowUpAt: '2026-10-21', nextStep: '签约' });
  });
});
