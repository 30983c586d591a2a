import { createHash } from 'node:crypto';
import { Refusal } from '../actor/refusal.js';
import type { Tx } from './database.js';

/** How long a key is remembered (contract.md). */
export const IDEMPOTENCY_DAYS = 7;

/**
 * Runs the work once per caller and key: the same key with the same input gives the first result and does nothing;
 * with another input it is refused as IDEMPOTENCY_KEY_REUSED. A twin that comes at the same time waits for the first
 * on the key's unique index. The result must be plain JSON.
 */
export async function once<T>(tx: Tx, operation: string, input: { idempotencyKey?: string | null }, work: () => Promise<T>): Promise<T> {
  const first = await firstResult<T>(tx, operation, input);
  if (first) return first.result;
  const result = await work();
  await keepResult(tx, input, result);
  return result;
}

/**
 * The first half of once(), for hot writes that send it along with other statements: claims the key, or gives the result
 * that the key already has. null: the caller does the work and ends with keepResult().
 */
export async function firstResult<T>(tx: Tx, operation: string, input: { idempotencyKey?: string | null }): Promise<{ result: T } | null> {
  const claim = keyClaim(operation, input);
  if (!claim) return null;
  const { key, hash } = claim;
  const claimed = await tx.run(
    `insert into idempotency_key (zone_id, staff_id, key, operation, input_hash) values (app_zone(), app_staff(), $1, $2, $3)
     on conflict (zone_id, staff_id, key) do update set operation = excluded.operation, input_hash = excluded.input_hash, result = null, created_at = now()
       where idempotency_key.created_at < now() - interval '${IDEMPOTENCY_DAYS} days'`,
    [key, operation, hash], 'idempotency_claim');
  if (claimed > 0) return null;
  const first = await tx.row<{ input_hash: Buffer; result: T }>('select input_hash, result from idempotency_key where zone_id = app_zone() and staff_id = app_staff() and key = $1', [key], 'idempotency_first');
  if (!first || !first.input_hash.equals(hash)) throw new Refusal('IDEMPOTENCY_KEY_REUSED', ['idempotencyKey'], { key });
  return { result: first.result };
}

/**
 * What is kept under a key: the key and the digest of operation and input; null without a key.
 * @throws Refusal INVALID for a key that is none.
 */
export function keyClaim(operation: string, input: { idempotencyKey?: string | null }): { key: string; hash: Buffer } | null {
  const key = input.idempotencyKey;
  if (key == null) return null;
  if (key.length < 1 || key.length > 255) throw new Refusal('INVALID', ['idempotencyKey'], { field: 'idempotencyKey', value: key.slice(0, 40), expected: '1–255 characters' });
  return { key, hash: createHash('sha256').update(`${operation}\0${canonical({ ...input, idempotencyKey: undefined })}`).digest() };
}

/** The second half of once(): remembers the result under the claimed key. */
export async function keepResult(tx: Tx, input: { idempotencyKey?: string | null }, result: unknown): Promise<void> {
  if (input.idempotencyKey == null) return;
  await tx.run('update idempotency_key set result = $2 where zone_id = app_zone() and staff_id = app_staff() and key = $1', [input.idempotencyKey, JSON.stringify(result)], 'idempotency_result');
}

/** JSON with sorted keys, so that the order of fields in a request does not matter. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, v: unknown) =>
    v !== null && typeof v === 'object' && !Array.isArray(v) && !(v instanceof Date)
      ? Object.fromEntries(Object.entries(v).filter(([, x]) => x !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v);
}
