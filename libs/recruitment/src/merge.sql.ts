import type { Locale, Tx } from '@yinfeng/platform';
import type { MergeField } from './merge-fields.rules.js';
import { type MergeKind, moving } from './merge-tables.rules.js';
import type { ProjectStatus, Stage } from './projects.access.js';
import { STAGES } from './stages.stage.js';

/** A record with all its columns, as JSON has them (amounts as numbers in the text of the row, days as YYYY-MM-DD). */
export type WholeRow = Record<string, unknown> & { id: string; version: number };

export const wholeRow = async (tx: Tx, kind: MergeKind, id: string): Promise<WholeRow> => (await tx.row<{ row: WholeRow }>(`select to_jsonb(t) as row from ${kind} t where t.id = $1`, [id]))!.row;

export async function columnsOf(tx: Tx, table: string): Promise<string[]> {
  return (await tx.rows<{ name: string }>(`select attname::text as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`, [table])).map((c) => c.name);
}

/** What a person reads for each field of two records. */
export async function shownFields(tx: Tx, kind: MergeKind, fields: readonly MergeField[], survivorId: string, otherId: string): Promise<{ field: string; survivor: string | null; other: string | null }[]> {
  const language = tx.actor.locale === 'en' ? 1 : 0;
  return tx.rows(
    fields.map((f, i) => `select ${i} as n, '${f.field}' as field, (select ${shown(f, kind, language)} from ${kind} t where t.id = $1)::text as survivor, (select ${shown(f, kind, language)} from ${kind} t where t.id = $2)::text as other`).join(' union all ') + ' order by 1',
    [survivorId, otherId]);
}
/** Accounts of a person are never shown whole. */
const WHOLE = ['name', 'title', 'source', 'department', 'language', 'basis', 'collectedOn', 'retainUntil'];
const shown = (f: MergeField, kind: MergeKind, language: 0 | 1) => (typeof f.shown === 'function' ? f.shown(language) : f.shown) ?? (kind === 'contact' && !WHOLE.includes(f.field) ? `mask_account(t.${f.columns[0]}::text)` : `t.${f.columns[0]}::text`);

/** How many rows of each table would move. Tables without any are left out. */
export async function movingCounts(tx: Tx, kind: MergeKind, otherId: string): Promise<{ what: string; count: number }[]> {
  const references = moving(kind);
  if (references.length === 0) return [];
  const en = tx.actor.locale === 'en';
  const rows = await tx.rows<{ n: number; count: number }>(references.map((r, i) => `select ${i} as n, merge_count('${kind}', '${r.table}', '${r.column}', $1) as count`).join(' union all ') + ' order by 1', [otherId]);
  return rows.filter((r) => r.count > 0).map((r) => ({ what: (en ? references[r.n]!.en : references[r.n]!.zh)!, count: r.count }));
}

interface ProjectFacts {
  waiting: boolean;
  waiting_other: boolean;
  status: boolean;
  status_other: boolean;
  pooled: boolean;
  pooled_other: boolean;
  disputed: boolean;
  disputed_other: boolean;
  open: boolean;
  open_other: boolean;
  accepted: boolean;
  accepted_other: boolean;
  linked: boolean;
  linked_other: boolean;
  contract: boolean;
  contract_other: boolean;
  reported: string | null;
  reported_other: string | null;
}
const of = (id: string) => `
  exists (select from stage_request q where q.project_id = ${id} and q.state = 'WAITING') as waiting%,
  exists (select from status_request q where q.project_id = ${id} and q.state = 'WAITING') as status%,
  exists (select from pool_entry e where e.project_id = ${id} and e.left_at is null) as pooled%,
  exists (select from first_report_dispute d where (d.project_id = ${id} or d.rival_project_id = ${id}) and d.state = 'OPEN') as disputed%,
  exists (select from handoff h where h.project_id = ${id} and h.state = 'SUBMITTED') as open%,
  exists (select from handoff h where h.project_id = ${id} and h.state = 'ACCEPTED') as accepted%,
  exists (select from project_link k where ${id} in (k.project_id, k.parent_id) and k.ended_at is null) as linked%,
  exists (select from signing g where g.project_id = ${id} and g.kind = 'CONTRACT' and g.voided_at is null) as contract%,
  (select coalesce(r.reporter_name, r.number) || ' ' || shanghai_day(r.reported_at) from project c join first_report r on r.project_id = coalesce(c.first_report_of, c.id) where c.id = ${id}) as reported%`;

/** What stands in the way of a merge, and what a person should know of it; sentences in the reader's language. */
export interface MergeVerdict {
  blockers: string[];
  warnings: string[];
}

const told = (locale: Locale) => (zh: string, en: string) => (locale === 'en' ? en : zh);

