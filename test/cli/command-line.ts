import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Standard output as the one JSON object that --json promises. */
  json(): Record<string, unknown>;
}

/** Runs the compiled command line as an operator would, on a database of the test. */
export function commandLine(databaseUrl: string | null, dataDir: string, environment: Record<string, string> = {}) {
  return (args: string[], input = ''): Promise<Outcome> => new Promise((resolve, reject) => {
    const kept = Object.fromEntries(['PATH', 'HOME', 'TMPDIR', 'SystemRoot'].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
    const child = spawn(process.execPath, [join(process.cwd(), 'dist/apps/cli/src/main.js'), ...args], {
      env: { ...kept, YINFENG_DATA: dataDir, LANG: 'C.UTF-8', ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }), ...environment },
    });
    const outcome: Outcome = { code: null, stdout: '', stderr: '', json: () => JSON.parse(outcome.stdout) as Record<string, unknown> };
    child.stdout.on('data', (piece: Buffer) => (outcome.stdout += piece.toString()));
    child.stderr.on('data', (piece: Buffer) => (outcome.stderr += piece.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve(Object.assign(outcome, { code })));
    // A command that reads no input may be gone before it is written.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
