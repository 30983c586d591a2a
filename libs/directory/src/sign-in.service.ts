import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Actor, Database, type Locale, Refusal, type Role, staffActor, systemActor } from '@yinfeng/platform';
import { Passwords } from './passwords.js';

/** 等保: 5 tries, then 30 minutes, per account and address; other accounts and addresses are unharmed. */
export const MOST_FAILURES = 5;
export const LOCK_MINUTES = 30;

/**
 * How long a session lives: idle (starts anew with each request) and at most. People of the business carry it through a
 * day of visits on a phone without signing in at every door, and sign in again once a week. The three administrators,
 * who sit at a desk and can change what others may do, get the limits of 等保 level 3.
 */
const LIFE = { idleMinutes: 12 * 60, hours: 7 * 24 };
const ADMINISTRATORS_LIFE = { idleMinutes: 15, hours: 12 };
const ADMINISTRATORS: readonly Role[] = ['SYSTEM_ADMIN', 'SECURITY_ADMIN', 'AUDITOR'];

export interface SignInInput {
  email: string;
  password: string;
}
export interface Door {
  address: string;
  userAgent: string;
  requestId: string;
}
export interface SignedIn {
  /** Opaque, 32 random bytes; kept only as its SHA-256. */
  token: string;
  staffId: string;
  zoneId: string;
  expiresAt: Date;
}

/** How a session or API token is kept: never as itself. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

@Injectable()
export class SignInService {
  constructor(private readonly db: Database, private readonly passwords: Passwords) {}

  /**
   * Opens a session. Unknown account, wrong password and disabled account take the same time and give the same words.
   * Every try is counted before it is looked at, in a table, so that neither a burst nor several processes help a guesser.
   * @throws Refusal SIGN_IN_FAILED; RATE_LIMITED (too many failures of this account from this address).
   */
  async signIn(input: SignInInput, door: Door): Promise<SignedIn> {
    const email = input.email.trim().toLowerCase();
    const key = createHash('sha256').update(`${email}\n${door.address}`).digest();
    const [tried] = await this.db.shared<{ wait: number | null }>('select auth_attempt($1, $2, $3) as wait', [key, MOST_FAILURES, LOCK_MINUTES], 'auth_attempt');
    if (tried?.wait != null) throw new Refusal('RATE_LIMITED', [], { seconds: tried.wait });
    const [found] = await this.db.shared<{ staff_id: string; zone_id: string; password_hash: string; disabled: boolean }>('select * from auth_credential($1)', [email], 'auth_credential');
    const right = await this.passwords.isRight(found?.password_hash ?? null, input.password);
    if (!found || !right || found.disabled) {
      // Also for a stranger, as an event of no zone: the same words after the same work, and guessing leaves a trace.
      await this.db.shared(`select audit_event($1::uuid, $2::uuid, 'sign_in_failed', $2::text, jsonb_build_object('address', $3::text, 'request', $4::text))`, [found?.zone_id ?? null, found?.staff_id ?? null, door.address, door.requestId], 'sign_in_failed');
      throw new Refusal('SIGN_IN_FAILED', ['password']);
    }
    return this.open(found.zone_id, found.staff_id, key, door);
  }

  /** Ends the session; unknown tokens are no error. */
  async signOut(actor: Actor, token: string): Promise<void> {
    await this.db.tx(actor, async (tx) => {
      await tx.run('delete from session where token_hash = $1', [tokenHash(token)]);
      await tx.run(`select audit_event(app_zone(), app_staff(), 'sign_out', app_staff()::text, null)`);
    }, { cause: 'signOut' });
  }

  /**
   * Who stands behind a session or API token; null when it is unknown, expired, idle for too long, revoked, or its owner
   * disabled. Looked up for every request (one prepared statement), so that what an administrator changes counts at once.
   */
  async actorOf(token: string, requestId: string): Promise<Actor | null> {
    const [row] = await this.db.shared<{ via: 'session' | 'token'; staff_id: string; zone_id: string; name: string; role: Role; locale: Locale; department_ids: string[]; led_ids: string[]; scopes: string[] | null }>(
      'select * from auth_actor($1)', [tokenHash(token)], 'auth_actor');
    if (!row) return null;
    return staffActor({
      via: row.via, zoneId: row.zone_id, staffId: row.staff_id, name: row.name, role: row.role, departmentIds: row.department_ids, ledDepartmentIds: row.led_ids, locale: row.locale, requestId, scopes: row.scopes,
    });
  }

  /** A session is real time, not the product's clock: it is measured by the database that checks it. */
  private async open(zoneId: string, staffId: string, key: Buffer, door: Door): Promise<SignedIn> {
    const token = randomBytes(32).toString('base64url');
    const expiresAt = await this.db.tx({ ...systemActor(zoneId, door.requestId), staffId }, async (tx) => {
      const { role } = (await tx.row<{ role: Role }>('select role from staff where id = $1', [staffId]))!;
      const life = ADMINISTRATORS.includes(role) ? ADMINISTRATORS_LIFE : LIFE;
      await tx.run('delete from session where staff_id = $1 and (expires_at < now() or last_seen_at < now() - idle_minutes * interval \'1 minute\')', [staffId]);
      const opened = await tx.row<{ expires_at: Date }>(
        `insert into session (token_hash, zone_id, staff_id, expires_at, idle_minutes, address, user_agent) values ($1, app_zone(), $2, now() + $3 * interval '1 hour', $4, $5, $6) returning expires_at`,
        [tokenHash(token), staffId, life.hours, life.idleMinutes, door.address, door.userAgent.slice(0, 300)]);
      await tx.run('select auth_succeeded($1)', [key]);
      await tx.run(`select audit_event(app_zone(), app_staff(), 'sign_in', app_staff()::text, jsonb_build_object('address', $1::text))`, [door.address]);
      return opened!.expires_at;
    }, { cause: 'signIn' });
    return { token, staffId, zoneId, expiresAt };
  }
}
