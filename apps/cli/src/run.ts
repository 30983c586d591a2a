import { CommanderError } from 'commander';
import { EXIT, failureOf } from './answers.js';
import { CommandContext, type Surroundings } from './context.js';
import { buildProgram } from './program.js';

/** Runs one command line and gives its exit code. `onContext` hears of what has to be closed when it is interrupted. */
export async function runCommandLine(args: string[], around: Surroundings, onContext: (context: CommandContext) => void = () => undefined): Promise<number> {
  const end = args.indexOf('--');
  const json = (end === -1 ? args : args.slice(0, end)).includes('--json');
  const context = new CommandContext(json, around);
  onContext(context);
  try {
    // What commander says about wrong use goes out with the failure below when a program listens.
    await buildProgram(context, { out: json ? around.err : around.out, err: json ? () => undefined : around.err }).parseAsync(args, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    // --help ends by an error too; asking without a command shows the help as wrong use.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
    const failure = failureOf(error, context.locale);
    if (json) around.out(`${JSON.stringify({ error: failure.error })}\n`);
    if (json || !(error instanceof CommanderError)) for (const line of failure.lines) around.err(`${line}\n`);
    if (around.env.LOG_LEVEL === 'debug' && error instanceof Error) around.err(`${error.stack}\n`);
    return failure.exitCode;
  } finally {
    await context.close();
  }
}
