import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, globalId, message, type MessageKey, newId, once, Refusal, type Tx } from '@yinfeng/platform';
import { coreName, foldName } from './company-name.rules.js';
import type { PartyWall } from './enterprises.service.js';
import { judgeUscc, normaliseUscc, usccCheckCharacter } from './uscc.rules.js';

/** What is known of an enterprise; absent means unchanged, null clears. */
export interface EnterpriseValues {
  uscc?: string | null;
  sourceRegion?: string | null;
  nature?: string | null;
  classes?: string[] | null;
  profile?: string | null;
  website?: string | null;
  address?: string | null;
  /** In units of the currency (元, not 万元), as exact text. */
  registeredCapital?: string | null;
  registeredCurrency?: string | null;
}
export interface EnterpriseCreate extends EnterpriseValues {
  idempotencyKey?: string | null;
  name: string;
  /** Another enterprise bears or bore this name; the caller has looked and says that this is a different one. */
  confirmSeparate?: boolean | null;
}
export interface EnterpriseEdit extends EnterpriseValues {
  idempotencyKey?: string | null;
  enterpriseId: string | null;
  expectedVersion: number;
  name?: string | null;
}
export interface ParentSet {
  idempotencyKey?: string | null;
  enterpriseId: string | null;
  expectedVersion: number;
  /** null takes it out of its group; undefined is no id at all. */
  parentId: string | null | undefined;
}
export interface FactRecord {
  idempotencyKey?: string | null;
  enterpriseId: string | null;
  key: string;
  value: string;
  source: string;
  asOf: string;
}
export interface InvestorProfileSet {
  idempotencyKey?: string | null;
  enterpriseId: string | null;
  /** Version of the profile; 0 when there is none yet. */
  expectedVersion: number;
  ticketMin?: string | null;
  ticketMax?: string | null;
  ticketCurrency?: string | null;
  sectors?: string[] | null;
  restrictions?: string | null;
  horizonMonthsMin?: number | null;
  horizonMonthsMax?: number | null;
  note?: string | null;
}
/** Something to look at that does not stand in the way. */
export interface EnterpriseWarning {
  code: MessageKey;
  message: string;
  path: string[];
}
export interface EnterpriseDone {
  enterpriseId: string;
  warnings: EnterpriseWarning[];
}

const COLUMNS = { sourceRegion: 'source_region', nature: 'nature', profile: 'profile', website: 'website', address: 'address', registeredCapital: 'registered_amount' } as const;

@Injectable()
export class EnterpriseEditsService {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  /** Puts an enterprise on record. @throws Refusal USCC_TAKEN, ENTERPRISE_KNOWN, INVALID, REQUIRED. */
  async create(actor: Actor, input: EnterpriseCreate, wall: PartyWall): Promise<EnterpriseDone> {
    demand(actor, 'enterprise.edit');
    const name = required(input.name, 'name', '企业名称');
    const { uscc, warnings } = readUscc(actor, input.uscc);
    return this.unlessTaken(actor, uscc ?? null, wall, () => this.db.tx(actor, (tx) => once(tx, 'enterpriseCreate', input, async () => {
      const folded = foldName(name);
      // Two people at the same new name: the second waits here and then meets the first.
      await tx.run('select pg_advisory_xact_lock(hashtextextended($1 || app_zone(), 2))', [folded]);
      if (uscc) await this.demandFree(tx, uscc, null, wall);
      if (!input.confirmSeparate) await this.demandUnknown(tx, folded, uscc ?? null, wall);
      const id = newId();
      const { set, params } = values(input, uscc, [id, name, folded, coreName(name)]);
      const columns = set.map((s) => s.column);
      await tx.run(`insert into enterprise (id, zone_id, name, folded_name, core_name, created_at, created_by${columns.map((c) => `, ${c}`).join('')}) values ($1, app_zone(), $2, $3, $4, app_now(), app_staff()${set.map((s) => `, ${s.value}`).join('')})`, params);
      return { enterpriseId: id, warnings };
    }), { cause: 'enterpriseCreate' }));
  }

