import { expect, it } from '@jest/globals';
import { chaos } from '../chaos/kills.js';
import { openRedis } from '../support/redis.js';

/** The small form of `npm run chaos`; on Redis where the suite has one, and then on a server of its own, which is wiped. */
const store = process.env.REDIS_URL ? 'Redis' : 'PostgreSQL';

it(`three kills, a wiped queue and a moved clock lose nothing and double nothing in silence (queue in ${store})`, async () => {
  const redis = process.env.REDIS_URL ? await openRedis({ own: true }) : null;
  try {
    const { broken, evidence, ...counts } = await chaos({ kills: 3, redis });
    expect({ broken, evidence }).toEqual({ broken: [], evidence: [] });
    expect(counts).toMatchObject({ kills: 3, wipes: 1, inbox: { planned: 198 }, mails: { due: 18 }, digests: { due: 180 }, groups: { due: 18 } });
  } finally {
    await redis?.close();
  }
}, 600_000);
