import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { DEFAULT_LIMITS, UnreadableFile } from './faults.js';
import { unpackRows } from './packed-rows.js';
import { collect, openWorkbook } from './workbook.js';
import type { FileLimits } from './faults.js';
import type { OpenWorkbook, ReadOptions, SheetRow, Workbook } from './workbook.js';
import type { Failure, FromWorker, ToWorker, WorkerTask } from './worker-messages.js';

/** Batches the worker may prepare ahead of the consumer. */
const AHEAD = 3;

/**
 * As `openWorkbook`, but in a thread of its own with limited memory and time: the caller's thread
 * stays free, and a file that exhausts the reader ends the thread, not the process. Call `close`.
 *
 * From TypeScript sources (Jest) there is no compiled entry beside this file that a thread could
 * load, so reading happens in this process; the rows are the same.
 * @param file path or bytes (bytes are copied)
 * @throws UnreadableFile as `openWorkbook`, and OUT_OF_MEMORY, TIMEOUT
 */
export async function openWorkbookInWorker(file: string | Buffer, options: ReadOptions): Promise<OpenWorkbook> {
  const entry = new URL('./reader.worker.js', import.meta.url);
  if (!existsSync(fileURLToPath(entry))) return openWorkbook(file, options);
  const session = new Session(entry, { file, options }, { ...DEFAULT_LIMITS, ...options.limits });
  try {
    return await session.opened();
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** As `readWorkbook`, but parsed in a thread of its own. @throws UnreadableFile as `openWorkbookInWorker` */
export async function readWorkbookInWorker(file: string | Buffer, options: ReadOptions): Promise<Workbook> {
  const opened = await openWorkbookInWorker(file, options);
  try {
    return await collect(opened, { ...DEFAULT_LIMITS, ...options.limits });
  } finally {
    await opened.close();
  }
}

/** One reading thread and the streams of rows that are open on it. */
class Session {
  private readonly worker: Worker;
  private dead: Error | null = null;
  private closing = false;
  private lastStream = 0;
  /** Answers not fetched yet, per stream; 0 is the opening. */
  private readonly inbox = new Map<number, FromWorker[]>([[0, []]]);
  private wake: (() => void)[] = [];

  constructor(
    entry: URL,
    task: WorkerTask,
    private readonly limits: FileLimits,
  ) {
    this.worker = new Worker(entry, {
      workerData: task,
      // Nothing of the server's environment belongs to the reader of a foreign file.
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: limits.heapMegabytes, maxYoungGenerationSizeMb: 48 },
    });
    this.worker.on('message', (message: FromWorker) => {
      const stream = message.type === 'opened' ? 0 : (message.stream ?? 0);
      this.inbox.get(stream)?.push(message);
      this.awake();
    });
    this.worker.on('error', (error) => this.die(error));
    this.worker.on('exit', () => this.die(new Error('the reading thread ended')));
  }

  async opened(): Promise<OpenWorkbook> {
    const message = await this.receive(0);
    if (message.type === 'failed') throw toError(message.failure);
    if (message.type !== 'opened') throw new Error('The reading thread answered out of turn');
    const { workbook } = message;
    return {
      ...workbook,
      batches: (sheet) => {
        if (!(sheet in workbook.sheets)) throw new RangeError('No such sheet');
        return this.rows(sheet, workbook.notices);
      },
      close: () => this.close(),
    };
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.worker.terminate();
  }

  private async *rows(sheet: number, notices: OpenWorkbook['notices']): AsyncGenerator<SheetRow[], void, undefined> {
    const stream = ++this.lastStream;
    this.inbox.set(stream, []);
    this.post({ type: 'rows', stream, sheet });
    for (let ahead = 1; ahead < AHEAD; ahead++) this.post({ type: 'more', stream });
    let open = true;
    try {
      for (;;) {
        const message = await this.receive(stream);
        if (message.type === 'batch') {
          this.post({ type: 'more', stream });
          yield unpackRows(message.packed);
        } else {
          open = false;
          if (message.type === 'failed') throw toError(message.failure);
          if (message.type === 'end') notices.splice(0, notices.length, ...message.notices);
          return;
        }
      }
    } finally {
      this.inbox.delete(stream);
      if (open && !this.dead) this.post({ type: 'stop', stream });
    }
  }

  private post(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  /** The next answer of a stream; a thread that is silent for too long is ended. */
  private async receive(stream: number): Promise<FromWorker> {
    // The process may end while nobody waits for the thread, but not while somebody does.
    this.worker.ref();
    const deadline = Date.now() + this.limits.stepMillis;
    try {
      for (;;) {
        const message = this.inbox.get(stream)?.shift();
        if (message) return message;
        if (this.dead) throw this.dead;
        if (Date.now() >= deadline) {
          this.dead = new UnreadableFile('TIMEOUT', '文件过于复杂，读取超时。请拆分或另存为 .xlsx 后再上传。', 'Reading took too long');
          await this.worker.terminate();
          throw this.dead;
        }
        await this.sleep(deadline - Date.now());
      }
    } finally {
      this.worker.unref();
    }
  }

  private sleep(millis: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, millis));
      this.wake.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  private awake(): void {
    const wake = this.wake;
    this.wake = [];
    for (const call of wake) call();
  }

  private die(error: Error): void {
    this.dead ??= this.closing
      ? new Error('The workbook was closed')
      : 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? new UnreadableFile('OUT_OF_MEMORY', '文件过大：读取时内存不足。请拆分后再上传。', 'Reading the file exhausted the memory of the reader')
        : new UnreadableFile('CORRUPT', '文件内容已损坏，读取时出错。请另存为 .xlsx 后再上传。', `The reader died: ${error.message}`);
    this.awake();
  }
}

function toError({ code, messageZh, messageEn }: Failure): Error {
  return code === undefined ? new Error(messageEn) : new UnreadableFile(code, messageZh, messageEn);
}