  /** Corrects or completes an enterprise; a former name stays findable. @throws Refusal NOT_FOUND, CONFLICT, USCC_TAKEN, INVALID, REQUIRED. */
  async edit(actor: Actor, input: EnterpriseEdit, wall: PartyWall): Promise<EnterpriseDone> {
    demand(actor, 'enterprise.edit');
    const name = input.name === undefined ? undefined : required(input.name, 'name', '企业名称');
    const { uscc, warnings } = readUscc(actor, input.uscc);
    return this.unlessTaken(actor, uscc ?? null, wall, () => this.db.tx(actor, (tx) => once(tx, 'enterpriseEdit', input, async () => {
      const own = await lockEnterprise(tx, input.enterpriseId, wall, input.expectedVersion);
      if (uscc) await this.demandFree(tx, uscc, own.id, wall);
      const { set, params } = values(input, uscc, [own.id]);
      if (name !== undefined) set.push({ column: 'name', value: `$${params.push(name)}` }, { column: 'folded_name', value: `$${params.push(foldName(name))}` }, { column: 'core_name', value: `$${params.push(coreName(name))}` });
      await tx.run(`update enterprise set ${[...set.map((s) => `${s.column} = ${s.value}`), 'version = version + 1'].join(', ')} where id = $1`, params);
      return { enterpriseId: own.id, warnings };
    }), { cause: 'enterpriseEdit' }));
  }

  /** Puts an enterprise below another, or (null) takes it out of its group. @throws Refusal NOT_FOUND, CONFLICT, UNKNOWN_REFERENCE, GROUP_CIRCLE, GROUP_TOO_DEEP. */
  async setParent(actor: Actor, input: ParentSet, wall: PartyWall): Promise<EnterpriseDone> {
    demand(actor, 'enterprise.edit');
    try {
      return await this.db.tx(actor, (tx) => once(tx, 'enterpriseSetParent', input, async () => {
        const own = await lockEnterprise(tx, input.enterpriseId, wall, input.expectedVersion);
        if (input.parentId !== null) {
          const params: unknown[] = [input.parentId ?? null];
          const above = await tx.row(`select 1 as ok from enterprise e where e.id = $1 and ${wall.enterprise('e', params)}`, params);
          if (!above) throw new Refusal('UNKNOWN_REFERENCE', ['parentId'], { field: '上级企业', value: input.parentId ? globalId('Enterprise', input.parentId) : '—' });
        }
        await tx.run('update enterprise set parent_id = $2, version = version + 1 where id = $1', [own.id, input.parentId]);
        return { enterpriseId: own.id, warnings: [] };
      }), { cause: 'enterpriseSetParent' });
    } catch (error) {
      const { constraint } = error as { constraint?: string };
      if (constraint === 'enterprise_tree_circle' || constraint === 'enterprise_not_own_parent') throw new Refusal('GROUP_CIRCLE', ['parentId']);
      if (constraint === 'enterprise_tree_depth') throw new Refusal('GROUP_TOO_DEEP', ['parentId'], { max: 10 });
      throw error;
    }
  }

  /** Notes what an outside source says on a day; the same source, key and day once. @throws Refusal NOT_FOUND, REQUIRED, DATE_IN_FUTURE, ALREADY_RECORDED. */
  async recordFact(actor: Actor, input: FactRecord, wall: PartyWall): Promise<EnterpriseDone> {
    demand(actor, 'enterprise.edit');
    const [key, value, source] = [required(input.key, 'key', '项目'), required(input.value, 'value', '内容'), required(input.source, 'source', '来源')];
    const today = this.clock.today();
    if (input.asOf > today) throw new Refusal('DATE_IN_FUTURE', ['asOf'], { field: '数据日期', value: input.asOf, today });
    return this.db.tx(actor, (tx) => once(tx, 'enterpriseFactRecord', input, async () => {
      const own = await lockEnterprise(tx, input.enterpriseId, wall);
      const made = await tx.run('insert into enterprise_fact (zone_id, enterprise_id, key, value, source, as_of, recorded_by) values (app_zone(), $1, $2, $3, $4, $5, app_staff()) on conflict (enterprise_id, key, source, as_of) do nothing', [own.id, key, value, source, input.asOf]);
      if (!made) throw new Refusal('ALREADY_RECORDED', ['asOf'], { source, key, value: input.asOf });
      return { enterpriseId: own.id, warnings: [] };
    }), { cause: 'enterpriseFactRecord' });
  }

