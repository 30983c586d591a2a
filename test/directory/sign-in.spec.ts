import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { hashPassword, LOCK_MINUTES, MOST_FAILURES, Passwords, SignInService, StaffService, tokenHash, TokensService } from '@yinfeng/directory';
import { type Actor, Refusal } from '@yinfeng/platform';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { makeZone, type TestZone } from '../support/fixtures.js';

const PASSWORD = 'correct-horse-battery';
const home = { address: '10.0.0.1', userAgent: 'spec', requestId: 'r-1' };
const elsewhere = { ...home, address: '10.0.0.2' };

/** The real thing, counted: what was hashed against is noted. */
class CountedPasswords extends Passwords {
  looks: (string | null)[] = [];
  override isRight(kept: string | null, password: string): Promise<boolean> {
    this.looks.push(kept);
    return super.isRight(kept, password);
  }
}

let test: TestDatabase;
let zone: TestZone;
let passwords: CountedPasswords;
let door: SignInService;
let hash: string;
let emails: { recruiter: string; manager: string; admin: string };
beforeAll(async () => {
  test = await testDatabase();
  hash = await hashPassword(PASSWORD);
});
afterAll(() => test.stop());
beforeEach(async () => {
  await test.clean();
  zone = await makeZone(test.owner);
  passwords = new CountedPasswords();
  door = new SignInService(test.db, passwords);
  const account = async (who: Actor): Promise<string> => {
    await test.owner.query('insert into credential (staff_id, zone_id, password_hash) values ($1, $2, $3)', [who.staffId, zone.id, hash]);
    return (await test.owner.query<{ email: string }>('select email from staff where id = $1', [who.staffId])).rows[0]!.email;
  };
  emails = { recruiter: await account(zone.as.RECRUITER), manager: await account(zone.as.MANAGER), admin: await account(zone.as.SYSTEM_ADMIN) };
});

const outcome = (email: string, password: string, from = home) => door.signIn({ email, password }, from).then(() => 'IN', (error: unknown) => (error instanceof Refusal ? error.code : error));
const events = async (entity: string) => (await test.owner.query('select zone_id, actor_id, entity_id, after from audit_entry where entity = $1 order by id', [entity])).rows;

describe('the door', () => {
  it('opens for the right password, whatever the case of the address, and keeps the token only as its hash', async () => {
    const { token, staffId, zoneId } = await door.signIn({ email: ` ${emails.recruiter.toUpperCase()} `, password: PASSWORD }, home);
    expect([staffId, zoneId]).toEqual([zone.as.RECRUITER.staffId, zone.id]);
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    const { rows } = await test.owner.query('select * from session');
    expect(rows).toHaveLength(1);
    expect(rows[0].token_hash).toEqual(tokenHash(token));
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(await door.actorOf(token, 'r-2')).toMatchObject({ ...zone.as.RECRUITER, requestId: 'r-2' });
  });

  it('gives the same words after the same work to a stranger, a wrong password and a disabled account', async () => {
    await test.owner.query('update staff set disabled_at = now() where id = $1', [zone.as.MANAGER.staffId]);
    const refusals = [];
    for (const [email, password] of [['nobody@nowhere', PASSWORD], [emails.recruiter, 'wrong-password'], [emails.manager, PASSWORD]] as const) {
      refusals.push(await door.signIn({ email, password }, home).catch((error: unknown) => error));
    }
    expect(refusals).toEqual(Array(3).fill(new Refusal('SIGN_IN_FAILED', ['password'])));
    expect(passwords.looks).toEqual([null, hash, hash]);
    expect(await passwords.isRight(null, 'anything')).toBe(false);
  });

  it('leaves a trace of coming, failing and going, without any password', async () => {
    await outcome(emails.recruiter, 'wrong-password');
    await outcome('nobody@nowhere', 'wrong-password');
    const { token } = await door.signIn({ email: emails.recruiter, password: PASSWORD }, home);
    await door.signOut((await door.actorOf(token, 'r'))!, token);
    const id = zone.as.RECRUITER.staffId;
    expect(await events('sign_in_failed')).toEqual([
      { zone_id: zone.id, actor_id: id, entity_id: id, after: { address: home.address, request: 'r-1' } },
      { zone_id: null, actor_id: null, entity_id: null, after: { address: home.address, request: 'r-1' } },
    ]);
    expect(await events('sign_in')).toMatchObject([{ zone_id: zone.id, actor_id: id }]);
    expect(await events('sign_out')).toMatchObject([{ zone_id: zone.id, actor_id: id }]);
    const { rows } = await test.owner.query<{ text: string }>('select string_agg(e::text, chr(10)) as text from audit_entry e');
    expect(rows[0]!.text).not.toMatch(/wrong-password|correct-horse|argon2/);
  });
});

