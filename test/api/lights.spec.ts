import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LightsSweepService } from '@yinfeng/construction';
import { POLICIES } from '@yinfeng/directory';
import { type Actor } from '@yinfeng/platform';
import { publishCalendar } from '../jobs/reminders-zone.js';
import { codes, type DealDesk, dealDesk } from './deal-desk.js';

let desk: DealDesk;
let sweep: LightsSweepService;
beforeAll(async () => {
  desk = await dealDesk();
  await publishCalendar(desk.t.owner);
  sweep = desk.api.running.app.get(LightsSweepService);
});
afterAll(() => desk.stop());
beforeEach(async () => {
  await desk.t.owner.query(`update project set status = 'WITHDRAWN'`);
  await desk.t.owner.query('delete from deadline');
  await desk.t.owner.query(`delete from zone_policy where name = 'lights'`);
  on('2026-09-21');
});

const on = (day: string) => {
  desk.api.clock.pin(new Date(`${day}T10:00:00+08:00`));
  desk.t.clock.pin(new Date(`${day}T10:00:00+08:00`));
};
const local = (id: string) => id.split(':')[1]!;
const at = async (day: string) => { on(day); return sweep.sweepZone(desk.zone.id); };
const due = async (projectId: string, kind: string, day: string, department: string | null = null) => (await desk.t.owner.query<{ id: string }>(
  `insert into deadline (zone_id, project_id, kind, subject_id, title, due_on, department_id) select zone_id, id, $2, new_id(), '施工许可', $3, $4 from project where id = $1 returning id`, [local(projectId), kind, day, department])).rows[0]!.id;
const done = (id: string, day: string) => desk.t.owner.query('update deadline set done_on = $2 where id = $1', [id, day]);
const LIGHTS = 'light lights { rule label light meaning measured award sinceOn fromOn title department { name } next { level label on who { name } } }';
const seen = async (id: string, fields = 'light lights { rule light }', who: Actor = desk.leader) => desk.see(who, id, fields);
const colour = async (id: string) => (await seen(id)).light;
const named = async (id: string) => (await seen(id, 'escalations { level light state to { name } dueOn closedHow }')).escalations;
const names = (list: { level: string; to: { name: string } | null; state: string }[]) => list.map((e) => [e.level, e.to?.name ?? null, e.state]);

