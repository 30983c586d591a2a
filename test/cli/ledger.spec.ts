import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ExcelJS from 'exceljs';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { commandLine, type CommandLine } from './command-line.js';
import { Books, ledger, stages, truth, truthRows } from './ledger-truth.js';

let t: TestDatabase;
let folder: string;
let yinfeng: CommandLine;
let zones = 0;

beforeAll(async () => {
  t = await testDatabase();
  await t.clean();
  folder = await mkdtemp(join(tmpdir(), 'yinfeng ledgers '));
  yinfeng = commandLine(t.url, folder);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await t.stop();
});

/** The answer of contract.md. */
interface Answer {
  importId: string; file: string; rows: number; created: number; updated: number; unchanged: number; merged: number; held: number; rejected: number;
  warnings: Record<string, number>; rejects: { sheet: string; row: number; reason: string }[];
}

async function zone(): Promise<{ code: string; books: Books; take: (file: string, ...more: string[]) => Promise<Answer> }> {
  const code = `LZ${++zones}`;
  const made = (await yinfeng(['zone:create', '--code', code, '--name', `台账区${zones}`, '--json'])).json() as { zoneId: string };
  return {
    code,
    books: new Books(t.owner, made.zoneId),
    take: async (file, ...more) => {
      const told = await yinfeng(['ledger:import', ledger(file), '--zone', code, '--json', ...(more.length ? more : ['--decide', 'same'])]);
      expect([told.stderr, told.code]).toEqual(['', 0]);
      return told.json() as unknown as Answer;
    },
  };
}

const counts = ({ rows, created, updated, unchanged, merged, held, rejected }: Answer) => ({ rows, created, updated, unchanged, merged, held, rejected });
const first = (file: string) => {
  const { dataRows, create, merge, hold, reject } = truth(file).counts;
  return { rows: dataRows, created: create, updated: 0, unchanged: 0, merged: merge, held: hold, rejected: reject };
};
const again = (file: string) => ({ ...first(file), created: 0, unchanged: truth(file).reimport.unchanged });
const warned = (file: string) => Object.fromEntries(Object.entries(truth(file).warnings.byClass).map(([name, { count }]) => [name, count]));
/** Only what the truth tells: sums of a list without totals are not compared. */
const sameSums = (found: Record<string, { count: number; cny: string; usd: string; fixedCny: string }>, told: NonNullable<ReturnType<typeof truth>['byDepartment']>) =>
  expect(Object.fromEntries(Object.entries(told).map(([k, v]) => [k, { count: found[k]?.count, ...(v.cny === undefined ? {} : { cny: found[k]?.cny, usd: found[k]?.usd }), ...(v.fixedCny === undefined ? {} : { fixedCny: found[k]?.fixedCny }) }])))
    .toEqual(Object.fromEntries(Object.entries(told).map(([k, { count, cny, usd, fixedCny }]) => [k, { count, ...(cny === undefined ? {} : { cny, usd }), ...(fixedCny === undefined ? {} : { fixedCny }) }])));

const WIDE = 'ledger-changchun-xinqu-2024.xlsx';
const VISITS = 'visits-changchun-xinqu.xlsx';
const WEEK = 'weekly-changchun-xinqu.xlsx';
const NEXT = 'weekly-changchun-xinqu-next.xlsx';
const SIGNED = 'signed-changchun-xinqu.csv';
const TONGHUA = 'tonghua-2020.xlsx';

