import { FAULT_KINDS, type FaultKind, type PolicyValue } from '@yinfeng/directory';
import type { Facts } from '@yinfeng/platform';
import { FAULT_WORDS } from '@yinfeng/reminders';
import { projectFacts } from '../project.facts.js';
import { bind } from '../projects.access.js';

/** What mends each fault. */
const REMEDIES: Record<FaultKind, readonly [zh: string, en: string]> = {
  NO_OWNER: ['请指定负责人', 'Put somebody in charge'],
  NO_NEXT_STEP: ['请填写下一步内容和跟进日期', 'Enter the next step and its day'],
  NEXT_STEP_OVERDUE: ['请登记跟进情况，并填写新的下一步和日期', 'Log what was done and enter a new next step with its day'],
  SIGNED_WITHOUT_SIGNING: ['请补录签约协议，或撤回阶段', 'Record the agreement, or take the stage back'],
  MISSING_USCC: ['请补录企业的统一社会信用代码', 'Enter the credit code of an enterprise of the project'],
  AMOUNT_CONTRADICTION: ['固定资产投资大于总投资，请核对单位与口径后更正其一', 'Fixed-asset investment is above total investment: check units and correct one of them'],
  FUTURE_DATE: ['请更正晚于今天的节点或签约日期', 'Correct the day of the milestone or agreement that lies after today'],
  NO_AMOUNT: ['请填写总投资', 'Enter the total investment'],
  NO_INDUSTRY: ['请选择行业', 'Choose the industry'],
};

/** When project p has a fault, and since which day where that is known. */
interface Condition {
  found: string;
  since: string;
}
const LATER = (today: string) => [`select event_on as day from milestone where project_id = p.id and voided_at is null and event_on > ${today}`, `select signed_on from signing where project_id = p.id and voided_at is null and signed_on > ${today}`];
const conditions = (today: string, checks: PolicyValue<'amountChecks'>, params: unknown[]): Record<FaultKind, () => Condition> => {
  const tolerance = () => {
    const [exact, about, placeholder] = [bind(params, checks.tolerancePermille), bind(params, Math.max(checks.tolerancePermille, checks.approximatePermille)), bind(params, checks.placeholderYuan)];
    // As amountWarnings has it (FIXED_ABOVE_TOTAL): beyond rounding, never between currencies, never of what was typed to satisfy a form.
    return `p.total_currency = 'CNY' and p.fixed_cny > p.total_amount and (p.fixed_cny - p.total_amount) * 1000 > p.fixed_cny * (case when p.total_approximate then ${about}::int else ${exact}::int end)
      and not (p.total_amount > 0 and p.total_amount <= ${placeholder}::int) and not (p.fixed_cny > 0 and p.fixed_cny <= ${placeholder}::int)`;
  };
  return {
    NO_OWNER: () => ({ found: `(p.owner_id is null or p.owner_id = any(array(select so.id from staff so where so.disabled_at is not null)))`, since: 'null' }),
    NO_NEXT_STEP: () => ({ found: `(coalesce(trim(p.next_step), '') = '' or p.next_follow_up_on is null)`, since: 'null' }),
    NEXT_STEP_OVERDUE: () => ({ found: `p.next_follow_up_on < ${today}`, since: 'p.next_follow_up_on' }),
    SIGNED_WITHOUT_SIGNING: () => ({ found: `p.stage >= 'SIGNED' and not exists (select from signing g where g.project_id = p.id and g.voided_at is null)`, since: `(select min(m.counting_on) from milestone m where m.project_id = p.id and m.kind = 'SIGNED' and m.voided_at is null)` }),
    // A foreign investor has none; a project company with a code of its own is enough for the rest.
    MISSING_USCC: () => ({
      found: `p.enterprise_id is not null and p.capital_source <> 'FOREIGN' and not exists (select from enterprise e where e.id = p.enterprise_id and e.uscc is not null)
        and not exists (select from project_enterprise pe join enterprise e on e.id = pe.enterprise_id where pe.project_id = p.id and e.uscc is not null)`, since: 'null',
    }),
    AMOUNT_CONTRADICTION: () => ({ found: tolerance(), since: 'null' }),
    FUTURE_DATE: () => ({ found: `(${LATER(today).map((q) => `exists (${q})`).join(' or ')})`, since: 'null' }),
    NO_AMOUNT: () => ({ found: 'p.total_amount is null', since: 'null' }),
    NO_INDUSTRY: () => ({ found: 'p.industry_code is null', since: 'null' }),
  };
};

