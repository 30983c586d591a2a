import type { MergeKind } from './merge-tables.rules.js';
import { STAGE_LABELS } from './stages.stage.js';
import { STATUS_LABELS } from './status.rules.js';

/** Something of two records that is chosen as one: a column, or several that only make sense together. */
export interface MergeField {
  field: string;
  columns: readonly string[];
  zh: string;
  en: string;
  /** SQL of what a person reads for it, over alias t, in Chinese (0) or English (1); the first column's text when absent. */
  shown?: string | ((language: 0 | 1) => string);
}

const name = (table: string, column: string) => `(select x.name from ${table} x where x.id = t.${column})`;
const one = (field: string, column: string, zh: string, en: string, shown?: MergeField['shown']): MergeField => ({ field, columns: [column], zh, en, ...(shown ? { shown } : {}) });

const inWords = (column: string, labels: Record<string, readonly [string, string]>, language: 0 | 1) => `case ${column}::text ${Object.entries(labels).map(([k, words]) => `when '${k}' then '${words[language]}'`).join(' ')} end`;
const CAPITAL = { DOMESTIC: ['内资', 'domestic'], FOREIGN: ['外资', 'foreign'] } as const;

const NAMES = ['name', 'folded_name', 'core_name'];
const KNOWN: Record<MergeKind, readonly MergeField[]> = {
  project: [
    { field: 'name', columns: NAMES, zh: '项目名称', en: 'Name' },
    { field: 'stage', columns: ['stage', 'status', 'status_reason', 'state_at'], zh: '阶段和状态', en: 'Stage and status', shown: (i) => `${inWords('t.stage', STAGE_LABELS, i)} || ' · ' || ${inWords('t.status', STATUS_LABELS, i)}` },
    { field: 'enterprise', columns: ['enterprise_id', 'enterprise_name'], zh: '主投资方', en: 'Leading investor', shown: 't.enterprise_name' },
    { field: 'totalInvestment', columns: ['total_amount', 'total_currency', 'total_raw', 'total_approximate'], zh: '总投资', en: 'Total investment', shown: `trim_scale(t.total_amount) || ' ' || t.total_currency` },
    { field: 'fixedInvestment', columns: ['fixed_cny'], zh: '固定资产投资', en: 'Fixed investment', shown: 'trim_scale(t.fixed_cny)::text' },
    { field: 'nextFollowUp', columns: ['next_follow_up_on', 'next_step'], zh: '下次跟进', en: 'Next follow-up', shown: `concat_ws(' ', t.next_follow_up_on, t.next_step)` },
    one('department', 'department_id', '部门', 'Department', name('department', 'department_id')),
    one('owner', 'owner_id', '负责人', 'Person in charge', name('staff', 'owner_id')),
    one('park', 'park_id', '园区', 'Park', name('park', 'park_id')),
    one('industryCode', 'industry_code', '行业', 'Industry', `coalesce((select x.code || ' ' || x.name from industry x where x.code = t.industry_code), t.industry_code)`),
    one('content', 'content', '项目内容', 'Content'), one('class', 'class', '类别', 'Class'), one('likelihood', 'likelihood', '落地把握', 'Likelihood'),
    one('capitalSource', 'capital_source', '内外资', 'Capital source', (i) => inWords('t.capital_source', CAPITAL, i)),
    one('sector', 'sector', '产业', 'Sector'), one('localChain', 'local_chain', '产业链', 'Chain'), one('sourceRegion', 'source_region', '来源地', 'Source region'), one('channel', 'channel', '招商类型', 'Channel'),
    one('site', 'site', '选址', 'Site'), one('parcel', 'parcel', '地块编号', 'Parcel'), one('landNeed', 'land_need', '用地需求', 'Land needed'), one('environmentNeed', 'environment_need', '能耗环保', 'Environment'), one('outputEstimate', 'output_estimate', '预期产出', 'Expected output'),
    one('energyNeed', 'energy_need', '能耗', 'Energy needed'), one('taxEstimate', 'tax_estimate', '预计税收', 'Expected tax'), one('timing', 'timing', '进度安排', 'Timing'),
  ],
  enterprise: [
    { field: 'name', columns: NAMES, zh: '企业名称', en: 'Name' }, one('uscc', 'uscc', '统一社会信用代码', 'Credit code'), one('parent', 'parent_id', '母公司', 'Parent', name('enterprise', 'parent_id')),
    one('sourceRegion', 'source_region', '来源地', 'Source region'), one('nature', 'nature', '企业性质', 'Nature'), one('classes', 'classes', '企业类别', 'Classes', `array_to_string(t.classes, '、')`), one('profile', 'profile', '企业简介', 'Profile'),
    // An amount never goes without its currency.
    { field: 'registeredCapital', columns: ['registered_amount', 'registered_currency'], zh: '注册资本', en: 'Registered capital', shown: `trim_scale(t.registered_amount) || ' ' || t.registered_currency` },
    one('website', 'website', '网址', 'Website'), one('address', 'address', '地址', 'Address'),
  ],
  contact: [
    one('name', 'name', '姓名', 'Name'), one('title', 'title', '职务', 'Title'), one('source', 'source', '来源', 'Source'), one('wechat', 'wechat', '微信', 'WeChat'), one('emails', 'emails', '邮箱', 'E-mail', `(select string_agg(mask_account(x), '、') from unnest(t.emails) x)`),
    one('department', 'department', '所在部门', 'Department'), one('language', 'language', '语言', 'Language'), one('note', 'note', '备注', 'Note', 'mask_text(t.note)'), one('basis', 'basis', '收集依据', 'Basis'),
    one('collectedOn', 'collected_on', '收集日期', 'Collected on'), one('retainUntil', 'retain_until', '保留至', 'Kept until'),
    { field: 'doNotContact', columns: ['do_not_contact_at', 'do_not_contact_reason'], zh: '不再联系', en: 'Not to be contacted', shown: 't.do_not_contact_reason' },
  ],
};

