import { timingSafeEqual } from 'node:crypto';
import { type Actor, Database, type Locale, systemActor, UUID } from '@yinfeng/platform';
import { Injectable } from '@nestjs/common';
import { type Seal, sealOf } from './seal.js';

const TOKEN = /^[A-Za-z0-9_-]{64}$/;
const bytesOf = (uuid: string) => Buffer.from(uuid.replaceAll('-', ''), 'hex');
const uuidOf = (bytes: Buffer) => bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
const wordsOf = (zoneId: string, staffId: string, address: string) => `mail-off\n${zoneId}\n${staffId}\n${address}`;

/** Where a person's mails go, as the page of the link may say. */
export interface MailOff {
  zoneId: string;
  staffId: string;
  locale: Locale;
  /** First letter and host alone: a mail may have been passed on. */
  hint: string;
  enabled: boolean;
}

/** The path in each reminder mail by which its reader ends them; good for that address alone, and the same in each mail. */
export function mailOffPath(seal: Seal, zoneId: string, staffId: string, address: string): string {
  return `mail-off/${Buffer.concat([bytesOf(zoneId), bytesOf(staffId), seal.mark(wordsOf(zoneId, staffId, address))]).toString('base64url')}`;
}

/** Reminder mails ended by a link, without signing in (RFC 8058). The inbox goes on; the person switches mails on again in the settings. */
@Injectable()
export class MailOffService {
  private readonly seal: () => Promise<Seal>;

  constructor(private readonly db: Database) {
    this.seal = sealOf(db);
  }

  /** Whose mails a token is for, or null: malformed, forged, of an address that was changed or of somebody who has left. */
  async find(token: string, requestId: string): Promise<MailOff | null> {
    const found = await this.read(token, requestId);
    return found && { zoneId: found.zoneId, staffId: found.staffId, locale: found.locale, enabled: found.enabled, hint: found.address.replace(/^(.)[^@]*/, '$1…') };
  }

  /** Ends them; on record under the person's name. Ending them again does nothing. False: no such token. */
  async end(token: string, requestId: string): Promise<boolean> {
    const found = await this.read(token, requestId);
    if (!found) return false;
    await this.db.tx({ ...systemActor(found.zoneId, requestId), staffId: found.staffId }, async (tx) => {
      const ended = await tx.run(`update staff_channel set enabled = false, version = version + 1 where staff_id = $1 and channel = 'MAIL' and enabled and address = $2`, [found.staffId, found.address]);
      if (ended > 0) await tx.run(`select audit_event(app_zone(), app_staff(), 'mail_off', $1::text, null)`, [found.staffId]);
    }, { cause: 'mailOff' });
    return true;
  }

  private async read(token: string, requestId: string): Promise<(Omit<MailOff, 'hint'> & { address: string }) | null> {
    if (!TOKEN.test(token)) return null;
    const bytes = Buffer.from(token, 'base64url');
    const [zoneId, staffId] = [uuidOf(bytes.subarray(0, 16)), uuidOf(bytes.subarray(16, 32))];
    if (!UUID.test(zoneId) || !UUID.test(staffId)) return null;
    const reader: Actor = systemActor(zoneId, requestId);
    const [row] = await this.db.read<{ address: string; enabled: boolean; locale: Locale }>(reader,
      `select c.address, c.enabled, s.locale from staff_channel c join staff s on s.id = c.staff_id where c.staff_id = $1 and c.channel = 'MAIL' and c.address is not null and s.disabled_at is null`, [staffId], 'mail_off');
    if (!row || !timingSafeEqual((await this.seal()).mark(wordsOf(zoneId, staffId, row.address)), bytes.subarray(32))) return null;
    return { zoneId, staffId, ...row };
  }
}