describe('the wide ledger in an empty zone, and the files that follow it', () => {
  let z: Awaited<ReturnType<typeof zone>>;
  const before: Record<string, string[]>[] = [];
  const taken: Answer[] = [];
  const take = async (file: string) => {
    before.push(await z.books.everything());
    const answer = await z.take(file);
    taken.push(answer);
    return answer;
  };

  it('brings in every row of it, with the counts, warnings and reasons of its truth', async () => {
    z = await zone();
    const answer = await take(WIDE);
    expect(counts(answer)).toEqual(first(WIDE));
    expect(answer.warnings).toEqual(warned(WIDE));
    // The planner knows of them: without, the next file takes ten times as long.
    expect((await t.owner.query<{ n: number }>(`select reltuples::int as n from pg_class where oid = 'project'::regclass`)).rows[0]!.n).toBeGreaterThan(1000);
    expect(answer.rejects).toEqual(truth(WIDE).rejects.map(({ sheet, row, reason }) => ({ sheet, row, reason })).sort((a, b) => a.row - b.row));
    expect(Object.keys(answer).sort()).toEqual(['created', 'file', 'held', 'importId', 'merged', 'rejected', 'rejects', 'rows', 'unchanged', 'updated', 'warnings']);
  });

  it('gives the roll-ups of the truth: stages, departments, stock on past days, flows', async () => {
    const { byStage, byDepartment, stockAt, flows } = truth(WIDE);
    expect(await z.books.byStage()).toEqual(stages(byStage!));
    sameSums(await z.books.byDepartment(), byDepartment!);
    for (const [day, stock] of Object.entries(stockAt!)) {
      const { SUSPENDED: _s, WITHDRAWN: _w, ...standing } = stages(stock);
      expect([day, await z.books.stockAt(day)]).toEqual([day, Object.fromEntries(Object.entries(standing).map(([k, [n]]) => [k, n]))]);
    }
    for (const [year, flow] of Object.entries(flows!))
      for (const [kind, name] of [['REPORTED', 'newlyReported'], ['SIGNED', 'signedByApproval'], ['LANDED', 'landedByApproval'], ['STARTED', 'startedNew']] as const) {
        const { count, cny, usd } = flow[name];
        expect([year, kind, await z.books.flow(year, kind)]).toEqual([year, kind, { count, cny, usd }]);
      }
  });

  it('answers the same through the command for figures', async () => {
    const stock = (await yinfeng(['pipeline:stock', '--zone', z.code, '--as-of', '2024-12-31', '--json'])).json() as unknown as Record<'reserve' | 'negotiating', { count: number; totalInvestment: string; foreignInvestment: string }>;
    expect([stock.reserve.count, stock.negotiating.count]).toEqual([600, 360]);
    const flow = (await yinfeng(['pipeline:flow', '--zone', z.code, '--from', '2024-01-01', '--to', '2024-12-31', '--json'])).json() as unknown as Record<'landed' | 'signed', { count: number }>;
    expect([flow.landed.count, flow.signed.count]).toEqual([120, 101]);
  });

  it('changes nothing the second time, held and rejected rows included', async () => {
    const was = await z.books.everything();
    const answer = await take(WIDE);
    expect(counts(answer)).toEqual(again(WIDE));
    expect(await z.books.everything()).toEqual(was);
  });

  it('links visits to its projects as the truth does, and changes nothing the second time', async () => {
    const answer = await take(VISITS);
    expect(counts(answer)).toEqual(first(VISITS));
    expect(answer.warnings).toEqual(warned(VISITS));
    const links = (await t.owner.query<{ at: string; code: string | null; reason: string | null }>(
      `select r.sheet || '!' || r.row as at, p.code, r.reason from ledger_row r left join project p on p.id = r.project_id where r.import_id = $1 and r.action = 'CREATE'`, [answer.importId])).rows;
    const told = truthRows<{ sheet: string; row: number; action: string; link: { project: string | null; how: string } }>(VISITS).filter((r) => r.action === 'create');
    expect(new Map(links.map((l) => [l.at, [l.code, l.reason === 'LINK_AMBIGUOUS']]))).toEqual(new Map(told.map((r) => [`${r.sheet}!${r.row}`, [r.link.project, r.link.how === 'ambiguous']])));
    const was = await z.books.everything();
    expect(counts(await take(VISITS))).toEqual(again(VISITS));
    expect(await z.books.everything()).toEqual(was);
  });

  it('asks about the four amounts on which the list of signings contradicts it, and moves no stage back', async () => {
    const stagesBefore = await z.books.byStage();
    const answer = await take(SIGNED);
    expect([answer.created, answer.held, answer.updated + answer.unchanged]).toEqual([6, 2 + 4, 101 - 4]);
    const conflicts = (await t.owner.query<{ row: number }>(`select row from ledger_row where import_id = $1 and reason = 'AMOUNT_CONFLICT' order by row`, [answer.importId])).rows.map((r) => r.row);
    expect(conflicts).toEqual([15, 19, 82, 84]);
    const after = await z.books.byStage();
    expect([after['LANDED'], after['STARTED'], after['PRODUCING']]).toEqual([stagesBefore['LANDED'], stagesBefore['STARTED'], stagesBefore['PRODUCING']]);
  });

  it.each(['signed-changchun-xinqu-utf8.csv', 'signed-changchun-xinqu.xls'])('changes nothing by the same list as %s', async (file) => {
    const was = await z.books.everything();
    const answer = await take(file);
    expect([answer.created, answer.updated]).toEqual([0, 0]);
    expect(await z.books.everything()).toEqual(was);
  });

  it('knows the projects of a weekly sheet that are in it under slightly other names', async () => {
    const answer = await take(WEEK);
    const matched = (await t.owner.query<{ at: string }>(`select r.sheet || '!' || r.row || ' ' || p.code as at from ledger_row r join project p on p.id = r.project_id where r.import_id = $1 and r.action in ('UPDATE', 'UNCHANGED') order by 1`, [answer.importId])).rows;
    const told = (truth(WEEK) as unknown as { inLedger: { sheet: string; row: number; code: string }[] }).inLedger;
    expect(matched.map((m) => m.at)).toEqual(told.map((x) => `${x.sheet}!${x.row} ${x.code}`).sort());
    expect(answer.created).toBe(truth(WEEK).counts.create - told.length);
  });

  it('is as if nothing had been, once every import is taken back', async () => {
    while (taken.length > 0) {
      const { importId } = taken.pop()!;
      expect(await yinfeng(['import:undo', importId, '--json'])).toMatchObject({ code: 0, stderr: '' });
      expect(await z.books.everything()).toEqual(before.pop());
    }
    expect(await z.books.stockAt('2024-12-31')).toEqual({});
  });
});

