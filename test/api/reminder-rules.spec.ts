import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { POLICIES } from '@yinfeng/directory';
import type { Actor } from '@yinfeng/platform';
import { DeliveryService, ReminderRulesService } from '@yinfeng/reminders';
import { codes, type DealDesk, dealDesk } from './deal-desk.js';

let desk: DealDesk;
beforeAll(async () => { desk = await dealDesk(); });
afterAll(() => desk.stop());

const at = (instant: string) => desk.api.clock.pin(new Date(instant));
const usual = POLICIES.reminderRules.usual.rules;
const permit = usual.find((r) => r.code === 'PERMIT')!;
/** The hourly look and nine o'clock of a day. */
const morning = async (day: string) => {
  at(`${day}T00:50:00+08:00`);
  await new ReminderRulesService(desk.t.db, desk.t.clock).plan();
  at(`${day}T09:00:00+08:00`);
  const delivery = new DeliveryService(desk.t.db);
  await delivery.sweep();
  for (const { data } of (await desk.t.owner.query<{ data: { zoneId: string; deliveryIds: string[] } }>(`delete from outbox where job = 'reminders.deliver' returning data`)).rows) await delivery.deliver(data.zoneId, data.deliveryIds);
};
const inbox = async (who: Actor, projectId: string, state = '[DELIVERED]') =>
  (await desk.api.gql(who, `query($p: ID!) { reminders(filter: { projectId: $p, kind: [DEADLINE], state: ${state} }) { nodes { title state } } }`, { p: projectId })).data.reminders.nodes as { title: string; state: string }[];

describe('the rules', () => {
  const set = (rules: object[], who = desk.zone.as.SECURITY_ADMIN, validFrom = '2026-07-01') =>
    desk.api.gql(who, 'mutation($input: PolicySetInput!) { act: policySet(input: $input) { userErrors { code path message } } }', { input: { name: 'reminderRules', value: { rules }, validFrom, expectedVersion: 1 } });

  it('are refused by the field that makes no sense, with what is expected', async () => {
    at('2026-06-15T10:00:00+08:00');
    const wrong = async (rule: object) => (await set([rule])).data.act.userErrors.map((e: { path: string[]; message: string }) => [e.path.join('.'), e.message]);
    expect(await wrong({ ...permit, source: 'WEATHER' })).toEqual([['value.rules.0.source', expect.stringContaining('PERMIT')]]);
    expect(await wrong({ ...permit, offsets: [30] })).toEqual([['value.rules.0.untilWorkingDays', expect.stringContaining('≥ 30')]]);
    expect(await wrong({ ...permit, who: [] })).toEqual([['value.rules.0.who', expect.stringContaining('PERSON_IN_CHARGE')]]);
    expect((await set([permit], desk.manager)).errors[0].extensions.code).toBe('FORBIDDEN');
    expect((await set([permit])).data.act.userErrors).toEqual([]);
  });
});

