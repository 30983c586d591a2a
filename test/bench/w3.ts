import { randomUUID } from 'node:crypto';
import { BENCH } from './data.js';
import { type Contestant, load, median, type Round, type Row } from './measure.js';

const MUTATION = `mutation Log($input: VisitLogInput!) { visitLog(input: $input) { visit { id } userErrors { code message } } }`;

/** W3: a visit with project, audit and reminder in one durable transaction, 16 clients; ours with access check and idempotency. */
export async function benchW3(bare: Contestant, ours: Contestant, postmaster: number, projects: number, quick: boolean): Promise<Row[]> {
  let turn = 0;
  const bodyOf = () => JSON.stringify({
    query: MUTATION,
    variables: { input: { idempotencyKey: randomUUID(), projectId: `Project:01900000-0000-7000-8000-${(1 + ((turn++ * 7919) % projects)).toString(16).padStart(12, '0')}`, direction: 'OUTBOUND', visitedOn: '2026-11-20', content: '洽谈项目落地细节，约定下周看地块。', nextStep: '看地块', nextFollowUpOn: '2026-11-27' } },
  });
  const headersOf = () => ({ 'content-type': 'application/json', authorization: `Bearer ${BENCH.managerToken(1 + (turn % 16))}` });
  const contest = [
    { who: bare, request: { method: 'POST' as const, path: '/', headers: headersOf() } },
    { who: ours, request: { method: 'POST' as const, path: '/graphql', headers: headersOf() } },
  ];
  const rounds = contest.map((): Round[] => []);
  for (let round = 0; round < (quick ? 3 : 5) + 1; round++) {
    for (const [i, c] of contest.entries()) {
      const result = await load(c.who, postmaster, { connections: 16, amount: quick ? 800 : 4000, request: c.request, bodyOf, headersOf, verify: (body) => !body.includes('errors":[{') && !body.includes('userErrors":[{') });
      if (result.errors) throw new Error(`${c.who.name}: ${result.errors} requests failed`);
      if (round > 0) rounds[i]!.push(result);
    }
  }
  const cpu = (r: Round) => r.serverMs + r.databaseMs;
  return contest.map((c, i) => ({
    W3: c.who.name, 'visits/s': Math.round(median(rounds[i]!.map((r) => r.requestsPerSecond))), 'p50 ms': median(rounds[i]!.map((r) => r.p50)), 'p99 ms': median(rounds[i]!.map((r) => r.p99)),
    'server ms': median(rounds[i]!.map((r) => r.serverMs)), 'database ms': median(rounds[i]!.map((r) => r.databaseMs)),
    'visits/s share': median(rounds[i]!.map((r, n) => r.requestsPerSecond / rounds[0]![n]!.requestsPerSecond)), 'CPU share of limit': median(rounds[i]!.map((r, n) => cpu(rounds[0]![n]!) / cpu(r))),
  }));
}
