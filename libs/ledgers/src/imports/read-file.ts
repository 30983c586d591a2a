import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { UnreadableFile } from '../files/workbook.js';
import { readRows, type FileRead, type FileToRead, type RowKeeper } from './read-rows.js';
import type { FromReader, ToReader } from './reader-messages.js';

/** Heap of the reading thread: 100,000 rows with what telling repeats apart needs take about 200 MB. */
const HEAP_MEGABYTES = 300;

/**
 * As `readRows`, in a thread of its own with limited memory: whoever answers requests meanwhile is not held up, and a
 * file that exhausts the reader ends the thread, not the process. From TypeScript sources (Jest) there is no compiled
 * entry for a thread; the rows are the same.
 * @throws UnreadableFile, OUT_OF_MEMORY included
 */
export async function readFile(file: FileToRead, keeper: RowKeeper): Promise<FileRead> {
  const entry = new URL('./read-rows.worker.js', import.meta.url);
  if (!existsSync(fileURLToPath(entry))) return readRows(file, keeper, false);
  const worker = new Worker(entry, { workerData: file, env: {}, resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES, maxYoungGenerationSizeMb: 48 } });
  try {
    return await new Promise<FileRead>((resolve, reject) => {
      const answer = (work: Promise<ToReader>): void => void work.then((message) => worker.postMessage(message), reject);
      worker.on('message', (message: FromReader) => {
        if (message.type === 'opening') answer(keeper.recall(message.sheets).then((mapping) => ({ mapping })));
        else if (message.type === 'batch') answer(keeper.keep(message.batch).then(() => ({ mapping: null })));
        else if (message.type === 'done') resolve(message.read);
        else reject(message.failure.code ? new UnreadableFile(message.failure.code, message.failure.messageZh, message.failure.messageEn) : new Error(message.failure.messageEn));
      });
      worker.on('error', (error) =>
        reject('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new UnreadableFile('OUT_OF_MEMORY', '文件过大：读取时内存不足。请拆分后再上传。', 'Reading the file exhausted the memory of the reader') : error));
      worker.on('exit', () => reject(new Error('the reading thread ended')));
    });
  } finally {
    await worker.terminate();
  }
}