export async function projectVerdict(tx: Tx, survivor: WholeRow, other: WholeRow, takesStage: boolean): Promise<MergeVerdict> {
  const say = told(tx.actor.locale);
  const f = (await tx.row<ProjectFacts>(`select ${of('$1::uuid').replaceAll('%', '')}, ${of('$2::uuid').replaceAll('%', '_other')}`, [survivor.id, other.id]))!;
  const stages = [survivor['stage'], other['stage']] as [Stage, Stage];
  const rank = STAGES.indexOf(takesStage ? stages[1] : stages[0]);
  const blockers: string[] = [];
  const warnings: string[] = [];
  if (f.waiting_other) blockers.push(say('被合并的项目有待审批的阶段申请，请先审批', 'the project that goes has a stage request waiting; decide it first'));
  if (f.waiting && takesStage) blockers.push(say('保留的项目有待审批的阶段申请，请先审批', 'the project that stays has a stage request waiting; decide it first'));
  if (f.status_other || (f.status && takesStage)) blockers.push(say('有待审批的状态申请，请先审批', 'a change of status waits; decide it first'));
  if (f.pooled_other && !takesStage) blockers.push(say('被合并的项目在公海中，请先承接', 'the project that goes is in the pool; have it claimed first'));
  if (f.pooled && takesStage && !f.pooled_other) blockers.push(say('保留的项目在公海中，请先承接', 'the project that stays is in the pool; have it claimed first'));
  if (f.disputed || f.disputed_other) blockers.push(say('有未裁定的首报争议，请先裁定', 'a dispute about the first report is open; decide it first'));
  if (f.linked_other) blockers.push(say('被合并的项目有关联的分期或扩产项目，请先解除关联', 'the project that goes is linked as a phase or expansion, or has such; end those links first'));
  if (f.open && f.open_other) blockers.push(say('双方都有待接收的移交，请先接收或退回其中一项', 'both have a handoff waiting; accept or return one first'));
  else if (f.open_other && rank < STAGES.indexOf('SIGNED')) blockers.push(say('被合并的项目有待接收的移交，而合并后的项目尚未签约', 'the project that goes has a handoff waiting, and the merged project would not be signed'));
  else if (f.open && takesStage && rank < STAGES.indexOf('SIGNED')) blockers.push(say('保留的项目有待接收的移交，合并后却尚未签约', 'the project that stays has a handoff waiting, and the merged project would not be signed'));
  if (f.contract && f.contract_other) warnings.push(say('双方都签有投资协议，合并后两份都保留', 'both have signed a contract; both are kept'));
  if (f.accepted && f.accepted_other) warnings.push(say('双方都有已接收的移交，合并后都保留', 'both have an accepted handoff; both are kept'));
  if (!takesStage && STAGES.indexOf(stages[1]) > STAGES.indexOf(stages[0])) warnings.push(say('被合并的项目阶段更靠后，如需采用请选择对方的阶段', 'the project that goes is at a later stage; choose its stage to take it over'));
  if (!takesStage && (other['status'] as ProjectStatus) === 'ACTIVE' && survivor['status'] !== 'ACTIVE') warnings.push(say('保留的项目不在推进中', 'the project that stays is not active'));
  if (f.reported && f.reported_other) warnings.push(say(`双方都有首报（${f.reported}；${f.reported_other}），以较早者为准，两份都保留`, `both have a first report (${f.reported}; ${f.reported_other}); the earlier one counts, both are kept`));
  return { blockers, warnings };
}

export async function enterpriseVerdict(tx: Tx, survivor: WholeRow, other: WholeRow): Promise<MergeVerdict> {
  const say = told(tx.actor.locale);
  const blockers: string[] = [];
  const warnings: string[] = [];
  // Its own child may stay, a grandchild may not: the child between would become its own ancestor.
  const below = await tx.row<{ depth: number }>(
    `with recursive up as (select parent_id, 1 as depth from enterprise where id = $1 union all select e.parent_id, up.depth + 1 from up join enterprise e on e.id = up.parent_id where up.depth < 50)
     select depth from up where parent_id = $2`, [survivor.id, other.id]);
  if (below && below.depth > 1) blockers.push(say('保留的企业是对方的下级企业，请先调整母公司关系', 'the enterprise that stays is below the other one; change their parents first'));
  if (survivor['uscc'] && other['uscc'] && survivor['uscc'] !== other['uscc']) warnings.push(say(`统一社会信用代码不同（${survivor['uscc'] as string} 与 ${other['uscc'] as string}）`, `the credit codes differ (${survivor['uscc'] as string} and ${other['uscc'] as string})`));
  return { blockers, warnings };
}

export function contactVerdict(survivor: WholeRow, other: WholeRow, locale: Locale): MergeVerdict {
  const shared = (other['phones'] as string[]).some((p) => (survivor['phones'] as string[]).includes(p));
  const unlike = survivor['name'] !== other['name'] && !shared;
  return { blockers: [], warnings: unlike ? [told(locale)('两位联系人的姓名和电话都不同', 'neither name nor phone of the two agree')] : [] };
}

/** What was found alike with the record that goes is settled. $1 the record. */
export const CLOSE_FINDINGS: Partial<Record<MergeKind, string>> = {
  project: 'update duplicate_finding set closed_at = app_now() where (first_project_id = $1 or second_project_id = $1) and closed_at is null',
  enterprise: 'update duplicate_finding set closed_at = app_now() where (first_enterprise_id = $1 or second_enterprise_id = $1) and closed_at is null',
};

/** The pipeline of two projects counts visits anew: $1 projects. */
export const RECOUNT_VISITS = `
  update project p set visit_count = v.n, last_visit_id = v.last_id, last_visit_on = v.last_on
  from (select x.id, (select count(*)::int from visit v where v.project_id = x.id) as n, l.id as last_id, l.visited_on as last_on from unnest($1::uuid[]) x (id)
        left join lateral (select v.id, v.visited_on from visit v where v.project_id = x.id order by v.visited_on desc, v.id desc limit 1) l on true) v
  where p.id = v.id and (p.visit_count, p.last_visit_id, p.last_visit_on) is distinct from (v.n, v.last_id, v.last_on)`;
