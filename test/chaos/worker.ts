/** A whole worker whose clock its parent moves: test/chaos/kills.ts. What it has to know comes by environment, the clock's distance from the real one by message. */
import { startWorker } from '../../apps/worker/src/main.js';
import { MovedClock } from './moved-clock.js';

const { CHAOS_DATABASE, CHAOS_REDIS, CHAOS_SMTP, CHAOS_ROBOTS, CHAOS_DATA, CHAOS_OFFSET } = process.env as Record<string, string>;
const clock = new MovedClock(Number(CHAOS_OFFSET));
process.on('message', (offset: number) => (clock.offset = offset));
await startWorker({
  databaseUrl: CHAOS_DATABASE!, redisUrl: CHAOS_REDIS || null, dataDir: CHAOS_DATA!, filesS3: null, logLevel: 'silent', jobConcurrency: 4, poolSize: 4, clock,
  // A dead worker's jobs go to the other within seconds: the more often they meet what was done meanwhile.
  lockMs: 2_000, channels: { mail: { url: CHAOS_SMTP!, from: 'yinfeng@ccxq.gov.cn' }, robotOrigins: [CHAOS_ROBOTS!] },
});
process.send!('ready');
