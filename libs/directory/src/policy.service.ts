import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, once, PERMISSIONS_OF_ROLE, Refusal, type Role, ROLES, type Tx } from '@yinfeng/platform';
import { z } from 'zod';
import { projectCondition, type ProjectCondition } from './policies/project-condition.js';
import { isPolicyName, POLICIES, type PolicyName, type PolicyValue } from './policies/registry.js';
import { DEFAULT_STAGES } from './policy-defaults.js';

export type PolicyStage = 'LEAD' | 'RESERVE' | 'NEGOTIATING' | 'SIGNED' | 'LANDED' | 'STARTED' | 'PRODUCING';

/** How a zone handles a stage from a Shanghai day on. */
export interface StagePolicy {
  stage: PolicyStage;
  labelZh: string;
  labelEn: string;
  /** Published bucket that the stage counts to; a zone may map LANDED to signed. */
  bucket: 'reserve' | 'negotiating' | 'signed' | null;
  /** Which day of a milestone counts: of the event, of its entry, of its approval (domain.md finding 2). */
  counting: 'EVENT' | 'ENTRY' | 'APPROVAL';
  /** Working days without activity after which a project counts as idle; null: never. */
  idleWorkingDays: number | null;
  /** Whether another person has to approve the move into the stage. */
  needsApproval: boolean;
  /** Roles that may approve; empty: whoever holds stage.approve. */
  approverRoles: readonly Role[];
  /** Who may not approve: who asked; or also who is in charge of the project or, for SIGNED, recorded its agreement. */
  separation: 'ASKER' | 'PROJECT';
}

/** One thing that a project must have to enter a stage. */
export interface GateItem {
  item: string;
  kind: 'FIELD' | 'EVIDENCE' | 'RECORD';
  labelZh: string;
  labelEn: string;
  required: boolean;
  /** Items of one stage with the same name here: one of them is enough. */
  anyOf: string | null;
  /** Of which projects the item is asked; {}: of all. */
  condition: ProjectCondition;
  /** What to do about it; null: the usual sentence for its kind. */
  remedyZh: string | null;
  remedyEn: string | null;
}

/** A change from a day on; expectedVersion is the version of the rule that it was made on. */
interface RuleChange {
  idempotencyKey?: string | null;
  /** Shanghai day, today or later. */
  validFrom: string;
  expectedVersion?: number | null;
}
export type StagePolicyChange = RuleChange & { stage: PolicyStage } & Partial<Omit<StagePolicy, 'stage'>>;
export type GateItemChange = RuleChange & Pick<GateItem, 'item' | 'kind' | 'labelZh' | 'labelEn' | 'required'> & { [K in 'anyOf' | 'remedyZh' | 'remedyEn']?: string | null } & { condition?: unknown } & { toStage: PolicyStage; position?: number | null };
export type PolicyChange = RuleChange & { name: string; value: unknown };

/** One version of a rule: its value from a day on. */
export interface PolicyTurn {
  validFrom: string;
  value: unknown;
}
/** All rules of a zone on a day. `version` is what a change has to expect; validFrom null: the zone has no row of its own. */
export interface PolicyBook {
  day: string;
  stages: (StagePolicy & { version: number; validFrom: string | null; gate: GateItem[] })[];
  policies: { name: PolicyName; zh: string; en: string; source: string; schema: object; usual: object; value: object; validFrom: string | null; version: number; versions: PolicyTurn[] }[];
}

const lastOf = (versions: PolicyTurn[] | undefined, day: string) => versions?.filter((v) => v.validFrom !== null && v.validFrom <= day).at(-1);

/** A stage's rules and its gate are one thing to an administrator: $1 stage. */
const STAGE_VERSION = `select (coalesce((select sum(version) from stage_policy where zone_id = app_zone() and stage = $1::stage), 0)
  + coalesce((select sum(version) from gate_item where zone_id = app_zone() and to_stage = $1::stage), 0))::int as version`;
const COLUMNS = `stage, label_zh as "labelZh", label_en as "labelEn", bucket, counting, idle_working_days as "idleWorkingDays", needs_approval as "needsApproval", approver_roles as "approverRoles", separation`;
const GATE_COLUMNS = `item, kind, label_zh as "labelZh", label_en as "labelEn", required, any_of as "anyOf", condition, remedy_zh as "remedyZh", remedy_en as "remedyEn"`;

