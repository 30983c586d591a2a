import { type Actor, type ChannelOptions, Database, demand, factsJson, newId, once, Refusal, type Shape, type Tx } from '@yinfeng/platform';
import { Inject, Injectable } from '@nestjs/common';
import type { ReminderKind } from '../reminder-text.rules.js';
import type { Robot } from './channel.js';
import { endpointFacts, sendNow } from './deliveries.service.js';
import { addressFault, addressHint, VENDORS } from './robots.rules.js';
import { CHANNEL_OPTIONS } from './routing.js';
import { type Seal, sealOf } from './seal.js';

/** Robots of one zone. */
const MOST_ROBOTS = 50;
const NAME_LONGEST = 60;
const KEYWORD_LONGEST = 40;
const SECRET = /^[\x21-\x7e]{1,200}$/;

export interface EndpointAdd {
  idempotencyKey?: string | null;
  kind: Robot;
  name: string;
  address: string;
  /** The signing secret (加签 / 签名校验); WeCom has none. */
  secret?: string | null;
  keyword?: string | null;
  /** null: all kinds. */
  kinds?: ReminderKind[] | null;
  /** Empty: the whole zone. */
  departmentIds?: (string | null)[] | null;
}
/** What is left out stays. */
export interface EndpointEdit extends Partial<Omit<EndpointAdd, 'kind' | 'name' | 'address'>> {
  endpointId: string | null;
  expectedVersion: number;
  name?: string | null;
  address?: string | null;
  enabled?: boolean | null;
}
export interface EndpointAct {
  idempotencyKey?: string | null;
  endpointId: string | null;
  expectedVersion: number;
}
interface EndpointRow { id: string; version: number; kind: Robot; name: string }

/** The group robots of a zone. Addresses and secrets go in and never come out. */
@Injectable()
export class ChannelEndpointsService {
  private readonly seal: () => Promise<Seal>;

  constructor(private readonly db: Database, @Inject(CHANNEL_OPTIONS) private readonly options: ChannelOptions) {
    this.seal = sealOf(db);
  }

