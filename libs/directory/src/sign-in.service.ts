import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { type Actor, Clock, Database, Refusal, systemActor } from '@yinfeng/platform';

/** A session ends after half a day at the latest: a working day with its evening (等保 asks for an absolute limit). */
const SESSION_HOURS = 12;
/** 等保: 5 tries, then 30 minutes, per account and address; others are unharmed. */
const MOST_FAILURES = 5;
const LOCK_MINUTES = 30;

/** argon2id with the parameters of OWASP's first choice (19 MiB, 2 passes). */
const ARGON = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
let decoy: Promise<string> | undefined;

export interface SignInInput {
  email: string;
  password: string;
}
export interface Door {
  address: string;
  userAgent: string;
  requestId: string;
}

/** Hashes a password as it is kept. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, ARGON);
}

export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

@Injectable()
export class SignInService {
  constructor(private readonly db: Database, private readonly clock: Clock) {}

  /**
   * Opens a session. Unknown account, wrong password and disabled account take the same time and give the same words.
   * @throws Refusal SIGN_IN_FAILED, RATE_LIMITED (too many failures of this account from this address).
   */
  async signIn(input: SignInInput, door: Door): Promise<{ token: string; staffId: string; zoneId: string; expiresAt: Date }> {
    const email = input.email.trim().toLowerCase();
    const key = createHash('sha256').update(`${email}\n${door.address}`).digest();
    const [lock] = await this.db.shared<{ wait: number | null }>('select auth_wait($1) as wait', [key], 'auth_wait');
    if (lock?.wait) throw new Refusal('RATE_LIMITED', [], { seconds: lock.wait });
    const [found] = await this.db.shared<{ staff_id: string; zone_id: string; password_hash: string; disabled: boolean }>('select * from auth_credential($1)', [email], 'auth_credential');
    decoy ??= hashPassword(randomBytes(16).toString('hex'));
    // The same work whether or not the account exists.
    const right = await verify(found?.password_hash ?? (await decoy), input.password).catch(() => false);
    if (!found || !right || found.disabled) {
      await this.db.shared('select auth_failed($1, $2, $3)', [key, MOST_FAILURES, LOCK_MINUTES]);
      if (found) await this.db.shared(`select audit_event($1, $2, 'sign_in_failed', $2::text, jsonb_build_object('address', $3::text))`, [found.zone_id, found.staff_id, door.address]);
      throw new Refusal('SIGN_IN_FAILED', ['password']);
    }
    const token = randomBytes(32).toString('base64url');
    const expiresAt = new Date(this.clock.now().getTime() + SESSION_HOURS * 3_600_000);
    await this.db.tx({ ...systemActor(found.zone_id, door.requestId), staffId: found.staff_id }, async (tx) => {
      await tx.run('insert into session (token_hash, zone_id, staff_id, expires_at, address, user_agent) values ($1, app_zone(), $2, $3, $4, $5)', [tokenHash(token), found.staff_id, expiresAt, door.address, door.userAgent.slice(0, 300)]);
      await tx.run('select auth_succeeded($1)', [key]);
      await tx.run(`select audit_event(app_zone(), app_staff(), 'sign_in', app_staff()::text, jsonb_build_object('address', $1::text))`, [door.address]);
    }, { cause: 'signIn' });
    return { token, staffId: found.staff_id, zoneId: found.zone_id, expiresAt };
  }

  /** Ends the session; unknown tokens are no error. */
  async signOut(actor: Actor, token: string): Promise<void> {
    await this.db.tx(actor, async (tx) => {
      await tx.run('delete from session where token_hash = $1', [tokenHash(token)]);
      await tx.run(`select audit_event(app_zone(), app_staff(), 'sign_out', app_staff()::text, null)`);
    }, { cause: 'signOut' });
  }
}
