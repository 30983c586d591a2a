/** Entry of the thread that reads a ledger into drafts; started by `read-file.ts`, never imported. */
import { parentPort, workerData } from 'node:worker_threads';
import { UnreadableFile } from '../files/workbook.js';
import type { SavedMapping } from '../reading/ledger-reading.js';
import { readRows, type FileToRead } from './read-rows.js';
import type { FromReader, ToReader } from './reader-messages.js';

const port = parentPort;
if (!port) throw new Error('read-rows.worker runs only as a worker thread');
/** Lines are handed over, not copied. */
const send = (message: FromReader): void => port.postMessage(message, message.type === 'batch' ? message.batch.lines.map(([, bytes]) => bytes.buffer) : []);

/** One answer at a time: the keeper answers every request. */
let answer: (message: ToReader) => void = () => undefined;
port.on('message', (message: ToReader) => answer(message));
const ask = (message: FromReader): Promise<ToReader> => {
  const answered = new Promise<ToReader>((resolve) => (answer = resolve));
  send(message);
  return answered;
};

/** The batch that is on its way: the next is read meanwhile. */
let kept: Promise<ToReader> = Promise.resolve({ mapping: null });
try {
  const read = await readRows(workerData as FileToRead, {
    recall: async (sheets): Promise<SavedMapping | null> => (await ask({ type: 'opening', sheets })).mapping,
    keep: async (batch) => {
      await kept;
      kept = ask({ type: 'batch', batch });
    },
  }, false);
  await kept;
  send({ type: 'done', read });
} catch (error) {
  const failure = error instanceof UnreadableFile ? { code: error.code, messageZh: error.messageZh, messageEn: error.messageEn } : { code: null, messageZh: '', messageEn: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  send({ type: 'failed', failure });
}
port.close();
