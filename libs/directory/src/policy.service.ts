import { Injectable } from '@nestjs/common';
import { type Actor, Clock, Database, demand, Refusal, type Tx } from '@yinfeng/platform';
import { POLICIES, type PolicyName, type PolicyValue } from './policies/registry.js';
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
}

/** One thing that a project must have to enter a stage. */
export interface GateItem {
  item: string;
  kind: 'FIELD' | 'EVIDENCE' | 'RECORD';
  labelZh: string;
  labelEn: string;
  required: boolean;
}

const COLUMNS = `stage, label_zh as "labelZh", label_en as "labelEn", bucket, counting, idle_working_days as "idleWorkingDays", needs_approval as "needsApproval"`;

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
      `select item, kind, label_zh as "labelZh", label_en as "labelEn", required from (
         select distinct on (item) * from gate_item where zone_id = app_zone() and to_stage = $1 and valid_from <= $2 order by item, valid_from desc) g
       where required order by position, item`, [stage, day], 'policy_gate');
  }

  /** A value of the zone on that day, or the default one. */
  async value<Name extends PolicyName>(tx: Tx, name: Name, day: string): Promise<PolicyValue<Name>> {
    const row = await tx.row<{ value: unknown }>('select value from zone_policy where zone_id = app_zone() and name = $1 and valid_from <= $2 order by valid_from desc limit 1', [name, day], 'policy_value');
    return POLICIES[name].schema.parse({ ...POLICIES[name].usual, ...(row?.value as object | undefined) }) as PolicyValue<Name>;
  }

  /**
   * Sets how a stage is handled from a day on (today or later). What is left out stays as it is on that day.
   * @throws Refusal FORBIDDEN, DATE_ORDER (a day that has passed), INVALID.
   */
  async changeStage(actor: Actor, input: { stage: PolicyStage; validFrom: string } & Partial<Omit<StagePolicy, 'stage'>>): Promise<StagePolicy> {
    demand(actor, 'policy.manage');
    this.demandAhead(input.validFrom);
    if (input.idleWorkingDays != null && !(Number.isInteger(input.idleWorkingDays) && input.idleWorkingDays >= 1 && input.idleWorkingDays <= 365)) {
      throw new Refusal('INVALID', ['idleWorkingDays'], { field: 'idleWorkingDays', value: input.idleWorkingDays, expected: '1–365' });
    }
    for (const label of ['labelZh', 'labelEn'] as const) if (input[label] !== undefined && !input[label].trim()) throw new Refusal('REQUIRED', [label], { field: label });
    return this.db.tx(actor, async (tx) => {
      const now = (await this.stages(tx, input.validFrom)).find((s) => s.stage === input.stage)!;
      const next = { ...now, ...Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) };
      const row = await tx.row<StagePolicy>(
        `insert into stage_policy (zone_id, stage, valid_from, label_zh, label_en, bucket, counting, idle_working_days, needs_approval) values (app_zone(), $1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (zone_id, stage, valid_from) do update set label_zh = excluded.label_zh, label_en = excluded.label_en, bucket = excluded.bucket, counting = excluded.counting,
           idle_working_days = excluded.idle_working_days, needs_approval = excluded.needs_approval returning ${COLUMNS}`,
        [input.stage, input.validFrom, next.labelZh, next.labelEn, next.bucket, next.counting, next.idleWorkingDays, next.needsApproval]);
      return row!;
    }, { cause: 'policyChange' });
  }

  /** Asks for one more item at a gate from a day on, changes it, or (required: false) asks for it no longer. */
  async changeGate(actor: Actor, input: GateItem & { toStage: PolicyStage; validFrom: string; position?: number }): Promise<void> {
    demand(actor, 'policy.manage');
    this.demandAhead(input.validFrom);
    if (!/^[a-z][A-Za-z0-9.]{0,59}$/.test(input.item)) throw new Refusal('INVALID', ['item'], { field: 'item', value: input.item.slice(0, 40), expected: 'a–z A–Z 0–9 ., 1–60' });
    await this.db.tx(actor, (tx) => tx.run(
      `insert into gate_item (zone_id, to_stage, item, valid_from, kind, label_zh, label_en, required, position) values (app_zone(), $1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (zone_id, to_stage, item, valid_from) do update set kind = excluded.kind, label_zh = excluded.label_zh, label_en = excluded.label_en, required = excluded.required, position = excluded.position`,
      [input.toStage, input.item, input.validFrom, input.kind, input.labelZh, input.labelEn, input.required, input.position ?? 100]), { cause: 'policyChange' });
  }

  /** Sets a value of the zone from a day on. @throws Refusal INVALID naming what is wrong in it. */
  async changeValue<Name extends PolicyName>(actor: Actor, name: Name, value: PolicyValue<Name>, validFrom: string): Promise<void> {
    demand(actor, 'policy.manage');
    this.demandAhead(validFrom);
    const read = POLICIES[name].schema.safeParse(value);
    if (!read.success) {
      const issue = read.error.issues[0]!;
      throw new Refusal('INVALID', [name, ...issue.path.map(String)], { field: [name, ...issue.path].join('.'), value: JSON.stringify(value).slice(0, 80), expected: issue.message });
    }
    await this.db.tx(actor, (tx) => tx.run('insert into zone_policy (zone_id, name, valid_from, value) values (app_zone(), $1, $2, $3) on conflict (zone_id, name, valid_from) do update set value = excluded.value',
      [name, validFrom, JSON.stringify(read.data)]), { cause: 'policyChange' });
  }

  /** Rules are never changed for days that have passed: figures of the past stand on them. */
  private demandAhead(day: string): void {
    const today = this.clock.today();
    if (day < today) throw new Refusal('DATE_ORDER', ['validFrom'], { field: '生效日期', value: day, other: '今天', otherValue: today });
  }
}
