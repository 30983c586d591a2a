import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { codesOf, type PermitsDesk, permitsDesk } from './permits-desk.js';

let desk: PermitsDesk;
beforeAll(async () => { desk = await permitsDesk(); });
afterAll(() => desk.stop());
beforeEach(() => desk.day('2026-10-09'));

const COUNTS = 'granted projects averageDays medianDays timed onTime onTimeRate express expressRate promised clocked averageMinutes';
const figures = async (who = desk.zone.manager, variables: object = {}) =>
  (await desk.api.gql(who, `query($from: Date!, $to: Date!, $by: PermitDimension, $f: PermitFilter) { permitFigures(from: $from, to: $to, by: $by, filter: $f) { total { ${COUNTS} } rows { key label ${COUNTS} } } }`, { from: '2026-10-01', to: '2026-10-31', ...variables }));
const listed = async (f: object, who = desk.zone.manager) => (await desk.api.gql(who, 'query($f: PermitFilter) { permits(filter: $f, first: 200) { totalCount nodes { id code minutes usedDays } } }', { f: { grantedFrom: '2026-10-01', grantedTo: '2026-10-31', ...f } })).data.permits;
const plan = async (project: string) => (await desk.api.gql(desk.zone.manager, 'query($id: ID!) { project(id: $id) { permitPlan { finishOn provisional steps { permit { code } startsOn finishesOn provisional critical } } } }', { id: project })).data.project.permitPlan;

describe('figures of a period', () => {
  it('办理公司注册登记平均不足40分钟: the registrations of the month average 38.4 minutes, and are the rows of the list', async () => {
    const minutes = [26, 31, 35, 38, 38, 40, 42, 44, 45, 45];
    const projects: string[] = [];
    for (const m of minutes) {
      const project = await desk.handed();
      projects.push(project);
      expect(codesOf(await desk.on(project, 'REGISTRATION', 'permitGrant', { minutes: m }))).toEqual([]);
    }
    const { data } = await figures(undefined, { by: 'CODE', f: { codes: ['REGISTRATION'] } });
    expect(data.permitFigures.total).toMatchObject({ granted: 10, projects: 10, clocked: 10, averageMinutes: '38.4', timed: 10, onTime: 6, onTimeRate: '60', averageDays: '0' });
    expect(Number(data.permitFigures.total.averageMinutes)).toBeLessThan(40);
    expect(data.permitFigures.rows).toEqual([{ key: 'REGISTRATION', label: '公司注册', ...data.permitFigures.total }]);
    const rows = await listed({ codes: ['REGISTRATION'] });
    expect(rows.totalCount).toBe(10);
    expect(rows.nodes.map((n: { minutes: number }) => n.minutes).sort()).toEqual(minutes);

    // Days: filings of 0, 1, 1 and 4 working days, one of them express.
    for (const [i, [granted, express]] of ([['2026-10-09', true], ['2026-10-10', false], ['2026-10-10', false], ['2026-10-14', false]] as const).entries()) {
      desk.day('2026-10-09');
      await desk.on(projects[i]!, 'FILING', 'permitApply', { express });
      desk.day(granted);
      await desk.on(projects[i]!, 'FILING', 'permitGrant');
    }
    const by = (await figures(undefined, { by: 'CODE' })).data.permitFigures;
    expect(by.rows.map((r: { key: string }) => r.key)).toEqual(['REGISTRATION', 'FILING']);
    expect(by.rows[1]).toMatchObject({ granted: 4, averageDays: '1.5', medianDays: '1', timed: 4, onTime: 3, onTimeRate: '75', express: 1, expressRate: '25', clocked: 0, averageMinutes: null });
    expect(by.total.granted).toBe((await listed({})).totalCount);
    const department = (await figures(undefined, { by: 'DEPARTMENT' })).data.permitFigures;
    expect(department.rows).toEqual([{ key: `Department:${desk.zone.departments.service}`, label: '项目服务中心', ...department.total }]);
    expect((await listed({ departmentIds: [department.rows[0].key], express: true })).totalCount).toBe(department.total.express);
    // Figures are of what one may see, and of the days asked for.
    expect((await figures(desk.zone.stranger)).data.permitFigures.total).toMatchObject({ granted: 0, averageDays: null, onTimeRate: null });
    expect((await figures(undefined, { from: '2026-10-14', to: '2026-10-14' })).data.permitFigures.total).toMatchObject({ granted: 1, medianDays: '4' });
    expect((await figures(undefined, { from: '2026-10-14', to: '2026-10-13' })).errors[0].extensions.code).toBe('BAD_USER_INPUT');
    expect((await figures(desk.zone.as.AGENT)).errors[0].extensions.code).toBe('FORBIDDEN');
  });

  it('finds permits by state, person, lane and day, in pages', async () => {
    const project = await desk.handed();
    await desk.on(project, 'REGISTRATION', 'permitGrant', { minutes: 20 });
    await desk.on(project, 'FILING', 'permitApply', { promise: { content: '补交' } });
    await desk.on(project, 'FILING', 'permitEdit', { staffId: `Staff:${desk.zone.serviceBelow.staffId}` });
    const find = async (f: object) => (await desk.api.gql(desk.zone.manager, 'query($f: PermitFilter) { permits(filter: $f) { totalCount nodes { code } } }', { f: { projectId: project, ...f } })).data.permits.nodes.map((n: { code: string }) => n.code).sort();
    expect(await find({ states: ['READY'] })).toEqual([]);
    expect(await find({ states: ['NOT_STARTED'] })).toEqual(['ACCEPTANCE', 'BUILDING_PERMIT', 'ENVIRONMENT', 'FIRE_ACCEPTANCE']);
    expect(await find({ states: ['APPLIED'], promised: true, staffIds: [`Staff:${desk.zone.serviceBelow.staffId}`], dueBefore: '2026-10-13' })).toEqual(['FILING']);
    expect(await find({ dueBefore: '2026-10-12' })).toEqual([]);
    const page = async (after: string | null) => (await desk.api.gql(desk.zone.manager, 'query($f: PermitFilter, $after: String) { permits(filter: $f, first: 4, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }', { f: { projectId: project }, after })).data.permits;
    const first = await page(null);
    const second = await page(first.pageInfo.endCursor);
    expect([first.nodes.length, second.nodes.length, second.pageInfo.hasNextPage]).toEqual([4, 2, false]);
    expect(new Set([...first.nodes, ...second.nodes].map((n) => n.id)).size).toBe(6);
  });
});

