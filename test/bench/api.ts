import 'reflect-metadata';
import { startApi } from '../../apps/api/src/main.js';

/** The product's API as a contestant: its own process, the environment's database, no limit on how often one caller asks. */
const api = await startApi({ databaseUrl: process.env.DATABASE_URL!, port: 0, host: '127.0.0.1', dataDir: process.env.YINFENG_DATA!, production: true, ...(process.env.API_POOL ? { poolSize: Number(process.env.API_POOL) } : {}), logLevel: 'silent', limits: { bucket: 1e9, refillPerSecond: 1e9 } });
console.log(`listening ${api.url}`);
process.on('SIGTERM', () => void api.close().then(() => process.exit(0)));
