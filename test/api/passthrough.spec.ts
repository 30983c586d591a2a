import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ProjectsService } from '@yinfeng/recruitment';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

let t: TestDatabase;
let api: TestApi;
let zone: TestZone;
/** How often the short way was taken. */
let taken = 0;

beforeAll(async () => {
  t = await testDatabase();
  zone = await makeZone(t.owner);
  api = await testApi(t);
  const projects = api.running.app.get(ProjectsService, { strict: false });
  const real = projects.pageOfText.bind(projects);
  projects.pageOfText = async (...args) => {
    const page = await real(...args);
    taken++;
    return page;
  };
  for (let i = 0; i < 5; i++) {
    const { data } = await api.gql(zone.as.RECRUITER, 'mutation($input: LeadReportInput!) { leadReport(input: $input) { project { id } userErrors { code path } } }', {
      input: {
        name: `光电"引\\号"项目${i}\n二期`, content: '内容', source: '展会', parkId: i % 2 ? `Park:${zone.parkId}` : null, totalInvestment: i === 3 ? null : { raw: `约${i + 1}.5亿元` }, fixedInvestment: { raw: '8000万元' },
        enterprise: { name: `企业${i}有限公司` }, contact: { name: '周总', phones: ['13912345678'] }, capitalSource: 'DOMESTIC', nextStep: '拜访', confirmNotDuplicate: true,
      },
    });
    expect(data.leadReport.userErrors).toEqual([]);
    if (i < 2) await api.gql(zone.as.RECRUITER, 'mutation($input: VisitLogInput!) { visitLog(input: $input) { userErrors { code } } }', { input: { projectId: data.leadReport.project.id, visitedOn: '2026-06-12', direction: 'OUTBOUND', content: '拜访' } });
  }
});
afterAll(async () => {
  await api.stop();
  await t.stop();
});

/** The answer the short way and, with a directive that changes nothing, the ordinary way. */
async function both(selection: string, args = '(first: 3)', variables?: object, head = '') {
  const before = taken;
  const short = await api.gql(zone.as.MANAGER, `query Q${head} { list: projects${args} { ${selection} } }`, variables);
  const wasTaken = taken > before;
  const plain = await api.gql(zone.as.MANAGER, `query Q${head} { list: projects${args} { ...A @include(if: true) } } fragment A on ProjectConnection { ${selection} }`, variables);
  expect(taken - before).toBe(wasTaken ? 1 : 0);
  return { short, plain, wasTaken };
}

const FACTS = `id version code name stage status light stateAt capitalSource content enterpriseName sourceRegion site nextFollowUpAt nextStep visitCount createdAt updatedAt fixedInvestment sizeClass
  totalInvestment { amount currency raw approximate } industry { code name } department { id name kind aliases } owner { id name role department { name } } park { id name }
  enterprise { id name version } enterprises { role enterprise { id name } } lastVisit { id visitedOn direction content } firstReport { number reportedAt reporterName digest }`;

describe('the short way answers as the ordinary way', () => {
  it.each([
    ['nodes', `nodes { ${FACTS} }`],
    ['edges, cursors and page info', `edges { cursor node { id name owner { name } } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`],
    ['__typename everywhere, aliases, fragments', 'kind: __typename rows: nodes { __typename a: id b: name ... on Project { who: owner { __typename id } } ... { c: stage } } pageInfo { __typename more: hasNextPage }'],
    ['totals', 'totalCount nodes { id }'],
  ])('%s', async (_name, selection) => {
    const { short, plain, wasTaken } = await both(selection);
    expect(short.errors).toBeUndefined();
    expect(wasTaken).toBe(true);
    expect(JSON.stringify(short.data)).toBe(JSON.stringify(plain.data));
    expect(short.extensions.cost.requested).toBe(plain.extensions.cost.requested);
  });

  it('with every order, filter, direction and page', async () => {
    for (const args of ['(last: 2)', '(orderBy: TOTAL_INVESTMENT, first: 2)', '(orderBy: LAST_VISIT)', '(filter: { stages: [LEAD], text: "光电" }, first: 2)', '(filter: { stages: [SIGNED] })']) {
      const { short, plain, wasTaken } = await both('nodes { id name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }', args);
      expect([args, wasTaken, JSON.stringify(short.data)]).toEqual([args, true, JSON.stringify(plain.data)]);
    }
    const { short, plain } = await both('nodes { id } pageInfo { endCursor }', '(first: $n, filter: $f)', { n: 2, f: { departmentIds: [`Department:${zone.departments.group}`] } }, '($n: Int, $f: ProjectFilter)');
    expect(short.data).toEqual(plain.data);
    expect(short.data.list.nodes).toHaveLength(2);
  });
});

describe('the short way is not taken', () => {
  it.each([
    ['fields with arguments', 'nodes { id visits(first: 1) { totalCount } }'],
    ['both kinds of rows', 'nodes { id } edges { node { id } }'],
    ['names to be merged', 'nodes { id owner { id } owner { name } }'],
  ])('for %s', async (_name, selection) => {
    const { short, plain, wasTaken } = await both(selection);
    expect([wasTaken, short.errors, JSON.stringify(short.data)]).toEqual([false, undefined, JSON.stringify(plain.data)]);
  });

  it('for who may not, and refusals have the same words and place', async () => {
    for (const [who, query] of [
      [zone.as.AUDITOR, '{ projects { nodes { id } } }'], [zone.as.MANAGER, '{ projects(first: 0) { nodes { id } } }'], [zone.as.MANAGER, '{ projects(after: "x") { nodes { id } } }'],
      [zone.as.MANAGER, `{ projects(filter: { text: "${'x'.repeat(101)}" }) { nodes { id } } }`],
    ] as const) {
      const before = taken;
      const short = await api.gql(who, query);
      const plain = await api.gql(who, query.replace('{ nodes', '{ nodes @include(if: true)'));
      const place = (errors: { locations: unknown }[]) => errors.map(({ locations: _, ...rest }) => rest);
      expect([taken, short.data, place(short.errors)]).toEqual([before, null, place(plain.errors)]);
    }
  });

  it('sees no more than the ordinary way does', async () => {
    for (const who of [zone.colleague, zone.stranger, zone.as.LEADER, zone.as.SERVICE, zone.as.AGENT]) {
      const short = await api.gql(who, '{ projects { totalCount nodes { id } } }');
      const plain = await api.gql(who, '{ projects { totalCount nodes @include(if: true) { id } } }');
      expect(short.data).toEqual(plain.data);
    }
  });
});
