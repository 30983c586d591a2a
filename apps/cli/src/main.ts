import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import type { CommandContext } from './context.js';
import { runCommandLine } from './run.js';

const terminal = {
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => void process.stderr.write(text),
  input: () => readFileSync(0, 'utf8'),
  env: process.env,
};
const leaveOnSignal = (context: CommandContext) => {
  const leave = (signal: NodeJS.Signals) => void context.close().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  process.once('SIGINT', leave).once('SIGTERM', leave);
};

// Not process.exit: what was written to a pipe has to arrive.
process.exitCode = await runCommandLine(process.argv.slice(2), terminal, leaveOnSignal);