describe('a light by rule', () => {
  it('turns yellow and red by working days over the National Day, says what it means and who is next, and goes out when it is done', async () => {
    const id = await desk.project({ stage: 'STARTED' });
    const permit = await due(id, 'PERMIT', '2026-09-30', desk.zone.departments.service);
    await at('2026-10-07');
    expect(await seen(id)).toEqual({ light: 'GREEN', lights: [] });
    // The first working day after the holidays.
    expect(await at('2026-10-08')).toEqual({ began: 1, ended: 0, projects: 1, opened: 1, closed: 0 });
    expect(await seen(id, LIGHTS)).toEqual({
      light: 'YELLOW', lights: [{
        rule: 'PERMIT', label: '证照手续', light: 'YELLOW', meaning: '逾期', measured: '1 个工作日', award: false, sinceOn: '2026-10-08', fromOn: '2026-09-30', title: '施工许可', department: { name: '项目服务中心' },
        next: { level: 'TALK', label: '约谈', on: '2026-11-06', who: { name: 'LEADER@zone' } },
      }],
    });
    expect(await at('2026-10-08')).toEqual({ began: 0, ended: 0, projects: 0, opened: 0, closed: 0 });
    // Ten working days late: 8, 9, 10 (made up), 12–16, 19, 20 October.
    await at('2026-10-19');
    expect((await seen(id, 'light lights { measured }'))).toEqual({ light: 'YELLOW', lights: [{ measured: '9 个工作日' }] });
    expect(await at('2026-10-20')).toMatchObject({ began: 1, ended: 1, projects: 1 });
    expect(await seen(id, 'light lights { light meaning next { level } }')).toEqual({ light: 'RED', lights: [{ light: 'RED', meaning: '逾期10个工作日以上', next: null }] });
    await done(permit, '2026-10-20');
    expect(await at('2026-10-20')).toMatchObject({ began: 0, ended: 1, projects: 1 });
    expect(await seen(id)).toEqual({ light: 'GREEN', lights: [] });
    const turns = (await desk.api.gql(desk.leader, '{ lightTurns(projectId: "' + id + '") { totalCount nodes { light sinceOn untilOn } } }')).data.lightTurns;
    expect(turns).toEqual({ totalCount: 2, nodes: [{ light: 'RED', sinceOn: '2026-10-20', untilOn: '2026-10-20' }, { light: 'YELLOW', sinceOn: '2026-10-08', untilOn: '2026-10-20' }] });
  });

  it('darkens the project beside its silence: a visit wipes the one and not the other, and the filter follows', async () => {
    const id = await desk.project({ stage: 'STARTED' });
    await due(id, 'CALL', '2026-09-18');
    await at('2026-09-21');
    await desk.t.owner.query(`update project set light = 'RED' where id = $1`, [local(id)]);
    const among = async (light: string) => (await desk.api.gql(desk.leader, `{ projects(filter: { lights: [${light}], statuses: [ACTIVE] }) { nodes { id light } } }`)).data.projects.nodes;
    expect(await among('RED')).toEqual([{ id, light: 'RED' }]);
    await desk.act(desk.recruiter, 'visitLog', { projectId: id, direction: 'OUTBOUND', visitedOn: '2026-09-21', content: '现场' });
    expect([await among('RED'), await among('YELLOW')]).toEqual([[], [{ id, light: 'YELLOW' }]]);
  });

  it('rests with the project, and comes on again when it moves again', async () => {
    // Nothing but permits: a project that moves again is to be handed over too.
    await desk.policy('lights', { rules: POLICIES.lights.usual.rules.filter((r) => r.code === 'PERMIT') });
    const id = await desk.project({ stage: 'STARTED' });
    await due(id, 'PERMIT', '2026-09-18');
    await at('2026-09-21');
    await desk.t.owner.query(`update project set status = 'SUSPENDED' where id = $1`, [local(id)]);
    expect(await seen(id)).toEqual({ light: 'GREEN', lights: [] });
    expect(await at('2026-09-21')).toMatchObject({ began: 0, ended: 1, closed: 1, opened: 0 });
    await desk.t.owner.query(`update project set status = 'ACTIVE' where id = $1`, [local(id)]);
    expect(await at('2026-09-22')).toMatchObject({ began: 1 });
    expect(await colour(id)).toBe('YELLOW');
  });

  it('follows another rule from its day on, by stage, size and words, and a rule that is gone goes out', async () => {
    const [small, large] = [await desk.project({ stage: 'STARTED', total: '10000000' }), await desk.project({ stage: 'STARTED', total: '350000000' })];
    for (const id of [small, large]) await due(id, 'PERMIT', '2026-09-18');
    await at('2026-09-21');
    expect([await colour(small), await colour(large)]).toEqual(['YELLOW', 'YELLOW']);
    const permit = { code: 'PERMIT', zh: '许可', en: 'Permits', award: false, measure: 'PERMIT_OVERDUE', stages: ['STARTED'], condition: { fromWan: 5000 }, levels: [], steps: [{ from: 1, light: 'RED', meaning: { zh: '红色令', en: 'red order' } }] };
    await desk.policy('lights', { rules: [permit] });
    await at('2026-09-21');
    expect([await colour(small), await colour(large)]).toEqual(['GREEN', 'RED']);
    expect((await seen(large, 'lights { label meaning }')).lights).toEqual([{ label: '许可', meaning: '红色令' }]);
    expect((await desk.api.gql({ ...desk.leader, locale: 'en' }, `{ project(id: "${large}") { lights { rule } } }`)).data.project.lights).toEqual([{ rule: 'PERMIT' }]);
    await desk.policy('lights', { rules: [{ ...permit, stages: ['LANDED'] }] });
    await at('2026-09-21');
    expect(await colour(large)).toBe('GREEN');
  });

  it('may reward: then red is good, darkens nothing and is never escalated', async () => {
    const id = await desk.project({ stage: 'STARTED' });
    await due(id, 'PERMIT', '2026-09-18');
    await desk.policy('lights', { rules: [{ code: 'HONOUR', zh: '红榜', en: 'red list', award: true, measure: 'PERMIT_OVERDUE', stages: [], condition: {}, levels: [], steps: [{ from: 1, light: 'RED', meaning: { zh: '表扬', en: 'praised' } }] }] });
    expect(await at('2026-09-21')).toMatchObject({ began: 1, projects: 0, opened: 0 });
    expect(await seen(id, 'light lights { light award meaning next { level } }')).toEqual({ light: 'GREEN', lights: [{ light: 'RED', award: true, meaning: '表扬', next: null }] });
    expect(await named(id)).toEqual([]);
  });

  it('is worked out once by two workers at once', async () => {
    for (let n = 0; n < 3; n++) await due(await desk.project({ stage: 'STARTED' }), 'PERMIT', '2026-09-18');
    on('2026-09-21');
    const both = await Promise.all([sweep.sweepZone(desk.zone.id), sweep.sweepZone(desk.zone.id)]);
    expect(both.map((r) => r.began).sort()).toEqual([0, 3]);
    expect(both.map((r) => r.opened).sort()).toEqual([0, 3]);
  });

  it('refuses a policy that contradicts itself', async () => {
    const set = (value: object) => desk.api.gql(desk.zone.as.SECURITY_ADMIN, 'mutation($input: PolicySetInput!) { policySet(input: $input) { userErrors { code path } } }', { input: { name: 'lights', validFrom: '2026-09-21', expectedVersion: 0, value: { ...POLICIES.lights.usual, ...value } } });
    const rule = POLICIES.lights.usual.rules[0]!;
    for (const [value, path] of [[{ rules: [rule, rule] }, 'value.rules'], [{ rules: [{ ...rule, measure: 'MOON' }] }, 'value.rules.0.measure'], [{ rules: [{ ...rule, steps: [...rule.steps].reverse() }] }, 'value.rules.0.steps'], [{ ladder: [{ ...POLICIES.lights.usual.ladder[0]!, who: 'STAFF' }] }, 'value.ladder.0']] as const) {
      const answer = (await set(value)).data.policySet;
      expect(answer.userErrors.map((e: { code: string; path: string[] }) => [e.code, e.path.join('.')])).toEqual([['INVALID', path]]);
    }
  });
});

