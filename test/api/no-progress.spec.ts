import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ReportsSweepService } from '@yinfeng/construction';
import { POLICIES } from '@yinfeng/directory';
import type { Actor } from '@yinfeng/platform';
import { DeliveryService } from '@yinfeng/reminders';
import { publishCalendar } from '../jobs/reminders-zone.js';
import { codes, type DealDesk, dealDesk } from './deal-desk.js';

let desk: DealDesk;
let sweep: ReportsSweepService;
beforeAll(async () => {
  desk = await dealDesk();
  await publishCalendar(desk.t.owner);
  sweep = desk.api.running.app.get(ReportsSweepService);
});
afterAll(() => desk.stop());
beforeEach(async () => {
  await desk.t.owner.query(`update project set status = 'WITHDRAWN'`);
  await desk.t.owner.query(`delete from zone_policy where name in ('reportsDue', 'noProgressReasons')`);
  await desk.t.owner.query('delete from reminder_delivery');
  await desk.t.owner.query('delete from reminder');
  await desk.t.owner.query('delete from outbox');
  at('2026-09-14');
});

const at = (moment: string) => {
  const instant = new Date(`${moment.length === 10 ? `${moment}T10:00:00` : moment}+08:00`);
  desk.api.clock.pin(instant);
  desk.t.clock.pin(instant);
};
const SEPTEMBER = '2026-09-14';
const silent = async (who: Actor = desk.leader, month = SEPTEMBER, filter = ''): Promise<string[]> => {
  const answer = await desk.api.gql(who, `{ noProgress(month: "${month}", first: 200${filter && `, filter: { ${filter} }`}) { totalCount nodes { name } } }`);
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  expect(answer.data.noProgress.totalCount).toBe(answer.data.noProgress.nodes.length);
  return answer.data.noProgress.nodes.map((p: { name: string }) => p.name);
};
const local = (id: string) => id.split(':')[1]!;
const NOTE = 'noProgressNote { id version month reason label words stands saidBy { name } }';
const explain = (who: Actor, projectId: string, input: object = {}) => desk.act(who, 'noProgressExplain', { projectId, month: SEPTEMBER, reason: 'LAND', words: '地块未定', ...input }, NOTE);
const visit = (who: Actor, id: string, visitedOn: string) => desk.act(who, 'visitLog', { projectId: id, direction: 'OUTBOUND', visitedOn, content: '拜访' });