describe('weekly sheets', () => {
  it('are taken in as their truth says, the next week as news of the same projects', async () => {
    const z = await zone();
    const week = await z.take(WEEK);
    expect([counts(week), week.warnings]).toEqual([first(WEEK), warned(WEEK)]);
    sameSums(await z.books.byDepartment(), truth(WEEK).byDepartment!);
    expect(counts(await z.take(WEEK))).toEqual(again(WEEK));
    const next = await z.take(NEXT);
    const { create, update, unchanged } = (truth(NEXT) as unknown as { afterFirstWeek: { create: number; update: number; unchanged: number } }).afterFirstWeek;
    expect([next.created, next.updated, next.unchanged]).toEqual([create, update, unchanged]);
    const updated = (await t.owner.query<{ at: string; fields: string[] }>(`select r.sheet as at, array(select jsonb_object_keys(r.changes) order by 1) as fields from ledger_row r where r.import_id = $1 and r.action = 'UPDATE' order by r.ord`, [next.importId])).rows;
    const told = (truth(NEXT) as unknown as { afterFirstWeek: { updated: { sheet: string; fields: string[] }[] } }).afterFirstWeek.updated;
    expect(updated.map((u) => [u.at, ...u.fields]).sort()).toEqual(told.map((u) => [u.sheet, ...[...u.fields].sort()]).sort());
    // Projects that the sheet no longer names are kept.
    expect((await z.books.byStage())['NEGOTIATING']![0]).toBe(124 + 10);
  });
});

describe('the case of Tonghua', () => {
  it('counts 14 signed, 20 in negotiation and 5 started, 吉林志成 once in each list and once in the stock', async () => {
    const z = await zone();
    const answer = await z.take(TONGHUA);
    expect([counts(answer), answer.warnings]).toEqual([first(TONGHUA), warned(TONGHUA)]);
    expect(await Promise.all(['SIGNED', 'NEGOTIATED', 'STARTED'].map(async (kind) => (await z.books.flow('2020', kind)).count))).toEqual([14, 20, 5]);
    sameSums(await z.books.byDepartment(), truth(TONGHUA).byDepartment!);
    // The 21 projects of the construction list stand beside the 38 of the promotion lists: 18 under way, 3 not yet.
    expect(Object.fromEntries(Object.entries(await z.books.byStage()).map(([k, [n]]) => [k, n]))).toEqual({ SIGNED: 13, NEGOTIATING: 20, STARTED: 5 + 18, LANDED: 3 });
    expect(counts(await z.take(TONGHUA))).toEqual(again(TONGHUA));
    expect(await z.books.stockAt('2020-06-04')).toEqual({ SIGNED: 13, NEGOTIATING: 20, STARTED: 23, LANDED: 3 });
  });
});

describe('other public ledgers in a zone of their own', () => {
  it.each([SIGNED, 'messy-cases.xlsx'])('%s', async (file) => {
    const z = await zone();
    const answer = await z.take(file);
    expect([counts(answer), answer.warnings]).toEqual([first(file), warned(file)]);
    const { byStage, byDepartment } = truth(file);
    if (byStage) expect(await z.books.byStage()).toEqual(stages(byStage));
    if (byDepartment) sameSums(await z.books.byDepartment(), byDepartment);
    expect(counts(await z.take(file))).toEqual(again(file));
  });
});

