import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Actor, Database, demand, newId, type Permission, PERMISSIONS_OF_ROLE, Refusal, type Role } from '@yinfeng/platform';
import { tokenHash } from './sign-in.service.js';

export interface TokenCreate {
  staffId: string;
  /** What the token is for, shown in lists. */
  name: string;
  /** Permissions of the owner's role; none: all that the owner has. */
  scopes?: string[];
  expiresAt?: Date | null;
}

/** Begins every API token, so that one that leaked is found by scanners. */
const PREFIX = 'yf_';

/** API tokens: made for a person, shown once, kept as SHA-256. */
@Injectable()
export class TokensService {
  constructor(private readonly db: Database) {}

  /**
   * An API token of a person, shown once. Scopes narrow what the person may do, never widen it: what the role loses
   * later, the token loses too.
   * @throws Refusal FORBIDDEN, NOT_FOUND, REQUIRED, INVALID (scope that the owner has not).
   */
  async create(actor: Actor, input: TokenCreate): Promise<{ token: string; tokenId: string }> {
    this.demandPermitted(actor);
    const name = input.name.trim();
    if (!name) throw new Refusal('REQUIRED', ['name'], { field: 'name' });
    return this.db.tx(actor, async (tx) => {
      const staff = await tx.row<{ role: Role }>('select role from staff where id = $1 and disabled_at is null', [input.staffId]);
      if (!staff) throw new Refusal('NOT_FOUND', ['staffId']);
      const owned = PERMISSIONS_OF_ROLE[staff.role];
      const unknown = (input.scopes ?? []).find((scope) => !owned.includes(scope as Permission));
      if (unknown !== undefined) throw new Refusal('INVALID', ['scopes'], { field: 'scopes', value: unknown.slice(0, 40), expected: owned.join(', ') });
      const token = `${PREFIX}${randomBytes(32).toString('base64url')}`;
      const tokenId = newId();
      await tx.run('insert into api_token (id, zone_id, staff_id, name, prefix, token_hash, scopes, expires_at) values ($1, app_zone(), $2, $3, $4, $5, $6, $7)',
        [tokenId, input.staffId, name, token.slice(0, 7), tokenHash(token), input.scopes ?? [], input.expiresAt ?? null]);
      await tx.run(`select audit_event(app_zone(), app_staff(), 'token_created', $1::text, jsonb_build_object('owner', $2::text, 'name', $3::text, 'scopes', $4::text[]))`, [tokenId, input.staffId, name, input.scopes ?? []]);
      return { token, tokenId };
    }, { cause: 'tokenCreate' });
  }

  /** Ends a token with the next request; revoking twice is no error. @throws Refusal FORBIDDEN, NOT_FOUND. */
  async revoke(actor: Actor, tokenId: string): Promise<void> {
    this.demandPermitted(actor);
    await this.db.tx(actor, async (tx) => {
      if ((await tx.run('update api_token set revoked_at = coalesce(revoked_at, now()) where id = $1', [tokenId])) === 0) throw new Refusal('NOT_FOUND', ['tokenId']);
      await tx.run(`select audit_event(app_zone(), app_staff(), 'token_revoked', $1::text, null)`, [tokenId]);
    }, { cause: 'tokenRevoke' });
  }

  /** The operator at the command line acts for the system. */
  private demandPermitted(actor: Actor): void {
    if (actor.via !== 'system') demand(actor, 'token.manage');
  }
}