describe('a month without progress', () => {
  it('lists what is under way and did not move: a visit, a stage, an agreement, a milestone, a next step or its record moves it, each in its own month', async () => {
    const project = (name: string, stage = 'NEGOTIATING') => desk.project({ name, stage });
    const [still, visited, stepped, signed, staged, built] = [await project('没动'), await project('走访'), await project('下一步'), await project('签约'), await project('阶段'), await project('节点', 'STARTED')];
    await project('线索', 'LEAD');
    await project('投产', 'PRODUCING');
    await desk.t.owner.query(`update project set status = 'SUSPENDED' where id = $1`, [local(await project('暂停'))]);
    expect((await silent()).sort()).toEqual(['下一步', '没动', '签约', '走访', '节点', '阶段'].sort());
    await visit(desk.recruiter, visited, '2026-09-14');
    expect((await desk.act(desk.recruiter, 'projectEdit', { projectId: stepped, expectedVersion: 1, nextStep: '看地', nextFollowUpOn: '2026-10-20' })).userErrors).toEqual([]);
    expect((await desk.act(desk.recruiter, 'signingRecord', { projectId: signed, kind: 'INTENT', signedOn: '2026-09-10', partyName: '甲' })).userErrors).toEqual([]);
    await desk.t.owner.query(`insert into milestone (zone_id, project_id, kind, event_on, entered_at) values ($1, $2, 'NEGOTIATED', '2026-09-30', '2026-10-02T00:00:00Z')`, [desk.zone.id, local(staged)]);
    await desk.t.owner.query(`insert into works_milestone (zone_id, project_id, code, name_zh, name_en, reached_on) values ($1, $2, 'CAPPING', '封顶', 'Capping', '2026-09-01')`, [desk.zone.id, local(built)]);
    expect(await silent()).toEqual(['没动']);
    // Everything was put on record in June, and nothing happened before September.
    expect((await silent(desk.leader, '2026-08-31')).sort()).toEqual(['下一步', '没动', '签约', '走访', '节点', '阶段'].sort());
    expect(await silent(desk.leader, '2026-06-30')).toEqual([]);
    expect(await silent(desk.leader, '2026-05-01')).toEqual([]);
    expect(await desk.see(desk.leader, stepped, 'lastProgressOn')).toEqual({ lastProgressOn: '2026-09-14' });
    expect(await desk.see(desk.leader, still, 'lastProgressOn noProgressNotes { id }')).toEqual({ lastProgressOn: '2026-06-01', noProgressNotes: [] });
    expect((await desk.api.gql(desk.leader, '{ noProgress(month: "2026-10-01") { totalCount } }')).errors[0].message).toContain('2026-10');
    // A visit that is logged late counts for the day on which it was made.
    at('2026-10-12');
    await visit(desk.recruiter, still, '2026-09-29');
    expect([await silent(), (await silent(desk.leader, '2026-10-01')).includes('没动')]).toEqual([[], true]);
  });

  it('is each one\'s own, and follows the stages of the zone', async () => {
    await desk.project({ name: '我的' });
    await desk.project({ name: '同组的', owner: desk.groupLeader });
    await desk.project({ name: '别组的', owner: desk.zone.colleague, departmentId: desk.zone.departments.otherGroup });
    expect([await silent(desk.recruiter), (await silent(desk.groupLeader)).sort(), (await silent(desk.manager)).length, await silent(desk.other.as.LEADER)]).toEqual([['我的'], ['同组的', '我的'].sort(), 3, []]);
    expect(await silent(desk.leader, SEPTEMBER, `departmentIds: ["Department:${desk.zone.departments.otherGroup}"]`)).toEqual(['别组的']);
    expect(await silent(desk.leader, SEPTEMBER, `ownerIds: ["Staff:${desk.groupLeader.staffId}"]`)).toEqual(['同组的']);
    await desk.policy('noProgressReasons', { stages: ['SIGNED'] });
    expect(await silent()).toEqual([]);
    // A month that is over keeps the rule of its end.
    expect(await silent(desk.leader, '2026-08-01')).toHaveLength(3);
  });
});