describe('hostile files', () => {
  it('are refused with a reason or taken in, and what is refused changes nothing', async () => {
    const z = await zone();
    const expected = JSON.parse(await readFile(ledger('hostile/expected.json'), 'utf8')) as unknown as { files?: { file: string; outcome: string }[] } | { file: string; outcome: string }[];
    const list = Array.isArray(expected) ? expected : (expected.files ?? []);
    const outcomes = new Map(list.map((e) => [e.file.replace(/^.*\//, ''), e.outcome]));
    const files = (await readdir(ledger('hostile'))).filter((f) => f !== 'expected.json');
    expect(files.length).toBeGreaterThan(40);
    const wrong: string[] = [];
    for (const file of files) {
      const was = await z.books.everything();
      const told = await yinfeng(['ledger:import', ledger(`hostile/${file}`), '--zone', z.code, '--as-of', '2024-12-31', '--json']);
      const answer = told.json() as { error?: { code: string; message: string }[] };
      const outcome = outcomes.get(file) ?? '';
      const seen = told.code === 0 ? 'parse' : answer.error?.[0]?.code === 'IMPORT_NEEDS_ANSWER' ? 'ask' : answer.error?.[0]?.code === 'FILE_UNREADABLE' ? 'reject' : `failed ${told.stdout}`;
      if (!outcome.split('-or-').includes(seen)) wrong.push(`${file}: ${seen}, not ${outcome}`);
      if (seen !== 'parse') expect([file, await z.books.everything()]).toEqual([file, was]);
    }
    expect(wrong).toEqual([]);
  });
});

describe('the commands', () => {
  it('leave held rows waiting unless told otherwise, and show what a dry run would do', async () => {
    const z = await zone();
    const dry = await z.take(WEEK, '--dry-run');
    expect(counts(dry)).toEqual(first(WEEK));
    expect(await z.books.byStage()).toEqual({});
    const asked = await z.take(WEEK, '--decide', 'ask');
    expect([asked.created, asked.held]).toEqual([124, 3]);
    const text = await yinfeng(['ledger:import', ledger(WEEK), '--zone', z.code]);
    expect(text).toMatchObject({ code: 0, stdout: expect.stringContaining('光电信息专班 第 13 行  SAME_NAME_SAME_INVESTOR  ↔ 长三角片区 第 11 行') });
  });

  it('answer wrong use by 2 and what cannot be done by 1, in one sentence', async () => {
    expect(await yinfeng(['ledger:import'])).toMatchObject({ code: 2 });
    expect(await yinfeng(['ledger:import', 'x', '--decide', 'perhaps'])).toMatchObject({ code: 2 });
    expect(await yinfeng(['ledger:import', 'x', '--as-of', '2024-02-30'])).toMatchObject({ code: 2 });
    expect(await yinfeng(['ledger:import', '/no/such/file.xlsx', '--zone', 'LZ1'])).toMatchObject({ code: 1, stderr: expect.stringContaining('file.xlsx') });
    expect(await yinfeng(['import:undo', 'nonsense'])).toMatchObject({ code: 1 });
  });

  it('write a sheet in which no text is a formula, and which reads back as it was', async () => {
    const z = await zone();
    await z.take('hostile/formula-injection.xlsx', '--as-of', '2024-12-31');
    const file = join(folder, 'out.xlsx');
    expect(await yinfeng(['ledger:export', file, '--zone', z.code, '--json'])).toMatchObject({ code: 0, stderr: '' });
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(file);
    const texts: string[] = [];
    book.worksheets[0]!.eachRow((row) => row.eachCell((cell) => {
      expect(cell.type).not.toBe(ExcelJS.ValueType.Formula);
      if (typeof cell.value === 'string') texts.push(cell.value);
    }));
    expect(texts.some((text) => text.startsWith('='))).toBe(true);
    const names = (await t.owner.query<{ name: string }>(`select p.name from project p join zone z on z.id = p.zone_id where z.code = $1`, [z.code])).rows.map((r) => r.name);
    for (const name of names) expect(texts).toContain(name);
    const back = await yinfeng(['ledger:import', file, '--zone', z.code, '--json']);
    expect([back.code, (back.json() as unknown as Answer).created]).toEqual([0, 0]);
  });
});
