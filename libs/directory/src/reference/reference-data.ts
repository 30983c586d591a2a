import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import pg from 'pg';

interface Calendar {
  source: string;
  years: Record<string, [day: string, working: boolean, name: string][]>;
}

/** Begins the source of years that ship with the product. */
const SHIPPED = 'shipped: ';

const asset = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');

/**
 * Regions (GB/T 2260 with national development zones), industries (GB/T 4754-2011) and the published working calendars
 * into their shared tables, as the owner. Does nothing when the data that ships is already there; years that an
 * administrator published are kept.
 */
export async function loadReferenceData(ownerUrl: string): Promise<boolean> {
  const [regions, industries, calendarText] = [asset('regions.csv'), asset('industries.csv'), asset('calendar.json')];
  const digest = createHash('sha256').update(regions).update(industries).update(calendarText).digest('hex');
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'yinfeng-reference' });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock(7190002)');
    const { rows } = await client.query<{ digest: string }>('select digest from reference_data');
    if (rows[0]?.digest === digest) {
      await client.query('commit');
      return false;
    }
    const columns = (text: string, ...names: string[]) => {
      const records: Record<string, string>[] = parse(text, { columns: true });
      return names.map((n) => records.map((r) => r[n] || null));
    };
    await client.query(`insert into region (code, name, parent, level) select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) on conflict (code) do update set name = excluded.name, parent = excluded.parent, level = excluded.level`, columns(regions, 'code', 'name', 'parent', 'level'));
    await client.query(`insert into industry (code, name, parent) select * from unnest($1::text[], $2::text[], $3::text[]) on conflict (code) do update set name = excluded.name, parent = excluded.parent`, columns(industries, 'code', 'name', 'parent'));
    const calendar = JSON.parse(calendarText) as Calendar;
    for (const [year, days] of Object.entries(calendar.years)) {
      // A year that ships is brought to what ships now; one that an administrator published stays as it was published.
      const ours = await client.query(
        `insert into calendar_year (year, source) values ($1, $2) on conflict (year) do update set source = excluded.source where calendar_year.source like $3`,
        [Number(year), `${SHIPPED}${calendar.source}`, `${SHIPPED}%`]);
      if (ours.rowCount === 0) continue;
      await client.query('delete from calendar_day where extract(year from day) = $1', [Number(year)]);
      await client.query('insert into calendar_day (day, working, name) select * from unnest($1::date[], $2::boolean[], $3::text[])', [days.map((d) => d[0]), days.map((d) => d[1]), days.map((d) => d[2])]);
    }
    await client.query('select calendar_rebuild()');
    await client.query('insert into reference_data (digest) values ($1) on conflict (only_row) do update set digest = excluded.digest', [digest]);
    await client.query('commit');
    return true;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    await client.end();
  }
}
