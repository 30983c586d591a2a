import pg from 'pg';
import { answeredByCube, PipelineService } from '@yinfeng/pipeline';
import { type Actor, Clock, Database, migrate, systemActor } from '@yinfeng/platform';
import { ProjectsService } from '@yinfeng/recruitment';
import { median, type Row } from './measure.js';
import { buildBooks, W2_DAYS, W2_ZONE } from './w2-data.js';

/**
 * W2: stock by stage × department × industry, now and at past instants, against a counter table (the limit) and what
 * one would write without books; and what keeping the books costs a stage move at 16 writers. `url` names a server on
 * which databases may be made; this one is dropped at the end. Milliseconds are medians of alternating rounds.
 */
export async function benchW2({ quick, url }: { quick: boolean; url: string }): Promise<Row[]> {
  const name = 'yinfeng_bench_w2';
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`drop database if exists ${name} with (force)`);
  await admin.query(`create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  try {
    await migrate(own.href);
    await buildBooks(own.href, quick ? 50_000 : 1_000_000);
    const rows = [...(await reading(own.href, quick)), ...(await keeping(own.href, quick))];
    return rows;
  } finally {
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.end();
  }
}

async function reading(url: string, quick: boolean): Promise<Row[]> {
  const db = await new Database({ url, poolSize: 2, statementTimeoutMs: 600_000 }, new Clock()).connect();
  const bare = new pg.Client({ connectionString: url, options: '-c jit=off' });
  await bare.connect();
  const pipeline = new PipelineService(db, new ProjectsService(db));
  const actor: Actor = systemActor(W2_ZONE, 'bench');
  if (!answeredByCube({}, 'INDUSTRY')) throw new Error('the folded totals no longer answer this question');
  try {
    // Instants anywhere in the history, none at a convenient border.
    const instants = Array.from({ length: quick ? 6 : 12 }, (_, i) => new Date(Date.now() - ((i * 379 + 11) % (W2_DAYS - 45)) * 86_400_000 - i * 7_777_777));
    const contestants: [string, (i: number) => Promise<{ n: number; total: number }>][] = [
      ['now: counter table (limit)', () => sum(bare, 'select stage, department_id, industry_division, count, cny from w2_counter', [])],
      ['now: Yinfeng', async () => total(await pipeline.cells(actor, { dimension: 'INDUSTRY' }))],
      ['now: GROUP BY over projects', () => sum(bare, `select stage, department_id, industry_division, count(*) as count, sum(case when total_currency = 'CNY' then total_amount else 0 end) as cny from project where zone_id = $1 and status = 'ACTIVE' group by 1, 2, 3`, [W2_ZONE])],
      ['past: Yinfeng', async (i) => total(await pipeline.cells(actor, { dimension: 'INDUSTRY', asOf: instants[i % instants.length] }))],
      ['past: DISTINCT ON over movements', (i) => sum(bare, `select stage, department_id, industry, count(*) as count, sum(cny) as cny from (select distinct on (project_id) stage, department_id, industry, cny, delta from pipeline_movement where zone_id = $1 and at <= $2 order by project_id, at desc, id desc) m where delta = 1 group by 1, 2, 3`, [W2_ZONE, instants[i % instants.length]!])],
    ];
    const times = new Map<string, number[]>(contestants.map(([label]) => [label, []]));
    const answers = new Map<string, { n: number; total: number }[]>(contestants.map(([label]) => [label, []]));
    const rounds = quick ? 7 : 13;
    for (let i = 0; i < rounds; i++) {
      for (const [label, work] of contestants) {
        // DISTINCT ON is slow and steady: every fourth round will do.
        if (label.includes('DISTINCT') && i % 4 !== 1) continue;
        const started = performance.now();
        const answer = await work(i);
        // The first round warms caches and prepares statements.
        if (i > 0) times.get(label)!.push(performance.now() - started);
        answers.get(label)![i] = answer;
      }
    }
    for (const [a, b] of [['now: Yinfeng', 'now: GROUP BY over projects'], ['past: Yinfeng', 'past: DISTINCT ON over movements']] as const) {
      answers.get(b)!.forEach((answer, i) => {
        const mine = answers.get(a)![i]!;
        if (mine.total !== answer.total) throw new Error(`${a} counts ${mine.total}, ${b} ${answer.total}`);
      });
    }
    const bars: Record<string, [number, number]> = { 'now: Yinfeng': [10, 4], 'past: Yinfeng': [40, 25] };
    return contestants.map(([label]) => ({
      case: label, 'median ms': median(times.get(label)!), 'worst ms': Math.max(...times.get(label)!), groups: answers.get(label)!.find(Boolean)!.n, projects: answers.get(label)!.filter(Boolean).at(-1)!.total,
      bar: bars[label] ? `≤ ${bars[label][0]}` : '', aim: bars[label] ? `≤ ${bars[label][1]}` : '',
    }));
  } finally {
    await bare.end();
    await db.onApplicationShutdown();
  }
}

const total = (cells: { count: number }[]) => ({ n: cells.length, total: cells.reduce((n, c) => n + c.count, 0) });

async function sum(client: pg.Client, text: string, values: unknown[]): Promise<{ n: number; total: number }> {
  const { rows } = await client.query<{ count: string }>({ text, values, name: `w2_${text.length}` });
  return { n: rows.length, total: rows.reduce((n, r) => n + Number(r.count), 0) };
}

/** The statements of one stage move as the product makes it (stages.service), without the gate. */
const MOVE = {
  begin: `select set_config('app.zone_id', $1, true), set_config('app.staff_id', '', true), set_config('app.request_id', 'bench', true), set_config('app.cause', '', true), set_config('app.now', '', true)`,
  lock: 'select id, version, stage from project p where p.id = $1 for no key update',
  move: `update project set stage = $2, state_at = app_now(), version = version + 1, triage_due_on = null, last_activity_on = shanghai_day(app_now()), idle_due_on = idle_due(zone_id, $2, shanghai_day(app_now())), light = 'GREEN', updated_at = app_now() where id = $1`,
  milestone: `insert into milestone (zone_id, project_id, kind, event_on, entered_at, approved_at, counting_rule) values (app_zone(), $1, $2, shanghai_day(app_now()), app_now(), app_now(), 'APPROVAL') on conflict (project_id, kind) where voided_at is null do nothing`,
} as const;
const STEPS = [['NEGOTIATING', 'NEGOTIATED'], ['SIGNED', 'SIGNED'], ['LANDED', 'LANDED'], ['STARTED', 'STARTED']] as const;

/** Stage moves a second at 16 writers, with the triggers of the books and without, in alternating rounds. */
async function keeping(url: string, quick: boolean): Promise<Row[]> {
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  const { rows: projects } = await owner.query<{ id: string }>('select id from project order by code limit 20000');
  const pool = new pg.Pool({ connectionString: url, max: 16, options: '-c role=yinfeng_app -c jit=off' });
  const results = new Map<boolean, number[]>([[true, []], [false, []]]);
  try {
    let turn = 0;
    const moves = quick ? 1600 : 8000;
    for (let round = 0; round < (quick ? 5 : 7); round++) {
      for (const books of round % 2 ? [true, false] : [false, true]) {
        await owner.query(`alter table project ${books ? 'enable' : 'disable'} trigger project_moved`);
        let left = moves;
        const started = performance.now();
        await Promise.all(Array.from({ length: 16 }, async () => {
          const client = await pool.connect();
          while (left-- > 0) {
            const n = turn++;
            await moveOne(client, projects[(n * 7919) % projects.length]!.id, STEPS[Math.floor(n / projects.length + n) % STEPS.length]!);
          }
          client.release();
        }));
        if (round > 0) results.get(books)!.push(moves / ((performance.now() - started) / 1000));
      }
    }
  } finally {
    await pool.end();
    await owner.query('alter table project enable trigger project_moved');
    await owner.end();
  }
  const without = median(results.get(false)!);
  const kept = median(results.get(true)!);
  const cost = median(results.get(true)!.map((v, i) => (1 - v / results.get(false)![i]!) * 100));
  const row = (label: string, perSecond: number, more: Row = {}): Row => ({ case: label, 'median ms': 16_000 / perSecond, 'worst ms': '', groups: '', projects: `${perSecond.toFixed(0)} moves/s`, bar: '', aim: '', ...more });
  return [row('move: books not kept', without), row('move: books kept', kept, { bar: `cost ≤ 10 %: ${cost.toFixed(1)} %` })];
}

async function moveOne(client: pg.PoolClient, id: string, [stage, kind]: readonly [string, string]): Promise<void> {
  await client.query('begin');
  await client.query({ name: 'begin', text: MOVE.begin, values: [W2_ZONE] });
  await client.query({ name: 'lock', text: MOVE.lock, values: [id] });
  await client.query({ name: 'move', text: MOVE.move, values: [id, stage] });
  await client.query({ name: 'milestone', text: MOVE.milestone, values: [id, kind] });
  await client.query('commit');
}
