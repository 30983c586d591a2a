import { BENCH } from './data.js';
import { type Contestant, load, median, type Round, type Row } from './measure.js';

const QUERY = `query List($departments: [ID!], $stages: [Stage!]) { projects(first: 50, filter: { departmentIds: $departments, stages: $stages, statuses: [ACTIVE] }) { nodes {
  id code name stage status light totalInvestment { amount currency } enterprise { id name } owner { id name } lastVisit { id visitedOn } visitCount nextFollowUpAt } } }`;

/** W1: 50 projects of a department and stage, newest first, at 1, 16 and 64 connections, against the bare handler. */
export async function benchW1(bare: Contestant, ours: Contestant, postmaster: number, quick: boolean): Promise<Row[]> {
  let turn = 0;
  const bodyOf = () => JSON.stringify({ query: QUERY, variables: { departments: [`Department:${BENCH.department(turn++ % 12)}`], stages: ['NEGOTIATING'] } });
  const contest = [
    { who: bare, request: { method: 'GET' as const, path: '/' }, bodyOf: undefined },
    { who: ours, request: { method: 'POST' as const, path: '/graphql', headers: { 'content-type': 'application/json', authorization: `Bearer ${BENCH.token}` } }, bodyOf },
  ];
  const rows: Row[] = [];
  for (const connections of [1, 16, 64]) {
    const rounds = contest.map((): Round[] => []);
    const amount = Math.max(connections * 10, quick ? 400 : 1500);
    for (let round = 0; round < (quick ? 3 : 5) + 1; round++) {
      for (const [i, c] of contest.entries()) {
        const result = await load(c.who, postmaster, { connections, amount, request: c.request, bodyOf: c.bodyOf, verify: (body) => body.includes('visitCount') && !body.includes('"errors"') });
        if (result.errors) throw new Error(`${c.who.name}: ${result.errors} requests failed`);
        if (round > 0) rounds[i]!.push(result); // the first round warms up
      }
    }
    const cpu = (r: Round) => r.serverMs + r.databaseMs;
    for (const [i, c] of contest.entries()) {
      rows.push({
        W1: c.who.name, connections, 'req/s': Math.round(median(rounds[i]!.map((r) => r.requestsPerSecond))), 'p50 ms': median(rounds[i]!.map((r) => r.p50)), 'p99 ms': median(rounds[i]!.map((r) => r.p99)),
        'server ms': median(rounds[i]!.map((r) => r.serverMs)), 'database ms': median(rounds[i]!.map((r) => r.databaseMs)),
        'CPU share of limit': median(rounds[i]!.map((r, n) => cpu(rounds[0]![n]!) / cpu(r))), 'req/s share': median(rounds[i]!.map((r, n) => r.requestsPerSecond / rounds[0]![n]!.requestsPerSecond)),
      });
    }
  }
  return rows;
}