describe('guessing', () => {
  it('locks the account for the address after five failures; other addresses and accounts are unharmed', async () => {
    for (let i = 0; i < MOST_FAILURES; i++) expect(await outcome(emails.recruiter, `guess-${i}`)).toBe('SIGN_IN_FAILED');
    expect(await outcome(emails.recruiter, PASSWORD)).toBe('RATE_LIMITED');
    expect(await outcome(emails.recruiter, PASSWORD, elsewhere)).toBe('IN');
    expect(await outcome(emails.manager, PASSWORD)).toBe('IN');
    const refusal = await door.signIn({ email: emails.recruiter, password: PASSWORD }, home).catch((error: Refusal) => error);
    expect((refusal as Refusal).params.seconds).toBeGreaterThan((LOCK_MINUTES - 1) * 60);
    await test.owner.query(`update sign_in_failure set last_at = now() - ${LOCK_MINUTES} * interval '1 minute'`);
    expect(await outcome(emails.recruiter, PASSWORD)).toBe('IN');
  });

  it('is not helped by asking many times at once, nor by several processes', async () => {
    const other = new SignInService(test.db, passwords);
    const tries = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? door : other).signIn({ email: emails.recruiter, password: `guess-${i}` }, home).catch((error: Refusal) => error.code)));
    expect(tries.filter((t) => t === 'SIGN_IN_FAILED')).toHaveLength(MOST_FAILURES);
    expect(tries.filter((t) => t === 'RATE_LIMITED')).toHaveLength(20 - MOST_FAILURES);
    expect(passwords.looks).toHaveLength(MOST_FAILURES);
  });

  it('locks a stranger just the same, and a success forgets the failures before it', async () => {
    for (let i = 0; i < MOST_FAILURES; i++) await outcome('nobody@nowhere', `guess-${i}`);
    expect(await outcome('nobody@nowhere', 'guess')).toBe('RATE_LIMITED');
    for (let i = 1; i < MOST_FAILURES; i++) await outcome(emails.manager, `guess-${i}`);
    expect(await outcome(emails.manager, PASSWORD)).toBe('IN');
    for (let i = 1; i < MOST_FAILURES; i++) expect(await outcome(emails.manager, `guess-${i}`)).toBe('SIGN_IN_FAILED');
    expect(await outcome(emails.manager, PASSWORD)).toBe('IN');
  });
});

describe('a session', () => {
  const enter = async (email = emails.recruiter) => (await door.signIn({ email, password: PASSWORD }, home)).token;

  it('is dead after signing out, alone', async () => {
    const [first, second] = [await enter(), await enter()];
    await door.signOut((await door.actorOf(first, 'r'))!, first);
    expect(await door.actorOf(first, 'r')).toBeNull();
    expect(await door.actorOf(second, 'r')).not.toBeNull();
  });

  it('knows a disabled person or a changed role with the next request', async () => {
    const token = await enter();
    const people = new StaffService(test.db);
    const staffId = zone.as.RECRUITER.staffId!;
    await people.changeRole(zone.as.SECURITY_ADMIN, { staffId, expectedVersion: 1, role: 'GROUP_LEADER' });
    expect(await door.actorOf(token, 'r')).toMatchObject({ role: 'GROUP_LEADER', reach: 'GROUP' });
    await test.owner.query('update staff set disabled_at = now() where id = $1', [staffId]);
    expect(await door.actorOf(token, 'r')).toBeNull();
  });

  it('slides while it is used, ends when idle, and ends at its day in any case', async () => {
    const token = await enter();
    await test.owner.query(`update session set last_seen_at = now() - interval '11 hours'`);
    expect(await door.actorOf(token, 'r')).not.toBeNull();
    const { rows } = await test.owner.query<{ fresh: boolean }>(`select last_seen_at > now() - interval '1 minute' as fresh from session`);
    expect(rows).toEqual([{ fresh: true }]);
    await test.owner.query(`update session set last_seen_at = now() - interval '12 hours'`);
    expect(await door.actorOf(token, 'r')).toBeNull();
    await test.owner.query(`update session set last_seen_at = now(), expires_at = now()`);
    expect(await door.actorOf(token, 'r')).toBeNull();
  });

  it('of an administrator is short: 15 minutes idle, 12 hours at most', async () => {
    await enter(emails.admin);
    const { rows } = await test.owner.query(`select idle_minutes, extract(epoch from expires_at - created_at)::int as seconds from session`);
    expect(rows).toEqual([{ idle_minutes: 15, seconds: 12 * 3600 }]);
  });
});