/** The rules of a zone as they were, are or will be on a day. Rows are versioned by their first day; nothing is overwritten for days that have passed. */
@Injectable()
export class PolicyService {
  constructor(private readonly db: Database, private readonly clock: Clock) {}

  /** All seven stages in order, with the rules of that Shanghai day; a stage without a row has the default ones. */
  async stages(tx: Tx, day: string): Promise<StagePolicy[]> {
    const rows = await tx.rows<StagePolicy>(`select distinct on (stage) ${COLUMNS} from stage_policy where zone_id = app_zone() and valid_from <= $1 order by stage, valid_from desc`, [day], 'policy_stages');
    return DEFAULT_STAGES.map((usual) => rows.find((r) => r.stage === usual.stage) ?? { ...usual });
  }

  /** What a project must have to enter a stage on that day, in the order in which it is asked for. */
  async gate(tx: Tx, stage: PolicyStage, day: string): Promise<GateItem[]> {
    return tx.rows<GateItem>(
      `select ${GATE_COLUMNS} from (
         select distinct on (item) * from gate_item where zone_id = app_zone() and to_stage = $1 and valid_from <= $2 order by item, valid_from desc) g
       where required order by position, item`, [stage, day], 'policy_gate');
  }

  /** A value of the zone on that day, or the default one. */
  async value<Name extends PolicyName>(tx: Tx, name: Name, day: string): Promise<PolicyValue<Name>> {
    const row = await tx.row<{ value: unknown }>('select value from zone_policy where zone_id = app_zone() and name = $1 and valid_from <= $2 order by valid_from desc limit 1', [name, day], 'policy_value');
    return POLICIES[name].schema.parse({ ...POLICIES[name].usual, ...(row?.value as object | undefined) }) as PolicyValue<Name>;
  }

  /** Every stage with its rules and gate, and every other rule of the zone, as they count on a Shanghai day. */
  async book(actor: Actor, day: string | null): Promise<PolicyBook> {
    demand(actor, 'policy.read');
    const on = day ?? this.clock.today();
    return this.db.tx(actor, async (tx) => {
      const stages = await this.stages(tx, on);
      const gates = await tx.rows<GateItem & { toStage: PolicyStage; position: number }>(
        `select distinct on (to_stage, item) to_stage as "toStage", ${GATE_COLUMNS}, position from gate_item
         where zone_id = app_zone() and valid_from <= $1 order by to_stage, item, valid_from desc`, [on]);
      const turns = await tx.rows<{ kind: 'stage' | 'value'; name: string; version: number; versions: PolicyTurn[] }>(
        `select kind, name, sum(version)::int as version, json_agg(json_build_object('validFrom', valid_from, 'value', value) order by valid_from) as versions from (
           select 'stage' as kind, stage::text as name, version, valid_from, to_jsonb(p) - '{zone_id,stage,valid_from,version}'::text[] as value from stage_policy p where zone_id = app_zone()
           union all select 'stage', to_stage::text, version, null, null from gate_item where zone_id = app_zone()
           union all select 'value', name, version, valid_from, value from zone_policy where zone_id = app_zone()) t group by kind, name`);
      const of = (kind: string, name: string) => turns.find((t) => t.kind === kind && t.name === name);
      const inOrder = [...gates].sort((a, b) => a.position - b.position || a.item.localeCompare(b.item));
      return {
        day: on,
        stages: stages.map((s) => ({ ...s, version: of('stage', s.stage)?.version ?? 0, validFrom: lastOf(of('stage', s.stage)?.versions, on)?.validFrom ?? null, gate: inOrder.filter((g) => g.toStage === s.stage) })),
        policies: (Object.keys(POLICIES) as PolicyName[]).sort().map((name) => {
          const known = of('value', name);
          const counts = lastOf(known?.versions, on);
          return {
            name, ...this.words(name), value: { ...POLICIES[name].usual, ...(counts?.value as object | undefined) }, validFrom: counts?.validFrom ?? null,
            version: known?.version ?? 0, versions: known?.versions ?? [],
          };
        }),
      };
    });
  }