describe('earliest finish', () => {
  it('adds up along the path that decides it, from today, and follows what happens', async () => {
    desk.day('2026-10-08');
    const project = await desk.handed();
    const before = await plan(project);
    // 1 + 3 + 20 + 7 + 15 + 15 working days after 8 October.
    expect(before).toMatchObject({ finishOn: '2026-12-31', provisional: false });
    expect(before.steps.map((s: { permit: { code: string }; critical: boolean }) => [s.permit.code, s.critical])).toEqual([['REGISTRATION', true], ['FILING', true], ['ENVIRONMENT', true], ['BUILDING_PERMIT', true], ['FIRE_ACCEPTANCE', true], ['ACCEPTANCE', true]]);
    expect(before.steps[1]).toMatchObject({ startsOn: '2026-10-09', finishesOn: '2026-10-13' });
    await desk.on(project, 'REGISTRATION', 'permitGrant', { minutes: 30 });
    await desk.on(project, 'FILING', 'permitApply', { express: true });
    await desk.on(project, 'ENVIRONMENT', 'permitSkip', { reason: '豁免' });
    const after = await plan(project);
    expect(after.finishOn).toBe('2026-11-30');
    expect(after.steps.map((s: { permit: { code: string } }) => s.permit.code)).not.toContain('ENVIRONMENT');
    // While the clock stands, what is left of it is counted from today on.
    await desk.on(project, 'FILING', 'permitSupplement', { reason: '缺材料' });
    desk.day('2026-10-20');
    expect((await plan(project)).steps[1]).toMatchObject({ permit: { code: 'FILING' }, startsOn: '2026-10-08', finishesOn: '2026-10-21', critical: true });
    const large = await plan(await desk.handed({ total: '200000000', industry: 'C374', land: '100亩' }));
    expect(large.steps.filter((s: { critical: boolean }) => s.critical).map((s: { permit: { code: string } }) => s.permit.code)).toEqual(['REGISTRATION', 'FILING', 'LAND', 'LAND_PLANNING', 'WORKS_PLANNING', 'DRAWINGS', 'BUILDING_PERMIT', 'FIRE_ACCEPTANCE', 'ACCEPTANCE']);
    desk.day('2026-12-30');
    expect(await plan(project)).toMatchObject({ provisional: true });
    expect((await desk.api.gql(desk.zone.recruiter, 'query($id: ID!) { project(id: $id) { permitPlan { finishOn } } }', { id: `Project:${await desk.zone.project()}` })).data.project.permitPlan).toBeNull();
  });
});

