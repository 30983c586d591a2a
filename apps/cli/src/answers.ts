import { CommanderError } from 'commander';
import { ConfigError, type Locale, message, Refusal, Refusals, withoutPassword } from '@yinfeng/platform';

/** How a command ends. */
export const EXIT = { done: 0, failed: 1, wrongUse: 2 } as const;

/** A failure whose sentence is already for the operator, in both languages. */
export class CommandFailure extends Error {
  constructor(zh: string, en: string, readonly code = 'FAILED') {
    super(`${zh} / ${en}`);
    this.name = 'CommandFailure';
  }
}

export interface Failure {
  exitCode: number;
  /** Sentences for the person, one for each thing that is wrong. */
  lines: string[];
  /** What a program reads: with --json the only object on standard output. */
  error: { code: string; message: string; path?: readonly string[]; params?: Readonly<Record<string, string | number>> }[];
}

/** What a person and a program are told about a failed command, and its exit code. */
export function failureOf(error: unknown, locale: Locale): Failure {
  if (error instanceof CommanderError) {
    const text = error.code === 'commander.help' ? '请写明命令，见 --help / name a command; --help lists them' : error.message.replace(/^error: /, '');
    return { exitCode: EXIT.wrongUse, lines: [text], error: [{ code: 'WRONG_USE', message: text }] };
  }
  if (error instanceof ConfigError) return { exitCode: EXIT.wrongUse, lines: [error.message], error: [{ code: 'WRONG_SETTING', message: error.message }] };
  const refusals = error instanceof Refusals ? error.all : error instanceof Refusal ? [error] : null;
  if (refusals) {
    const told = refusals.map((r) => ({ code: r.code, message: message(r.code, r.params, locale), path: r.path, params: r.params }));
    return { exitCode: EXIT.failed, lines: told.map((t) => t.message), error: told };
  }
  const known = error instanceof CommandFailure ? error : databaseFailure(error);
  const text = known?.message ?? (error instanceof Error ? withoutPassword(error.message) : String(error));
  return { exitCode: EXIT.failed, lines: [text], error: [{ code: known?.code ?? 'FAILED', message: text }] };
}

/** What PostgreSQL or the network say about a database that cannot be used, in words that tell what to do. */
function databaseFailure(error: unknown): CommandFailure | null {
  const code = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException | undefined)?.code : (error as NodeJS.ErrnoException | null)?.code;
  const said = error instanceof Error ? withoutPassword(error.message) : '';
  switch (code) {
    case 'ECONNREFUSED': case 'ENOTFOUND': case 'ETIMEDOUT': case 'ECONNRESET': case 'EAI_AGAIN':
      return new CommandFailure('无法连接 DATABASE_URL 指定的数据库，请检查地址及数据库是否运行', `the database of DATABASE_URL cannot be reached; check the address and that it runs (${code})`, 'DATABASE_UNREACHABLE');
    case '28P01': case '28000': case '3D000':
      return new CommandFailure('数据库拒绝了 DATABASE_URL 的账号或库名', `the database refused the account or the name in DATABASE_URL: ${said}`, 'DATABASE_REFUSED');
    // The application's role, functions or tables are not there.
    case '22023': case '42704': case '42883': case '42P01': case '42703':
      return new CommandFailure('数据库尚无本版本的数据结构，请先运行 migrate', `the database has not the schema of this version; run "migrate" first (${said})`, 'SCHEMA_MISSING');
    default:
      return null;
  }
}
