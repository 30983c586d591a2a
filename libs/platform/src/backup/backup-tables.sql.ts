import type pg from 'pg';

/** A table as a backup carries it: its columns by name, generated ones left out. */
export interface BackupTable {
  name: string;
  columns: string[];
}

/** What a migrated database holds by itself; a restore replaces it. Everything else must be empty before. */
export const BROUGHT_BY_INSTALLATION = new Set(['region', 'industry', 'calendar_year', 'calendar_day', 'working_day', 'reference_data', 'audit_seal_state', 'pipeline_fold_state', 'audit_key']);
/** Kept in the header of a backup and compared, never restored. */
const MIGRATIONS = 'schema_migration';

/**
 * Transaction ids mean nothing in another cluster. What is sealed or folded is written as transaction 0, what is not yet
 * as 1, and the watermarks to match: both lie below every id of any cluster, so that the restored books go on where they stood.
 */
const TXID: Record<string, string> = {
  'audit_entry.txid': `case when txid <= (select txid from public.audit_seal_state) then '0' else '1' end`,
  'audit_seal_state.txid': `'0'`,
  'pipeline_movement.txid': `case when txid < (select txid from public.pipeline_fold_state) then '0' else '1' end`,
  'pipeline_fold_state.txid': `'1'`,
};

/** Tables of schema public in an order in which each comes after those it refers to. @throws Error on a circle of references. */
export async function backupTables(client: pg.ClientBase): Promise<BackupTable[]> {
  const { rows } = await client.query<{ name: string; columns: string[]; txids: string[]; parents: string[] }>(`
    select c.relname as name,
      array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns,
      array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.atttypid in ('xid8'::regtype, 'xid'::regtype)) as txids,
      array(select distinct p.relname::text from pg_constraint f join pg_class p on p.oid = f.confrelid where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid) as parents
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> $1 order by c.relname`, [MIGRATIONS]);
  for (const { name, txids } of rows) {
    const stray = txids.find((column) => !(`${name}.${column}` in TXID));
    if (stray !== undefined) throw new Error(`column ${stray} of ${name} holds transaction ids: say in backup-tables.sql.ts what they become in another cluster`);
  }
  const ordered: BackupTable[] = [];
  const placed = new Set<string>();
  for (let left = rows; left.length > 0;) {
    const ready = left.filter((t) => t.parents.every((p) => placed.has(p)));
    if (ready.length === 0) throw new Error(`these tables refer to each other in a circle: ${left.map((t) => t.name).join(', ')}`);
    for (const { name, columns } of ready) {
      ordered.push({ name, columns });
      placed.add(name);
    }
    left = left.filter((t) => !placed.has(t.name));
  }
  return ordered;
}

/** Names of the migrations that made the schema, oldest first; none when there is no schema. */
export async function appliedMigrations(client: pg.ClientBase): Promise<string[]> {
  const { rows: [found] } = await client.query<{ there: boolean }>(`select to_regclass('public.${MIGRATIONS}') is not null as there`);
  if (!found!.there) return [];
  return (await client.query<{ name: string }>(`select name from public.${MIGRATIONS} order by "timestamp"`)).rows.map((r) => r.name);
}

export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
export const columnList = (table: BackupTable) => table.columns.map(quoted).join(', ');

/** Writes the rows of a table out, in the order in which they lie. */
export function copyOut(table: BackupTable): string {
  const columns = table.columns.map((column) => TXID[`${table.name}.${column}`] ?? quoted(column)).join(', ');
  return `copy (select ${columns} from public.${quoted(table.name)}) to stdout`;
}

export function copyIn(table: BackupTable): string {
  return `copy public.${quoted(table.name)} (${columnList(table)}) from stdin`;
}

/** Lets each numbering of a table go on after its highest number. */
export const CONTINUE_NUMBERS = `
  select format('select setval(%L, coalesce(max(%I), 0) + 1, false) from public.%I', pg_get_serial_sequence(format('public.%I', c.relname), a.attname), a.attname, c.relname) as sql
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> '${MIGRATIONS}' and pg_get_serial_sequence(format('public.%I', c.relname), a.attname) is not null`;
