import DataLoader from 'dataloader';
import type { RequestContext } from './context.js';

/**
 * A loader of its own per request, for the rare nested field that look-ahead does not carry. `kind` identifies it; add
 * whatever else decides the answer (arguments, shape) to the key string.
 */
export function loader<K, V>(context: RequestContext, kind: string, batch: (keys: readonly K[]) => Promise<(V | Error | null)[]>): DataLoader<K, V | null> {
  let found = context.loaders.get(kind) as DataLoader<K, V | null> | undefined;
  if (!found) {
    found = new DataLoader<K, V | null>(batch);
    context.loaders.set(kind, found);
  }
  return found;
}
