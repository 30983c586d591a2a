import { randomFillSync } from 'node:crypto';

let lastMs = 0;
let counter = 0;
/** Randomness is fetched for 512 ids at a time: a call to the system for each costs more than the rest. */
const random = Buffer.alloc(8 * 512);
let used = random.length;

/** A UUIDv7 (RFC 9562 §5.7), monotonic within this process: 48 bits of milliseconds, 12 bits of counter, 62 random bits. */
export function newId(): string {
  let ms = Date.now();
  if (ms <= lastMs) {
    ms = lastMs;
    counter = (counter + 1) & 0xfff;
    if (counter === 0) ms = ++lastMs;
  } else {
    counter = 0;
  }
  lastMs = ms;
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const at = used;
  used += 8;
  const time = ms.toString(16).padStart(12, '0');
  const variant = ((random[at]! & 0x3f) | 0x80).toString(16).padStart(2, '0');
  const tail = random.toString('hex', at + 1, at + 8);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${variant}${tail.slice(0, 2)}-${tail.slice(2)}`;
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The id that crosses the wire: type and UUID, so that node(id:) knows where to look. */
export function globalId(type: string, id: string): string {
  return `${type}:${id}`;
}

/** The UUID inside a global id of the expected type, or null when it is of another type or no id at all. */
export function localId(type: string, id: string): string | null {
  const [kind, uuid, ...rest] = id.split(':');
  return kind === type && uuid !== undefined && rest.length === 0 && UUID.test(uuid) ? uuid.toLowerCase() : null;
}