describe('the reason', () => {
  it('is one of the zone\'s list with words, counts once, is corrected by a new one and can be taken back; nothing is lost', async () => {
    const id = await desk.project({ name: '甲' });
    expect((await desk.api.gql(desk.recruiter, '{ noProgressReasons { code label } }')).data.noProgressReasons[0]).toEqual({ code: 'INVESTOR_DECIDING', label: '投资方内部决策中' });
    expect(codes(await explain(desk.recruiter, id, { reason: 'WEATHER' }))).toEqual([['UNKNOWN_CHOICE', 'reason']]);
    expect(codes(await explain(desk.recruiter, id, { words: ' ' }))).toEqual([['REQUIRED', 'words']]);
    expect(codes(await explain(desk.recruiter, id, { month: '2026-10-01' }))).toEqual([['DATE_IN_FUTURE', 'month']]);
    const { noProgressNote: note } = await explain(desk.recruiter, id, { idempotencyKey: 'a' });
    expect(note).toMatchObject({ version: 1, month: '2026-09-01', reason: 'LAND', label: '用地、厂房未落实', words: '地块未定', stands: true, saidBy: { name: desk.recruiter.name } });
    expect((await explain(desk.recruiter, id, { idempotencyKey: 'a' })).noProgressNote.id).toBe(note.id);
    const second = await explain(desk.recruiter, id);
    expect([codes(second), second.noProgressNote.id]).toEqual([[['CONFLICT', 'month']], note.id]);
    expect([await silent(desk.leader, SEPTEMBER, 'explained: false'), await silent(desk.leader, SEPTEMBER, 'explained: true'), await silent()]).toEqual([[], ['甲'], ['甲']]);
    const { noProgressNote: corrected } = await desk.act(desk.recruiter, 'noProgressCorrect', { noteId: note.id, expectedVersion: 1, words: '规划调整，地块未定' }, NOTE);
    expect(corrected).toMatchObject({ reason: 'LAND', words: '规划调整，地块未定', stands: true });
    expect(codes(await desk.act(desk.recruiter, 'noProgressCorrect', { noteId: note.id, expectedVersion: 2, words: '再改' }))).toEqual([['NO_PROGRESS_NOTE_ENDED', 'noteId']]);
    expect(codes(await desk.act(desk.recruiter, 'noProgressWithdraw', { noteId: corrected.id, expectedVersion: 1, why: '' }))).toEqual([['REASON_REQUIRED', 'why']]);
    expect((await desk.act(desk.groupLeader, 'noProgressWithdraw', { noteId: corrected.id, expectedVersion: 1, why: '实有走访' }, NOTE)).noProgressNote).toMatchObject({ stands: false });
    expect(await silent(desk.leader, SEPTEMBER, 'explained: false')).toEqual(['甲']);
    expect((await desk.see(desk.leader, id, 'noProgressNotes { words stands withdrawReason replacedAt }')).noProgressNotes).toEqual([
      { words: '规划调整，地块未定', stands: false, withdrawReason: '实有走访', replacedAt: null }, { words: '地块未定', stands: false, withdrawReason: null, replacedAt: expect.any(String) },
    ]);
    expect((await desk.see(desk.leader, id, 'timeline(first: 5) { nodes { kind subject text } }')).timeline.nodes.filter((e: { kind: string }) => e.kind === 'NO_PROGRESS').map((e: { text: string }) => e.text).sort()).toEqual(['用地、厂房未落实：地块未定（已更正）', '用地、厂房未落实：规划调整，地块未定（已撤回）']);
    await expect(desk.t.db.tx(desk.recruiter, (tx) => tx.run(`update no_progress_note set content = '改写'`))).rejects.toThrow(/permission denied/);
  });

  it('is given by whoever sees the project and may edit, for what is asked', async () => {
    const id = await desk.project({ name: '甲' });
    expect(await desk.refused(desk.zone.stranger, 'noProgressExplain', { projectId: id, month: SEPTEMBER, reason: 'LAND', words: 'x' })).toBe('NOT_FOUND');
    expect(await desk.refused(desk.leader, 'noProgressExplain', { projectId: id, month: SEPTEMBER, reason: 'LAND', words: 'x' })).toBe('FORBIDDEN');
    await visit(desk.recruiter, id, '2026-09-14');
    expect(codes(await explain(desk.recruiter, id))).toEqual([['NO_PROGRESS_MOVED', 'month']]);
    expect(codes(await explain(desk.recruiter, await desk.project({ stage: 'LEAD' })))).toEqual([['NO_PROGRESS_NOT_ASKED', 'projectId']]);
    const other = await desk.project({ name: '乙' });
    const both = await Promise.all([explain(desk.recruiter, other), explain(desk.groupLeader, other)]);
    expect(both.map((b) => codes(b)).sort()).toEqual([[], [['CONFLICT', 'month']]]);
  });

  it('goes with a project that is merged into another, and comes back with it', async () => {
    const [stays, goes] = [await desk.project({ name: '留' }), await desk.project({ name: '并' })];
    await explain(desk.recruiter, goes);
    await explain(desk.recruiter, goes, { month: '2026-08-01', words: '八月' });
    await explain(desk.recruiter, stays, { words: '自有说明' });
    const words = async (id: string) => (await desk.see(desk.leader, id, 'noProgressNotes { words }')).noProgressNotes.map((n: { words: string }) => n.words).sort();
    const merge = await desk.act(desk.manager, 'projectMerge', { survivorId: stays, otherId: goes, expectedVersion: await desk.version(stays), otherExpectedVersion: await desk.version(goes), reason: '重复' }, 'act { id }');
    expect(merge.userErrors).toEqual([]);
    // What the one that stays has said of a month stands; the other's words of it remain with the one that went.
    expect(await words(stays)).toEqual(['八月', '自有说明'].sort());
    expect((await desk.api.gql(desk.manager, 'mutation($input: UndoInput!) { mergeUndo(input: $input) { userErrors { code } } }', { input: { actId: merge.act.id, reason: '误并' } })).data.mergeUndo.userErrors).toEqual([]);
    expect([await words(stays), await words(goes)]).toEqual([['自有说明'], ['八月', '地块未定'].sort()]);
  });

  it('masks a phone in its words for whom the contacts of the project are masked, and in the books', async () => {
    const id = await desk.project({ name: '甲' });
    await explain(desk.recruiter, id, { words: '联系 13812345678 未答复' });
    const words = async (who: Actor) => (await desk.see(who, id, 'noProgressNotes { words }')).noProgressNotes[0].words;
    expect(await words(desk.recruiter)).toBe('联系 13812345678 未答复');
    expect(await words(desk.leader)).not.toContain('13812345678');
    expect(JSON.stringify((await desk.t.owner.query(`select after from audit_entry where entity = 'no_progress_note'`)).rows)).not.toContain('13812345678');
  });
});

