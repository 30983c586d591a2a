import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openWorkbook, readWorkbook } from '../files/workbook.js';
import type { LedgerReading, LedgerRow, RowWarning } from './ledger-reading.js';
import { LedgerReader, readLedger, sampleOf } from './read-ledger.js';
import { ambiguousLink, ProjectFinder } from './visit-links.rules.js';

/** Every public ledger against its truth file: rows, warnings, rejects, repeats, columns, skipped rows. */

const FOLDER = join(process.cwd(), 'test/fixtures/ledgers');

interface At {
  sheet?: string;
  row: number;
}
interface Truth {
  asOf: string;
  sheets: {
    name: string;
    import: boolean;
    why?: string;
    headerRows: number[];
    columns?: { col: string; path: string[]; field: string; unit?: string; hidden?: boolean }[];
    skippedRows?: { row: number; kind: string }[];
    firstDataRow: number | null;
    lastDataRow: number | null;
    dataRows: number;
    stage?: string | null;
    group?: string;
    direction?: string;
  }[];
  warnings: { items: { sheet: string; cell: string; raw: string | number | null; classes: string[]; expected: unknown }[] };
  duplicates: { class: string; level: string; keep: At[]; extra: At[] }[];
  notDuplicates?: { class: string; rows: At[] }[];
  totalRows?: { cell: string; shown: string; acceptedRows: Record<string, string>; equal: boolean }[];
  departmentAliases?: Record<string, string>;
}
interface TruthRow {
  sheet: string;
  row: number;
  action: string;
  reason?: string;
  fields: Record<string, unknown>;
  isNew?: boolean;
  link?: { project: string | null; how: string };
}

