import { randomInt, timingSafeEqual } from 'node:crypto';
import { FIXED_SOURCES, PolicyService } from '@yinfeng/directory';
import { type Actor, type ChannelOptions, Clock, Database, demand, once, Refusal, type Tx } from '@yinfeng/platform';
import { Inject, Injectable } from '@nestjs/common';
import type { ReminderKind } from '../reminder-text.rules.js';
import { sendNow } from './deliveries.service.js';
import { CHANNEL_OPTIONS } from './routing.js';
import { type Seal, sealOf } from './seal.js';
import { CODE_MINUTES } from './sending.service.js';

/** Codes that one person may ask for within a day, and tries at one of them. */
const MOST_CODES = 5;
const MOST_TRIES = 5;
const MAIL_ADDRESS = /^[^\s@<>,;:"]+@[^\s@<>,;:"]+\.[^\s@<>,;:".]+$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** How a person is told by mail. Hours and kinds that are null are the zone's, or all. */
export interface MailSettings {
  /** 0: never touched. */
  version: number;
  enabled: boolean;
  /** Where to; the account's own address until another is set. */
  address: string | null;
  verified: boolean;
  /** A code is on its way. */
  codeSent: boolean;
  kinds: ReminderKind[] | null;
  digestTimes: string[] | null;
  quietFrom: string | null;
  quietTo: string | null;
  urgentAtOnce: boolean;
}
export interface ReminderSettings {
  /** Whether the installation can send mails at all. */
  mailAvailable: boolean;
  mail: MailSettings;
  zone: { digestTimes: string[]; quietFrom: string; quietTo: string; urgentKinds: string[] };
}
/** What is left out stays; null goes back to the zone's hours, or to all kinds. */
export interface ReminderSettingsSet {
  idempotencyKey?: string | null;
  expectedVersion: number;
  enabled?: boolean | null;
  address?: string | null;
  kinds?: ReminderKind[] | null;
  digestTimes?: string[] | null;
  quietFrom?: string | null;
  quietTo?: string | null;
  urgentAtOnce?: boolean | null;
}
export interface AddressVerify {
  idempotencyKey?: string | null;
  code: string;
}

/** Each person's own way of being told, and the proof that an address is theirs. */
@Injectable()
export class ReminderSettingsService {
  private readonly policies: PolicyService;
  private readonly seal: () => Promise<Seal>;

  constructor(private readonly db: Database, private readonly clock: Clock, @Inject(CHANNEL_OPTIONS) private readonly options: ChannelOptions) {
    this.policies = new PolicyService(db, clock);
    this.seal = sealOf(db);
  }

  async read(actor: Actor): Promise<ReminderSettings> {
    demand(actor, 'reminder.read');
    return this.db.tx(actor, async (tx) => {
      const { digestTimes, quietFrom, quietTo, urgentKinds } = await this.policies.value(tx, 'reminderChannels', this.clock.today());
      const { rules } = await this.policies.value(tx, 'reminderRules', this.clock.today());
      const byRule = rules.filter((r) => r.urgent && (FIXED_SOURCES as readonly string[]).includes(r.code)).map((r) => r.code);
      return { mailAvailable: this.options.mail !== null, mail: await settings(tx), zone: { digestTimes, quietFrom, quietTo, urgentKinds: [...new Set([...urgentKinds, ...byRule])] } };
    });
  }

  /**
   * Changes the actor's own settings. Another address is not used before its code was entered; one is sent to it at once.
   * @throws Refusal CONFLICT, MAIL_OFF, ADDRESS_NOT_VERIFIED, CODES_MOST, INVALID, REQUIRED.
   */
  async set(actor: Actor, input: ReminderSettingsSet): Promise<void> {
    demand(actor, 'reminder.act');
    const address = input.address === undefined ? undefined : (input.address?.trim() ?? '') || null;
    if (address && (address.length > 254 || !MAIL_ADDRESS.test(address))) throw new Refusal('INVALID', ['address'], { field: '邮箱', value: address.slice(0, 60), expected: 'name@example.gov.cn' });
    for (const [field, label, times] of [['digestTimes', '汇总时点', input.digestTimes], ['quietFrom', '免打扰开始', input.quietFrom && [input.quietFrom]], ['quietTo', '免打扰结束', input.quietTo && [input.quietTo]]] as const) {
      const wrong = times && (times.length < 1 || times.length > 6 ? String(times.length) : times.find((time) => !TIME.test(time)));
      if (wrong) throw new Refusal('INVALID', [field], { field: label, value: wrong.slice(0, 20), expected: field === 'digestTimes' ? 'HH:MM × 1–6' : 'HH:MM' });
    }
    if (input.kinds && input.kinds.length === 0) throw new Refusal('REQUIRED', ['kinds'], { field: '提醒种类' });
    const seal = await this.seal();
    await this.db.tx(actor, (tx) => once(tx, 'reminderSettingsSet', input, async () => {
      const now = await lockSettings(tx, input.expectedVersion);
      const next = {
        ...now, ...(input.kinds !== undefined && { kinds: input.kinds }), ...(input.digestTimes !== undefined && { digestTimes: input.digestTimes && [...new Set(input.digestTimes)].sort() }),
        ...(input.quietFrom !== undefined && { quietFrom: input.quietFrom }), ...(input.quietTo !== undefined && { quietTo: input.quietTo }), ...(input.urgentAtOnce != null && { urgentAtOnce: input.urgentAtOnce }),
      };
      if ((next.quietFrom === null) !== (next.quietTo === null)) throw new Refusal('REQUIRED', [next.quietFrom === null ? 'quietFrom' : 'quietTo'], { field: '免打扰时段' });
      const moved = address !== undefined && address !== now.address;
      const verified = now.verified && !moved;
      const enabled = input.enabled ?? (now.enabled && verified);
      if (enabled && this.options.mail === null) throw new Refusal('MAIL_OFF', ['enabled']);
      if (enabled && !verified && !moved) throw new Refusal('ADDRESS_NOT_VERIFIED', ['enabled'], { address: now.address ?? '—' });
      await tx.run(
        `insert into staff_channel as c (staff_id, zone_id, channel, enabled, address, verified_at, kinds, digest_times, quiet_from, quiet_to, urgent_at_once) values (app_staff(), app_zone(), 'MAIL', $1, $2, null, $3, $4, $5, $6, $7)
         on conflict (staff_id, channel) do update set enabled = excluded.enabled, address = excluded.address, verified_at = case when $8 then c.verified_at end, kinds = excluded.kinds, digest_times = excluded.digest_times,
           quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, urgent_at_once = excluded.urgent_at_once, version = c.version + 1`,
        [enabled && verified, moved ? address : now.address, next.kinds, next.digestTimes, next.quietFrom, next.quietTo, next.urgentAtOnce, verified]);
      if (moved) {
        await tx.run(`update staff_channel set code_sealed = null, code_expires_at = null where staff_id = app_staff() and channel = 'MAIL'`);
        if (address) await this.sendCode(tx, actor, seal);
      }
      return {};
    }), { cause: 'reminderSettingsSet' });
  }

  /** A (further) code to the address on record. @throws Refusal CONFLICT, REQUIRED (no address), MAIL_OFF, CODES_MOST. */
  async askCode(actor: Actor, input: { idempotencyKey?: string | null; expectedVersion: number }): Promise<void> {
    demand(actor, 'reminder.act');
    const seal = await this.seal();
    await this.db.tx(actor, (tx) => once(tx, 'reminderAddressCode', input, async () => {
      const now = await lockSettings(tx, input.expectedVersion);
      if (!now.address) throw new Refusal('REQUIRED', ['address'], { field: '邮箱' });
      await tx.run(`insert into staff_channel (staff_id, zone_id, channel, address) values (app_staff(), app_zone(), 'MAIL', $1) on conflict do nothing`, [now.address]);
      if (!now.verified) await this.sendCode(tx, actor, seal);
      return {};
    }), { cause: 'reminderAddressCode' });
  }

  /**
   * The code that came by mail shows that the address is the actor's; mails are on from then on. An address that is
   * verified already stays so.
   * @throws Refusal CODE_EXPIRED (none is open, too late, too many tries), CODE_WRONG.
   */
  async verify(actor: Actor, input: AddressVerify): Promise<void> {
    demand(actor, 'reminder.act');
    // Counted before it is looked at, and kept whatever comes of it: neither a burst nor a refusal gives further tries.
    const open = await this.db.tx(actor, (tx) => tx.row<{ sealed: Buffer | null; tries: number; verified: boolean }>(
      `update staff_channel c set code_tries = case when o.good then c.code_tries + 1 else c.code_tries end
       from (select staff_id, code_sealed, verified_at is not null as verified, code_sealed is not null and code_expires_at > app_now() and code_tries < $1 as good from staff_channel where staff_id = app_staff() and channel = 'MAIL' for update) o
       where c.staff_id = o.staff_id and c.channel = 'MAIL' returning case when o.good then o.code_sealed end as sealed, c.code_tries as tries, o.verified`, [MOST_TRIES]), { cause: 'reminderAddressVerify' });
    if (open?.verified) return;
    const code = open?.sealed ? (await this.seal()).open(open.sealed, actor.staffId!) : null;
    if (!open || code === null) throw new Refusal('CODE_EXPIRED', ['code']);
    const given = input.code.trim();
    if (given.length !== code.length || !timingSafeEqual(Buffer.from(given), Buffer.from(code))) throw new Refusal('CODE_WRONG', ['code'], { left: MOST_TRIES - open.tries });
    await this.db.tx(actor, (tx) => once(tx, 'reminderAddressVerify', input, async () => {
      // The code of this very address: one that was changed meanwhile has a code of its own.
      const done = await tx.run(`update staff_channel set verified_at = app_now(), enabled = true, code_sealed = null, code_expires_at = null, version = version + 1 where staff_id = app_staff() and channel = 'MAIL' and code_sealed = $1`, [open.sealed]);
      if (done === 0) throw new Refusal('CODE_EXPIRED', ['code']);
      return {};
    }), { cause: 'reminderAddressVerify' });
  }

  private async sendCode(tx: Tx, actor: Actor, seal: Seal): Promise<void> {
    if (this.options.mail === null) throw new Refusal('MAIL_OFF', ['address']);
    const { n } = (await tx.row<{ n: number }>(`select count(*)::int as n from delivery where staff_id = app_staff() and purpose = 'CODE' and created_at > app_now() - interval '1 day'`))!;
    if (n >= MOST_CODES) throw new Refusal('CODES_MOST', ['address'], { max: MOST_CODES });
    const sealed = seal.close(String(randomInt(1_000_000)).padStart(6, '0'), actor.staffId!);
    await tx.run(`update staff_channel set code_sealed = $1, code_expires_at = app_now() + $2 * interval '1 minute', code_tries = 0, version = version + 1 where staff_id = app_staff() and channel = 'MAIL'`, [sealed, CODE_MINUTES]);
    await sendNow(tx, { channel: 'MAIL', purpose: 'CODE', staffId: actor.staffId });
  }
}

const SETTINGS = `select version, enabled, address, verified_at is not null as verified, verified_at is null and code_sealed is not null and code_expires_at > app_now() as "codeSent", kinds, digest_times as "digestTimes", quiet_from as "quietFrom", quiet_to as "quietTo", urgent_at_once as "urgentAtOnce"
  from staff_channel where staff_id = app_staff() and channel = 'MAIL'`;

async function settings(tx: Tx, lock = ''): Promise<MailSettings> {
  const row = await tx.row<MailSettings>(`${SETTINGS} ${lock}`);
  if (row) return row;
  const own = await tx.row<{ email: string | null }>('select email from staff where id = app_staff()');
  return { version: 0, enabled: false, address: own?.email && MAIL_ADDRESS.test(own.email) ? own.email : null, verified: false, codeSent: false, kinds: null, digestTimes: null, quietFrom: null, quietTo: null, urgentAtOnce: true };
}

/** Two of the same person at once meet here, also where there is no row yet. @throws Refusal CONFLICT. */
async function lockSettings(tx: Tx, expected: number): Promise<MailSettings> {
  await tx.run(`select pg_advisory_xact_lock(hashtextextended('staff_channel' || app_staff(), 0))`);
  const now = await settings(tx, 'for update');
  if (now.version !== expected) throw new Refusal('CONFLICT', ['expectedVersion'], { version: now.version });
  return now;
}
