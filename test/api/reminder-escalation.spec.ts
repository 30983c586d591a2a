import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LightsSweepService, ReminderEscalationSweepService } from '@yinfeng/construction';
import { POLICIES } from '@yinfeng/directory';
import { type Actor, newId } from '@yinfeng/platform';
import { projectVisibility } from '@yinfeng/recruitment';
import { DeliveryService, type ReminderKind, ReminderRulesService, RemindersService } from '@yinfeng/reminders';
import { publishCalendar } from '../jobs/reminders-zone.js';
import { codes, type DealDesk, dealDesk } from './deal-desk.js';

let desk: DealDesk;
let sweep: ReminderEscalationSweepService;
let lights: LightsSweepService;
let reminders: RemindersService;
beforeAll(async () => {
  desk = await dealDesk();
  await publishCalendar(desk.t.owner);
  const { app } = desk.api.running;
  [sweep, lights, reminders] = [app.get(ReminderEscalationSweepService), app.get(LightsSweepService), app.get(RemindersService)];
});
afterAll(() => desk.stop());
beforeEach(async () => {
  await desk.t.owner.query(`delete from reminder`);
  await desk.t.owner.query(`delete from escalation`);
  await desk.t.owner.query('delete from deadline');
  await desk.t.owner.query(`update project set status = 'WITHDRAWN'`);
  await desk.t.owner.query(`update staff set disabled_at = case when name like '另一%' then now() end`);
  await desk.t.owner.query(`delete from zone_policy where name in ('reminderRules', 'reminderEscalation', 'lights', 'pool')`);
  on('2026-09-22');
});

const on = (day: string, time = '10:00') => {
  desk.api.clock.pin(new Date(`${day}T${time}:00+08:00`));
  desk.t.clock.pin(new Date(`${day}T${time}:00+08:00`));
};
const local = (id: string) => id.split(':')[1]!;
const at = async (day: string) => { on(day); return sweep.sweepZone(desk.zone.id); };
/** Everything due comes into the inboxes. */
async function deliver(): Promise<void> {
  const delivery = new DeliveryService(desk.t.db);
  await delivery.sweep();
  const { rows } = await desk.t.owner.query<{ zone_id: string; ids: string[] }>(`select zone_id, array_agg(id) as ids from reminder_delivery where state = 'CLAIMED' group by 1`);
  for (const r of rows) await delivery.deliver(r.zone_id, r.ids);
}
/** A reminder that comes today, to some people; its id for the first of them. */
async function remind(projectId: string | null, to: Actor[] = [desk.recruiter], kind: ReminderKind = 'FOLLOW_UP', cause = `${kind}:${newId()}`): Promise<string> {
  await desk.t.db.tx(to[0]!, (tx) => reminders.planForAll(tx, { kind, cause, projectId: projectId && local(projectId), dueOn: desk.t.clock.today(), detail: { nextStep: '送选址方案' } }, to.map((x) => x.staffId!)));
  await deliver();
  return `Reminder:${(await desk.t.owner.query<{ id: string }>('select id from reminder where cause = $1 and recipient_id = $2', [cause, to[0]!.staffId])).rows[0]!.id}`;
}
const STEP = 'id version step level matter kind from { name } to { name } sinceOn openedOn workingDays state answer answerHow answerUntil answeredBy { name } closedHow';
const steps = async (who: Actor = desk.leader, filter: object = {}, fields = STEP) => {
  const answer = await desk.api.gql(who, `query($f: ReminderEscalationFilter) { reminderEscalations(filter: $f, first: 50) { totalCount nodes { ${fields} } } }`, { f: filter });
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  expect(answer.data.reminderEscalations.totalCount).toBe(answer.data.reminderEscalations.nodes.length);
  return answer.data.reminderEscalations.nodes;
};
const short = (list: { level: string; to: { name: string }; state: string }[]) => list.map((s) => [s.level, s.to.name, s.state]);
const named = async () => short(await steps());
const inbox = async (who: Actor) => (await desk.api.gql(who, '{ reminders(filter: { kind: [ESCALATION] }) { nodes { title state } } }')).data.reminders.nodes.map((n: { title: string }) => n.title);
const version = async (reminderId: string) => (await desk.t.owner.query<{ version: number }>('select version from reminder where id = $1', [local(reminderId)])).rows[0]!.version;
const act = async (who: Actor, name: string, reminderId: string, more: object = {}) => desk.act(who, name, { reminderId, expectedVersion: await version(reminderId), ...more });
const colour = async (id: string) => { await lights.sweepZone(desk.zone.id); return (await desk.see(desk.leader, id, 'light')).light; };
const answer = (who: Actor, step: { id: string; version: number }, more: object) => desk.act(who, 'reminderEscalationAnswer', { reminderEscalationId: step.id, expectedVersion: step.version, note: '已督促', how: 'NOTED', ...more }, `reminderEscalation { ${STEP} }`);
const ladder = (code: string, escalation: object[]) => ({ rules: POLICIES.reminderRules.usual.rules.map((r) => (r.code === code ? { ...r, escalation } : r)) });