describe('a start that was planned', () => {
  it('is yellow from the month after, red after three (银川), until the project starts or resumes; plans of earlier years tell nothing', async () => {
    on('2026-06-15');
    await desk.policy('lights', { rules: POLICIES.lights.usual.rules.filter((r) => r.code === 'START') });
    const [fresh, resumed, old] = [await desk.project({ stage: 'LANDED' }), await desk.project({ stage: 'STARTED' }), await desk.project({ stage: 'LANDED' })];
    const listed = (id: string, year: number, month: number | null, kind: string) => desk.t.owner.query('insert into start_plan (zone_id, project_id, year, month, kind) values ($1, $2, $3, $4, $5)', [desk.zone.id, local(id), year, month, kind]);
    await listed(fresh, 2026, 6, 'NEW_START');
    await listed(resumed, 2026, 5, 'RESUME');
    await listed(old, 2023, 5, 'NEW_START');
    const both = async (day: string) => { await at(day); return [await colour(fresh), await colour(resumed), await colour(old)]; };
    expect(await both('2026-06-30')).toEqual(['GREEN', 'YELLOW', 'GREEN']);
    expect(await both('2026-07-01')).toEqual(['YELLOW', 'YELLOW', 'GREEN']);
    expect((await seen(fresh, 'lights { measured title meaning next { level on } }')).lights).toEqual([{ measured: '1 个月', title: '2026-06', meaning: '未按月开复工', next: { level: 'TALK', on: '2026-07-31' } }]);
    expect(await both('2026-08-01')).toEqual(['YELLOW', 'RED', 'GREEN']);
    await desk.t.owner.query(`insert into works_pause (zone_id, project_id, resumed_on) values ($1, $2, '2026-08-01')`, [desk.zone.id, local(resumed)]);
    expect(await both('2026-08-01')).toEqual(['YELLOW', 'GREEN', 'GREEN']);
    expect(await both('2026-09-01')).toEqual(['RED', 'GREEN', 'GREEN']);
    await desk.t.owner.query(`insert into milestone (zone_id, project_id, kind, event_on) values ($1, $2, 'STARTED', '2026-09-01')`, [desk.zone.id, local(fresh)]);
    expect(await both('2026-09-01')).toEqual(['GREEN', 'GREEN', 'GREEN']);
  });
});

