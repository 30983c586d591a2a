import { Command } from 'commander';
import { registerCalendarCommands } from './commands/calendar.js';
import { registerDatabaseCommands } from './commands/database.js';
import { registerLedgerCommands } from './commands/ledger.js';
import { registerPersonCommands } from './commands/person.js';
import { registerPipelineCommands } from './commands/pipeline.js';
import { registerZoneCommands } from './commands/zones.js';
import type { CommandContext } from './context.js';

/** Every command of the operator's command line. */
export function buildProgram(context: CommandContext, write: { out: (text: string) => void; err: (text: string) => void }): Command {
  const program = new Command('yinfeng')
    .description('引凤招商管理系统：运维命令行 / Yinfeng, operator\'s command line')
    .usage('<命令 command> [选项 options]')
    // Before the commands are made: they inherit it.
    .exitOverride()
    .configureOutput({ writeOut: write.out, writeErr: write.err })
    .helpOption('-h, --help', '说明 / this help')
    .helpCommand('help [command]', '某一命令的说明 / help of a command')
    .showSuggestionAfterError()
    .addHelpText('after', `
数据库 Database: DATABASE_URL，未设置时为 YINFENG_DATA（默认 .data）下的内置数据库 / the embedded one under YINFENG_DATA when not set
退出码 Exit code: 0 成功 done, 1 失败 failed, 2 用法错误 wrong use`);
  registerZoneCommands(program, context);
  registerLedgerCommands(program, context);
  registerPipelineCommands(program, context);
  registerPersonCommands(program, context);
  registerCalendarCommands(program, context);
  registerDatabaseCommands(program, context);
  return program;
}
