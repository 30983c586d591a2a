import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LightsSweepService } from '@yinfeng/construction';
import { POLICIES } from '@yinfeng/directory';
import { type Actor } from '@yinfeng/platform';
import { commandLine } from '../cli/command-line.js';
import { ledger, truth } from '../cli/ledger-truth.js';
import { publishCalendar } from '../jobs/reminders-zone.js';
import { makeZone } from '../support/fixtures.js';
import { codes, type DealDesk, dealDesk } from './deal-desk.js';

let desk: DealDesk;
let service: Actor;
let second: Actor;
beforeAll(async () => {
  desk = await dealDesk();
  await publishCalendar(desk.t.owner);
  service = await desk.zone.hire('SERVICE', 'service', { name: '统计员甲' });
  second = await desk.zone.hire('SERVICE', 'service', { name: '统计员乙' });
});
afterAll(() => desk.stop());
beforeEach(() => on('2026-06-15'));

const on = (day: string) => {
  desk.api.clock.pin(new Date(`${day}T10:00:00+08:00`));
  desk.t.clock.pin(new Date(`${day}T10:00:00+08:00`));
};
const local = (id: string) => id.split(':')[1]!;
const FIELDS = 'entry { id version kind enteredOn name code totalInvestment { amount raw } confirmedBy { name } voidReason }';
/** A project that has started and was handed to the service centre. */
async function started(day: string, recorded = day): Promise<string> {
  const id = await desk.project({ stage: 'STARTED' });
  await desk.t.owner.query(`insert into project_department (zone_id, project_id, department_id) values ($1, $2, $3)`, [desk.zone.id, local(id), desk.zone.departments.service]);
  await desk.t.owner.query(`insert into milestone (zone_id, project_id, kind, event_on, entered_at) values ($1, $2, 'STARTED', $3, shanghai_midnight($4))`, [desk.zone.id, local(id), day, recorded]);
  return id;
}
const record = (id: string, more: object = {}, who = service) => desk.act(who, 'statisticsEntryRecord', { projectId: id, kind: 'STATISTICS', enteredOn: '2026-06-10', name: '某某公司年产五万套项目', ...more }, FIELDS);
const act = (name: string, entryId: string, expectedVersion: number, more: object = {}, who = second) => desk.act(who, name, { entryId, expectedVersion, ...more }, FIELDS);
const milestone = async (id: string) => (await desk.see(desk.leader, id, 'milestones { kind eventOn }')).milestones.filter((m: { kind: string }) => m.kind === 'STATISTICS_ENTRY').map((m: { eventOn: string }) => m.eventOn);
const due = async (id: string, met = false) => (await desk.api.gql(desk.leader, 'query($f: DeadlineFilter) { deadlines(filter: $f) { nodes { sinceOn dueOn doneOn } } }', { f: { projectId: id, kinds: ['STATISTICS_ENTRY'], met } })).data.deadlines.nodes;