describe('progress against the plan of the year', () => {
  const plan = (id: string, month: string, wan: number, wholeYear = false) => desk.t.owner.query('insert into investment_plan (zone_id, project_id, month, whole_year, amount) values ($1, $2, $3, $4, $5)', [desk.zone.id, local(id), month, wholeYear, wan * 10_000]);
  const spend = (id: string, month: string, wan: number) => desk.t.owner.query(`insert into investment_actual (zone_id, project_id, month, amount, reported_on, reported_by) values ($1, $2, $3, $4, $3, $5)`, [desk.zone.id, local(id), month, wan * 10_000, desk.zone.as.SERVICE.staffId]);
  const FIELDS = 'light lights { rule light measured title }';
  const only = (...rules: string[]) => desk.policy('lights', { rules: POLICIES.lights.usual.rules.filter((r) => rules.includes(r.code)) });

  it('is yellow ten points behind and red beyond thirty (银川): months as planned, a whole year by the months gone, after the day of report', async () => {
    on('2026-05-05');
    await only('PROGRESS');
    const monthly = await desk.project({ stage: 'STARTED' });
    for (const [n, wan] of [100, 200, 300, 400].entries()) await plan(monthly, `2026-0${n + 1}-01`, wan);
    const yearly = await desk.project({ stage: 'STARTED' });
    await plan(yearly, '2026-01-01', 1200, true);
    await spend(monthly, '2026-01-01', 100);
    await spend(monthly, '2026-02-01', 100);
    await spend(yearly, '2026-01-01', 280);
    // On the fifth of May April may still be reported: until March 600 of 1000 were planned, 200 are done; of the year 300 of 1200, 280.
    await at('2026-05-05');
    expect(await seen(monthly, FIELDS)).toEqual({ light: 'RED', lights: [{ rule: 'PROGRESS', light: 'RED', measured: '40 个百分点', title: '2026-03' }] });
    expect(await seen(yearly, FIELDS)).toEqual({ light: 'GREEN', lights: [] });
    await at('2026-05-06');
    expect(await seen(yearly, FIELDS)).toEqual({ light: 'YELLOW', lights: [{ rule: 'PROGRESS', light: 'YELLOW', measured: '10 个百分点', title: '2026-04' }] });
    // Thirty points to the point are yellow.
    await spend(monthly, '2026-03-01', 500);
    await at('2026-05-06');
    expect(await seen(monthly, FIELDS)).toMatchObject({ light: 'YELLOW', lights: [{ measured: '30 个百分点' }] });
    await spend(monthly, '2026-04-01', 400);
    await at('2026-05-06');
    expect(await colour(monthly)).toBe('GREEN');
  });

  it('rewards who is ahead where the zone says so, and asks nothing without a plan', async () => {
    on('2026-05-06');
    await desk.policy('lights', { rules: [{ code: 'AHEAD', zh: '红榜', en: 'red list', award: true, measure: 'SCHEDULE_AHEAD', stages: [], condition: {}, levels: [], steps: [{ from: 20, light: 'RED', meaning: { zh: '超序时进度', en: 'ahead of schedule' } }] }] });
    const [ahead, without] = [await desk.project({ stage: 'STARTED' }), await desk.project({ stage: 'STARTED' })];
    await plan(ahead, '2026-01-01', 1200, true);
    for (const id of [ahead, without]) await spend(id, '2026-04-01', 700);
    await at('2026-05-06');
    expect(await seen(ahead, FIELDS)).toEqual({ light: 'GREEN', lights: [{ rule: 'AHEAD', light: 'RED', measured: '25 个百分点', title: '2026-04' }] });
    expect((await seen(without, FIELDS)).lights).toEqual([]);
  });
});

