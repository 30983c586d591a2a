import { spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyBinaries, program, type PostgresBinaries } from './binaries.js';
import { blockedFolder, serverUser, type ServerUser } from './server-user.js';

/** Where root keeps what the server's user could not reach inside root's own folders. */
const ROOTS_PLACE = '/var/lib/yinfeng';

/** An initialised data directory, the programs that run it and the user they run under. */
export interface Cluster {
  folder: string;
  binaries: PostgresBinaries;
  user: ServerUser | null;
}

/** Finds the cluster below `base` or makes one. The caller holds the start lock. */
export async function openCluster(base: string, superuser: string, password: string, binaries: PostgresBinaries, notice: (line: string) => void): Promise<Cluster> {
  const link = join(base, 'cluster');
  const existing = existsSync(join(link, 'PG_VERSION'));
  const user = serverUser(existing ? statSync(link).uid : undefined);
  const programs = reachable(binaries, user);
  if (existing) {
    const folder = realpathSync(link);
    checkOwner(folder, user);
    const major = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
    if (major !== binaries.version.split('.')[0]) {
      throw new Error(`${folder} was written by PostgreSQL ${major}, the embedded server is ${binaries.version}. Make a backup with the former release ("npm run yinfeng -- backup"), then restore it into an empty YINFENG_DATA.`);
    }
    const blocked = user?.lent ? blockedFolder(folder, user) : null;
    if (blocked !== null) throw new Error(blockedMessage(blocked, user!));
    return { folder, binaries: programs, user };
  }
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new Error(`${link} leads nowhere: the data it pointed to is gone. Restore it, or remove ${base} to start anew.`);
  }
  const home = homeOfNewCluster(base, user, notice);
  const draft = join(home, 'cluster.new');
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  if (user?.lent) chownSync(draft, user.uid, user.gid);
  await initdb(programs, draft, superuser, password, user);
  const folder = join(home, 'cluster');
  renameSync(draft, folder);
  if (home !== base) symlinkSync(folder, link);
  return { folder: realpathSync(folder), binaries: programs, user };
}

function reachable(binaries: PostgresBinaries, user: ServerUser | null): PostgresBinaries {
  if (!user?.lent || blockedFolder(program(binaries, 'postgres'), user) === null) return binaries;
  return copyBinaries(binaries, ROOTS_PLACE);
}

/** Root's own folders (/root, mktemp -d) let nobody else pass; data started there goes to a place that does. */
function homeOfNewCluster(base: string, user: ServerUser | null, notice: (line: string) => void): string {
  const blocked = user?.lent ? blockedFolder(base, user) : null;
  if (blocked === null) return base;
  try {
    mkdirSync(ROOTS_PLACE, { recursive: true, mode: 0o755 });
    const home = mkdtempSync(join(ROOTS_PLACE, 'data-'));
    chmodSync(home, 0o711);
    notice(`数据库以用户 ${user!.name} 运行，无法穿过 ${blocked}，数据放在 ${home}（${join(base, 'cluster')} 指向它）。\nThe database runs as "${user!.name}", which may not pass through ${blocked}; its data lives in ${home} (${join(base, 'cluster')} points there).`);
    return home;
  } catch {
    throw new Error(blockedMessage(blocked, user!));
  }
}

function blockedMessage(folder: string, user: ServerUser): string {
  return `PostgreSQL does not run as root and takes the user "${user.name}", which may not pass through the folder ${folder}. Allow passing with "chmod o+x ${folder}", or keep the data elsewhere, for example YINFENG_DATA=/var/lib/yinfeng.`;
}

function checkOwner(folder: string, user: ServerUser | null): void {
  const owner = statSync(folder).uid;
  if (user !== null && owner !== user.uid) {
    throw new Error(`The database files in ${folder} belong to user number ${owner}, you are ${user.uid}. Start as that user or as root, or choose another folder with YINFENG_DATA.`);
  }
}

async function initdb(binaries: PostgresBinaries, folder: string, superuser: string, password: string, user: ServerUser | null): Promise<void> {
  const secret = `${folder}.pw`;
  writeFileSync(secret, password, { mode: 0o600 });
  if (user?.lent) chownSync(secret, user.uid, user.gid);
  try {
    let answer = '';
    for (const locale of localeFlags()) {
      const run = await runProgram(program(binaries, 'initdb'), ['-D', folder, '-U', superuser, '-E', 'UTF8', ...locale, '--auth=scram-sha-256', `--pwfile=${secret}`, '--no-instructions'], folder, user);
      if (run.code === 0) return;
      answer = run.output;
      if (!answer.includes('invalid locale name')) break;
    }
    throw new Error(`The database folder ${folder} could not be initialised:\n${answer.trim()}`);
  } finally {
    rmSync(secret, { force: true });
  }
}

/**
 * Sorting is the builtin C.UTF-8, the same on every system; LC_CTYPE must be a UTF-8 one or pg_trgm makes no trigrams of
 * Chinese (stack.md §4). Systems name that locale differently.
 */
function localeFlags(): string[][] {
  const builtin = ['--lc-collate=C', '--lc-messages=C', '--lc-monetary=C', '--lc-numeric=C', '--lc-time=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  if (process.platform === 'win32') return [builtin];
  return ['C.UTF-8', 'en_US.UTF-8'].map((ctype) => [`--lc-ctype=${ctype}`, ...builtin]);
}

function runProgram(file: string, args: string[], cwd: string, user: ServerUser | null): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env: serverEnvironment(), stdio: ['ignore', 'pipe', 'pipe'], ...asUser(user) });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (output += piece.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** Nothing of the starter's environment (PG*, locale, secrets) reaches the server. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'SYSTEMROOT'];
  return Object.fromEntries(kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}

export function asUser(user: ServerUser | null): { uid?: number; gid?: number } {
  return user?.lent ? { uid: user.uid, gid: user.gid } : {};
}
