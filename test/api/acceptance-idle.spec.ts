import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Actor } from '@yinfeng/platform';
import { PoolSweepService } from '@yinfeng/recruitment';
import { DeliveryService, IdleService } from '@yinfeng/reminders';
import { publishCalendar } from '../jobs/reminders-zone.js';
import { codes, type DealDesk, dealDesk } from './deal-desk.js';

/** Acceptance check 5 as one story, by the usual rules of a new zone: 在谈 30 days, 2/3/6 months, 调休, the manager's sum, the pool and the credit. */
let desk: DealDesk;
let idle: IdleService;
let pool: PoolSweepService;
beforeAll(async () => {
  desk = await dealDesk();
  await publishCalendar(desk.t.owner);
  idle = desk.api.running.app.get(IdleService);
  pool = PoolSweepService.over(desk.t.db, desk.t.clock);
});
afterAll(() => desk.stop());
beforeEach(async () => {
  await desk.t.owner.query('delete from reminder');
  await desk.t.owner.query(`update project set status = 'WITHDRAWN' where status <> 'WITHDRAWN'`);
  await desk.t.owner.query(`delete from zone_policy where name in ('idle', 'pool')`);
});

const local = (id: string) => id.split(':')[1]!;
const on = (day: string) => {
  for (const clock of [desk.api.clock, desk.t.clock]) clock.pin(new Date(`${day}T10:00:00+08:00`));
};
/** A project that has been silent since a day. */
async function silent(since: string, values: Parameters<DealDesk['project']>[0] = {}): Promise<string> {
  const id = await desk.project(values);
  await desk.t.owner.query('update project set last_activity_on = $2, idle_due_on = idle_due(zone_id, stage, $2) where id = $1', [local(id), since]);
  return id;
}
const look = async (day: string, id: string) => {
  on(day);
  await idle.sweepZone(desk.zone.id);
  return (await desk.see(desk.leader, id, 'light')).light;
};
async function deliver(): Promise<void> {
  const delivery = new DeliveryService(desk.t.db);
  await delivery.sweep();
  const { rows } = await desk.t.owner.query<{ zone_id: string; ids: string[] }>(`select zone_id, array_agg(id) as ids from reminder_delivery where state = 'CLAIMED' group by 1`);
  for (const r of rows) await delivery.deliver(r.zone_id, r.ids);
}
const inbox = async (who: Actor) => (await desk.api.gql(who, '{ reminders(filter: { kind: [IDLE] }) { nodes { title project { id } } } }')).data.reminders.nodes;

describe('在谈 30 days without progress', () => {
  it('is yellow on the 30th working day: the worked Sunday counts, the holidays do not', async () => {
    // Thirty working days after 12 August, Sunday 20 September worked: 22 September; without it the 23rd.
    const worked = await silent('2026-08-12');
    expect(await look('2026-09-21', worked)).toBe('GREEN');
    expect(await look('2026-09-22', worked)).toBe('YELLOW');
    // Thirty after 28 August, over 25–27 September and 1–7 October, 20 September and 10 October worked: 15 October.
    const over = await silent('2026-08-28');
    expect(await look('2026-10-14', over)).toBe('GREEN');
    expect(await look('2026-10-15', over)).toBe('YELLOW');
  });

  it('comes to the manager as one sum a day, whatever the number of projects; the newest takes the place of the last', async () => {
    const first = await silent('2026-08-12');
    for (const day of ['2026-08-12', '2026-08-12', '2026-08-13']) await silent(day);
    await silent('2026-08-12', { owner: desk.zone.stranger, departmentId: desk.zone.departments.otherBureau });
    await look('2026-09-22', first);
    await idle.sweepZone(desk.zone.id);
    await Promise.all([idle.sweepZone(desk.zone.id), new IdleService(desk.t.db, desk.t.clock).sweepZone(desk.zone.id)]);
    await deliver();
    expect(await inbox(desk.manager)).toEqual([{ title: '无进展项目：黄灯 3 个，红灯 0 个，其中新增 3 个', project: null }]);
    expect((await inbox(desk.recruiter)).length).toBe(3);
    // One more turns yellow on the next working day.
    await look('2026-09-23', first);
    await deliver();
    expect(await inbox(desk.manager)).toEqual([{ title: '无进展项目：黄灯 4 个，红灯 0 个，其中新增 1 个', project: null }]);
    // Nothing new: nothing is said before the first working day of the next week; nothing on a holiday.
    await look('2026-09-24', first);
    await look('2026-09-26', first);
    await deliver();
    expect((await desk.t.owner.query(`select count(*)::int as n from reminder where cause like 'IDLE_DIGEST:%'`)).rows).toEqual([{ n: 2 }]);
    await desk.act(desk.recruiter, 'visitLog', { projectId: first, direction: 'OUTBOUND', visitedOn: '2026-09-24', content: '现场' });
    await look('2026-09-28', first);
    await deliver();
    expect(await inbox(desk.manager)).toEqual([{ title: '无进展项目：黄灯 3 个，红灯 0 个，其中新增 0 个', project: null }]);
    expect((await desk.api.gql({ ...desk.manager, locale: 'en' }, '{ projects(filter: { lights: [YELLOW], statuses: [ACTIVE] }) { totalCount } }')).data.projects.totalCount).toBe(3);
  });
});

