import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Under whom the server runs. PostgreSQL refuses root, so root lends it another name; everybody else runs it as oneself. */
export interface ServerUser {
  name: string;
  uid: number;
  gid: number;
  /** True when the server runs under another name than we do. */
  lent: boolean;
}

/**
 * The user for a data folder: root lends "postgres", else "nobody", or whoever already owns the data.
 * @throws Error when we are root and the machine knows neither user.
 */
export function serverUser(clusterOwner?: number): ServerUser | null {
  if (process.getuid === undefined || process.getgid === undefined) return null; // Windows has no such thing.
  if (process.getuid() !== 0) return { name: String(process.getuid()), uid: process.getuid(), gid: process.getgid(), lent: false };
  const users = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':')).filter((f) => f.length > 3)
    .map(([name, , uid, gid]) => ({ name: name!, uid: Number(uid), gid: Number(gid), lent: true }));
  const owner = clusterOwner === undefined || clusterOwner === 0 ? undefined : users.find((u) => u.uid === clusterOwner);
  const user = owner ?? users.find((u) => u.name === 'postgres') ?? users.find((u) => u.name === 'nobody');
  if (user === undefined) throw new Error('PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody". Start as an ordinary user, or set DATABASE_URL.');
  return user;
}

/** The outermost folder on the way to `path` that the user may not pass through, or null. */
export function blockedFolder(path: string, user: ServerUser): string | null {
  const way: string[] = [];
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    way.unshift(folder);
    if (dirname(folder) === folder) break;
  }
  for (const folder of way) {
    const stat = statSync(folder, { throwIfNoEntry: false });
    if (stat === undefined) return null;
    const bit = stat.uid === user.uid ? 0o100 : stat.gid === user.gid ? 0o010 : 0o001;
    if (stat.isDirectory() && (stat.mode & bit) === 0) return folder;
  }
  return null;
}