describe('the clock', () => {
  /** Autumn 2026 as published for these tests; Monday to Friday from 2027 on. */
  const off = new Set(['2026-09-25', '2026-09-26', '2026-09-27', ...Array.from({ length: 7 }, (_, i) => `2026-10-0${i + 1}`)]);
  const made = new Set(['2026-09-20', '2026-10-10']);
  const works = (day: Date) => { const d = day.toISOString().slice(0, 10); return made.has(d) || (!off.has(d) && ![0, 6].includes(day.getUTCDay())); };
  const next = (day: string, n = 1) => new Date(Date.parse(day) + n * 86_400_000).toISOString().slice(0, 10);

  it('agrees day by day with a simple model: each working day after the application counts unless the clock stands', async () => {
    let seed = 20261009;
    const random = (n: number) => { seed = (seed * 1103515245 + 12345) % 2147483648; return Math.floor((seed / 2147483648) * n); };
    const { owner } = desk.t;
    const project = (await desk.handed()).split(':')[1];
    for (let run = 0; run < 60; run++) {
      const applied = next('2026-08-20', random(120));
      const allowed = 1 + random(30);
      const { rows: [{ id }] } = await owner.query(`insert into permit (zone_id, project_id, code, position, label_zh, label_en, allowed_days) values ($1, $2, $3, 1, 'x', 'x', $4) returning id`, [desk.zone.id, project, `RUN_${run}`, allowed]);
      await owner.query(`update permit set state = 'APPLIED', applied_on = $2, round = 1, version = version + 1, act = 'APPLIED' where id = $1`, [id, applied]);
      const stops: [string, string][] = [];
      let day = applied;
      for (let i = random(4); i > 0; i--) {
        const from = next(day, random(6));
        const to = next(from, random(20));
        stops.push([from, to]);
        day = to;
        await owner.query(`update permit set state = 'SUPPLEMENT', stopped_on = $2, act = 'STOPPED', reason = 'x' where id = $1`, [id, from]);
        await owner.query(`update permit set state = 'APPLIED', stopped = stopped + case when $2::date > stopped_on then datemultirange(daterange(stopped_on + 1, $2::date + 1)) else '{}' end, stopped_on = null, act = 'RESUMED' where id = $1`, [id, to]);
      }
      const end = next(day, random(25));
      await owner.query(`update permit set state = 'GRANTED', granted_on = $2, act = 'GRANTED' where id = $1`, [id, end]);
      const stood = (d: string) => stops.some(([from, to]) => d > from && d <= to);
      let used = 0;
      for (let d = next(applied); d <= end; d = next(d)) if (works(new Date(d)) && !stood(d)) used++;
      // In time as long as no more days are used than are allowed.
      let due = applied;
      for (let d = next(applied), n = 0; ; d = next(d)) {
        if (!works(new Date(d))) continue;
        if (!stood(d) && ++n > allowed) break;
        due = d;
      }
      const { rows: [row] } = await owner.query('select due_on, used_days from permit where id = $1', [id]);
      expect({ run, applied, allowed, stops, end, ...row }).toEqual({ run, applied, allowed, stops, end, due_on: due, used_days: used });
    }
  });

  it('is counted anew when a year is published: what was provisional moves with its holidays, and with it what is due', async () => {
    desk.day('2026-12-28');
    const project = await desk.handed();
    await desk.on(project, 'REGISTRATION', 'permitGrant', { minutes: 30 });
    await desk.on(project, 'FILING', 'permitGrant');
    expect((await desk.on(project, 'ENVIRONMENT', 'permitApply')).permit).toMatchObject({ dueOn: '2027-01-25', dueProvisional: true });
    const special = Array.from({ length: 3 }, (_, i) => ({ day: `2027-01-0${i + 1}`, working: false, name: '元旦' })).concat([{ day: '2027-01-04', working: false, name: '元旦' }]);
    await desk.t.owner.query(`select calendar_import(2027, 'test', $1::jsonb)`, [JSON.stringify(special)]);
    const moved = await desk.permit(project, 'ENVIRONMENT');
    expect(moved).toMatchObject({ dueOn: '2027-01-27', dueProvisional: false, version: 2 });
    expect(await desk.due(project)).toContainEqual({ title: '环评', part: '', due: '2027-01-27', done: null, department: '项目服务中心' });
    await desk.t.owner.query(`begin; delete from working_day where day >= '2027-01-01'; delete from calendar_day where day >= '2027-01-01'; delete from calendar_year where year = 2027; commit`);
  });
});

