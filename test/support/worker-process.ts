import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A worker in a process of its own, as it runs in the house: `kill` ends it at once (SIGKILL). */
export interface WorkerProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a compiled worker and waits until it works. */
export async function startWorkerProcess(env: Record<string, string>, script = 'dist/apps/worker/src/main.js'): Promise<WorkerProcess> {
  const child = fork(script, { env: { ...process.env, LOG_LEVEL: 'silent', ...env }, execArgv: ['--enable-source-maps'] });
  const ended = once(child, 'exit');
  const [first] = (await Promise.race([once(child, 'message'), ended])) as [unknown];
  if (first !== 'ready') throw new Error(`the worker ended with ${String(first)} before it worked`);
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    child.kill(signal);
    await ended;
  };
  return { child, pid: child.pid!, kill: () => end('SIGKILL'), close: () => end('SIGTERM') };
}
