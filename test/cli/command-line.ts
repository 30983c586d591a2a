import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { runCommandLine } from '../../apps/cli/src/run.js';

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Standard output as the one JSON object that --json promises. */
  json(): Record<string, unknown>;
}
export type CommandLine = (args: string[], input?: string) => Promise<Outcome>;

const outcome = (): Outcome => {
  const told: Outcome = { code: null, stdout: '', stderr: '', json: () => JSON.parse(told.stdout) as Record<string, unknown> };
  return told;
};
const environment = (databaseUrl: string | null, dataDir: string, more: Record<string, string>) => ({ YINFENG_DATA: dataDir, LANG: 'C.UTF-8', ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }), ...more });

/** The command line in this process, which saves a second of start a command; on the database of the test, or on the embedded one of the folder. */
export function commandLine(databaseUrl: string | null, dataDir: string, more: Record<string, string> = {}): CommandLine {
  return async (args, input = '') => {
    const told = outcome();
    told.code = await runCommandLine(args, { out: (text) => (told.stdout += text), err: (text) => (told.stderr += text), input: () => input, env: environment(databaseUrl, dataDir, more) });
    return told;
  };
}

/** The compiled command line as an operator runs it: a process with its standard streams and exit code. */
export function spawnedCommandLine(databaseUrl: string | null, dataDir: string, more: Record<string, string> = {}): CommandLine {
  return (args, input = '') => new Promise((resolve, reject) => {
    const told = outcome();
    const kept = Object.fromEntries(['PATH', 'HOME', 'TMPDIR', 'SystemRoot'].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
    const child = spawn(process.execPath, [join(process.cwd(), 'dist/apps/cli/src/main.js'), ...args], { env: { ...kept, ...environment(databaseUrl, dataDir, more) } });
    child.stdout.on('data', (piece: Buffer) => (told.stdout += piece.toString()));
    child.stderr.on('data', (piece: Buffer) => (told.stderr += piece.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve(Object.assign(told, { code })));
    // A command that reads no input may be gone before it is written.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
