/** Entry of the reading thread; started by `in-worker.ts`, never imported. */
import { parentPort, workerData } from 'node:worker_threads';
import { UnreadableFile } from './faults.js';
import { packRows } from './packed-rows.js';
import { openWorkbook } from './workbook.js';
import type { OpenWorkbook, SheetRow } from './workbook.js';
import type { Failure, FromWorker, ToWorker, WorkerTask } from './worker-messages.js';

const port = parentPort;
if (!port) throw new Error('reader.worker runs only as a worker thread');

// The xls library prints what puzzles it; that must not mix into the server's log. (Capturing the
// thread's output instead would keep the whole process from ending.)
console.error = console.warn = console.log = () => undefined;

const send = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
const streams = new Map<number, AsyncIterator<SheetRow[]>>();

function failureOf(error: unknown): Failure {
  if (error instanceof UnreadableFile) return { code: error.code, messageZh: error.messageZh, messageEn: error.messageEn };
  const message = error instanceof Error ? error.message : String(error);
  return { messageZh: message, messageEn: message };
}

async function next(opened: OpenWorkbook, stream: number): Promise<void> {
  const rows = streams.get(stream);
  if (!rows) return;
  try {
    const result = await rows.next();
    if (result.done === true) {
      streams.delete(stream);
      send({ type: 'end', stream, notices: opened.notices });
      return;
    }
    const packed = packRows(result.value);
    const { rows: numbers, widths, counts, columns, kinds, numbers: values, texts } = packed;
    const buffers = [numbers, widths, counts, columns, kinds, values, texts].map((array) => array.buffer as ArrayBuffer);
    send({ type: 'batch', stream, packed }, buffers);
  } catch (error) {
    streams.delete(stream);
    send({ type: 'failed', stream, failure: failureOf(error) });
  }
}

async function start({ file, options }: WorkerTask): Promise<void> {
  try {
    const bytes = typeof file === 'string' ? file : Buffer.from(file.buffer, file.byteOffset, file.byteLength);
    const opened = await openWorkbook(bytes, options);
    const { format, encoding, delimiter, date1904, notices, sheets } = opened;
    // Requests are answered one after the other; an iterator must not be asked twice at once.
    let queue: Promise<void> = Promise.resolve();
    port?.on('message', (message: ToWorker) => {
      if (message.type === 'stop') {
        void streams.get(message.stream)?.return?.();
        streams.delete(message.stream);
        return;
      }
      if (message.type === 'rows') streams.set(message.stream, opened.batches(message.sheet)[Symbol.asyncIterator]());
      queue = queue.then(() => next(opened, message.stream));
    });
    send({ type: 'opened', workbook: { format, encoding, delimiter, date1904, notices, sheets } });
  } catch (error) {
    send({ type: 'failed', stream: null, failure: failureOf(error) });
  }
}

await start(workerData as WorkerTask);