describe('the ladder', () => {
  it('names the head of who has to act, then the leader; once for each step of a streak, and ends when the light is out', async () => {
    const id = await desk.project({ stage: 'STARTED' });
    const permit = await due(id, 'PERMIT', '2026-09-18');
    await at('2026-09-21');
    await at('2026-09-22');
    expect(names(await named(id))).toEqual([['NOTICE', 'GROUP_LEADER@group', 'OPEN']]);
    expect((await named(id))[0].dueOn).toBe('2026-09-29');
    expect((await seen(id, 'escalations { next { level who { name } } }')).escalations).toEqual([{ next: { level: 'TALK', who: { name: 'MANAGER@bureau' } } }]);
    // Twenty-two working days yellow: but red after ten comes first, and the highest step alone is taken.
    await at('2026-10-14');
    expect(names(await named(id))).toEqual([['SUPERVISION', 'LEADER@zone', 'OPEN'], ['NOTICE', 'GROUP_LEADER@group', 'OPEN']]);
    const inbox = async (who: Actor) => (await desk.api.gql(who, `{ reminders(filter: { projectId: "${id}", kind: [ESCALATION] }) { nodes { title state } } }`)).data.reminders.nodes;
    const { name } = await seen(id, 'name');
    expect(await inbox(desk.leader)).toEqual([
      { title: `“${name}”督办，请于 2026-10-19 前办理：证照手续，逾期10个工作日以上，施工许可`, state: 'PLANNED' }, { title: `“${name}”的督办今日到期，请办理：证照手续，逾期10个工作日以上，施工许可`, state: 'PLANNED' }]);
    // What is due of it stands in the list of deadlines, for whom it names.
    expect((await desk.api.gql(desk.leader, '{ deadlines(filter: { kinds: [ESCALATION], mine: true }) { nodes { kind title dueOn staff { name } } } }')).data.deadlines.nodes)
      .toEqual([{ kind: 'ESCALATION', title: '督办：证照手续，逾期10个工作日以上，施工许可', dueOn: '2026-10-19', staff: { name: 'LEADER@zone' } }]);
    await done(permit, '2026-10-14');
    expect(await at('2026-10-14')).toMatchObject({ closed: 2 });
    expect((await named(id)).map((e: { closedHow: string }) => e.closedHow)).toEqual(['LIGHT_OUT', 'LIGHT_OUT']);
    expect([await inbox(desk.leader), (await desk.api.gql(desk.leader, '{ deadlines(filter: { kinds: [ESCALATION] }) { totalCount } }')).data.deadlines.totalCount]).toEqual([[], 0]);
  });

  it('goes one step higher the second time within a year (三亚: two yellows), and by days that it shows', async () => {
    const twice = await desk.project({ stage: 'STARTED' });
    const first = await due(twice, 'CALL', '2026-07-01');
    await at('2026-07-02');
    await done(first, '2026-07-02');
    await at('2026-07-02');
    const again = await due(twice, 'CALL', '2026-09-18');
    await at('2026-09-21');
    expect(names(await named(twice))).toEqual([['TALK', 'MANAGER@bureau', 'OPEN'], ['NOTICE', 'GROUP_LEADER@group', 'CLOSED']]);
    await done(again, '2026-09-21');
    const slow = await desk.project({ stage: 'STARTED' });
    await due(slow, 'COMMITMENT', '2026-09-18');
    await desk.policy('lights', { rules: POLICIES.lights.usual.rules.map((r) => ({ ...r, steps: r.steps.slice(0, 1) })) });
    await at('2026-09-21');
    await at('2026-10-27');
    expect(names(await named(slow))).toEqual([['NOTICE', 'GROUP_LEADER@group', 'OPEN']]);
    await at('2026-10-28');
    expect(names(await named(slow))).toEqual([['TALK', 'MANAGER@bureau', 'OPEN'], ['NOTICE', 'GROUP_LEADER@group', 'OPEN']]);
  });

  it('passes by who left or is in charge of the project, and climbs only where the rule says', async () => {
    const own = await desk.project({ stage: 'STARTED', owner: desk.groupLeader });
    await due(own, 'PERMIT', '2026-09-18');
    await at('2026-09-21');
    expect(names(await named(own))).toEqual([['NOTICE', 'MANAGER@bureau', 'OPEN']]);
    const silent = await desk.project({ stage: 'STARTED' });
    await due(silent, 'CALL', '2026-09-18');
    await desk.policy('lights', { rules: POLICIES.lights.usual.rules.map((r) => ({ ...r, levels: ['SUPERVISION'] })) });
    await at('2026-09-21');
    expect(await named(silent)).toEqual([]);
    expect((await seen(silent, 'lights { next { level who { name } on } }')).lights).toEqual([{ next: { level: 'SUPERVISION', who: { name: 'LEADER@zone' }, on: '2026-09-24' } }]);
  });

  it('is climbed by hand too; answered with what was done by whom it names, closed with a reason by another', async () => {
    const id = await desk.project({ stage: 'STARTED' });
    const fields = 'escalation { id version state level label matter dueOn to { name } openedBy { name } answer answeredBy { name } closedHow closeReason }';
    const input = { projectId: id, level: 'TALK', toStaffId: `Staff:${desk.groupLeader.staffId}`, matter: '连续两周未到现场' };
    expect(codes(await desk.act(desk.manager, 'escalationIssue', { ...input, level: 'SHOUT' }))).toEqual([['UNKNOWN_CHOICE', 'level']]);
    expect(codes(await desk.act(desk.manager, 'escalationIssue', { ...input, matter: ' ' }))).toEqual([['REQUIRED', 'matter']]);
    expect(codes(await desk.act(desk.manager, 'escalationIssue', { ...input, dueOn: '2026-09-21' }))).toEqual([['DATE_NOT_AFTER_TODAY', 'dueOn']]);
    expect(codes(await desk.act(desk.manager, 'escalationIssue', { ...input, toStaffId: `Staff:${desk.other.as.LEADER.staffId}` }))).toEqual([['UNKNOWN_REFERENCE', 'toStaffId']]);
    expect([await desk.refused(desk.recruiter, 'escalationIssue', input), await desk.refused(desk.other.as.LEADER, 'escalationIssue', input)]).toEqual(['FORBIDDEN', 'NOT_FOUND']);
    const twice = await Promise.all([1, 2].map(() => desk.act(desk.manager, 'escalationIssue', { ...input, idempotencyKey: 'talk-1' }, fields)));
    expect(twice[0].escalation.id).toBe(twice[1].escalation.id);
    const { escalation } = twice[0];
    expect(escalation).toMatchObject({ state: 'OPEN', label: '约谈', dueOn: '2026-09-29', to: { name: 'GROUP_LEADER@group' }, openedBy: { name: 'MANAGER@bureau' } });
    const answer = (who: Actor, version: number, more: object = {}) => desk.act(who, 'escalationAnswer', { escalationId: escalation.id, expectedVersion: version, answer: '已约谈项目单位', ...more }, fields);
    expect(await desk.refused(desk.recruiter, 'escalationAnswer', { escalationId: escalation.id, expectedVersion: 1, answer: 'x' })).toBe('FORBIDDEN');
    expect(await desk.refused(desk.zone.stranger, 'escalationAnswer', { escalationId: escalation.id, expectedVersion: 1, answer: 'x' })).toBe('NOT_FOUND');
    expect(codes(await answer(desk.groupLeader, 9))).toEqual([['CONFLICT', 'expectedVersion']]);
    const races = await Promise.all([answer(desk.groupLeader, 1, { fileId: await desk.upload(desk.groupLeader, '约谈纪要') }), answer(desk.manager, 1)]);
    expect(races.map((r) => r.userErrors[0]?.code ?? 'DONE').sort()).toEqual(['CONFLICT', 'DONE']);
    expect((await desk.act(desk.leader, 'escalationClose', { escalationId: escalation.id, expectedVersion: 2, reason: '已整改' }, fields)).escalation).toMatchObject({ state: 'CLOSED', closedHow: 'PERSON', closeReason: '已整改' });
    expect(codes(await desk.act(desk.leader, 'escalationClose', { escalationId: escalation.id, expectedVersion: 3, reason: 'x' }))).toEqual([['ALREADY_DECIDED', 'escalationId']]);
    // Whom it is addressed to does not close it unanswered; the database says so too.
    const own = (await desk.act(desk.leader, 'escalationIssue', { ...input, toStaffId: `Staff:${desk.manager.staffId}` }, fields)).escalation;
    expect(codes(await desk.act(desk.manager, 'escalationClose', { escalationId: own.id, expectedVersion: 1, reason: '无需办理' }))).toEqual([['SECOND_PERSON', 'escalationId']]);
    await expect(desk.t.owner.query(`update escalation set state = 'CLOSED', closed_how = 'PERSON', closed_by = to_staff_id, closed_at = now(), close_reason = 'x' where id = $1`, [local(own.id)])).rejects.toMatchObject({ constraint: 'escalation_second_person' });
  });

  it('is listed by week, person, state and day, to who sees the project', async () => {
    const id = await desk.project({ stage: 'STARTED' });
    await desk.act(desk.manager, 'escalationIssue', { projectId: id, level: 'NOTICE', toStaffId: `Staff:${desk.recruiter.staffId}`, matter: '甲' });
    on('2026-09-28');
    await desk.act(desk.leader, 'escalationIssue', { projectId: id, level: 'TALK', toStaffId: `Staff:${desk.manager.staffId}`, matter: '乙', dueOn: '2026-09-30' });
    const list = async (who: Actor, filter: object) => (await desk.api.gql(who, 'query($f: EscalationFilter) { escalations(filter: $f) { totalCount nodes { matter } } }', { f: { projectId: id, ...filter } })).data.escalations.nodes.map((n: { matter: string }) => n.matter);
    expect(await list(desk.leader, {})).toEqual(['乙', '甲']);
    expect([await list(desk.leader, { openedFrom: '2026-09-21', openedTo: '2026-09-27' }), await list(desk.leader, { levels: ['TALK'] }), await list(desk.leader, { states: ['CLOSED'] }), await list(desk.leader, { overdue: true })]).toEqual([['甲'], ['乙'], [], []]);
    on('2026-09-30');
    expect([await list(desk.recruiter, { overdue: true }), await list(desk.recruiter, { mine: true }), await list(desk.leader, { toStaffIds: [`Staff:${desk.manager.staffId}`] }), await list(desk.zone.stranger, {}), await list(desk.other.as.LEADER, {})]).toEqual([['甲'], ['甲'], ['乙'], [], []]);
  });
});