  async list(actor: Actor, shape: Shape): Promise<{ id: string }[]> {
    demand(actor, 'zone.manage');
    const rows = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(endpointFacts, { id: true, ...shape })} as node from channel_endpoint e where e.removed_at is null order by e.name, e.id limit ${MOST_ROBOTS}`);
    return rows.map((r) => r.node);
  }

  async byId(actor: Actor, id: string | null, shape: Shape): Promise<{ id: string } | null> {
    if (!id || !actor.permissions.has('zone.manage')) return null;
    const [row] = await this.db.read<{ node: { id: string } }>(actor, `select ${factsJson(endpointFacts, { id: true, ...shape })} as node from channel_endpoint e where e.id = $1 and e.removed_at is null`, [id]);
    return row?.node ?? null;
  }

  /** @throws Refusal REQUIRED, TOO_LONG, INVALID (address, secret), ROBOT_NAME_TAKEN, ROBOTS_MOST, NOT_FOUND (department). */
  async add(actor: Actor, input: EndpointAdd): Promise<{ endpointId: string }> {
    demand(actor, 'zone.manage');
    const { name, keyword, kinds } = words(input);
    this.demandAddress(input.kind, input.address);
    const secret = secretOf(input.kind, input.secret);
    const seal = await this.seal();
    return this.db.tx(actor, (tx) => once(tx, 'channelEndpointAdd', input, async () => {
      await tx.run(`select pg_advisory_xact_lock(hashtextextended('channel_endpoint' || app_zone(), 0))`);
      const { n } = (await tx.row<{ n: number }>('select count(*)::int as n from channel_endpoint where removed_at is null'))!;
      if (n >= MOST_ROBOTS) throw new Refusal('ROBOTS_MOST', [], { max: MOST_ROBOTS });
      await demandFree(tx, name!, null);
      const id = newId();
      await tx.run(`insert into channel_endpoint (id, zone_id, kind, name, address_sealed, secret_sealed, hint, keyword, kinds, created_by) values ($1, app_zone(), $2, $3, $4, $5, $6, $7, $8, app_staff())`,
        [id, input.kind, name, seal.close(input.address, id), secret ? seal.close(secret, id) : null, addressHint(input.kind, input.address), keyword ?? null, kinds ?? null]);
      await serve(tx, id, input.departmentIds ?? []);
      return { endpointId: id };
    }), { cause: 'channelEndpointAdd' });
  }

  /** @throws Refusal NOT_FOUND, CONFLICT and those of add. */
  async edit(actor: Actor, input: EndpointEdit): Promise<{ endpointId: string }> {
    demand(actor, 'zone.manage');
    const { name, keyword, kinds } = words(input);
    const seal = await this.seal();
    return this.db.tx(actor, (tx) => once(tx, 'channelEndpointEdit', input, async () => {
      const e = await lockEndpoint(tx, input);
      if (name) await demandFree(tx, name, e.id);
      if (input.address != null) this.demandAddress(e.kind, input.address);
      const secret = input.secret === undefined ? undefined : secretOf(e.kind, input.secret);
      const sets: string[] = ['version = version + 1'];
      const params: unknown[] = [e.id];
      const set = (column: string, value: unknown) => sets.push(`${column} = $${params.push(value)}`);
      if (name) set('name', name);
      if (input.address != null) {
        set('address_sealed', seal.close(input.address, e.id));
        set('hint', addressHint(e.kind, input.address));
      }
      if (secret !== undefined) set('secret_sealed', secret ? seal.close(secret, e.id) : null);
      if (keyword !== undefined) set('keyword', keyword);
      if (kinds !== undefined) set('kinds', kinds);
      if (input.enabled != null) set('enabled', input.enabled);
      await tx.run(`update channel_endpoint set ${sets.join(', ')} where id = $1`, params);
      if (input.departmentIds) {
        await tx.run('delete from channel_endpoint_department where endpoint_id = $1', [e.id]);
        await serve(tx, e.id, input.departmentIds);
      }
      return { endpointId: e.id };
    }), { cause: 'channelEndpointEdit' });
  }

  /** What still waits for it is not sent. @throws Refusal NOT_FOUND, CONFLICT. */
  async remove(actor: Actor, input: EndpointAct): Promise<{ endpointId: string }> {
    demand(actor, 'zone.manage');
    return this.db.tx(actor, (tx) => once(tx, 'channelEndpointRemove', input, async () => {
      const e = await lockEndpoint(tx, input);
      await tx.run('update channel_endpoint set removed_at = app_now(), enabled = false, version = version + 1 where id = $1', [e.id]);
      return { endpointId: e.id };
    }), { cause: 'channelEndpointRemove' });
  }

  /** A test message at once, also by a robot that is switched off. @throws Refusal NOT_FOUND, CONFLICT. */
  async test(actor: Actor, input: EndpointAct): Promise<{ deliveryId: string }> {
    demand(actor, 'zone.manage');
    return this.db.tx(actor, (tx) => once(tx, 'channelEndpointTest', input, async () => {
      const e = await lockEndpoint(tx, input);
      return { deliveryId: await sendNow(tx, { channel: e.kind, purpose: 'TEST', endpointId: e.id }) };
    }), { cause: 'channelEndpointTest' });
  }

  private demandAddress(kind: Robot, address: string): void {
    const fault = addressFault(kind, address, this.options.robotOrigins);
    // The address is a secret: it is not said back.
    if (fault) throw new Refusal('INVALID', ['address'], { field: '机器人地址', value: '…', expected: fault });
  }
}

function words(input: { name?: string | null; keyword?: string | null; kinds?: ReminderKind[] | null }) {
  const name = input.name?.trim();
  if (input.name != null && !name) throw new Refusal('REQUIRED', ['name'], { field: '机器人名称' });
  if (name && name.length > NAME_LONGEST) throw new Refusal('TOO_LONG', ['name'], { field: '机器人名称', max: NAME_LONGEST });
  const keyword = input.keyword === undefined ? undefined : input.keyword?.trim() || null;
  if (keyword && keyword.length > KEYWORD_LONGEST) throw new Refusal('TOO_LONG', ['keyword'], { field: '关键词', max: KEYWORD_LONGEST });
  if (input.kinds && input.kinds.length === 0) throw new Refusal('REQUIRED', ['kinds'], { field: '提醒种类' });
  return { name, keyword, kinds: input.kinds };
}

function secretOf(kind: Robot, secret: string | null | undefined): string | null {
  const given = secret?.trim() || null;
  if (!given) return null;
  if (!VENDORS[kind].signs || !SECRET.test(given)) throw new Refusal('INVALID', ['secret'], { field: '签名密钥', value: '…', expected: VENDORS[kind].signs ? 'ASCII, ≤ 200' : '企业微信机器人没有签名密钥 / WeCom robots have none' });
  return given;
}

async function demandFree(tx: Tx, name: string, exceptId: string | null): Promise<void> {
  if (await tx.row('select 1 as taken from channel_endpoint where removed_at is null and lower(name) = lower($1) and id is distinct from $2', [name, exceptId])) throw new Refusal('ROBOT_NAME_TAKEN', ['name'], { name });
}

async function serve(tx: Tx, endpointId: string, departmentIds: readonly (string | null)[]): Promise<void> {
  const known = departmentIds.filter((id) => id !== null);
  const written = await tx.run('insert into channel_endpoint_department (zone_id, endpoint_id, department_id) select app_zone(), $1, d.id from department d where d.id = any($2::uuid[])', [endpointId, known]);
  if (written !== new Set(departmentIds).size) throw new Refusal('NOT_FOUND', ['departmentIds']);
}

/** @throws Refusal NOT_FOUND, CONFLICT. */
async function lockEndpoint(tx: Tx, input: EndpointAct): Promise<EndpointRow> {
  const e = input.endpointId ? await tx.row<EndpointRow>('select id, version, kind, name from channel_endpoint where id = $1 and removed_at is null for update', [input.endpointId]) : undefined;
  if (!e) throw new Refusal('NOT_FOUND');
  if (e.version !== input.expectedVersion) throw new Refusal('CONFLICT', ['expectedVersion'], { version: e.version }, e.id);
  return e;
}
