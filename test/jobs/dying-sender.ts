/** A worker that sends messages of one zone and is killed meanwhile: channels-killed.spec.ts. Arguments: database URL, SMTP URL, robots' origin, its instant, zone, ids of messages. */
import { Clock, Database } from '@yinfeng/platform';
import { projectVisibility } from '@yinfeng/recruitment';
import { SendingService } from '@yinfeng/reminders';

const [url, smtp, origin, instant, zoneId, ...deliveryIds] = process.argv.slice(2) as [string, string, string, string, string, ...string[]];
const clock = new Clock();
clock.pin(new Date(instant));
const db = await new Database({ url, poolSize: 2, statementTimeoutMs: 60_000 }, clock).connect();
process.send?.('ready');
await new SendingService(db, clock, { mail: { url: smtp, from: 'yinfeng@ccxq.gov.cn' }, robotOrigins: [origin] }, projectVisibility).send(zoneId, deliveryIds);
await db.onApplicationShutdown();
process.disconnect?.();