/** Columns that no merge chooses: identity, what is counted or computed, and what is put together by a rule of its own. */
const COMPUTED: Record<MergeKind, readonly string[]> = {
  project: ['code', 'prior_states', 'light', 'works_light', 'last_visit_id', 'last_visit_on', 'visit_count', 'last_activity_on', 'idle_due_on', 'triage_due_on', 'extra', 'first_report_of', 'gone_books', 'uncounted_at'],
  enterprise: ['pinyin', 'initials', 'extra'],
  contact: ['phones', 'full_name', 'project_id', 'enterprise_id', 'archived_at', 'erased_at'],
};
const BOOKKEEPING = ['id', 'zone_id', 'version', 'import_id', 'created_at', 'created_by', 'updated_at', 'gone_at', 'gone_reason', 'gone_act', 'merged_into'];

/** Every field of a kind of record, given its columns: a column that nobody has listed is a field by itself. */
export function mergeFields(kind: MergeKind, columns: readonly string[]): MergeField[] {
  const taken = new Set([...BOOKKEEPING, ...COMPUTED[kind], ...KNOWN[kind].flatMap((f) => f.columns)]);
  const rest = columns.filter((c) => !taken.has(c)).map((c) => {
    const field = c.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    return { field, columns: [c], zh: field, en: field };
  });
  return [...KNOWN[kind].filter((f) => f.columns.every((c) => columns.includes(c))), ...rest];
}

/** Whether a value says nothing: null, an empty text, list or object, or UNKNOWN. */
export function blank(value: unknown): boolean {
  if (value === null || value === undefined || value === '' || value === 'UNKNOWN') return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

export type MergeChoice = 'KEEP_SURVIVOR' | 'TAKE_OTHER';

/** Whether the record that stays gets the other's value: chosen so, or its own is blank and nothing was chosen. */
export function takesOther(field: MergeField, survivor: Record<string, unknown>, other: Record<string, unknown>, choice: MergeChoice | undefined): boolean {
  const [first] = field.columns;
  if (field.columns.every((c) => JSON.stringify(survivor[c] ?? null) === JSON.stringify(other[c] ?? null))) return false;
  if (choice) return choice === 'TAKE_OTHER';
  return blank(survivor[first!]) && !blank(other[first!]);
}
