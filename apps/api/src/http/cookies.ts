/** Over TLS the name promises Secure, Path=/ and no Domain; on plain HTTP (a single machine, a test) browsers refuse that name. */
const SECURE_NAME = '__Host-yinfeng';
const PLAIN_NAME = 'yinfeng';

export function sessionCookie(token: string, expiresAt: Date, secure: boolean): string {
  return `${secure ? SECURE_NAME : PLAIN_NAME}=${token}; Path=/; HttpOnly; SameSite=Lax; Expires=${expiresAt.toUTCString()}${secure ? '; Secure' : ''}`;
}

export function clearedCookie(secure: boolean): string {
  return sessionCookie('', new Date(0), secure);
}

/** The session token of a Cookie header, or null. */
export function readCookie(header: string | undefined): string | null {
  if (header === undefined) return null;
  for (const name of [SECURE_NAME, PLAIN_NAME]) {
    for (const part of header.split(';')) {
      const at = part.indexOf('=');
      if (at > 0 && part.slice(0, at).trim() === name && part.length > at + 1) return part.slice(at + 1).trim();
    }
  }
  return null;
}