describe('the board', () => {
  it('counts by rule, light and who has to act; each number is exactly its rows, for everybody', async () => {
    const [a, b, c] = [await desk.project({ stage: 'STARTED' }), await desk.project({ stage: 'STARTED' }), await desk.project({ owner: desk.zone.stranger, departmentId: desk.zone.departments.otherBureau })];
    for (const id of [a, b, c]) await due(id, 'COMMITMENT', '2026-09-18');
    await due(a, 'PERMIT', '2026-09-01', desk.zone.departments.service);
    await desk.t.owner.query(`update project set light = 'YELLOW' where id = $1`, [local(c)]);
    await at('2026-09-21');
    const board = async (who: Actor) => (await desk.api.gql(who, '{ lightBoard { rule label light award department { name } count projects(first: 20) { totalCount nodes { id } } } }')).data.lightBoard;
    const rows = await board(desk.leader);
    expect(rows.map((r: any) => [r.rule, r.label, r.light, r.department.name, r.count])).toEqual([
      ['PERMIT', '证照手续', 'RED', '项目服务中心', 1], ['COMMITMENT', '承诺兑现', 'YELLOW', '招商一局一组', 2], ['COMMITMENT', '承诺兑现', 'YELLOW', '招商二局', 1], ['SILENCE', '无进展', 'YELLOW', '招商二局', 1]]);
    for (const who of [desk.leader, desk.manager, desk.recruiter, desk.zone.stranger, desk.zone.as.SERVICE]) for (const r of await board(who)) expect([r.projects.totalCount, r.projects.nodes.length]).toEqual([r.count, r.count]);
    expect((await board(desk.zone.stranger)).map((r: any) => [r.rule, r.count])).toEqual([['COMMITMENT', 1], ['SILENCE', 1]]);
    expect(await board(desk.other.as.LEADER)).toEqual([]);
    expect((await desk.api.gql(desk.zone.as.AGENT, '{ lightBoard { count } }')).errors[0].extensions.code).toBe('FORBIDDEN');
  });
});
