import { expect, it } from '@jest/globals';
import { chaos } from '../chaos/kills.js';
import { openRedis } from '../support/redis.js';

/** The small form of `npm run chaos`. */
it.each(['PostgreSQL', 'Redis'])('three kills, a wiped queue and a moved clock lose nothing and double nothing in silence (queue in %s)', async (store) => {
  const redis = store === 'Redis' ? await openRedis({ own: true }) : null;
  // Where no Redis is installed, the other half of the promise is not this machine's to show.
  if (store === 'Redis' && redis === null) return;
  try {
    const report = await chaos({ kills: 3, redis });
    expect(report.broken).toEqual([]);
    expect(report).toMatchObject({ kills: 3, wipes: 1, inbox: { planned: 198 }, mails: { due: 18 }, digests: { due: 180 }, groups: { due: 18 } });
  } finally {
    await redis?.close();
  }
}, 240_000);