describe('an API token', () => {
  const staffId = () => zone.as.RECRUITER.staffId!;
  const tokens = () => new TokensService(test.db);

  it('acts for its owner within its scopes, is shown once and kept as its hash', async () => {
    const { token, tokenId } = await tokens().create(zone.as.SECURITY_ADMIN, { staffId: staffId(), name: '大屏', scopes: ['project.read', 'lead.report'] });
    expect(token).toMatch(/^yf_[\w-]{43}$/);
    const { rows } = await test.owner.query('select prefix, token_hash, to_json(t)::text as all from api_token t');
    expect(rows[0]).toMatchObject({ prefix: token.slice(0, 7), token_hash: tokenHash(token) });
    expect(rows[0].all).not.toContain(token);
    const actor = (await door.actorOf(token, 'r'))!;
    expect([actor.via, actor.staffId, [...actor.permissions].sort()]).toEqual(['token', staffId(), ['lead.report', 'project.read', 'self.read']]);
    expect(await events('token_created')).toMatchObject([{ actor_id: zone.as.SECURITY_ADMIN.staffId, entity_id: tokenId, after: { owner: staffId(), scopes: ['project.read', 'lead.report'] } }]);
  });

  it('never grants more than its owner has, now or later', async () => {
    await expect(tokens().create(zone.as.SECURITY_ADMIN, { staffId: staffId(), name: 'x', scopes: ['project.read', 'project.assign'] })).rejects.toMatchObject({ code: 'INVALID', path: ['scopes'], params: { value: 'project.assign' } });
    const { token } = await tokens().create(zone.as.SECURITY_ADMIN, { staffId: staffId(), name: 'x', scopes: ['signing.record'] });
    await test.owner.query(`update staff set role = 'AGENT' where id = $1`, [staffId()]);
    expect([...(await door.actorOf(token, 'r'))!.permissions]).toEqual(['self.read']);
  });

  it('is made by those who may, for people of their own zone', async () => {
    await expect(tokens().create(zone.as.SYSTEM_ADMIN, { staffId: staffId(), name: 'x' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const foreign = await makeZone(test.owner);
    await expect(tokens().create(zone.as.SECURITY_ADMIN, { staffId: foreign.as.RECRUITER.staffId!, name: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('ends by revocation, by its day, and with its owner', async () => {
    const make = () => tokens().create(zone.as.SECURITY_ADMIN, { staffId: staffId(), name: 'x' });
    const [revoked, expired, orphaned] = [await make(), await make(), await make()];
    await tokens().revoke(zone.as.SECURITY_ADMIN, revoked.tokenId);
    expect(await door.actorOf(revoked.token, 'r')).toBeNull();
    await test.owner.query(`update api_token set expires_at = now() - interval '1 second' where id = $1`, [expired.tokenId]);
    expect(await door.actorOf(expired.token, 'r')).toBeNull();
    expect(await door.actorOf(orphaned.token, 'r')).not.toBeNull();
    await test.owner.query('update staff set disabled_at = now() where id = $1', [staffId()]);
    expect(await door.actorOf(orphaned.token, 'r')).toBeNull();
    expect(await door.actorOf('yf_unknown', 'r')).toBeNull();
  });
});