describe('entry into statistics', () => {
  it('is recorded with its name, confirmed by another, and then counts: the milestone and what was due follow', async () => {
    const id = await started('2026-05-20');
    expect(await due(id)).toEqual([{ sinceOn: '2026-05-20', dueOn: '2026-06-20', doneOn: null }]);
    const { entry } = await record(id, { code: 'TZ-2026-001', totalInvestment: { raw: '3.5亿元' }, fileId: await desk.upload(service, '入库证明') });
    expect(entry).toMatchObject({ version: 1, name: '某某公司年产五万套项目', code: 'TZ-2026-001', totalInvestment: { amount: '350000000', raw: '3.5亿元' }, confirmedBy: null });
    expect(await milestone(id)).toEqual([]);
    expect(codes(await act('statisticsEntryConfirm', entry.id, 1, {}, service))).toEqual([['SECOND_PERSON', 'entryId']]);
    await expect(desk.t.owner.query('update statistics_entry set confirmed_by = recorded_by, confirmed_at = now() where id = $1', [local(entry.id)])).rejects.toMatchObject({ constraint: 'statistics_entry_second_person' });
    const both = await Promise.all([second, await desk.zone.hire('SERVICE', 'service')].map((who) => act('statisticsEntryConfirm', entry.id, 1, {}, who)));
    expect(both.map((a) => a.userErrors[0]?.code ?? 'DONE').sort()).toEqual(['CONFLICT', 'DONE']);
    expect([await milestone(id), await due(id), await due(id, true)]).toEqual([['2026-06-10'], [], [{ sinceOn: '2026-05-20', dueOn: '2026-06-20', doneOn: '2026-06-10' }]]);
    // An earlier one moves the milestone, taking it back moves it again; without any it is due again.
    const size = (await record(id, { kind: 'DESIGNATED_SIZE', enteredOn: '2026-06-01' })).entry;
    await act('statisticsEntryConfirm', size.id, 1);
    expect(await milestone(id)).toEqual(['2026-06-01']);
    expect(codes(await act('statisticsEntryVoid', size.id, 2, { reason: ' ' }))).toEqual([['REASON_REQUIRED', 'reason']]);
    expect((await act('statisticsEntryVoid', size.id, 2, { reason: '登记有误' })).entry.voidReason).toBe('登记有误');
    expect(await milestone(id)).toEqual(['2026-06-10']);
    await act('statisticsEntryVoid', entry.id, 2, { reason: '退库' });
    expect([await milestone(id), await due(id)]).toEqual([[], [{ sinceOn: '2026-05-20', dueOn: '2026-06-20', doneOn: null }]]);
    expect(codes(await act('statisticsEntryConfirm', entry.id, 3))).toEqual([['STATISTICS_VOIDED', 'entryId']]);
    expect((await desk.see(desk.leader, id, 'statisticsEntries { kind voidReason }')).statisticsEntries).toEqual([{ kind: 'DESIGNATED_SIZE', voidReason: '登记有误' }, { kind: 'STATISTICS', voidReason: '退库' }]);
    expect((await record(id)).userErrors).toEqual([]);
  });

  it('is refused where it does not fit, and to who may not', async () => {
    const id = await started('2026-05-20');
    expect(codes(await record(id, { name: ' ' }))).toEqual([['REQUIRED', 'name']]);
    expect(codes(await record(id, { enteredOn: '2026-06-16' }))).toEqual([['DATE_IN_FUTURE', 'enteredOn']]);
    expect(codes(await record(id, { totalInvestment: { amount: '1', currency: 'USD' } }))).toEqual([['INVALID', 'totalInvestment']]);
    const signed = await desk.project({ stage: 'SIGNED' });
    await desk.t.owner.query(`insert into project_department (zone_id, project_id, department_id) values ($1, $2, $3)`, [desk.zone.id, local(signed), desk.zone.departments.service]);
    expect(codes(await record(signed))).toEqual([['STATISTICS_NOT_STARTED', 'projectId']]);
    const input = { projectId: id, kind: 'LIBRARY', enteredOn: '2026-06-10', name: 'x', idempotencyKey: 'once' };
    expect([await desk.refused(desk.manager, 'statisticsEntryRecord', input), await desk.refused(desk.other.as.SERVICE, 'statisticsEntryRecord', input)]).toEqual(['FORBIDDEN', 'NOT_FOUND']);
    const twice = await Promise.all([1, 2].map(() => desk.act(service, 'statisticsEntryRecord', input, FIELDS)));
    expect(twice[0].entry.id).toBe(twice[1].entry.id);
    expect(codes(await record(id, { kind: 'LIBRARY' }))).toEqual([['ALREADY_DECIDED', 'kind']]);
    expect(codes(await act('statisticsEntryConfirm', twice[0].entry.id, 7))).toEqual([['CONFLICT', 'expectedVersion']]);
    const list = async (filter: object, who = desk.leader) => (await desk.api.gql(who, 'query($f: StatisticsEntryFilter) { statisticsEntries(filter: $f) { totalCount nodes { kind } } }', { f: { projectId: id, ...filter } })).data.statisticsEntries.totalCount;
    expect([await list({}), await list({ confirmed: false }), await list({ confirmed: true }), await list({ kinds: ['STATISTICS'] }), await list({ from: '2026-06-11' }), await list({}, desk.zone.stranger)]).toEqual([1, 1, 0, 0, 0, 0]);
  });

  it('missing a month after the start is yellow, after two red (银川); an old start in a ledger asks nothing', async () => {
    const sweep = desk.api.running.app.get(LightsSweepService);
    on('2026-04-30');
    await desk.policy('lights', { rules: POLICIES.lights.usual.rules.filter((r) => r.code === 'STATISTICS') });
    const id = await started('2026-04-30');
    const old = await started('2023-04-15', '2026-04-15');
    const at = async (day: string) => { on(day); await sweep.sweepZone(desk.zone.id); return (await desk.see(desk.leader, id, 'light lights { measured meaning }')); };
    expect(await at('2026-05-30')).toEqual({ light: 'GREEN', lights: [] });
    expect(await at('2026-05-31')).toEqual({ light: 'YELLOW', lights: [{ measured: '1 个月', meaning: '开工满一个月未入统' }] });
    expect((await at('2026-06-30')).light).toBe('YELLOW');
    expect(await at('2026-07-01')).toEqual({ light: 'RED', lights: [{ measured: '2 个月', meaning: '开工满两个月未入统' }] });
    expect([await due(old), (await desk.see(desk.leader, old, 'light')).light]).toEqual([[], 'GREEN']);
    // Confirmed: out at once, and what was asked because of it is settled.
    const { entry } = await record(id, { enteredOn: '2026-06-20' });
    await act('statisticsEntryConfirm', entry.id, 1);
    expect(await desk.see(desk.leader, id, 'light lights { rule } escalations { state closedHow }')).toEqual({ light: 'GREEN', lights: [], escalations: [{ state: 'CLOSED', closedHow: 'LIGHT_OUT' }, { state: 'CLOSED', closedHow: 'LIGHT_OUT' }] });
    await act('statisticsEntryVoid', entry.id, 2, { reason: '退库' });
    expect((await desk.see(desk.leader, id, 'light')).light).toBe('RED');
  });

  it('follows the months of the zone', async () => {
    await desk.policy('statistics', { dueMonths: 3 });
    expect(await due(await started('2026-05-20'))).toEqual([{ sinceOn: '2026-05-20', dueOn: '2026-08-20', doneOn: null }]);
  });
});

