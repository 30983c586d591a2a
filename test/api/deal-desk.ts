import { installDefaults, PolicyService, type PolicyName } from '@yinfeng/directory';
import { type Actor, newId, systemActor } from '@yinfeng/platform';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

/** A zone with the usual rules, projects at any stage, and short ways to act: for the specs of gates, agreements and decisions. */
export interface DealDesk {
  t: TestDatabase;
  api: TestApi;
  zone: TestZone;
  other: TestZone;
  recruiter: Actor;
  manager: Actor;
  leader: Actor;
  groupLeader: Actor;
  /** Global id of a new project in the recruiter's group; amounts in 元. */
  project(values?: Partial<ProjectValues>): Promise<string>;
  /** Global id of an uploaded file. */
  upload(who: Actor, name: string): Promise<string>;
  /** The payload of a mutation: `act(who, 'stageRequest', 'StageRequestInput', input, 'project { stage }')`. */
  act(who: Actor, name: string, input: object, fields?: string): Promise<any>;
  /** The GraphQL error code of a mutation that is refused as a whole. */
  refused(who: Actor, name: string, input: object): Promise<string | undefined>;
  /** Fields of a project as somebody sees them. */
  see(who: Actor, id: string, fields: string): Promise<any>;
  version(id: string): Promise<number>;
  /** Another rule of the zone from today on; the parts left out stay as usual. */
  policy(name: PolicyName, value: object): Promise<void>;
  stop(): Promise<void>;
}
export interface ProjectValues {
  name: string;
  stage: string;
  total: string | null;
  fixed: string | null;
  currency: string;
  capitalSource: string;
  class: string | null;
  industry: string | null;
  landNeed: string | null;
  owner: Actor;
  departmentId: string;
}

export const codes = (answer: { userErrors: { code: string; path: string[] | null }[] }): [string, string | null][] => answer.userErrors.map((e) => [e.code, e.path?.join('.') ?? null]);

export async function dealDesk(): Promise<DealDesk> {
  const t = await testDatabase();
  const api = await testApi(t);
  const open = async () => {
    const zone = await makeZone(t.owner);
    await t.db.tx(systemActor(zone.id, 'test'), (tx) => installDefaults(tx, zone.id));
    return zone;
  };
  const zone = await open();
  const other = await open();
  const policies = new PolicyService(t.db, t.clock);
  let serial = 0;
  const mutation = (name: string, fields: string) => `mutation($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { act: ${name}(input: $input) { ${fields} userErrors { code path message } } }`;
  const see: DealDesk['see'] = async (who, id, fields) => {
    const answer = await api.gql(who, `query($id: ID!) { project(id: $id) { ${fields} } }`, { id });
    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
    return answer.data.project;
  };
  return {
    t, api, zone, other, recruiter: zone.as.RECRUITER, manager: zone.as.MANAGER, leader: zone.as.LEADER, groupLeader: zone.as.GROUP_LEADER, see,
    async project(values = {}) {
      const v: ProjectValues = {
        name: `洽谈项目${++serial}`, stage: 'NEGOTIATING', total: '350000000', fixed: '200000000', currency: 'CNY', capitalSource: 'DOMESTIC', class: null, industry: 'C374', landNeed: null,
        owner: zone.as.RECRUITER, departmentId: zone.departments.group, ...values,
      };
      const id = newId();
      const zoneId = v.owner.zoneId;
      await t.owner.query(
        `insert into project (id, zone_id, code, name, folded_name, core_name, stage, owner_id, created_by, department_id, total_amount, total_currency, fixed_cny, capital_source, class, industry_code, land_need, content, state_at, created_at)
         values ($1, $2, $3, $4, $4, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12, $13, $14, '建设生产线', '2026-06-01T00:00:00Z', '2026-06-01T00:00:00Z')`,
        [id, zoneId, `P-${serial}`, v.name, v.stage, v.owner.staffId, v.departmentId, v.total, v.currency, v.fixed, v.capitalSource, v.class, v.industry, v.landNeed]);
      await t.owner.query(`insert into first_report (project_id, zone_id, number, reported_at, reporter_id, receipt) values ($1, $2, $3, '2026-06-01T00:00:00Z', $4, '')`, [id, zoneId, `N-${serial}`, v.owner.staffId]);
      return `Project:${id}`;
    },
    async upload(who, name) {
      const form = new FormData();
      form.set('file', new Blob([`%PDF-1.4\n${name} ${++serial}\n%%EOF\n`], { type: 'application/pdf' }), `${name}.pdf`);
      return ((await (await api.request(who, '/files', { method: 'POST', body: form })).json()) as { id: string }).id;
    },
    async act(who, name, input, fields = '') {
      const answer = await api.gql(who, mutation(name, fields), { input });
      if (answer.errors) throw new Error(JSON.stringify(answer.errors));
      return answer.data.act;
    },
    async refused(who, name, input) {
      return (await api.gql(who, mutation(name, ''), { input })).errors?.[0].extensions.code;
    },
    async version(id) {
      return (await t.owner.query<{ version: number }>('select version from project where id = $1', [id.split(':')[1]])).rows[0]!.version;
    },
    async policy(name, value) {
      const usual = await t.db.tx(systemActor(zone.id, 'test'), (tx) => policies.value(tx, name, t.clock.today()));
      await policies.changeValue(zone.as.SECURITY_ADMIN, { name, value: { ...usual, ...value }, validFrom: t.clock.today() });
    },
    async stop() {
      await api.stop();
      await t.stop();
    },
  };
}