describe('the term of an agreement', () => {
  const FIELDS = 'signing { id version validUntil endedOn }';
  const record = (projectId: string, input: object) => desk.act(desk.recruiter, 'signingRecord', { projectId, signedOn: '2026-05-08', partyName: '长春某航天信息有限公司', ...input }, FIELDS);
  const edit = (signingId: string, expectedVersion: number, input: object) => desk.act(desk.recruiter, 'signingEdit', { signingId, expectedVersion, ...input }, FIELDS);
  const due = async (projectId: string) => (await desk.api.gql(desk.recruiter, 'query($p: ID!) { deadlines(filter: { projectId: $p, kinds: [CONTRACT_TERM] }) { nodes { title dueOn doneOn subjectId } } }', { p: projectId })).data.deadlines.nodes;

  it('stands among what is due, reminds whoever is in charge, is extended by a supplement, and ends', async () => {
    at('2026-06-01T10:00:00+08:00');
    const id = await desk.project();
    const { signing } = await record(id, { kind: 'FRAMEWORK', title: '战略合作框架协议', validUntil: '2026-06-12' });
    expect(signing).toMatchObject({ validUntil: '2026-06-12', endedOn: null });
    expect(await due(id)).toEqual([{ title: '战略合作框架协议', dueOn: '2026-06-12', doneOn: null, subjectId: signing.id }]);
    await morning('2026-06-03');
    expect(await inbox(desk.recruiter, id)).toEqual([{ title: expect.stringMatching(/协议期限（战略合作框架协议）将于 2026-06-12 到期$/), state: 'DELIVERED' }]);
    // A supplement moves the day: what spoke of the old one is taken back.
    const supplement = (await record(id, { kind: 'SUPPLEMENT', mainId: signing.id, signedOn: '2026-06-03', validUntil: '2026-06-30' })).signing;
    expect((await due(id)).map((d: { dueOn: string }) => d.dueOn)).toEqual(['2026-06-30']);
    expect(await inbox(desk.recruiter, id)).toEqual([]);
    await morning('2026-06-29');
    expect(await inbox(desk.recruiter, id)).toHaveLength(1);
    // Fulfilled by a contract: done by the act itself; voided, it is due again.
    const contract = (await record(id, { kind: 'CONTRACT', fulfilsId: signing.id, signedOn: '2026-06-29' })).signing;
    expect(await inbox(desk.recruiter, id)).toEqual([]);
    expect(await inbox(desk.recruiter, id, '[DONE]')).not.toEqual([]);
    await desk.act(desk.recruiter, 'signingVoid', { signingId: contract.id, expectedVersion: 1, reason: '未生效' });
    expect(await inbox(desk.recruiter, id)).toHaveLength(1);
    // Let lapse, taken back, and the supplement voided: the old day stands again.
    const { signing: ended } = await edit(signing.id, 1, { endedOn: '2026-06-29' });
    expect(ended.endedOn).toBe('2026-06-29');
    expect(await inbox(desk.recruiter, id)).toEqual([]);
    await edit(signing.id, 2, { endedOn: null });
    expect(await inbox(desk.recruiter, id)).toHaveLength(1);
    await desk.act(desk.recruiter, 'signingVoid', { signingId: supplement.id, expectedVersion: 1, reason: '重复登记' });
    expect((await due(id)).map((d: { dueOn: string }) => d.dueOn)).toEqual(['2026-06-12']);
    await desk.act(desk.recruiter, 'signingVoid', { signingId: signing.id, expectedVersion: 3, reason: '重复登记' });
    expect(await due(id)).toEqual([]);
  });

  it('tells a manager what will remind whom, and nobody who does not see the project', async () => {
    at('2026-06-01T10:00:00+08:00');
    const id = await desk.project();
    await record(id, { kind: 'CONTRACT', title: '投资协议', validUntil: '2026-06-30' });
    const ask = async (who: Actor, projectId = id) => (await desk.api.gql(who, 'query($p: ID!) { reminderForecast(projectId: $p) { on rule offset source title dueOn provisional people { name } } }', { p: projectId })).data.reminderForecast;
    const line = (on: string, offset: number) => ({ on, rule: 'CONTRACT_TERM', offset, source: 'CONTRACT_TERM', title: '投资协议', dueOn: '2026-06-30', provisional: false, people: [{ name: desk.recruiter.name }] });
    // 19 June is the Dragon Boat holiday.
    expect(await ask(desk.manager)).toEqual([line('2026-06-01', -20), line('2026-06-18', -7), line('2026-06-29', -1), line('2026-06-30', 0)]);
    expect(await ask(desk.zone.stranger)).toBeNull();
    expect(await ask(desk.other.as.MANAGER)).toBeNull();
    await desk.act(desk.recruiter, 'signingEdit', { signingId: (await due(id))[0].subjectId, expectedVersion: 1, endedOn: '2026-06-01' });
    expect(await ask(desk.manager)).toEqual([]);
  });

  it('is neither before its signing nor ended tomorrow; also past the API', async () => {
    at('2026-06-15T10:00:00+08:00');
    const id = await desk.project();
    expect(codes(await record(id, { kind: 'CONTRACT', validUntil: '2026-05-07' }))).toEqual([['DATE_ORDER', 'validUntil']]);
    const { signing } = await record(id, { kind: 'CONTRACT' });
    expect(codes(await edit(signing.id, 1, { validUntil: '2026-05-07' }))).toEqual([['DATE_ORDER', 'validUntil']]);
    expect(codes(await edit(signing.id, 1, { endedOn: '2026-06-16' }))).toEqual([['DATE_IN_FUTURE', 'endedOn']]);
    expect(codes(await edit(signing.id, 1, { endedOn: '2026-05-01' }))).toEqual([['DATE_ORDER', 'endedOn']]);
    await expect(desk.t.owner.query(`update signing set valid_until = '2026-05-07' where id = $1`, [signing.id.split(':')[1]])).rejects.toMatchObject({ constraint: 'signing_term_after' });
  });
});

describe('a follow-up beyond the published calendar', () => {
  it('is taken, and says that its day may move', async () => {
    at('2026-06-15T10:00:00+08:00');
    const id = await desk.project();
    const logged = await desk.act(desk.recruiter, 'visitLog', { projectId: id, visitedOn: '2026-06-15', direction: 'CALL', content: '走访', nextFollowUpOn: '2030-01-05' }, 'visit { project { nextFollowUpAt nextFollowUpProvisional } }');
    expect(logged).toMatchObject({ visit: { project: { nextFollowUpAt: '2030-01-05', nextFollowUpProvisional: true } }, userErrors: [] });
    const { data } = await desk.api.gql(desk.recruiter, 'query($p: ID!) { reminders(filter: { projectId: $p }) { nodes { kind dueAt provisional } } }', { p: id });
    // A Saturday, so the Monday after it.
    expect(data.reminders.nodes).toEqual([{ kind: 'FOLLOW_UP', dueAt: expect.stringMatching(/^2030-01-07T01:00:00/), provisional: true }]);
  });
});