  /**
   * Sets how a stage is handled from a day on (today or later). What is left out stays as it is on that day.
   * @throws Refusal FORBIDDEN, CONFLICT, DATE_ORDER (a day that has passed), INVALID, REQUIRED.
   */
  async changeStage(actor: Actor, input: StagePolicyChange): Promise<void> {
    demand(actor, 'policy.manage');
    this.demandAhead(input.validFrom);
    if (input.idleWorkingDays != null && !(Number.isInteger(input.idleWorkingDays) && input.idleWorkingDays >= 1 && input.idleWorkingDays <= 365)) {
      throw new Refusal('INVALID', ['idleWorkingDays'], { field: 'idleWorkingDays', value: input.idleWorkingDays, expected: '1–365' });
    }
    const powerless = input.approverRoles?.find((role) => !PERMISSIONS_OF_ROLE[role]?.includes('stage.approve'));
    if (powerless) throw new Refusal('INVALID', ['approverRoles'], { field: 'approverRoles', value: powerless, expected: ROLES.filter((r) => PERMISSIONS_OF_ROLE[r].includes('stage.approve')).join(', ') });
    for (const label of ['labelZh', 'labelEn'] as const) if (input[label] != null && !input[label].trim()) throw new Refusal('REQUIRED', [label], { field: label });
    await this.db.tx(actor, (tx) => once(tx, 'stagePolicySet', input, async () => {
      await this.demandRuleVersion(tx, input.expectedVersion, STAGE_VERSION, input.stage);
      const now = (await this.stages(tx, input.validFrom)).find((s) => s.stage === input.stage)!;
      // null takes a limit or a bucket away; elsewhere it says as little as nothing.
      const told = Object.entries(input).filter(([key, value]) => value !== undefined && (value !== null || key === 'idleWorkingDays' || key === 'bucket'));
      const next = { ...now, ...Object.fromEntries(told) };
      await tx.run(
        `insert into stage_policy (zone_id, stage, valid_from, label_zh, label_en, bucket, counting, idle_working_days, needs_approval, approver_roles, separation) values (app_zone(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (zone_id, stage, valid_from) do update set label_zh = excluded.label_zh, label_en = excluded.label_en, bucket = excluded.bucket, counting = excluded.counting,
           idle_working_days = excluded.idle_working_days, needs_approval = excluded.needs_approval, approver_roles = excluded.approver_roles, separation = excluded.separation, version = stage_policy.version + 1`,
        [input.stage, input.validFrom, next.labelZh, next.labelEn, next.bucket, next.counting, next.idleWorkingDays, next.needsApproval, next.approverRoles, next.separation]);
      return {};
    }), { cause: 'policyChange' });
  }

  /**
   * Asks for one more item at a gate from a day on, changes it, or (required: false) asks for it no longer.
   * @throws Refusal FORBIDDEN, CONFLICT, DATE_ORDER, INVALID, REQUIRED.
   */
  async changeGate(actor: Actor, input: GateItemChange): Promise<void> {
    demand(actor, 'policy.manage');
    this.demandAhead(input.validFrom);
    if (!/^[a-z][A-Za-z0-9.]{0,59}$/.test(input.item)) throw new Refusal('INVALID', ['item'], { field: 'item', value: input.item.slice(0, 40), expected: 'a–z A–Z 0–9 ., 1–60' });
    for (const label of ['labelZh', 'labelEn'] as const) if (!input[label].trim()) throw new Refusal('REQUIRED', [label], { field: label });
    if (input.anyOf != null && !/^[a-z][A-Za-z0-9]{0,39}$/.test(input.anyOf)) throw new Refusal('INVALID', ['anyOf'], { field: 'anyOf', value: input.anyOf.slice(0, 40), expected: 'a–z A–Z 0–9, 1–40' });
    const condition = projectCondition.safeParse(input.condition ?? {});
    if (!condition.success) {
      const issue = condition.error.issues[0]!;
      throw new Refusal('INVALID', ['condition', ...issue.path.map(String)], { field: ['condition', ...issue.path].join('.'), value: JSON.stringify(input.condition).slice(0, 80), expected: issue.message });
    }
    await this.db.tx(actor, (tx) => once(tx, 'gateItemSet', input, async () => {
      await this.demandRuleVersion(tx, input.expectedVersion, STAGE_VERSION, input.toStage);
      // What is not mentioned stays as it is on that day.
      const held = await tx.row<GateItem>(`select ${GATE_COLUMNS} from gate_item where zone_id = app_zone() and to_stage = $1 and item = $2 and valid_from <= $3 order by valid_from desc limit 1`, [input.toStage, input.item, input.validFrom]);
      const kept = (key: 'anyOf' | 'remedyZh' | 'remedyEn') => (input[key] === undefined ? (held?.[key] ?? null) : input[key]);
      await tx.run(
        `insert into gate_item (zone_id, to_stage, item, valid_from, kind, label_zh, label_en, required, position, any_of, condition, remedy_zh, remedy_en) values (app_zone(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict (zone_id, to_stage, item, valid_from) do update set kind = excluded.kind, label_zh = excluded.label_zh, label_en = excluded.label_en, required = excluded.required, position = excluded.position,
           any_of = excluded.any_of, condition = excluded.condition, remedy_zh = excluded.remedy_zh, remedy_en = excluded.remedy_en, version = gate_item.version + 1`,
        [input.toStage, input.item, input.validFrom, input.kind, input.labelZh, input.labelEn, input.required, input.position ?? 100, kept('anyOf'), JSON.stringify(input.condition === undefined ? (held?.condition ?? {}) : condition.data), kept('remedyZh'), kept('remedyEn')]);
      return {};
    }), { cause: 'policyChange' });
  }