describe('2, 3 and 6 months', () => {
  it('yellow, red and out of the library by class, rolled over the holidays, by the zone\'s numbers and colours', async () => {
    const id = await silent('2026-07-02', { stage: 'RESERVE', class: 'A' });
    // Two months: 2 September. Three: 2 October, rolled on to the 8th.
    expect(await look('2026-09-01', id)).toBe('GREEN');
    expect(await look('2026-09-02', id)).toBe('YELLOW');
    expect(await look('2026-10-07', id)).toBe('YELLOW');
    expect(await look('2026-10-08', id)).toBe('RED');
    on('2026-10-08');
    await desk.policy('idle', { classes: { A: { yellowMonths: 3, redMonths: 4 } }, lights: { GREEN: { zh: '绿牌', en: 'green' }, YELLOW: { zh: '黄牌', en: 'yellow card' }, RED: { zh: '红牌', en: 'red card' } } });
    const other = await silent('2026-07-08', { stage: 'RESERVE', class: 'A' });
    expect(await look('2026-10-08', other)).toBe('YELLOW');
    await deliver();
    expect((await inbox(desk.recruiter)).map((r: any) => r.title).join()).toContain('（黄牌）');
  });

  it('goes to the pool after six months, announced seven working days before and approved by a head, and the first report keeps its credit by the rule', async () => {
    const FIELDS = 'status owner { name } firstReport { credited creditReason reporter { name } laterClaimant { name } }';
    const story = async (kept: boolean, rule: object) => {
      const id = await silent('2026-04-13', { class: null });
      // Six months end on 13 October; seven working days before, over the National Day and the worked Saturday: 28 September.
      on('2026-09-27');
      await desk.policy('pool', rule);
      expect(await pool.sweepZone(desk.zone.id)).toMatchObject({ warned: 0 });
      on('2026-09-28');
      expect(await pool.sweepZone(desk.zone.id)).toMatchObject({ warned: 1 });
      on('2026-10-12');
      expect(await pool.sweepZone(desk.zone.id)).toMatchObject({ asked: 0, released: 0 });
      on('2026-10-13');
      expect(await pool.sweepZone(desk.zone.id)).toMatchObject({ asked: 1, released: 0 });
      const requests = (await desk.api.gql(desk.groupLeader, '{ statusRequests { nodes { id version act state project { id } } } }')).data.statusRequests.nodes;
      const request = requests.find((r: any) => r.project.id === id && r.state === 'WAITING');
      expect(request.act).toBe('RELEASE');
      expect(codes(await desk.act(desk.groupLeader, 'statusApprove', { requestId: request.id, expectedVersion: request.version }))).toEqual([]);
      const entry = (await desk.t.owner.query<{ id: string }>('select id from pool_entry where project_id = $1 and left_at is null', [local(id)])).rows[0]!.id;
      const claimed = await desk.act(desk.zone.stranger, 'poolClaim', { entryId: `PoolEntry:${entry}` }, `project { ${FIELDS} }`);
      expect(codes(claimed)).toEqual([]);
      // Whoever reported first stays on the receipt; whether the credit stays is the zone's rule.
      expect(claimed.project).toMatchObject({ status: 'ACTIVE', owner: { name: 'RECRUITER@otherBureau' }, firstReport: { credited: kept, reporter: { name: 'RECRUITER@group' }, laterClaimant: { name: 'RECRUITER@otherBureau' } } });
      return claimed.project.firstReport.creditReason;
    };
    expect(await story(true, { keepCredit: 'WITHIN_PROTECTION' })).toBe('WITHIN_PROTECTION');
    expect(await story(false, { keepCredit: 'NEVER' })).toBe('RULE_NEVER');
    expect(await story(true, { keepCredit: 'ALWAYS' })).toBe('RULE_ALWAYS');
  });
});