  /** What the investor looks for, as a whole. @throws Refusal NOT_FOUND, CONFLICT, RANGE_ORDER. */
  async setInvestorProfile(actor: Actor, input: InvestorProfileSet, wall: PartyWall): Promise<EnterpriseDone> {
    demand(actor, 'enterprise.edit');
    // Decimals of up to twenty digits: compared by the database, which alone counts them exactly.
    if (input.horizonMonthsMin != null && input.horizonMonthsMax != null && input.horizonMonthsMin > input.horizonMonthsMax) throw new Refusal('RANGE_ORDER', ['horizonMonthsMax'], { field: '投资期限', from: input.horizonMonthsMin, to: input.horizonMonthsMax });
    try {
      return await this.db.tx(actor, (tx) => once(tx, 'investorProfileSet', input, async () => {
        const own = await lockEnterprise(tx, input.enterpriseId, wall);
        const before = await tx.row<{ version: number }>('select version from investor_profile where enterprise_id = $1', [own.id]);
        if ((before?.version ?? 0) !== input.expectedVersion) throw new Refusal('CONFLICT', ['expectedVersion'], { version: before?.version ?? 0 }, own.id);
        await tx.run(
          `insert into investor_profile (enterprise_id, zone_id, ticket_min, ticket_max, ticket_currency, sectors, restrictions, horizon_months_min, horizon_months_max, note, updated_by) values ($1, app_zone(), $2, $3, $4, $5, $6, $7, $8, $9, app_staff())
           on conflict (enterprise_id) do update set ticket_min = excluded.ticket_min, ticket_max = excluded.ticket_max, ticket_currency = excluded.ticket_currency, sectors = excluded.sectors, restrictions = excluded.restrictions,
             horizon_months_min = excluded.horizon_months_min, horizon_months_max = excluded.horizon_months_max, note = excluded.note, updated_at = app_now(), updated_by = excluded.updated_by, version = investor_profile.version + 1`,
          [own.id, input.ticketMin ?? null, input.ticketMax ?? null, input.ticketCurrency ?? 'CNY', input.sectors ?? [], input.restrictions ?? null, input.horizonMonthsMin ?? null, input.horizonMonthsMax ?? null, input.note ?? null]);
        return { enterpriseId: own.id, warnings: [] };
      }), { cause: 'investorProfileSet' });
    } catch (error) {
      const { constraint } = error as { constraint?: string };
      if (constraint === 'investor_profile_ticket') throw new Refusal('RANGE_ORDER', ['ticketMax'], { field: '单笔投资额', from: input.ticketMin ?? '', to: input.ticketMax ?? '' });
      if (constraint?.startsWith('investor_profile_ticket_m')) throw new Refusal('AMOUNT_NEGATIVE', [constraint.includes('min') ? 'ticketMin' : 'ticketMax'], { field: '单笔投资额', value: (constraint.includes('min') ? input.ticketMin : input.ticketMax) ?? '' });
      throw error;
    }
  }

  /** @throws Refusal USCC_TAKEN naming the holder if the actor may see it. */
  private async demandFree(tx: Tx, uscc: string, except: string | null, wall: PartyWall): Promise<void> {
    const params: unknown[] = [uscc, except];
    const holder = await tx.row<{ id: string; name: string; seen: boolean }>(`select e.id, e.name, ${wall.enterprise('e', params)} as seen from enterprise e where e.uscc = $1 and e.id is distinct from $2`, params);
    if (holder) throw known('USCC_TAKEN', 'uscc', holder, { value: uscc });
  }

  private async demandUnknown(tx: Tx, folded: string, uscc: string | null, wall: PartyWall): Promise<void> {
    const params: unknown[] = [folded, uscc];
    const holder = await tx.row<{ id: string; name: string; seen: boolean }>(
      `select e.id, e.name, ${wall.enterprise('e', params)} as seen from enterprise e
       where e.zone_id = app_zone() and e.id in (select id from enterprise where zone_id = app_zone() and folded_name = $1 union all select enterprise_id from enterprise_name_history where zone_id = app_zone() and folded_name = $1)
         and ($2::text is null or e.uscc is null) order by (e.folded_name = $1) desc, e.id limit 1`, params);
    if (holder) throw known('ENTERPRISE_KNOWN', 'name', holder, {});
  }

