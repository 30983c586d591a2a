import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const APPS = dirname(dirname(HERE));
const PARTING = new URL('./parting.js', import.meta.url).href;
const STOP_PATIENCE_MS = 25_000;

/** A program of ours that npm start runs beside itself: API, worker, preparation. Its output goes to a log file. */
export class Part {
  readonly log: string;
  private child: ChildProcess | null = null;
  private leaving = false;

  /** Called when it ends by itself. */
  onEnd: (code: number | null) => void = () => undefined;

  constructor(readonly name: string, private readonly entry: string, private readonly env: NodeJS.ProcessEnv, logs: string) {
    mkdirSync(logs, { recursive: true });
    this.log = join(logs, `${name}.log`);
  }

  /** Starts it; resolves with its first message, rejects with the end of its log when it ends before. */
  start<Message>(): Promise<Message> {
    const child = this.spawn();
    return new Promise((resolve, reject) => {
      child.once('message', (message) => resolve(message as Message));
      child.once('exit', () => reject(new Error(`${this.name}: ${this.tail() || 'ended without a word'}`)));
      child.once('error', reject);
    });
  }

  /** Starts it; resolves when the check holds, rejects with the end of its log when it ends before. */
  async startUntil(check: () => Promise<boolean>, patienceMs: number): Promise<void> {
    const child = this.spawn();
    for (const until = Date.now() + patienceMs; ;) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${this.name}: ${this.tail() || 'ended without a word'}`);
      if (await check()) return;
      if (Date.now() > until) throw new Error(`${this.name} was not ready within ${patienceMs / 1000} s; see ${this.log}`);
      await pause(40);
    }
  }

  /** Asks it to leave and waits; a part that cannot leave is ended. */
  async stop(): Promise<void> {
    this.leaving = true;
    const child = this.child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
    await gone;
    clearTimeout(late);
  }

  /** Ends it at once. */
  kill(): void {
    this.leaving = true;
    this.child?.kill('SIGKILL');
  }

  /** The last lines of its log, for the person at the terminal. */
  tail(lines = 12): string {
    return readFileSync(this.log, 'utf8').trim().split('\n').slice(-lines).join('\n');
  }

  private spawn(): ChildProcess {
    if ((statSync(this.log, { throwIfNoEntry: false })?.size ?? 0) > 10_000_000) renameSync(this.log, `${this.log}.old`);
    const out = openSync(this.log, 'a');
    this.leaving = false;
    const child = fork(join(APPS, this.entry), [], {
      env: this.env,
      // A small young generation: three processes share one machine, and none of them is a batch job.
      execArgv: ['--enable-source-maps', '--max-semi-space-size=4', '--import', PARTING],
      stdio: ['ignore', out, out, 'ipc'],
      // Ctrl-C reaches the starter alone, which stops its parts in order.
      detached: true,
    });
    closeSync(out);
    child.on('error', () => undefined);
    child.once('exit', (code) => {
      if (!this.leaving) this.onEnd(code);
    });
    this.child = child;
    return child;
  }
}