describe('a reminder that nobody acts on', () => {
  it('goes to the group leader after three working days, to the head of the unit after six and to the leader after ten, over the holidays', async () => {
    const id = await desk.project();
    await remind(id);
    expect(await at('2026-09-24')).toEqual({ opened: 0, closed: 0, wentOn: 0, told: 0 });
    // 23, 24 and 28 September: the 25th to 27th are off.
    expect(await at('2026-09-28')).toMatchObject({ opened: 1 });
    expect(await at('2026-09-28')).toMatchObject({ opened: 0 });
    const { name } = await desk.see(desk.leader, id, 'name');
    expect(await steps()).toMatchObject([{ step: 1, level: 'GROUP_LEADER', kind: 'FOLLOW_UP', matter: `跟进“${name}”：送选址方案`, from: { name: 'RECRUITER@group' }, to: { name: 'GROUP_LEADER@group' }, sinceOn: '2026-09-22', openedOn: '2026-09-28', workingDays: 3, state: 'OPEN', closedHow: null }]);
    await deliver();
    expect(await inbox(desk.groupLeader)).toEqual([`RECRUITER@group 有提醒 3 个工作日未办理，升级至组长：跟进“${name}”：送选址方案`]);
    expect(await colour(id)).toBe('YELLOW');
    expect((await desk.see(desk.leader, id, 'lights { rule meaning measured title next { level } } reminderEscalations { level } escalations { level }'))).toEqual({
      lights: [{ rule: 'ESCALATED', meaning: '提醒无人办理，已升级', measured: '1 级', title: `跟进“${name}”：送选址方案`, next: null }], reminderEscalations: [{ level: 'GROUP_LEADER' }], escalations: [] });
    // 29, 30 September and 8 October.
    expect(await at('2026-09-30')).toMatchObject({ opened: 0 });
    expect(await at('2026-10-07')).toMatchObject({ opened: 0 });
    expect(await at('2026-10-08')).toMatchObject({ opened: 1 });
    expect(await colour(id)).toBe('RED');
    // 9, 10 (made up), 12, 13 October.
    expect(await at('2026-10-12')).toMatchObject({ opened: 0 });
    expect(await at('2026-10-13')).toMatchObject({ opened: 1 });
    expect(await named()).toEqual([['ZONE_LEADER', 'LEADER@zone', 'OPEN'], ['UNIT_HEAD', 'MANAGER@bureau', 'OPEN'], ['GROUP_LEADER', 'GROUP_LEADER@group', 'OPEN']]);
    expect(await at('2026-11-30')).toMatchObject({ opened: 0 });
  });

  it('ends by itself when a visit does it: the chain, what told of it, and the light', async () => {
    const id = await desk.project();
    await remind(id);
    await at('2026-09-28');
    expect(await colour(id)).toBe('YELLOW');
    await desk.act(desk.recruiter, 'visitLog', { projectId: id, direction: 'OUTBOUND', visitedOn: '2026-09-28', content: '现场' });
    expect(await steps()).toMatchObject([{ state: 'CLOSED', closedHow: 'DONE' }]);
    expect(await inbox(desk.groupLeader)).toEqual([]);
    expect(await colour(id)).toBe('GREEN');
    expect(await at('2026-10-30')).toMatchObject({ opened: 0 });
  });

  it('goes on where it stood when what was done is opened again, and is let be when it was put off', async () => {
    const id = await desk.project();
    const reminder = await remind(id);
    await at('2026-09-28');
    await act(desk.recruiter, 'reminderComplete', reminder);
    expect(await named()).toEqual([['GROUP_LEADER', 'GROUP_LEADER@group', 'CLOSED']]);
    expect(await inbox(desk.groupLeader)).toEqual([]);
    await act(desk.recruiter, 'reminderReopen', reminder);
    expect(await named()).toEqual([['GROUP_LEADER', 'GROUP_LEADER@group', 'OPEN']]);
    expect(await inbox(desk.groupLeader)).toHaveLength(1);
    await at('2026-10-08');
    expect(await named()).toEqual([['UNIT_HEAD', 'MANAGER@bureau', 'OPEN'], ['GROUP_LEADER', 'GROUP_LEADER@group', 'OPEN']]);
  });

  it('waits for what was put off, five working days from the first delivery and no longer', async () => {
    const [near, far] = [await desk.project(), await desk.project()];
    const [one, other] = [await remind(near), await remind(far)];
    await act(desk.recruiter, 'reminderSnooze', one, { until: '2026-09-24' });
    await act(desk.recruiter, 'reminderSnooze', other, { until: '2026-10-20' });
    expect(await at('2026-09-28')).toMatchObject({ opened: 0 });
    // Three working days from the 24th: 28, 29, 30.
    expect(await at('2026-09-29')).toMatchObject({ opened: 0 });
    expect(await at('2026-09-30')).toMatchObject({ opened: 1 });
    await deliver();
    // The fifth working day from the 22nd is the 30th; three more are 8, 9 and 10 October.
    expect(await at('2026-10-09')).toMatchObject({ opened: 0 });
    expect(await at('2026-10-10')).toMatchObject({ opened: 2 });
    expect((await steps()).map((s: any) => [s.level, s.sinceOn]).sort()).toEqual([['GROUP_LEADER', '2026-09-24'], ['GROUP_LEADER', '2026-09-30'], ['UNIT_HEAD', '2026-09-24']]);
    // Put off once more after it came again: still the first delivery counts.
    on('2026-10-10');
    await act(desk.recruiter, 'reminderSnooze', other, { until: '2026-10-30' });
    expect(await at('2026-10-13')).toMatchObject({ opened: 0 });
    expect(await at('2026-10-14')).toMatchObject({ opened: 1 });
  });

  it('rests with its project and comes back with it; one withdrawn is over', async () => {
    const id = await desk.project();
    await remind(id);
    await at('2026-09-28');
    await desk.t.owner.query(`update project set status = 'SUSPENDED' where id = $1`, [local(id)]);
    expect(await at('2026-09-28')).toMatchObject({ closed: 1, wentOn: 0 });
    expect(await steps()).toMatchObject([{ state: 'CLOSED', closedHow: 'RESTS' }]);
    expect(await at('2026-10-20')).toMatchObject({ opened: 0, closed: 0, wentOn: 0 });
    await desk.t.owner.query(`update project set status = 'ACTIVE' where id = $1`, [local(id)]);
    expect(await at('2026-10-20')).toMatchObject({ wentOn: 1, opened: 1 });
    const reasons = (await desk.api.gql(desk.leader, '{ statusReasons(act: WITHDRAW) { code } }')).data.statusReasons;
    const asked = await desk.act(desk.recruiter, 'projectWithdraw', { projectId: id, expectedVersion: await desk.version(id), reasonCode: reasons[0].code }, 'outcome request { id version }');
    if (asked.outcome === 'WAITING') await desk.act(desk.manager, 'statusApprove', { requestId: asked.request.id, expectedVersion: asked.request.version });
    await at('2026-10-20');
    expect((await steps()).map((s: any) => s.state)).toEqual(['CLOSED', 'CLOSED']);
    expect([await inbox(desk.groupLeader), await inbox(desk.manager)]).toEqual([[], []]);
  });

  it('is taken up once by two looks at once, and not by a look that finds it done', async () => {
    for (const _ of [1, 2, 3]) await remind(await desk.project());
    on('2026-09-28');
    const other = new ReminderEscalationSweepService(desk.t.db, desk.t.clock);
    const both = await Promise.all([sweep.sweepZone(desk.zone.id), other.sweepZone(desk.zone.id)]);
    expect(both.map((r) => r.opened).sort()).toEqual([0, 3]);
    expect((await desk.t.owner.query(`select count(*)::int as n from reminder where kind = 'ESCALATION'`)).rows).toEqual([{ n: 3 }]);
    // The database says so too.
    await expect(desk.t.owner.query(`insert into reminder_escalation (zone_id, reminder_id, matter, kind, rule, step, level, subject, from_staff_id, to_staff_id, since_on, opened_on) select zone_id, reminder_id, matter, kind, rule, step, level, subject, from_staff_id, to_staff_id, since_on, opened_on from reminder_escalation limit 1`)).rejects.toMatchObject({ constraint: 'reminder_escalation_once' });
  });

  it('climbs one step at a time after a worker was away, and begins with nothing that is too old', async () => {
    const id = await desk.project();
    await remind(id);
    expect(await at('2026-10-20')).toMatchObject({ opened: 1 });
    expect(await at('2026-10-20')).toMatchObject({ opened: 0 });
    // Three working days later: 21, 22, 23.
    expect(await at('2026-10-22')).toMatchObject({ opened: 0 });
    expect(await at('2026-10-23')).toMatchObject({ opened: 1 });
    const old = await desk.project();
    await desk.t.owner.query(`update project set status = 'WITHDRAWN' where id = $1`, [local(id)]);
    on('2026-09-01');
    await remind(old);
    expect(await at('2026-11-30')).toMatchObject({ opened: 0 });
  });

  it('follows the ladder of the zone from its day on, and none where the rule has none', async () => {
    const id = await desk.project();
    await remind(id);
    on('2026-09-23');
    await desk.policy('reminderRules', ladder('FOLLOW_UP', [{ afterWorkingDays: 1, to: 'UNIT_HEAD' }]));
    expect(await at('2026-09-22')).toMatchObject({ opened: 0 });
    expect(await at('2026-09-23')).toMatchObject({ opened: 1 });
    expect(await named()).toEqual([['UNIT_HEAD', 'MANAGER@bureau', 'OPEN']]);
    const other = await desk.project();
    await remind(other, [desk.recruiter], 'APPROVAL');
    expect(await at('2026-10-23')).toMatchObject({ opened: 0 });
    expect(codes(await desk.api.gql(desk.zone.as.SECURITY_ADMIN, 'mutation($input: PolicySetInput!) { act: policySet(input: $input) { userErrors { code path } } }', { input: { name: 'reminderEscalation', value: JSON.stringify({ snoozePostponesAtMost: -1 }), validFrom: '2026-10-23' } }).then((r) => r.data?.act ?? { userErrors: [{ code: 'INVALID', path: null }] }))).not.toEqual([]);
  });

  it('passes by who left, holds no post, let it lie or cannot see the project, and names nobody twice', async () => {
    const disable = (...who: Actor[]) => desk.t.owner.query('update staff set disabled_at = now() where id = any($1)', [who.map((w) => w.staffId)]);
    // No group leader: the head of the unit at once, and not again; the leader on his own day.
    const vacant = await desk.project();
    await remind(vacant);
    await disable(desk.groupLeader);
    await at('2026-09-28');
    await at('2026-10-08');
    expect(await named()).toEqual([['GROUP_LEADER', 'MANAGER@bureau', 'OPEN']]);
    expect(await at('2026-10-13')).toMatchObject({ opened: 1 });
    expect((await named())[0]).toEqual(['ZONE_LEADER', 'LEADER@zone', 'OPEN']);
    await desk.t.owner.query(`delete from reminder; update staff set disabled_at = case when name like '另一%' then now() end`);
    // The group leader's own: the head of the unit.
    on('2026-09-22');
    await remind(await desk.project({ owner: desk.groupLeader }), [desk.groupLeader]);
    await at('2026-09-28');
    expect(await named()).toEqual([['GROUP_LEADER', 'MANAGER@bureau', 'OPEN']]);
    await desk.t.owner.query('delete from reminder');
    // Of a leader nobody stands above.
    on('2026-09-22');
    await remind(await desk.project(), [desk.leader]);
    expect(await at('2026-10-20')).toMatchObject({ opened: 0 });
    await desk.t.owner.query('delete from reminder');
    // A project of another bureau: the recipient's own heads do not see it.
    on('2026-09-22');
    const foreign = await desk.project({ owner: desk.zone.stranger, departmentId: desk.zone.departments.otherBureau });
    await desk.t.owner.query(`insert into project_member (zone_id, project_id, staff_id) values ($1, $2, $3)`, [desk.zone.id, local(foreign), desk.recruiter.staffId]);
    await remind(foreign);
    await at('2026-09-28');
    expect(await named()).toEqual([['GROUP_LEADER', 'LEADER@zone', 'OPEN']]);
  });

  it('is one matter, however many were told: the nearest to the work let it lie, and whoever does it does it for all', async () => {
    const id = await desk.project();
    const cause = `IDLE:${local(id)}:2026-08-03`;
    await remind(id, [desk.groupLeader, desk.recruiter, desk.manager], 'IDLE', cause);
    await at('2026-09-28');
    expect(await steps()).toMatchObject([{ from: { name: 'RECRUITER@group' }, to: { name: 'GROUP_LEADER@group' } }]);
    // The second step of the silence takes the first one's place: the chain goes on.
    await desk.t.owner.query(`update reminder set state = 'CANCELLED' where cause = $1`, [cause]);
    on('2026-09-29');
    const red = await remind(id, [desk.recruiter, desk.groupLeader, desk.manager], 'IDLE', `${cause}:RED`);
    expect(await at('2026-10-08')).toMatchObject({ opened: 0 });
    expect(await at('2026-10-09')).toMatchObject({ opened: 1 });
    expect(await named()).toEqual([['UNIT_HEAD', 'MANAGER@bureau', 'OPEN'], ['GROUP_LEADER', 'GROUP_LEADER@group', 'OPEN']]);
    await act(desk.groupLeader, 'reminderComplete', red.replace(local(red), (await desk.t.owner.query<{ id: string }>('select id from reminder where cause = $1 and recipient_id = $2', [`${cause}:RED`, desk.groupLeader.staffId])).rows[0]!.id));
    expect(await at('2026-10-10')).toMatchObject({ closed: 2 });
    expect(await at('2026-10-20')).toMatchObject({ opened: 0, wentOn: 0 });
  });

  it('of a deadline counts from its day, once for all rules and reminders of it, and passes by whom its light has named', async () => {
    await desk.policy('lights', { rules: POLICIES.lights.usual.rules.filter((r) => ['PERMIT', 'ESCALATED'].includes(r.code)) });
    const id = await desk.project({ stage: 'STARTED' });
    const deadline = (await desk.t.owner.query<{ id: string }>(`insert into deadline (zone_id, project_id, kind, subject_id, title, due_on, department_id) values ($1, $2, 'PERMIT', new_id(), '施工许可', '2026-09-24', $3) returning id`, [desk.zone.id, local(id), desk.zone.departments.group])).rows[0]!.id;
    for (const offset of [-7, -1]) {
      const one = await remind(id, [desk.recruiter], 'FOLLOW_UP', `RULE:PERMIT:${deadline}:2026-09-24:${offset}`);
      await desk.t.owner.query(`update reminder set rule = 'PERMIT', deadline_id = $2 where id = $1`, [local(one), deadline]);
    }
    expect(await at('2026-09-28')).toMatchObject({ opened: 0 });
    // Its light names the group leader on the 28th; the head of the unit is next by days.
    await lights.sweepZone(desk.zone.id);
    expect((await desk.see(desk.leader, id, 'escalations { to { name } }')).escalations).toEqual([{ to: { name: 'GROUP_LEADER@group' } }]);
    expect(await at('2026-09-30')).toMatchObject({ opened: 0 });
    // Six working days after the 24th: 28, 29, 30, 8, 9, 10.
    expect(await at('2026-10-09')).toMatchObject({ opened: 0 });
    expect(await at('2026-10-10')).toMatchObject({ opened: 1 });
    expect(await steps()).toMatchObject([{ level: 'UNIT_HEAD', to: { name: 'MANAGER@bureau' }, sinceOn: '2026-09-24' }]);
  });

  it('of a deadline that the zone\'s rules remind of is one chain from its day on, met and open again with the deadline', async () => {
    const rules = desk.api.running.app.get(ReminderRulesService);
    const id = await desk.project({ stage: 'STARTED' });
    const deadline = (await desk.t.owner.query<{ id: string }>(`insert into deadline (zone_id, project_id, kind, subject_id, title, due_on, department_id) values ($1, $2, 'PERMIT', new_id(), '施工许可', '2026-09-24', $3) returning id`, [desk.zone.id, local(id), desk.zone.departments.group])).rows[0]!.id;
    const opened: number[] = [];
    for (const day of ['2026-09-14', '2026-09-23', '2026-09-24', '2026-09-28', '2026-09-29', '2026-09-30', '2026-10-09', '2026-10-10', '2026-10-12']) {
      on(day);
      await rules.planZone(desk.zone.id);
      await deliver();
      opened.push((await sweep.sweepZone(desk.zone.id)).opened);
    }
    // 28, 29, 30 September; 8, 9, 10 October.
    expect(opened).toEqual([0, 0, 0, 0, 0, 1, 0, 1, 0]);
    expect(await steps()).toMatchObject([{ kind: 'DEADLINE', level: 'UNIT_HEAD', from: { name: 'RECRUITER@group' }, sinceOn: '2026-09-24', state: 'OPEN' }, { level: 'GROUP_LEADER', to: { name: 'GROUP_LEADER@group' }, state: 'OPEN' }]);
    await desk.t.owner.query(`update deadline set done_on = '2026-10-12' where id = $1`, [deadline]);
    expect((await steps()).map((x: any) => [x.state, x.closedHow])).toEqual([['CLOSED', 'DONE'], ['CLOSED', 'DONE']]);
    expect((await inbox(desk.manager)).filter((title: string) => title.includes('施工许可'))).toEqual([]);
    await desk.t.owner.query('update deadline set done_on = null where id = $1', [deadline]);
    expect((await steps()).map((x: any) => x.state)).toEqual(['OPEN', 'OPEN']);
  });

  it('may be about no project: then it shows no light, and to whom it names and who stands above', async () => {
    // One cause for everybody, but each has a list of their own.
    const [mine] = [await remind(null, [desk.recruiter, desk.zone.stranger], 'NO_PROGRESS', 'NO_PROGRESS:2026-09')];
    expect(await at('2026-09-28')).toMatchObject({ opened: 2 });
    await deliver();
    expect(await inbox(desk.groupLeader)).toHaveLength(1);
    const fields = 'project { id } from { name }';
    for (const who of [desk.recruiter, desk.groupLeader, desk.manager]) expect(await steps(who, {}, fields)).toEqual([{ project: null, from: { name: 'RECRUITER@group' } }]);
    expect([(await steps(desk.leader)).length, (await steps(desk.zone.stranger)).length]).toEqual([2, 1]);
    await act(desk.recruiter, 'reminderComplete', mine);
    expect((await steps(desk.leader)).map((s: any) => [s.from.name, s.state]).sort()).toEqual([['RECRUITER@group', 'CLOSED'], ['RECRUITER@otherBureau', 'OPEN']]);
    const [step] = await steps(desk.leader, { states: ['OPEN'] });
    expect(codes(await answer(desk.leader, step, { how: 'TAKEN_OVER' }))).toEqual([['ESCALATION_OFFICE', 'how']]);
    for (const who of [desk.zone.colleague, desk.zone.as.SERVICE, desk.other.as.LEADER]) expect(await steps(who, {}, fields)).toEqual([]);
    expect(await lights.sweepZone(desk.zone.id)).toMatchObject({ began: 0 });
  });
});