describe('near the end of the month', () => {
  const titles = async (who: Actor, states = '[DELIVERED, PLANNED]') => (await desk.api.gql(who, `{ reminders(filter: { kind: [NO_PROGRESS], state: ${states} }) { nodes { title state dueOn } } }`)).data.reminders.nodes;
  const deliver = async () => {
    const delivery = new DeliveryService(desk.t.db);
    await delivery.sweep();
    for (const { data } of (await desk.t.owner.query<{ data: { zoneId: string; deliveryIds: string[] } }>(`delete from outbox where job = 'reminders.deliver' returning data`)).rows) await delivery.deliver(data.zoneId, data.deliveryIds);
  };
  const run = async (moment: string) => { at(moment); return (await sweep.sweepZone(desk.zone.id)).noProgress; };

  it('asks each person once, on the third last working day, with the number; done when all moved or are explained', async () => {
    const first = await desk.project({ name: '甲' });
    const second = await desk.project({ name: '乙' });
    await desk.project({ name: '丙', owner: desk.groupLeader });
    // 28, 29, 30 September: the 25th to the 27th are off.
    expect(await run('2026-09-24')).toBe(0);
    expect(await run('2026-09-28')).toBe(2);
    expect(await run('2026-09-28')).toBe(0);
    await deliver();
    expect(await titles(desk.recruiter)).toEqual([{ title: '您有 2 个项目 2026-09 尚无进展，请更新进度或说明原因', state: 'DELIVERED', dueOn: '2026-09-28' }]);
    await visit(desk.recruiter, first, '2026-09-28');
    await run('2026-09-28T11:05:00');
    expect((await titles(desk.recruiter))[0].title).toContain('1 个项目');
    const { noProgressNote: note } = await explain(desk.recruiter, second);
    expect(await titles(desk.recruiter)).toEqual([]);
    expect(await titles(desk.recruiter, '[DONE]')).toHaveLength(1);
    // Taken back: asked again, also after the month is over.
    await desk.act(desk.recruiter, 'noProgressWithdraw', { noteId: note.id, expectedVersion: 1, why: '误录' });
    expect(await titles(desk.recruiter)).toHaveLength(1);
    expect(await run('2026-10-08')).toBe(0);
    expect(await titles(desk.recruiter)).toHaveLength(1);
    await explain(desk.recruiter, second);
    await explain(desk.groupLeader, (await desk.t.owner.query<{ id: string }>(`select 'Project:' || id as id from project where name = '丙' and status = 'ACTIVE'`)).rows[0]!.id);
    expect([await titles(desk.recruiter), await titles(desk.groupLeader)]).toEqual([[], []]);
  });

  it('asks the head where nobody is in charge, and once though two run at the same time', async () => {
    const id = await desk.project({ name: '无人负责' });
    await desk.t.owner.query('update project set owner_id = null where id = $1', [local(id)]);
    at('2026-09-29');
    const both = await Promise.all([sweep.sweepZone(desk.zone.id), sweep.sweepZone(desk.zone.id)]);
    expect(both.map((b) => b.noProgress).sort()).toEqual([0, 1]);
    expect(await titles(desk.groupLeader)).toHaveLength(1);
  });

  it('rings for nobody where the zone does not want it', async () => {
    await desk.project({ name: '甲' });
    const { rules } = POLICIES.reminderRules.usual;
    await desk.policy('reminderRules', { rules: rules.map((r) => (r.code === 'NO_PROGRESS' ? { ...r, enabled: false } : r)) });
    expect(await run('2026-09-29')).toBe(0);
    await desk.t.owner.query(`delete from zone_policy where name = 'reminderRules'`);
    expect(await run('2026-09-29')).toBe(1);
  });

  it('counts by weekdays where the year is not published', async () => {
    at('2027-02-10');
    await desk.project({ name: '明年' });
    expect([await run('2027-02-23'), await run('2027-02-24')]).toEqual([0, 1]);
    expect((await desk.t.owner.query(`select due_on::text as due, provisional from reminder where kind = 'NO_PROGRESS'`)).rows).toEqual([{ due: '2027-02-24', provisional: true }]);
  });
});
