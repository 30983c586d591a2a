import { createHash } from 'node:crypto';

/** How many statements are prepared on each connection at most; shapes beyond that are planned anew each time. */
const MOST = 300;
const seen = new Map<string, { name: string; uses: number }>();

/** A name for a statement text that comes back: prepared from its third use on, so that one-off shapes cost no memory in the server. */
export function preparedName(sql: string): string | undefined {
  const known = seen.get(sql);
  if (known) return ++known.uses > 2 ? known.name : undefined;
  if (seen.size < MOST) seen.set(sql, { name: `q_${createHash('sha1').update(sql).digest('hex').slice(0, 20)}`, uses: 1 });
  return undefined;
}