/** What a zone asks of its data on a day. */
export interface FaultRule {
  today: string;
  kinds: PolicyValue<'dataFaults'>['kinds'];
  checks: PolicyValue<'amountChecks'>;
}
/** The faults of project p, to be joined laterally as f: kind, its place in the order of kinds, since when. `only`: no other kinds. */
export function faultsOf(rule: FaultRule, params: unknown[], only?: readonly FaultKind[] | null): string {
  const condition = conditions(`${bind(params, rule.today)}::date`, rule.checks, params);
  const rows = rule.kinds.filter((k) => !only || only.includes(k.kind)).map(({ kind, from }) => {
    const { found, since } = condition[kind]();
    return `select '${kind}' as kind, ${FAULT_KINDS.indexOf(kind)} as place, ${since}::date as since_on where p.stage >= ${bind(params, from)}::stage and ${found}`;
  });
  // The day has its place in the statement even where no kind asks for it.
  return `lateral (${[...rows, `select null::text as kind, null::int as place, $${params.indexOf(rule.today) + 1}::date as since_on where false`].join(' union all ')}) f`;
}

const words = (of: Record<FaultKind, readonly [string, string]>): string => `case f.kind ${FAULT_KINDS.map((kind) => `when '${kind}' then json_build_object('zh', '${of[kind][0]}', 'en', '${of[kind][1]}')`).join(' ')} end`;

/** What can be read of a fault; aliases f and p. */
export const faultFacts: Facts = {
  kind: 'f.kind', sinceOn: 'f.since_on', label: words(FAULT_WORDS), remedy: words(REMEDIES),
  project: { of: projectFacts, sql: (json) => json },
};

/** Who is in charge of projects with faults, and of which. */
export const makeFaulty = (rule: FaultRule, params: unknown[]): string => `
  create temp table faulty on commit drop as
  with found as materialized (select p.owner_id, p.id, f.kind from project p join staff s on s.id = p.owner_id and s.disabled_at is null cross join ${faultsOf(rule, params)} where p.status = 'ACTIVE'),
  kinds as (select owner_id, jsonb_object_agg(kind, n) as detail from (select owner_id, kind, count(*)::int as n from found group by 1, 2) k group by 1)
  select k.owner_id as recipient_id, k.detail || (select jsonb_build_object('total', count(*)::int, 'projects', count(distinct x.id)::int) from found x where x.owner_id = k.owner_id) as detail from kinds k`;
/** Whoever has nothing left to mend is done, or was never to be told; an earlier week's makes way for this one's. $1 cause of the week. */
export const SETTLE_FAULTY = `
  update reminder r set state = t.state, done_at = case when t.state = 'DONE' then app_now() end, version = r.version + 1
  from (select o.id, case when f.recipient_id is null and o.delivered_at is not null then 'DONE' else 'CANCELLED' end as state
        from reminder o left join faulty f on f.recipient_id = o.recipient_id
        where o.kind = 'DATA_FAULT' and o.state in ('PLANNED', 'DELIVERED') and (o.cause <> $1 or f.recipient_id is null)) t
  where r.id = t.id`;
/** One for each person and week. $1 cause, $2 Monday. */
export const PLAN_FAULTY = `
  insert into reminder (zone_id, kind, cause, recipient_id, due_on, due_at, provisional, detail, created_at)
  select app_zone(), 'DATA_FAULT', $1, f.recipient_id, $2::date, reminder_due_at($2::date), (working_due($2::date, 0)).provisional, f.detail, app_now() from faulty f
  on conflict (zone_id, cause, recipient_id) do nothing`;