describe('the person above', () => {
  const opened = async () => {
    on('2026-09-22');
    const id = await desk.project();
    const reminder = await remind(id);
    await at('2026-09-28');
    return { id, reminder, step: (await steps(desk.groupLeader, { mine: true, projectId: id }))[0] };
  };

  it('answers it: the light goes off at once, and the next step is counted from the answer', async () => {
    const { id, step } = await opened();
    expect(await colour(id)).toBe('YELLOW');
    expect(codes(await answer(desk.groupLeader, step, { note: ' ' }))).toEqual([['REQUIRED', 'note']]);
    expect(codes(await answer(desk.groupLeader, step, { how: 'NEW_DAY' }))).toEqual([['REQUIRED', 'newDay']]);
    expect(codes(await answer(desk.groupLeader, step, { how: 'NEW_DAY', newDay: '2026-09-28' }))).toEqual([['DATE_NOT_AFTER_TODAY', 'newDay']]);
    expect(codes(await answer(desk.groupLeader, step, { newDay: '2026-10-09' }))).toEqual([['INVALID', 'newDay']]);
    const input = { reminderEscalationId: step.id, expectedVersion: step.version, note: '已约谈经办人', how: 'NOTED' };
    expect([await desk.refused(desk.zone.stranger, 'reminderEscalationAnswer', input), await desk.refused(desk.other.as.LEADER, 'reminderEscalationAnswer', input), await desk.refused(desk.zone.as.AUDITOR, 'reminderEscalationAnswer', input)]).toEqual(['NOT_FOUND', 'NOT_FOUND', 'FORBIDDEN']);
    expect(codes(await desk.act(desk.recruiter, 'reminderEscalationAnswer', input))).toEqual([['SECOND_PERSON', 'reminderEscalationId']]);
    expect(codes(await answer(desk.groupLeader, { ...step, version: 9 }, {}))).toEqual([['CONFLICT', 'expectedVersion']]);
    const twice = await Promise.all([1, 2].map(() => desk.act(desk.groupLeader, 'reminderEscalationAnswer', { ...input, idempotencyKey: 'a-1' }, `reminderEscalation { ${STEP} }`)));
    expect(twice.map((r) => r.reminderEscalation)).toMatchObject([1, 2].map(() => ({ state: 'ANSWERED', answer: '已约谈经办人', answerHow: 'NOTED', answeredBy: { name: 'GROUP_LEADER@group' } })));
    expect((await desk.see(desk.leader, id, 'light')).light).toBe('GREEN');
    expect(await inbox(desk.groupLeader)).toEqual([]);
    expect(codes(await answer(desk.manager, { ...step, version: step.version + 1 }, {}))).toEqual([['ALREADY_DECIDED', 'reminderEscalationId']]);
    expect(await at('2026-09-30')).toMatchObject({ opened: 0 });
    expect(await at('2026-10-08')).toMatchObject({ opened: 1 });
    expect(await named()).toEqual([['UNIT_HEAD', 'MANAGER@bureau', 'OPEN'], ['GROUP_LEADER', 'GROUP_LEADER@group', 'ANSWERED']]);
    // Whoever let it lie does not answer for the person above, whatever way is taken.
    await expect(desk.t.owner.query(`update reminder_escalation set state = 'ANSWERED', answer = 'x', answer_how = 'NOTED', answered_by = from_staff_id, answered_at = now() where state = 'OPEN'`)).rejects.toMatchObject({ constraint: 'reminder_escalation_second_person' });
  });

  it('gives a new day: the owner is reminded then, and the next step waits for it', async () => {
    const { reminder, step } = await opened();
    const races = await Promise.all([answer(desk.groupLeader, step, { how: 'NEW_DAY', newDay: '2026-10-10' }), answer(desk.manager, step, {})]);
    expect(races.map((r) => r.userErrors[0]?.code ?? 'DONE').sort()).toEqual(['CONFLICT', 'DONE']);
    const { step: other, reminder: second } = await opened();
    expect((await answer(desk.manager, other, { how: 'NEW_DAY', newDay: '2026-10-10' })).reminderEscalation).toMatchObject({ state: 'ANSWERED', answerUntil: '2026-10-10', answeredBy: { name: 'MANAGER@bureau' } });
    expect((await desk.t.owner.query('select state, due_on::text from reminder where id = $1', [local(second)])).rows).toEqual([{ state: 'PLANNED', due_on: '2026-10-10' }]);
    await desk.t.owner.query(`update reminder set state = 'DONE' where id = $1`, [local(reminder)]);
    // Three working days after the tenth: 12, 13, 14.
    expect(await at('2026-10-13')).toMatchObject({ opened: 0 });
    expect(await at('2026-10-14')).toMatchObject({ opened: 1 });
  });

  it('takes it over: the reminder is theirs, and the chain goes on above them should it lie again', async () => {
    const { id, reminder, step } = await opened();
    expect((await answer(desk.groupLeader, step, { how: 'TAKEN_OVER', note: '我来跟' })).reminderEscalation).toMatchObject({ state: 'CLOSED', closedHow: 'TAKEN_OVER', answerHow: 'TAKEN_OVER' });
    const mine = async (who: Actor) => (await desk.api.gql(who, `{ reminders(filter: { projectId: "${id}", kind: [FOLLOW_UP] }) { nodes { state } } }`)).data.reminders.nodes;
    expect([await mine(desk.groupLeader), await mine(desk.recruiter)]).toEqual([[{ state: 'DELIVERED' }], []]);
    expect((await desk.see(desk.leader, id, 'light')).light).toBe('GREEN');
    expect(await at('2026-09-30')).toMatchObject({ opened: 0, wentOn: 0 });
    // Three working days from the 28th, the step from the group leader to the head of the unit: 29, 30, 8.
    expect(await at('2026-10-08')).toMatchObject({ opened: 1 });
    expect((await steps())[0]).toMatchObject({ level: 'UNIT_HEAD', from: { name: 'GROUP_LEADER@group' }, to: { name: 'MANAGER@bureau' } });
    expect((await desk.t.owner.query('select state from reminder where id = $1', [local(reminder)])).rows).toEqual([{ state: 'CANCELLED' }]);
    // What belongs to an office is not taken over.
    on('2026-10-08');
    const lead = await desk.project();
    await remind(lead, [desk.recruiter], 'TRIAGE');
    await at('2026-10-12');
    const [triage] = await steps(desk.groupLeader, { mine: true, projectId: lead });
    expect(codes(await answer(desk.groupLeader, triage, { how: 'TAKEN_OVER' }))).toEqual([['ESCALATION_OFFICE', 'how']]);
  });
});