it('counts the 50 projects of 2024 that the ledger tells of, each listed', async () => {
  const zone = await makeZone(desk.t.owner);
  const folder = await mkdtemp(join(tmpdir(), 'yinfeng-stat-'));
  try {
    const file = 'ledger-changchun-xinqu-2024.xlsx';
    const told = await commandLine(desk.t.url, folder)(['ledger:import', ledger(file), '--zone', zone.code, '--json', '--decide', 'same']);
    expect([told.stderr, told.code]).toEqual(['', 0]);
    const figures = async (who: Actor) => (await desk.api.gql(who, `{ statisticsFigures(from: "2024-01-01", to: "2024-12-31") { entered { count projects(first: 100) { totalCount nodes { id } } } missing { count projects { totalCount } } } }`)).data.statisticsFigures;
    const { entered, missing } = await figures(zone.as.LEADER);
    const figure = (truth(file) as unknown as { bulletin: { id: string; value: string }[] }).bulletin.find((f) => f.id === 'three-fives.stat.2024')!;
    expect([entered.count, entered.projects.totalCount, new Set(entered.projects.nodes.map((n: { id: string }) => n.id)).size]).toEqual([Number(figure.value), 50, 50]);
    expect([missing.count, missing.projects.totalCount]).toEqual([0, 0]);
    const own = await figures(zone.as.MANAGER);
    expect(own.entered.projects.totalCount).toBe(own.entered.count);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
