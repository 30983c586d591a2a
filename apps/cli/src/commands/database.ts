import type { Command } from 'commander';
import { backUp, checkBackup, restore } from '@yinfeng/platform';
import { EXIT } from '../answers.js';
import type { CommandContext } from '../context.js';
import { jsonOption } from '../option-values.js';

/** The schema, the audit chain, and copies of it all. */
export function registerDatabaseCommands(program: Command, context: CommandContext): void {
  program.command('migrate').description('建立或升级数据结构和基础数据 / bring schema and reference data to this version')
    .addOption(jsonOption())
    .action(async () => {
      const { migrations, referenceData } = await context.bringUp();
      context.answer({ migrations, referenceData }, migrations.length ? `已执行 / ran: ${migrations.join(', ')}` : '数据结构已是最新 / the schema is up to date');
    });

  program.command('audit:verify').description('核验审计链，指出首条被改动的记录 / verify the audit chain and name the first broken row')
    .addOption(jsonOption())
    .action(async () => {
      const result = await context.asOwner(async (client) => {
        await client.query('begin isolation level repeatable read, read only');
        const { rows: [broken] } = await client.query<{ audit_id: string | null; reason: string }>('select audit_id, reason from audit_verify()');
        const { rows: [count] } = await client.query<{ sealed: string; unsealed: string }>('select (select count(*) from audit_chain) as sealed, (select count(*) from audit_entry where txid > (select txid from audit_seal_state)) as unsealed');
        return { ok: broken === undefined, sealed: Number(count!.sealed), unsealed: Number(count!.unsealed), broken: broken ? { auditId: broken.audit_id, reason: broken.reason } : null };
      });
      if (!result.ok) context.exitCode = EXIT.failed;
      context.answer(result, result.broken
        ? `审计记录 ${result.broken.auditId ?? '（末尾 the end）'} 不可信 / broken at this entry: ${result.broken.reason}`
        : `审计链完好：已封存 ${result.sealed} 条，待封存 ${result.unsealed} 条 / the chain holds: ${result.sealed} sealed, ${result.unsealed} to be sealed`);
    });

  program.command('receipts:verify').description('核验首报回执链，指出首条不符的回执 / verify the receipts of first reports, zone by zone, and name the first that does not hold')
    .addOption(jsonOption())
    .action(async () => {
      const zones = await context.asOwner(async (client) => {
        await client.query('begin isolation level repeatable read, read only');
        return (await client.query<{ zone: string; receipts: number; number: string | null; reason: string | null }>(
          `select z.code as zone, (select count(*)::int from receipt_link k where k.zone_id = z.id) as receipts, v.number, v.reason from zone z left join lateral (select * from receipts_verify(z.id) limit 1) v on true order by z.code`)).rows;
      });
      const broken = zones.filter((z) => z.reason !== null);
      if (broken.length) context.exitCode = EXIT.failed;
      context.answer({ ok: broken.length === 0, zones: zones.map((z) => ({ zone: z.zone, receipts: z.receipts, broken: z.reason === null ? null : { number: z.number, reason: z.reason } })) },
        zones.map((z) => (z.reason === null ? `${z.zone}：${z.receipts} 份回执完好 / ${z.receipts} receipts hold` : `${z.zone}：回执 ${z.number ?? '（末尾 the end）'} 不可信 / broken: ${z.reason}`)).join('\n'));
    });

  program.command('backup').description('备份全部数据和文件 / write all data and files into one file')
    .argument('<file>', '备份文件，不得已存在 / file to write; must not exist')
    .addOption(jsonOption())
    .action(async (file: string) => {
      const report = await backUp({ url: await context.ownerUrl(), filesFolder: context.filesFolder, files: context.files, file, notice: (line) => context.notice(line) });
      if (report.missingFiles) context.notice(`有 ${report.missingFiles} 个文件未能备份 / ${report.missingFiles} stored files are not in the backup`);
      context.answer(report, `已备份 ${report.tables} 张表 ${report.rows} 行、${report.files} 个文件到 ${file}（${report.bytes} 字节） / backed up: ${report.rows} rows, ${report.files} files, ${report.bytes} bytes`);
    });

  program.command('restore').description('恢复备份到空数据库 / put a backup back into an empty database')
    .argument('<file>', '备份文件 / backup file')
    .option('--check', '只检查文件，不恢复 / only check the file')
    .addOption(jsonOption())
    .action(async (file: string, { check }: { check?: boolean }) => {
      const { report: checked } = await checkBackup(file);
      const summary = (r: typeof checked) => `${r.createdAt}, ${r.tables} 张表 ${r.rows} 行、${r.files} 个文件 / ${r.rows} rows, ${r.files} files`;
      if (check) return context.answer(checked, `备份完好 / the backup is whole: ${summary(checked)}`);
      const url = await context.ownerUrl();
      // A database of an earlier version is left alone: the restore refuses it, with whatever it holds.
      const isNew = await context.asOwner(async (client) => (await client.query<{ isNew: boolean }>(`select to_regclass('public.schema_migration') is null as "isNew"`)).rows[0]!.isNew);
      if (isNew) await context.bringUp();
      const report = await restore({ url, filesFolder: context.filesFolder, files: context.files, file });
      context.answer(report, `已恢复 / restored: ${summary(report)}`);
    });
}
