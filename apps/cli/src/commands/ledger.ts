import { createWriteStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { ImportReads, type ImportReport, ImportRuns, ImportsService, LedgerExports, levelOf, type LedgerKind, type SavedMapping, type WeeklySheet, WeeklySheets } from '@yinfeng/ledgers';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, type Clock, type Database, type FileStore, Refusal, StoredFiles, UUID, WorkingCalendar } from '@yinfeng/platform';
import { dayValue } from '../option-values.js';

/** What the command line gives to these commands. */
export interface LedgerCommandContext {
  readonly clock: Clock;
  /** The stored files. */
  readonly files: FileStore;
  /** Work as the system of a zone: the named one, or the only one, or DEMO. */
  inZone<T>(code: string | undefined, work: (db: Database, actor: Actor) => Promise<T>): Promise<T>;
  /** Work as the owner: which zone an import belongs to is not known before it is found. */
  asOwner<T>(work: (client: { query(sql: string, values: unknown[]): Promise<{ rows: { code: string }[] }> }) => Promise<T>): Promise<T>;
  /** With json the object alone on standard output, else the text for people. */
  print(json: boolean, object: object, text: () => string): void;
}

interface ImportOptions {
  zone?: string;
  asOf?: string;
  sheetKind?: LedgerKind;
  mapping?: string;
  decide: 'same' | 'ask';
  dryRun?: boolean;
  json?: boolean;
}

/** `ledger:import`, `ledger:export`, `ledger:weekly` and `import:undo`: real sheets in and out. */
export function registerLedgerCommands(program: Command, context: LedgerCommandContext): void {
  const services = (db: Database) => ({ imports: new ImportsService(db, context.files, new ImportRuns(db, context.clock, context.files)), reads: new ImportReads(db), exports: new LedgerExports(db, context.clock, new StoredFiles(db, context.files)),
    weekly: new WeeklySheets(db, context.clock, new StoredFiles(db, context.files), new PolicyService(db, context.clock), new WorkingCalendar(db)) });

  program
    .command('ledger:import')
    .description('导入台账：识别、核对、入库；每行都有去向 / read a ledger into the books; every row is accounted for')
    .argument('<file>', '台账文件（xlsx、xls、csv） / the sheet')
    .option('--zone <code>', '园区代码 / code of the zone')
    .option('--as-of <date>', '台账截至日期，缺省时由标题推断 / the day for which the file speaks', dayValue)
    .option('--sheet-kind <kind>', '各行是什么：PROJECTS、SIGNED 或 VISITS / what the rows are', readKind)
    .option('--mapping <file>', '列对应关系（JSON：工作表 → columns → 列 → field、unit） / columns as JSON')
    .option('--decide <how>', '待定行：same 按同一项目、以在册为准；ask 留待人工 / rows that wait: same, or ask', readDecision, 'ask')
    .option('--dry-run', '只看结果，不入库 / show what would happen, change nothing')
    .option('--json', '输出 JSON / print one JSON object')
    .action(async (file: string, o: ImportOptions) => {
      const mapping = o.mapping ? await readMapping(o.mapping) : null;
      await demandFile(file);
      const report = await context.inZone(o.zone, async (db, actor) => {
        const { imports, reads } = services(db);
        const fileId = await imports.take(actor, file);
        const { importId } = await imports.read(actor, { fileId, asOf: o.asOf ?? null, sheetKind: o.sheetKind ?? null, mapping }, 'TO_THE_END');
        if (!o.dryRun) await imports.confirm(actor, { importId, expectedVersion: await reads.version(actor, importId), decideAll: o.decide === 'same' ? 'SAME' : null }, 'TO_THE_END');
        return reads.report(actor, importId);
      });
      context.print(o.json ?? false, answerOf(report), () => told(report, o.dryRun ?? false));
    });

  program
    .command('ledger:export')
    .description('导出项目台账（xlsx） / the projects of a zone as a sheet')
    .argument('<file>', '写到哪个文件 / where to write it')
    .option('--zone <code>', '园区代码 / code of the zone')
    .option('--json', '输出 JSON / print one JSON object')
    .action(async (file: string, o: { zone?: string; json?: boolean }) => {
      await context.inZone(o.zone, async (db, actor) => pipeline(await services(db).exports.projects(actor), createWriteStream(file)));
      const { size } = await stat(file);
      context.print(o.json ?? false, { file, bytes: size }, () => `已导出 / written: ${file}（${size} 字节 / bytes）`);
    });

  program
    .command('ledger:weekly')
    .description('导出上级周报采集表（xlsx，每个片组一张表） / the weekly sheet for the superior, one sheet a group')
    .argument('<file>', '写到哪个文件 / where to write it')
    .option('--week <date>', '该周任一天，缺省为下一次报送的一周 / any day of the week', dayValue)
    .option('--department <name>', '只报该部门及其下级 / only this unit and those below')
    .option('--all', '全部在谈项目，不只新增或更新 / every project of the stages')
    .option('--zone <code>', '园区代码 / code of the zone')
    .option('--json', '输出 JSON / print one JSON object')
    .action(async (file: string, o: WeeklyOptions) => {
      const sheet = await context.inZone(o.zone, async (db, actor) => {
        const departmentId = o.department === undefined ? null : await departmentNamed(db, actor, o.department);
        const { content, sheet } = await services(db).weekly.book(actor, { week: o.week ?? null, departmentId, all: o.all ?? false });
        await pipeline(content, createWriteStream(file));
        return sheet;
      });
      const { size } = await stat(file);
      context.print(o.json ?? false, { file, bytes: size, ...weeklyAnswer(sheet) }, () => weeklyTold(file, sheet));
    });

  program
    .command('import:undo')
    .description('撤销整次导入 / take a whole import back')
    .argument('<importId>', '导入编号 / id of the import')
    .option('--json', '输出 JSON / print one JSON object')
    .action(async (id: string, o: { json?: boolean }) => {
      const importId = id.replace(/^LedgerImport:/, '');
      const zone = UUID.test(importId) ? await context.asOwner(async (client) => (await client.query('select z.code from ledger_import i join zone z on z.id = i.zone_id where i.id = $1', [importId])).rows[0]?.code) : undefined;
      if (zone === undefined) throw new Refusal('NOT_FOUND');
      const report = await context.inZone(zone, async (db, actor) => {
        const { imports, reads } = services(db);
        await imports.undo(actor, { importId, expectedVersion: await reads.version(actor, importId) }, 'TO_THE_END');
        return reads.report(actor, importId);
      });
      context.print(o.json ?? false, { importId, file: report.file, state: report.state }, () => `已撤销导入 / taken back: ${report.file}`);
    });
}

