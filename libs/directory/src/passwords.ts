import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { Refusal } from '@yinfeng/platform';

/** argon2id with the parameters of OWASP's first choice (19 MiB, 2 passes). */
const ARGON = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Long beats mixed (NIST SP 800-63B); ten is what 等保 asks for. The upper bound keeps hashing cheap to refuse. */
const SHORTEST = 10;
const LONGEST = 200;

/** Hashes a password as it is kept. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, ARGON);
}

/** @throws Refusal INVALID naming the password field (never its value) when it is too short, too long or the account itself. */
export function demandGoodPassword(password: string, email: string): void {
  const wrong = password.length < SHORTEST || password.length > LONGEST || password.toLowerCase() === email.toLowerCase();
  if (wrong) throw new Refusal('INVALID', ['password'], { field: 'password', value: '…', expected: `${SHORTEST}–${LONGEST} 个字符且不同于账号 / ${SHORTEST}–${LONGEST} characters and not the account itself` });
}

/** Looks at passwords with the same work whether or not there is an account. */
@Injectable()
export class Passwords {
  /** Made at start, or the first stranger would wait longer than everybody else. */
  private readonly decoy = hashPassword(randomBytes(16).toString('hex'));

  /** Whether the password is the one that was hashed; without a hash (unknown account) it never is, after the same work. */
  async isRight(kept: string | null, password: string): Promise<boolean> {
    const right = await verify(kept ?? (await this.decoy), password).catch(() => false);
    return right && kept !== null;
  }
}
