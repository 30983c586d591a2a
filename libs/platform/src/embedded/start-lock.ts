import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Longer than any start or stop takes: an older lock was left by a dead process whose number lives on in another. */
const STALE_AFTER_MS = 5 * 60_000;
let turn = 0;

/** Whether a process with this number lives, under whatever user. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Runs the work while holding a lock file, so that of several starters one initialises and the others find it done.
 * A lock whose holder has died is taken over.
 */
export async function underLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const mine = `${file}.${process.pid}.${turn++}`;
  writeFileSync(mine, String(process.pid));
  try {
    // A hard link appears whole or not at all, unlike a file that is created first and filled later.
    while (!tryLink(mine, file)) {
      breakIfStale(file, mine);
      await pause(25);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryLink(mine: string, file: string): boolean {
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function breakIfStale(file: string, mine: string): void {
  const isStale = (path: string) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat !== undefined && (Date.now() - stat.mtimeMs > STALE_AFTER_MS || !alive(Number(readFileSync(path, 'utf8'))));
  };
  try {
    if (!isStale(file)) return;
    const aside = `${mine}.stale`;
    renameSync(file, aside);
    // Between the look and the move another starter may have taken the lock: then it gets it back.
    if (!isStale(aside)) tryLink(aside, file);
    rmSync(aside, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
