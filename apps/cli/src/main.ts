import 'reflect-metadata';
import { CommanderError } from 'commander';
import { EXIT, failureOf } from './answers.js';
import { CommandContext } from './context.js';
import { buildProgram } from './program.js';

/** Standard output is the answer's alone. */
const out = (text: string) => void process.stdout.write(text);
const err = (text: string) => void process.stderr.write(text);

/** Runs one command line and gives its exit code. */
async function run(args: string[]): Promise<number> {
  const end = args.indexOf('--');
  const json = (end === -1 ? args : args.slice(0, end)).includes('--json');
  const context = new CommandContext(json, out, err);
  const interrupted = (signal: NodeJS.Signals) => void context.close().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    // What commander says about wrong use goes out with the failure below, once.
    await buildProgram(context, { out: json ? err : out, err: json ? () => undefined : err }).parseAsync(args, { from: 'user' });
    return process.exitCode === undefined ? EXIT.done : Number(process.exitCode);
  } catch (error) {
    // --help and --version end by an error too; asking without a command shows the help as wrong use.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
    const failure = failureOf(error, context.locale);
    if (json) out(`${JSON.stringify({ error: failure.error })}\n`);
    if (json || !(error instanceof CommanderError)) for (const line of failure.lines) err(`${line}\n`);
    if (process.env.LOG_LEVEL === 'debug' && error instanceof Error) err(`${error.stack}\n`);
    return failure.exitCode;
  } finally {
    await context.close();
  }
}

// Not process.exit: what was written to a pipe has to arrive.
process.exitCode = await run(process.argv.slice(2));
