import type { Actor } from '@yinfeng/platform';
import { publishCalendar, reminderZone, type ReminderZone } from '../jobs/reminders-zone.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

/** Projects handed over, with their permits: for the specs of permits. Friday 9 October 2026; the 10th is a Saturday that is worked. */
export interface PermitsDesk {
  t: TestDatabase;
  api: TestApi;
  zone: ReminderZone;
  /** A project that `zone.service` has accepted; its permits are open. `values`: columns of the project. */
  handed(values?: { total?: string; industry?: string; land?: string }): Promise<string>;
  permits(project: string, who?: Actor): Promise<Permit[]>;
  permit(project: string, code: string): Promise<Permit>;
  /** An act on a permit at its present version. */
  on(project: string, code: string, name: string, input?: object, who?: Actor): Promise<any>;
  act(who: Actor, name: string, input: object): Promise<any>;
  refused(who: Actor, name: string, input: object): Promise<string | undefined>;
  upload(who: Actor, name: string): Promise<string>;
  due(project: string): Promise<{ title: string; part: string; due: string; done: string | null; department: string | null }[]>;
  day(day: string): void;
  policy(value: object): Promise<void>;
  stop(): Promise<void>;
}
export type Permit = Record<string, any>;

export const FIELDS = `id version code label state round allowedDays usedDays stoppedDays stoppedOn dueOn dueProvisional overdue onTime appliedOn grantedOn refusedOn number validUntil minutes express joint promise promiseDueOn promiseKeptOn promiseOverdue mayPromise note reason
  department { id name } assignee { name } dependsOn { code done } waitsFor { code label } tolerated { code } evidence missingEvidence files { fileId label name }`;
export const codesOf = (answer: { userErrors: { code: string; path: string[] | null }[] }) => answer.userErrors.map((e) => [e.code, e.path?.join('.') ?? null]);
const typeOf = (name: string) => `${name[0]!.toUpperCase()}${name.slice(1)}Input`;

export async function permitsDesk(): Promise<PermitsDesk> {
  const t = await testDatabase();
  const api = await testApi(t);
  await t.clean();
  await publishCalendar(t.owner);
  const zone = await reminderZone(t.owner);
  const day = (value: string) => api.clock.pin(new Date(`${value}T10:00:00+08:00`));
  day('2026-10-09');
  const gql = async (who: Actor, query: string, variables: object) => {
    const answer = await api.gql(who, query, variables);
    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
    return answer.data;
  };
  const act: PermitsDesk['act'] = async (who, name, input) =>
    (await gql(who, `mutation($input: ${typeOf(name)}!) { act: ${name}(input: $input) { ${name === 'permitsOpen' ? 'opened project { id permits { code } }' : name.startsWith('handoff') ? 'handoff { id version }' : `permit { ${FIELDS} }`} userErrors { code path message } } }`, { input })).act;
  const permits: PermitsDesk['permits'] = async (project, who = zone.service) => (await gql(who, `query($id: ID!) { project(id: $id) { permits { ${FIELDS} } } }`, { id: project })).project.permits;
  const permit: PermitsDesk['permit'] = async (project, code) => (await permits(project)).find((p) => p['code'] === code)!;
  let files = 0;
  return {
    t, api, zone, act, permits, permit, day,
    async handed(values = {}) {
      const id = await zone.project({ stage: 'SIGNED' });
      await t.owner.query('update project set total_amount = $2, industry_code = $3, land_need = $4 where id = $1', [id, values.total ?? null, values.industry ?? null, values.land ?? null]);
      const { handoff } = await act(zone.recruiter, 'handoffSubmit', { projectId: `Project:${id}`, toDepartmentId: `Department:${zone.departments.service}` });
      await act(zone.service, 'handoffAccept', { handoffId: handoff.id, expectedVersion: handoff.version });
      return `Project:${id}`;
    },
    async on(project, code, name, input = {}, who = zone.service) {
      const { id, version } = await permit(project, code);
      return act(who, name, { permitId: id, expectedVersion: version, ...input });
    },
    refused: async (who, name, input) => (await api.gql(who, `mutation($input: ${typeOf(name)}!) { act: ${name}(input: $input) { userErrors { code } } }`, { input })).errors?.[0].extensions.code,
    async upload(who, name) {
      const form = new FormData();
      form.set('file', new Blob([`%PDF-1.4\n${name} ${++files}\n%%EOF\n`], { type: 'application/pdf' }), `${name}.pdf`);
      return ((await (await api.request(who, '/files', { method: 'POST', body: form })).json()) as { id: string }).id;
    },
    due: async (project) => (await t.owner.query(`select title, part, due_on as due, done_on as done, (select name from department where id = department_id) as department from deadline where kind = 'PERMIT' and project_id = $1 order by due_on, part`, [project.split(':')[1]])).rows,
    policy: async (value) => void (await t.owner.query(`insert into zone_policy (zone_id, name, value) values ($1, 'permits', $2) on conflict (zone_id, name, valid_from) do update set value = $2`, [zone.id, JSON.stringify(value)])),
    async stop() {
      await api.stop();
      await t.stop();
    },
  };
}