interface WeeklyOptions {
  week?: string;
  department?: string;
  all?: boolean;
  zone?: string;
  json?: boolean;
}

/** @throws Refusal UNKNOWN_REFERENCE. */
async function departmentNamed(db: Database, actor: Actor, name: string): Promise<string> {
  const [found] = await db.read<{ id: string }>(actor, 'select id from department where zone_id = app_zone() and (name = $1 or $1 = any(aliases)) order by name = $1 desc limit 1', [name]);
  if (!found) throw new Refusal('UNKNOWN_REFERENCE', ['department'], { field: '--department', value: name });
  return found.id;
}

function weeklyAnswer({ period, rows, groups, visits }: WeeklySheet): object {
  return { handInOn: period.handInOn, from: period.from.toISOString(), to: period.to.toISOString(), rows, groups: groups.map(({ name, rows, added, sentence }) => ({ name, rows, added, sentence })), visits };
}

function weeklyTold(file: string, { period, groups, visits }: WeeklySheet): string {
  return [`已导出 / written: ${file}（报送日 / handed in ${period.handInOn}）`, ...groups.map((g) => `${g.name}：${g.sentence}`), visits.sentence].join('\n');
}

/** The answer of contract.md. */
function answerOf(r: ImportReport): object {
  const { importId, file, rows, created, updated, unchanged, merged, held, rejected, warnings, rejects } = r;
  return { importId, file, rows, created, updated, unchanged, merged, held, rejected, warnings, rejects, ...(r.questions.length ? { questions: r.questions } : {}) };
}

function told(r: ImportReport, dryRun: boolean): string {
  const level: Record<string, string> = { info: '已规范', warn: '请核对', ask: '待确认', reject: '退回' };
  const waiting = r.holds.filter((h) => h.decision === null);
  return [
    `${r.file}（截至 / as of ${r.asOf ?? '—'}）${dryRun ? ' 试读，未入库 / dry run' : ''}`,
    `共 ${r.rows} 行：新建 ${r.created}，更新 ${r.updated}，不变 ${r.unchanged}，合并 ${r.merged}，重复或待定 ${r.held}，退回 ${r.rejected}`,
    `rows ${r.rows}: created ${r.created}, updated ${r.updated}, unchanged ${r.unchanged}, merged ${r.merged}, held ${r.held}, rejected ${r.rejected}`,
    ...(Object.keys(r.warnings).length ? ['', '提示 / notes:', ...Object.entries(r.warnings).map(([name, count]) => `  ${name.padEnd(26)} ${String(count).padStart(5)}  ${level[levelOf(name)] ?? ''}`)] : []),
    ...(r.rejects.length ? ['', '退回的行 / rows not taken:', ...r.rejects.map((x) => `  ${x.sheet} 第 ${x.row} 行  ${x.reason}`)] : []),
    ...(waiting.length ? ['', '待定的行 / rows that wait (--decide same):', ...waiting.map((x) => `  ${x.sheet} 第 ${x.row} 行  ${x.reason}${x.repeats ? `  ↔ ${x.repeats.sheet} 第 ${x.repeats.row} 行` : ''}`)] : []),
    ...(r.questions.length ? ['', '须先回答 / to be answered first:', ...r.questions.map((q) => `  ${q}`)] : []),
    '', `importId ${r.importId}`,
  ].join('\n');
}

async function demandFile(file: string): Promise<void> {
  const there = await stat(file).catch(() => null);
  if (!there?.isFile()) throw new Refusal('FILE_UNREADABLE', ['file'], { name: basename(file), reason: `没有这个文件 / no such file: ${file}` });
}

async function readMapping(file: string): Promise<SavedMapping> {
  await demandFile(file);
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value === 'object' && value !== null && Object.values(value).every((s) => typeof s === 'object' && s !== null && 'columns' in s)) return value as SavedMapping;
  } catch {
    // falls through to the refusal
  }
  throw new Refusal('INVALID', ['mapping'], { field: '--mapping', value: basename(file), expected: '{"<sheet>":{"columns":{"B":{"field":"name"}}}}' });
}

function readKind(text: string): LedgerKind {
  const kind = (['PROJECTS', 'SIGNED', 'VISITS'] as const).find((k) => k === text.toUpperCase());
  if (!kind) throw new InvalidArgumentError(`“${text}”：应为 PROJECTS、SIGNED 或 VISITS / not one of PROJECTS, SIGNED, VISITS`);
  return kind;
}

function readDecision(text: string): 'same' | 'ask' {
  if (text !== 'same' && text !== 'ask') throw new InvalidArgumentError(`“${text}”：应为 same 或 ask / not same or ask`);
  return text;
}
