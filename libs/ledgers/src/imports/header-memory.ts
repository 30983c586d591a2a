import { createHash } from 'node:crypto';
import type { Tx } from '@yinfeng/platform';
import type { SavedMapping, SheetReading } from '../reading/ledger-reading.js';
import { foldHeader } from '../recognition/headers.rules.js';

/** What a person corrected for headers of one wording, whatever order the columns come in. */
type Remembered = { header: string; letter: string; field: string | null; unit?: string }[];

/** A list is known by its headers, in any order: lists of one series share the fingerprint. */
export function fingerprintOf(sheet: SheetReading): string {
  const headers = sheet.columns.map((c) => foldHeader(c.path.join('/'))).sort();
  return createHash('sha256').update(headers.join('\x1f')).digest('hex').slice(0, 32);
}

/** The mapping remembered for the sheets of a file, or null where none of them was ever corrected. */
export async function recallMapping(tx: Tx, sheets: readonly SheetReading[]): Promise<SavedMapping | null> {
  const wanted = sheets.filter((s) => s.columns.length > 0);
  if (wanted.length === 0) return null;
  const known = new Map((await tx.rows<{ fingerprint: string; mapping: Remembered }>('select fingerprint, mapping from ledger_mapping where fingerprint = any($1)', [wanted.map(fingerprintOf)])).map((r) => [r.fingerprint, r.mapping]));
  const mapping: SavedMapping = {};
  for (const sheet of wanted) {
    const remembered = known.get(fingerprintOf(sheet));
    if (!remembered || mapping[sheet.name]) continue;
    const columns: SavedMapping[string]['columns'] = {};
    for (const c of sheet.columns) {
      const header = foldHeader(c.path.join('/'));
      const same = remembered.filter((r) => r.header === header);
      const hit = same.length === 1 ? same[0] : same.find((r) => r.letter === c.letter);
      if (hit) columns[c.letter] = { field: hit.field, ...(hit.unit ? { unit: hit.unit } : {}) };
    }
    if (Object.keys(columns).length > 0) mapping[sheet.name] = { headerRows: sheet.headerRows, columns };
  }
  return Object.keys(mapping).length > 0 ? mapping : null;
}

/** Remembers how a person had the columns read, for the next file with these headers. */
export async function rememberMapping(tx: Tx, sheets: readonly SheetReading[], given: SavedMapping): Promise<void> {
  for (const sheet of sheets) {
    if (!given[sheet.name] && sheets.length > 1) continue;
    const mapping: Remembered = sheet.columns.map((c) => ({ header: foldHeader(c.path.join('/')), letter: c.letter, field: c.field, ...(c.unit ? { unit: c.unit } : {}) }));
    await tx.run(
      `insert into ledger_mapping (zone_id, fingerprint, mapping) values (app_zone(), $1, $2)
       on conflict (zone_id, fingerprint) do update set mapping = excluded.mapping, updated_at = now()`, [fingerprintOf(sheet), JSON.stringify(mapping)]);
  }
}