const truthOf = (file: string): Truth => JSON.parse(readFileSync(join(FOLDER, 'truth', `${file}.truth.json`), 'utf8')) as Truth;
const truthRows = (file: string): TruthRow[] =>
  readFileSync(join(FOLDER, 'truth', `${file}.rows.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TruthRow);

async function read(file: string): Promise<LedgerReading> {
  return readLedger(await readWorkbook(join(FOLDER, file), { name: file }), { fileName: file });
}

const reasonOf = (r: LedgerRow): string | undefined => r.reject?.reason ?? (r.action === 'hold' ? r.duplicateOf?.class : undefined);

function compare(file: string, reading: LedgerReading, more: { sheet: string; warning: RowWarning }[] = []): void {
  const truth = truthOf(file);
  const rows = truthRows(file);
  // Rows: fields cell by cell, action and reason.
  expect(reading.rows.map((r) => ({ at: `${r.sheet}!${r.row}`, action: r.action, reason: reasonOf(r), fields: r.fields }))).toEqual(
    rows.map((r) => ({ at: `${r.sheet}!${r.row}`, action: r.action, reason: r.reason, fields: r.fields })),
  );
  for (const [i, r] of rows.entries()) if (r.isNew !== undefined) expect([r.row, reading.rows[i]!.isNew]).toEqual([r.row, r.isNew]);
  expect(reading.rows.filter((r) => Object.keys(r.extra).length)).toEqual([]);
  // Warnings: address and class, raw text, value taken.
  const want = truth.warnings.items.flatMap((i) => i.classes.map((c) => ({ at: `${i.sheet}!${i.cell}`, class: c, raw: i.raw === null ? null : String(i.raw) })));
  const got = [
    ...reading.rows.flatMap((r) => r.warnings.map((w) => ({ at: `${r.sheet}!${w.cell}`, class: w.class, raw: w.raw }))),
    ...more.map(({ sheet, warning: w }) => ({ at: `${sheet}!${w.cell}`, class: w.class, raw: w.raw })),
    ...reading.fileWarnings.map((w) => ({ at: `${w.sheet}!${w.cell}`, class: w.class, raw: w.raw ?? null })),
  ];
  const order = (a: { at: string; class: string }, b: { at: string; class: string }): number => (a.at + a.class < b.at + b.class ? -1 : 1);
  expect(got.sort(order)).toEqual(want.sort(order));
  const taken = new Map(reading.rows.flatMap((r) => r.warnings.map((w) => [`${r.sheet}!${w.cell}`, w.value ?? null] as const)));
  for (const i of truth.warnings.items) if (taken.has(`${i.sheet}!${i.cell}`)) expect([i.cell, taken.get(`${i.sheet}!${i.cell}`)]).toEqual([i.cell, i.expected]);
  // Sheets.
  for (const s of truth.sheets) {
    const mine = reading.sheets.find((x) => x.name === s.name)!;
    expect([s.name, mine.imported]).toEqual([s.name, s.import]);
    if (!s.import) {
      expect(mine.why).toBe(s.why);
      continue;
    }
    expect(mine.headerRows).toEqual(s.headerRows);
    expect(mine.columns.map((c) => ({ col: c.letter, path: c.path, field: c.field, unit: c.unit, hidden: c.hidden }))).toEqual(
      s.columns!.map((c) => ({ col: c.col, path: c.path, field: c.field, unit: c.unit, hidden: c.hidden ?? false })),
    );
    expect(mine.skippedRows.map((x) => `${x.row} ${x.kind}`)).toEqual(s.skippedRows!.map((x) => `${x.row} ${x.kind}`));
    expect([mine.firstDataRow, mine.lastDataRow, mine.dataRows]).toEqual([s.firstDataRow, s.lastDataRow, s.dataRows]);
    if (s.stage) expect(mine.stage).toBe(s.stage);
    if (s.group) expect(mine.department).toBe(s.group);
    if (s.direction) expect(mine.direction).toBe(s.direction);
  }
  // Repeats inside the file, and look-alikes that stay apart.
  const at = (x: At): string => `${x.sheet ?? reading.rows[0]!.sheet}!${x.row}`;
  expect(reading.rows.filter((r) => r.action === 'hold').map((r) => ({ extra: at(r), keep: at(r.duplicateOf!), class: r.duplicateOf!.class, level: r.duplicateOf!.level })).sort((a, b) => (a.extra < b.extra ? -1 : 1))).toEqual(
    truth.duplicates.map((d) => ({ extra: at(d.extra[0]!), keep: at(d.keep[0]!), class: d.class, level: d.level })).sort((a, b) => (a.extra < b.extra ? -1 : 1)),
  );
  if (truth.notDuplicates) {
    const pair = (x: { class: string; rows: At[] }): string => `${x.class} ${x.rows.map(at).sort().join(' ')}`;
    expect(reading.lookAlikes.map(pair).sort()).toEqual(truth.notDuplicates.map(pair).sort());
  }
  for (const t of truth.totalRows ?? []) {
    const mine = reading.sheets.flatMap((s) => s.totals ?? []).find((x) => x.column + x.row === t.cell);
    expect(mine).toMatchObject({ shown: t.shown, found: t.acceptedRows, equal: t.equal });
  }
  for (const [alias, name] of Object.entries(reading.departmentAliases)) expect([alias, truth.departmentAliases?.[alias]]).toEqual([alias, name]);
}

describe('the public ledgers, cell by cell', () => {
  it.each([
    'weekly-changchun-xinqu.xlsx',
    'weekly-changchun-xinqu-next.xlsx',
    'ledger-changchun-xinqu-2024.xlsx',
    'tonghua-2020.xlsx',
    'signed-changchun-xinqu.csv',
    'signed-changchun-xinqu-utf8.csv',
    'signed-changchun-xinqu.xls',
    'messy-cases.xlsx',
  ])('%s', async (file) => {
    const reading = await read(file);
    compare(file, reading);
    expect(reading.asOf.value).toBe(truthOf(file).asOf);
    expect(reading.needsAnswer).toEqual([]);
    expect(reading.refusal).toBeUndefined();
  });

  it('visits-changchun-xinqu.xlsx, linked to the ledger', async () => {
    const file = 'visits-changchun-xinqu.xlsx';
    const ledger = await read('ledger-changchun-xinqu-2024.xlsx');
    const finder = new ProjectFinder(ledger.rows.filter((r) => r.action === 'create').map((r) => ({ id: r.key!, name: r.fields.name!, investors: r.fields.investor ?? [] })));
    const reading = await read(file);
    const links = reading.rows.map((r) => finder.find(r.fields));
    expect(links.map((l) => ({ project: l.project, how: l.how }))).toEqual(truthRows(file).map((r) => ({ project: r.link!.project, how: r.link!.how })));
    const ambiguous = reading.rows.flatMap((r, i) => {
      if (links[i]!.how !== 'ambiguous') return [];
      const column = reading.sheets.find((s) => s.name === r.sheet)!.columns.find((c) => c.field === 'enterprise')!;
      return [{ sheet: r.sheet, warning: ambiguousLink(r, column, links[i]!.candidates!.length) }];
    });
    compare(file, reading, ambiguous);
    expect(reading.kind).toBe('VISITS');
  });

  it('reads the same from a stream as from memory', async () => {
    for (const file of ['ledger-changchun-xinqu-2024.xlsx', 'weekly-changchun-xinqu.xlsx', 'signed-changchun-xinqu.csv']) {
      const opened = await openWorkbook(join(FOLDER, file), { name: file });
      const reader = new LedgerReader(await sampleOf(opened), { fileName: file });
      const rows: LedgerRow[] = [];
      for (let i = 0; i < opened.sheets.length; i++) {
        if (!reader.imports(i)) continue;
        for await (const batch of opened.batches(i)) for (const row of batch) rows.push(...[reader.row(i, row)].filter((r) => r !== null));
      }
      await opened.close();
      expect({ ...reader.finish(), rows }).toEqual(await read(file));
    }
  });
});