describe('a merge', () => {
  it('brings permits, papers and story along; what the other has already stays with the one that went, and comes back with it', async () => {
    const { zone } = desk;
    const stays = await desk.handed();
    const goes = await desk.handed();
    await desk.act(zone.service, 'permitAdd', { projectId: goes, label: '取水许可', after: ['REGISTRATION'], workingDays: 10 });
    await desk.on(goes, 'REGISTRATION', 'permitGrant', { minutes: 30 });
    await desk.on(goes, 'OTHER_1', 'permitApply', { files: [{ fileId: await desk.upload(zone.service, '申请'), label: '申请' }] });
    const version = async (id: string) => (await desk.t.owner.query('select version from project where id = $1', [id.split(':')[1]])).rows[0].version;
    const merged = await desk.api.gql(zone.manager, `mutation($input: ProjectMergeInput!) { act: projectMerge(input: $input) { act { id } userErrors { code message path } } }`,
      { input: { survivorId: stays, otherId: goes, expectedVersion: await version(stays), otherExpectedVersion: await version(goes), reason: '同一项目' } });
    expect(merged.data?.act.userErrors ?? merged.errors).toEqual([]);
    const after = await desk.permits(stays);
    expect(after.map((p) => p['code'])).toEqual(['REGISTRATION', 'FILING', 'ENVIRONMENT', 'BUILDING_PERMIT', 'FIRE_ACCEPTANCE', 'ACCEPTANCE', 'OTHER_1']);
    expect(after[6]).toMatchObject({ state: 'APPLIED', dependsOn: [{ code: 'REGISTRATION', done: false }], files: [{ label: '申请' }] });
    expect(after[0]).toMatchObject({ state: 'READY' });
    expect((await desk.due(stays)).map((d) => d.title)).toContain('取水许可');
    const events = await desk.t.owner.query('select count(*)::int as n from permit_event where project_id = $1 and permit_id = $2', [stays.split(':')[1], after[6]!['id'].split(':')[1]]);
    expect(events.rows[0].n).toBe(2);
    const undone = await desk.api.gql(zone.manager, 'mutation($input: UndoInput!) { act: mergeUndo(input: $input) { act { leftBehind { entity } } userErrors { code } } }', { input: { actId: merged.data.act.act.id, reason: '两个项目' } });
    expect(undone.data.act).toEqual({ act: { leftBehind: [] }, userErrors: [] });
    expect((await desk.permits(stays)).map((p) => p['code'])).not.toContain('OTHER_1');
    expect(await desk.permit(goes, 'OTHER_1')).toMatchObject({ state: 'APPLIED', files: [{ label: '申请' }], dependsOn: [{ done: true }] });
    expect((await desk.due(goes)).map((d) => d.title)).toContain('取水许可');
  });
});