  /** Sets a rule of the zone from a day on. @throws Refusal INVALID naming what is wrong in it, CONFLICT, DATE_ORDER, UNKNOWN_REFERENCE. */
  async changeValue(actor: Actor, input: PolicyChange): Promise<void> {
    demand(actor, 'policy.manage');
    this.demandAhead(input.validFrom);
    const { name, value } = input;
    if (!isPolicyName(name)) throw new Refusal('UNKNOWN_REFERENCE', ['name'], { field: 'name', value: name.slice(0, 60) });
    const read = POLICIES[name].schema.safeParse(value);
    if (!read.success) {
      const issue = read.error.issues[0]!;
      const held = issue.path.reduce<unknown>((v, key) => (v as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
      throw new Refusal('INVALID', ['value', ...issue.path.map(String)], { field: [name, ...issue.path].join('.'), value: String(JSON.stringify(held)).slice(0, 80), expected: issue.message });
    }
    await this.db.tx(actor, (tx) => once(tx, 'policySet', input, async () => {
      await this.demandRuleVersion(tx, input.expectedVersion, `select coalesce(sum(version), 0)::int as version from zone_policy where zone_id = app_zone() and name = $1`, name);
      await tx.run('insert into zone_policy (zone_id, name, valid_from, value) values (app_zone(), $1, $2, $3) on conflict (zone_id, name, valid_from) do update set value = excluded.value, version = zone_policy.version + 1',
        [name, input.validFrom, JSON.stringify(read.data)]);
      return {};
    }), { cause: 'policyChange' });
  }

  /** What a rule is called, where it comes from, and the JSON Schema of its value. */
  words(name: PolicyName): { zh: string; en: string; source: string; schema: object; usual: object } {
    const { zh, en, source, schema, usual } = POLICIES[name];
    return { zh, en, source, usual, schema: z.toJSONSchema(schema) };
  }

  /** Two administrators who change one rule at once: the second sees what the first did before deciding again. */
  private async demandRuleVersion(tx: Tx, expected: number | null | undefined, sql: string, rule: string): Promise<void> {
    await tx.run('select pg_advisory_xact_lock(hashtextextended($1 || app_zone(), 2))', [rule]);
    if (expected == null) return;
    const { version } = (await tx.row<{ version: number }>(sql, [rule]))!;
    if (version !== expected) throw new Refusal('CONFLICT', ['expectedVersion'], { version });
  }

  /** Rules are never changed for days that have passed: figures of the past stand on them. */
  private demandAhead(day: string): void {
    const today = this.clock.today();
    if (day < today) throw new Refusal('DATE_ORDER', ['validFrom'], { field: '生效日期', value: day, other: '今天', otherValue: today });
  }
}