describe('who is next', () => {
  it('is found by the tree of the organisation as a small model finds it, over random trees, vacancies and recipients', async () => {
    let state = 20261121;
    const random = (n: number) => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return state % n; };
    const { owner } = desk.t;
    interface Unit { id: string; kind: string; parent: Unit | null }
    interface Person { id: string; role: string; unit: Unit | null; leads: Unit[]; gone: boolean }
    for (let round = 0; round < 12; round++) {
      const zoneId = newId();
      await owner.query(`insert into zone (id, code, name) values ($1, $2, $2)`, [zoneId, `M${round}-${process.pid}`]);
      const units: Unit[] = [{ id: newId(), kind: 'ZONE', parent: null }];
      for (let i = 0; i < 8; i++) {
        const parent = units[random(units.length)]!;
        units.push({ id: newId(), kind: parent.kind === 'ZONE' ? ['BUREAU', 'SERVICE', 'AGENCY'][random(3)]! : random(3) ? 'GROUP' : parent.kind, parent });
      }
      for (const u of units) await owner.query('insert into department (id, zone_id, parent_id, name, kind) values ($1, $2, $3, $4, $5)', [u.id, zoneId, u.parent?.id ?? null, u.id, u.kind]);
      const people: Person[] = [];
      for (let i = 0; i < 24; i++) {
        const role = ['RECRUITER', 'RECRUITER', 'GROUP_LEADER', 'MANAGER', 'SERVICE', 'LEADER'][random(6)]!;
        const unit = random(12) ? units[random(units.length)]! : null;
        people.push({ id: newId(), role, unit, leads: unit && (role === 'GROUP_LEADER' || random(6) === 0) ? [unit] : [], gone: random(5) === 0 });
      }
      for (const p of people) {
        await owner.query('insert into staff (id, zone_id, name, email, role, department_id, disabled_at) values ($1, $2, $3, $4, $5, $6, case when $7 then now() end)', [p.id, zoneId, p.id, `${p.id}@m.test`, p.role, p.unit?.id ?? null, p.gone]);
        for (const u of p.leads) await owner.query('insert into staff_department (zone_id, staff_id, department_id, leads) values ($1, $2, $3, true)', [zoneId, p.id, u.id]);
      }
      // Delivered on 21 September, looked at on 28 September, 8 and 14 October: each time one step at most is due.
      for (const p of people) await owner.query(`insert into reminder (zone_id, kind, cause, recipient_id, due_on, due_at, state, delivered_at) values ($1, 'FOLLOW_UP', $2, $3, '2026-09-21', '2026-09-21T01:00:00Z', 'DELIVERED', '2026-09-21T01:00:00Z')`, [zoneId, `FOLLOW_UP:${p.id}`, p.id]);
      for (const day of ['2026-09-28', '2026-10-09', '2026-10-16']) { on(day); await sweep.sweepZone(zoneId); }
      const { rows } = await owner.query<{ from_staff_id: string; step: number; to_staff_id: string }>('select from_staff_id, step, to_staff_id from reminder_escalation where zone_id = $1 order by from_staff_id, step', [zoneId]);

      const way = (u: Unit | null): Unit[] => (u ? [u, ...way(u.parent)] : []);
      const part = (u: Unit) => u.kind === 'GROUP' || u.kind === u.parent?.kind;
      const heads = (u: Unit) => people.filter((p) => !p.gone && (p.leads.includes(u) || (p.role === 'MANAGER' && p.unit === u)));
      /** Posts above a unit, from below: those of its groups, then of its units, then the leaders. */
      const posts = (u: Unit | null): { rank: number; unit: Unit | null; people: Person[] }[] => [...way(u).filter(part).map((unit) => ({ rank: 1, unit, people: heads(unit) })), ...way(u).filter((x) => !part(x)).map((unit) => ({ rank: 2, unit, people: heads(unit) })), { rank: 3, unit: null, people: people.filter((p) => p.role === 'LEADER' && !p.gone) }];
      const expected = people.flatMap((p) => {
        const all = posts(p.unit);
        const own = all.findLastIndex((x) => x.people.includes(p));
        const named = new Set<string>();
        return [1, 2, 3].flatMap((step) => {
          const post = all.find((x, i) => x.rank >= step && i > own && x.people.some((q) => q !== p));
          const who = post?.people.filter((q) => q !== p).sort((a, b) => Number(post.unit !== null && b.leads.includes(post.unit)) - Number(post.unit !== null && a.leads.includes(post.unit)) || (a.id < b.id ? -1 : 1))[0];
          if (!who || named.has(who.id)) return [];
          named.add(who.id);
          return [{ from_staff_id: p.id, step, to_staff_id: who.id }];
        });
      }).sort((a, b) => (a.from_staff_id < b.from_staff_id ? -1 : a.from_staff_id > b.from_staff_id ? 1 : a.step - b.step));
      expect(rows).toEqual(expected);
    }
  });

  it('is somebody who sees the project, by the same wall as everything else', async () => {
    const { owner, db } = desk.t;
    const { departments: d } = desk.zone;
    const people = [...Object.values(desk.zone.as), desk.zone.colleague, desk.zone.stranger, await desk.zone.hire('SERVICE', 'otherBureau', { name: '另一专员' }), await desk.zone.hire('GROUP_LEADER', 'otherGroup', { name: '另一组长' }), await desk.zone.hire('MANAGER', 'otherBureau', { name: '另一局长', leads: false })];
    const ids: string[] = [];
    for (const departmentId of [d.group, d.otherGroup, d.bureau, d.otherBureau]) for (const who of [desk.recruiter, desk.zone.stranger]) ids.push(local(await desk.project({ owner: who, departmentId })));
    await owner.query('insert into project_member (zone_id, project_id, staff_id) values ($1, $2, $3)', [desk.zone.id, ids[0], desk.zone.colleague.staffId]);
    await owner.query('insert into project_department (zone_id, project_id, department_id) values ($1, $2, $3)', [desk.zone.id, ids[1], d.service]);
    await owner.query(`insert into handoff (zone_id, project_id, to_department_id, submitted_by) values ($1, $2, $3, $4)`, [desk.zone.id, ids[2], d.service, desk.recruiter.staffId]);
    await owner.query(`insert into handoff (zone_id, project_id, to_department_id, submitted_by, state, decided_at, decided_by) values ($1, $2, $3, $4, 'WITHDRAWN', now(), $4)`, [desk.zone.id, ids[3], d.service, desk.recruiter.staffId]);
    for (const who of people) {
      const params: unknown[] = [ids];
      const wall = projectVisibility(who, 'p', params);
      params.push(who.staffId);
      const rows = await db.read<{ wall: boolean; seen: boolean }>(who, `select ${wall} as wall, first_who_sees(array[$${params.length}]::uuid[], p.id) is not null as seen from project p where p.id = any($1::uuid[])`, params);
      expect(rows).toHaveLength(ids.length);
      expect([who.name, rows.map((r) => r.seen)]).toEqual([who.name, rows.map((r) => r.wall)]);
    }
  });
});

