import { type Actor, Clock, Database, migrate, staffActor } from '@yinfeng/platform';
import { SearchService } from '@yinfeng/recruitment';
import pg from 'pg';
import type { Row } from './measure.js';
import { addNames, buildNames, namesAt, W6 } from './w6-data.js';

/** A kind of query and how many of them are asked. */
interface Class { name: string; queries: (names: readonly string[]) => string[] }

const COMMON = ['长春', '科技', '有限', '公司', '有限公司', '生物医药', '吉林', '股份', '科技有限公司', '长春市'];
const part = (length: number) => (names: readonly string[]) => names.map((name, i) => name.slice(i % 3, (i % 3) + length));
const own = (length: number) => (names: readonly string[]) => names.map((name) => name.replace(/^(长春|吉林|北京|上海|深圳|武汉)市?/, '').slice(0, length));
const CLASSES: Class[] = [
  { name: 'common words', queries: () => COMMON },
  { name: '1 character', queries: (names) => names.map((name) => name[2]!) },
  { name: '2 characters of the firm\'s own name', queries: own(2) },
  { name: '2 characters anywhere', queries: part(2) },
  { name: '3 characters anywhere', queries: part(3) },
  { name: '4 characters anywhere', queries: part(4) },
  { name: '6 characters anywhere', queries: part(6) },
  { name: 'whole name', queries: (names) => [...names] },
  { name: '2 initials', queries: (names) => names.map((name) => W6.initials(name).slice(0, 2)) },
  { name: '4 initials', queries: (names) => names.map((name) => W6.initials(name).slice(2, 6)) },
  { name: 'pinyin in full', queries: (names) => names.map((name) => W6.pinyin(name.slice(2, 5))) },
  { name: 'mixed', queries: (names) => names.map((name) => name.slice(2, 4) + W6.initials(name.slice(4, 6))) },
  { name: 'nothing like it', queries: (names) => names.map((name) => [...name].reverse().slice(0, 5).join('')) },
  { name: 'phone tail', queries: (names) => names.map((_, i) => String(10_000_000 + i * 7919).slice(-4 - (i % 5))) },
  { name: 'credit code', queries: (names) => names.map((_, i) => W6.uscc(i * 97 + 1).slice(0, 6 + (i % 13))) },
];

/**
 * W6: what is typed into the one box, for a leader (the zone), a manager (a twelfth) and a recruiter (fifty records),
 * against a trigram index alone and a scan of the same names. W8 beside it: the same at a tenth of the size.
 */