  /** Two people at the same new code: the unique key decides, and the loser is told like anybody who comes later. */
  private async unlessTaken<T>(actor: Actor, uscc: string | null, wall: PartyWall, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if ((error as { constraint?: string }).constraint === 'enterprise_uscc' && uscc) await this.db.tx(actor, (tx) => this.demandFree(tx, uscc, null, wall));
      throw error;
    }
  }
}

/**
 * The gateway to one enterprise: locks it if the actor may see it, and (given a version) if nobody was faster.
 * @throws Refusal NOT_FOUND, CONFLICT.
 */
async function lockEnterprise(tx: Tx, id: string | null, wall: PartyWall, expectedVersion?: number): Promise<{ id: string; version: number }> {
  const params: unknown[] = [id];
  const row = id ? await tx.row<{ id: string; version: number }>(`select e.id, e.version from enterprise e where e.id = $1 and ${wall.enterprise('e', params)} for no key update`, params) : undefined;
  if (!row) throw new Refusal('NOT_FOUND');
  if (expectedVersion !== undefined && row.version !== expectedVersion) throw new Refusal('CONFLICT', ['expectedVersion'], { version: row.version }, row.id);
  return row;
}

function known(code: 'USCC_TAKEN' | 'ENTERPRISE_KNOWN', field: string, holder: { id: string; name: string; seen: boolean }, params: Record<string, string>): Refusal {
  return new Refusal(code, [field], { ...params, holder: holder.seen ? `${holder.name}（${globalId('Enterprise', holder.id)}）` : '—' }, holder.seen ? holder.id : undefined);
}

function required(text: string | null | undefined, field: string, label: string): string {
  const trimmed = text?.trim();
  if (!trimmed) throw new Refusal('REQUIRED', [field], { field: label });
  return trimmed;
}

/** A code as it is kept. @throws Refusal INVALID unless it has 18 legal characters; a failing check digit is warned of (domain.md D3). */
function readUscc(actor: Actor, text: string | null | undefined): { uscc: string | null | undefined; warnings: EnterpriseWarning[] } {
  if (text == null || !text.trim()) return { uscc: text === undefined ? undefined : null, warnings: [] };
  const uscc = normaliseUscc(text);
  const state = judgeUscc(uscc);
  if (state === 'format' || state === 'damaged') throw new Refusal('INVALID', ['uscc'], { field: '统一社会信用代码', value: text.slice(0, 40), expected: '18 位数字或大写字母（不含 I、O、S、V、Z） / 18 digits or capitals without I, O, S, V, Z' });
  if (state === 'ok') return { uscc, warnings: [] };
  return { uscc, warnings: [{ code: 'USCC_CHECK_DIGIT', message: message('USCC_CHECK_DIGIT', { value: uscc, expected: usccCheckCharacter(uscc.slice(0, 17)) }, actor.locale), path: ['uscc'] }] };
}

/** Columns and parameter places of what is given; `params` already holds the first ones. */
function values(input: EnterpriseValues, uscc: string | null | undefined, params: unknown[]): { set: { column: string; value: string }[]; params: unknown[] } {
  const set: { column: string; value: string }[] = [];
  const put = (column: string, value: unknown) => { if (value !== undefined) set.push({ column, value: `$${params.push(value)}` }); };
  put('uscc', uscc);
  for (const [field, column] of Object.entries(COLUMNS) as [keyof typeof COLUMNS, string][]) {
    const value = input[field];
    put(column, typeof value === 'string' ? value.trim() || null : value);
  }
  if (input.registeredCapital?.startsWith('-')) throw new Refusal('AMOUNT_NEGATIVE', ['registeredCapital'], { field: '注册资本', value: input.registeredCapital });
  if (input.classes !== undefined) put('classes', [...new Set((input.classes ?? []).map((c) => c.trim()).filter(Boolean))]);
  if (input.registeredCurrency) put('registered_currency', input.registeredCurrency);
  return { set, params };
}