describe('the week', () => {
  const FIELDS = 'escalationId source level label matter from { name } to { name } department { name } project { name } workingDays openedOn state answered answer';
  const week = async (who: Actor, day: string, filter: object = {}, fields = FIELDS) => {
    const { data, errors } = await desk.api.gql(who, `query($w: Date!, $f: WeeklyEscalationFilter) { weeklyEscalations(week: $w, filter: $f, first: 50) { totalCount nodes { ${fields} } } weeklyEscalationCounts(week: $w, filter: $f) { source level label department { name } count answered open escalations(first: 50) { totalCount nodes { escalationId } } } }`, { w: day, f: filter });
    if (errors) throw new Error(JSON.stringify(errors));
    const { weeklyEscalations: list, weeklyEscalationCounts: figures } = data;
    expect(list.totalCount).toBe(list.nodes.length);
    // Every figure is exactly its rows, and all of them are the list.
    for (const f of figures) expect([f.escalations.totalCount, f.escalations.nodes.length]).toEqual([f.count, f.count]);
    expect(figures.flatMap((f: any) => f.escalations.nodes.map((n: any) => n.escalationId)).sort()).toEqual(list.nodes.map((n: any) => n.escalationId ?? '').sort());
    return { rows: list.nodes, figures };
  };

  it('lists what reminders, lights and persons took up, to whom it is visible; figures are rows', async () => {
    await desk.policy('lights', { rules: POLICIES.lights.usual.rules.filter((r) => ['PERMIT', 'ESCALATED'].includes(r.code)) });
    const [own, foreign] = [await desk.project(), await desk.project({ owner: desk.zone.stranger, departmentId: desk.zone.departments.otherBureau })];
    await remind(own);
    await remind(foreign, [desk.zone.stranger]);
    await remind(null);
    await at('2026-09-28');
    const permit = await desk.project({ stage: 'STARTED' });
    await desk.t.owner.query(`insert into deadline (zone_id, project_id, kind, subject_id, title, due_on) values ($1, $2, 'PERMIT', new_id(), '施工许可', '2026-09-24')`, [desk.zone.id, local(permit)]);
    await lights.sweepZone(desk.zone.id);
    on('2026-09-29');
    await desk.act(desk.manager, 'escalationIssue', { projectId: own, level: 'TALK', toStaffId: `Staff:${desk.groupLeader.staffId}`, matter: '连续两周未到现场' });
    const [mine] = await steps(desk.groupLeader, { mine: true, projectId: own });
    await answer(desk.groupLeader, mine, { note: '已约谈' });

    const all = await week(desk.leader, '2026-09-30');
    expect(all.rows.map((r: any) => [r.source, r.label, r.from?.name, r.to?.name, r.department?.name, r.answered]).sort()).toEqual([
      ['LIGHT', '提醒', 'RECRUITER@group', 'GROUP_LEADER@group', '招商一局一组', false],
      ['PERSON', '约谈', 'MANAGER@bureau', 'GROUP_LEADER@group', '招商一局一组', false],
      ['REMINDER', '组长', 'RECRUITER@group', 'GROUP_LEADER@group', '招商一局一组', false],
      ['REMINDER', '组长', 'RECRUITER@group', 'GROUP_LEADER@group', '招商一局一组', true],
      ['REMINDER', '组长', 'RECRUITER@otherBureau', 'LEADER@zone', '招商二局', false],
    ].sort());
    expect(all.figures.map((f: any) => [f.source, f.department.name, f.count, f.answered, f.open])).toEqual([
      ['REMINDER', '招商一局一组', 2, 1, 1], ['LIGHT', '招商一局一组', 1, 0, 1], ['PERSON', '招商一局一组', 1, 0, 1], ['REMINDER', '招商二局', 1, 0, 1]]);
    // Its unit, its own, its filter; another week has none.
    const count = async (who: Actor, filter: object = {}, day = '2026-10-04') => (await week(who, day, filter)).rows.length;
    expect([await count(desk.manager), await count(desk.groupLeader), await count(desk.recruiter), await count(desk.zone.stranger), await count(desk.zone.colleague), await count(desk.other.as.LEADER)]).toEqual([4, 4, 4, 1, 0, 0]);
    expect([await count(desk.leader, { departmentId: `Department:${desk.zone.departments.bureau}` }), await count(desk.leader, { levels: ['GROUP_LEADER'] }), await count(desk.leader, { sources: ['LIGHT', 'PERSON'] }), await count(desk.leader, { answered: true }), await count(desk.leader, { projectId: permit }), await count(desk.recruiter, { mine: true })]).toEqual([4, 3, 2, 1, 1, 3]);
    expect([await count(desk.leader, {}, '2026-09-27'), await count(desk.leader, {}, '2026-10-05'), await count(desk.leader, {}, '2026-09-28')]).toEqual([0, 0, 5]);
    expect((await desk.api.gql(desk.zone.as.AGENT, '{ weeklyEscalationCounts(week: "2026-09-28") { count } }')).errors[0].extensions.code).toBe('FORBIDDEN');
    expect((await week(desk.leader, '2026-09-30', { projectId: own, sources: ['REMINDER'] }, 'escalationId workingDays matter answer project { id }')).rows).toMatchObject([{ workingDays: 4, answer: '已约谈', project: { id: own } }]);
    // Page by page as at once.
    const pages: string[] = [];
    for (let after: string | null = null; ;) {
      const page: any = (await desk.api.gql(desk.leader, 'query($a: String) { weeklyEscalations(week: "2026-09-30", first: 2, after: $a) { nodes { escalationId } pageInfo { hasNextPage endCursor } } }', { a: after })).data.weeklyEscalations;
      pages.push(...page.nodes.map((n: any) => n.escalationId));
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
    expect(pages).toEqual(all.rows.map((r: any) => r.escalationId));
  });

  it('is told on the first working day of the next one to heads and leaders, each with the numbers of their list, once', async () => {
    const own = await desk.project();
    await remind(own);
    await remind(await desk.project({ owner: desk.zone.stranger, departmentId: desk.zone.departments.otherBureau }), [desk.zone.stranger]);
    await at('2026-09-28');
    const told = async () => (await desk.t.owner.query<{ name: string; on: string; at: string; count: number; open: number }>(
      `select s.name, r.due_on::text as on, (r.due_at at time zone 'Asia/Shanghai')::text as at, (r.detail ->> 'count')::int as count, (r.detail ->> 'open')::int as open from reminder r join staff s on s.id = r.recipient_id where r.cause like 'ESCALATION\\_WEEK:%' order by s.name`)).rows;
    expect(await told()).toEqual([]);
    // The week of the National Day: the first working day is 8 October.
    on('2026-10-05', '00:35');
    const results = await Promise.all([sweep.sweepZone(desk.zone.id), new ReminderEscalationSweepService(desk.t.db, desk.t.clock).sweepZone(desk.zone.id)]);
    expect(results.map((r) => r.told).sort()).toEqual([0, 2]);
    expect(await told()).toEqual([{ name: 'LEADER@zone', on: '2026-10-05', at: '2026-10-08 09:00:00', count: 2, open: 2 }, { name: 'MANAGER@bureau', on: '2026-10-05', at: '2026-10-08 09:00:00', count: 1, open: 1 }]);
    on('2026-10-08', '09:30');
    await deliver();
    expect((await inbox(desk.manager))[0]).toBe('上周（2026-09-28 至 2026-10-04）升级 1 件，尚未处理 1 件');
    expect((await week(desk.manager, '2026-10-04')).rows).toHaveLength(1);
    await desk.policy('reminderEscalation', { weeklyDigest: false });
    on('2026-10-12');
    expect(await sweep.sweepZone(desk.zone.id)).toMatchObject({ told: 0 });
  });
});
