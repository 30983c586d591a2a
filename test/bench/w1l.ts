import { BENCH } from './data.js';
import { type Contestant, load, median, type Round, type Row } from './measure.js';

const QUERY = `query Overdue($filter: DeadlineFilter) { deadlines(first: 50, filter: $filter) { nodes { id kind title subjectId dueOn workingDaysOverdue department { id name } staff { id name }
  project { id name stage light department { id name } owner { id name } } } } }`;

const DAY = `{ taskforceDay(first: 50) { nodes { project { id name stage light enterpriseName } overdue openCalls roles due { kind title dueOn } nextMilestones { kind title dueOn } } } }`;

/** W1L: a leader's overdue list, fifty rows of the zone and of one department, and the day of an agent's twenty taskforces (without duties), at 16 connections, against the bare handler. */
export async function benchW1L(bare: Contestant, ours: Contestant, postmaster: number, quick: boolean): Promise<Row[]> {
  const rows: Row[] = [];
  for (const reach of ['zone', 'unit', 'day'] as const) {
    let turn = 0;
    const bodyOf = () => JSON.stringify(reach === 'day' ? { query: DAY } : { query: QUERY, variables: { filter: { overdue: true, ...(reach === 'unit' ? { departmentIds: [`Department:${BENCH.department(turn++ % 12)}`] } : {}) } } });
    const contest = [
      { who: bare, request: { method: 'GET' as const, path: `/${reach}` }, bodyOf: undefined, headersOf: undefined },
      { who: ours, request: { method: 'POST' as const, path: '/graphql', headers: { 'content-type': 'application/json', authorization: `Bearer ${reach === 'day' ? BENCH.managerToken(1) : BENCH.token}` } }, bodyOf, headersOf: reach === 'day' ? () => ({ 'content-type': 'application/json', authorization: `Bearer ${BENCH.managerToken(1 + (turn++ % 16))}` }) : undefined },
    ];
    const rounds = contest.map((): Round[] => []);
    for (let round = 0; round < (quick ? 3 : 5) + 1; round++) {
      for (const [i, c] of contest.entries()) {
        const result = await load(c.who, postmaster, { connections: 16, amount: quick ? 400 : 1500, request: c.request, bodyOf: c.bodyOf, headersOf: c.headersOf, verify: (body) => body.includes(reach === 'day' ? 'nextMilestones' : 'workingDaysOverdue') && !body.includes('"errors"') });
        if (result.errors) throw new Error(`${c.who.name}: ${result.errors} requests failed`);
        if (round > 0) rounds[i]!.push(result); // the first round warms up
      }
    }
    const cpu = (r: Round) => r.serverMs + r.databaseMs;
    for (const [i, c] of contest.entries()) {
      rows.push({
        W1L: c.who.name, of: reach, 'req/s': Math.round(median(rounds[i]!.map((r) => r.requestsPerSecond))), 'p50 ms': median(rounds[i]!.map((r) => r.p50)), 'p99 ms': median(rounds[i]!.map((r) => r.p99)),
        'server ms': median(rounds[i]!.map((r) => r.serverMs)), 'database ms': median(rounds[i]!.map((r) => r.databaseMs)),
        'CPU share of limit': median(rounds[i]!.map((r, n) => cpu(rounds[0]![n]!) / cpu(r))), 'req/s share': median(rounds[i]!.map((r, n) => r.requestsPerSecond / rounds[0]![n]!.requestsPerSecond)),
      });
    }
  }
  return rows;
}