export async function benchW6({ quick, url, say }: { quick: boolean; url: string; say: (line: string) => void }): Promise<Row[]> {
  const [small, large] = quick ? [5_000, 50_000] : [100_000, 1_000_000];
  const name = 'yinfeng_bench_w6';
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`drop database if exists ${name} with (force)`);
  await admin.query(`create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  try {
    await migrate(own.href);
    await buildNames(own.href);
    const tables: Map<string, number[]>[] = [];
    let base: Map<string, number[]> | undefined;
    for (const [from, to] of [[0, small], [small, large]] as const) {
      const { seconds, indexing } = await addNames(own.href, from, to);
      say(`W6: ${to} enterprises; written in ${seconds.toFixed(0)} s, spelled and indexed in ${indexing.toFixed(0)} s`);
      tables.push(await ask(own.href, to, quick));
      say(`W6: leader at ${to}, p50/p95 ms: ${CLASSES.map(({ name: label }) => `${label} ${cell(tables.at(-1)!.get(`leader ${label}`))}`).join('; ')}`);
      if (to === large) base = await baselines(own.href, to, quick);
    }
    await sizes(own.href, say);
    return CLASSES.map(({ name: label }) => ({
      'W6 query': label,
      ...Object.fromEntries(['leader', 'manager', 'recruiter'].map((who) => [who, cell(tables[1]!.get(`${who} ${label}`))])),
      [`leader at ${small}`]: cell(tables[0]!.get(`leader ${label}`)),
      'W8 ratio': at(tables[1]!.get(`leader ${label}`)!, 0.5) / at(tables[0]!.get(`leader ${label}`)!, 0.5),
      'trigram alone': cell(base!.get(`trigram ${label}`)), 'scan': cell(base!.get(`scan ${label}`)), bar: 'p95 ≤ 30', aim: 'p95 ≤ 10',
    }));
  } finally {
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.end();
  }
}

const cell = (times: number[] | undefined) => (times ? `${at(times, 0.5).toFixed(1)}/${at(times, 0.95).toFixed(1)}` : '');

function people(): Record<'leader' | 'manager' | 'recruiter', Actor> {
  const of = (n: number, role: 'LEADER' | 'MANAGER' | 'RECRUITER', departments: string[]) =>
    staffActor({ via: 'session', zoneId: W6.zone, staffId: W6.staff(n), name: role, role, departmentIds: departments, ledDepartmentIds: departments, locale: 'zh', requestId: 'bench' });
  return { leader: of(0, 'LEADER', []), manager: of(1, 'MANAGER', [W6.department(1)]), recruiter: of(2, 'RECRUITER', [W6.department(2)]) };
}

async function ask(url: string, count: number, quick: boolean): Promise<Map<string, number[]>> {
  const db = await new Database({ url, poolSize: 2, statementTimeoutMs: 60_000 }, new Clock()).connect();
  const search = new SearchService(db);
  const names = namesAt(count, quick ? 20 : 100);
  const times = new Map<string, number[]>();
  try {
    for (const [who, actor] of Object.entries(people())) {
      for (const { name, queries } of CLASSES) {
        const list: number[] = [];
        const asked = queries(names).filter(Boolean);
        for (let i = 0; i < Math.max(asked.length, 50) + 5; i++) {
          const started = performance.now();
          const hits = await search.search(actor, asked[i % asked.length]!, 20);
          if (who === 'leader' && hits.length === 0 && !['nothing like it', 'phone tail', 'credit code'].includes(name)) throw new Error(`${name}: nothing found for ${asked[i % asked.length]!}`);
          if (i >= 5) list.push(performance.now() - started); // the first ones warm up
        }
        times.set(`${who} ${name}`, list);
      }
    }
  } finally {
    await db.onApplicationShutdown();
  }
  return times;
}

/** What one would write without an index of one's own, on the same rows, past the walls. */
async function baselines(url: string, count: number, quick: boolean): Promise<Map<string, number[]>> {
  const client = new pg.Client({ connectionString: url, options: '-c jit=off' });
  client.on('error', () => undefined);
  await client.connect();
  const names = namesAt(count, quick ? 5 : 15);
  const times = new Map<string, number[]>();
  const measure = async (label: string, rounds: number) => {
    for (const { name, queries } of CLASSES.slice(0, 8)) {
      const list: number[] = [];
      for (const query of queries(names).slice(0, rounds)) {
        const started = performance.now();
        await client.query({ name: 'w6_like', text: 'select id, name, uscc from enterprise where zone_id = $1 and name like $2 order by length(name), id desc limit 20', values: [W6.zone, `%${query}%`] });
        list.push(performance.now() - started);
      }
      times.set(`${label} ${name}`, list);
    }
  };
  await client.query(`set plan_cache_mode = force_custom_plan`);
  await measure('scan', quick ? 5 : 8);
  await client.query('create index w6_trgm on enterprise using gin (name gin_trgm_ops)');
  await client.query('vacuum analyze enterprise');
  await measure('trigram', quick ? 5 : 15);
  await client.query('drop index w6_trgm');
  await client.end();
  return times;
}

async function sizes(url: string, say: (line: string) => void): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows: [size] } = await client.query<{ docs: string; tokens: string; bands: string }>(`select pg_size_pretty(pg_table_size('search_doc')) as docs, pg_size_pretty(pg_relation_size('search_doc_tokens')) as tokens, (select count(*) from search_band) as bands`);
  say(`W6: search_doc ${size!.docs}, its index of tokens ${size!.tokens}, ${size!.bands} bands`);
  await client.end();
}

function at(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
