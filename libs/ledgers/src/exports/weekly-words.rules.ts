import type { PolicyValue } from '@yinfeng/directory';
import { Decimal } from 'decimal.js';
import { FROM_LOG, NEW_MARK, REASON_WANTED, SILENT } from '../vocabulary/own-sheets.js';

/** A visit as the sheet tells it; words as this reader may see them. */
export interface WeeklyVisit {
  on: string;
  direction: 'OUTBOUND' | 'INBOUND' | 'EVENT' | 'CALL' | 'SITE' | 'DISPATCH';
  leader: string | null;
  leaderLevel: string | null;
  /** Groups met (批). */
  batches: number;
  /** Of our side: who logged it and who came along. */
  ours: string[];
  headcount: number | null;
  firm: string | null;
  met: { name: string; title?: string | null }[];
  place: string | null;
  content: string;
  result: string | null;
  nextStep: string | null;
  project: string | null;
}
/** A project of the sheet; amounts in 万元 as decimal text. */
export interface WeeklyProject {
  groupId: string | null;
  groupName: string | null;
  name: string;
  isNew: boolean;
  investors: string[];
  fixedWan: string | null;
  profile: string | null;
  content: string | null;
  land: string | null;
  contacts: { name: string; phones: string[] }[];
  park: string | null;
  type: string | null;
  judgement: string | null;
  sourceRegion: string | null;
  /** Last words of an imported sheet, and its remark. */
  progress: string | null;
  remark: string | null;
  silent: boolean;
  /** Why nothing happened in this month or the last one, as people said. */
  silentReason: string | null;
  visits: WeeklyVisit[];
  /** How many visits the period has; `visits` are the newest of them. */
  visitCount: number;
  moves: { kind: string; on: string }[];
  signings: { kind: string; on: string; title: string | null }[];
}

/** Newest visits told in one cell of progress; the others stand on the sheet of visits. */
export const VISITS_IN_CELL = 10;

export type WeeklyRule = PolicyValue<'weeklySheet'>;

/** What the sentence above a table says, counted from its rows. */
export interface WeeklyCounts {
  rows: number;
  added: number;
  categories: { label: string; count: number }[];
}
/** Visits of a period: batches and persons, and how many were led by a leader. */
export interface VisitCounts {
  outbound: { batches: number; persons: number };
  inbound: { batches: number; persons: number };
  led: number;
}

const DIRECTION = { OUTBOUND: '外出拜访', INBOUND: '来访接待', EVENT: '对接活动', CALL: '电话联系', SITE: '现场走访', DISPATCH: '专班调度' } as const;
const MOVE: Record<string, string> = {
  RESERVED: '转入储备', NEGOTIATED: '转入洽谈', SIGNED: '签约', LANDED: '落位', STARTED: '开工', RESUMED: '复工', COMPLETED: '竣工', PRODUCING: '投产', STATISTICS_ENTRY: '入规入统',
};
const SIGNING: Record<string, string> = { FRAMEWORK: '框架协议', INTENT: '意向协议', CONTRACT: '投资合同', SUPPLEMENT: '补充协议', OTHER: '协议' };

/** 2026-05-08 → 5月8日. */
const dayWords = (day: string): string => `${Number(day.slice(5, 7))}月${Number(day.slice(8, 10))}日`;
/** 2026-05-08 → 2026年5月8日. */
export const fullDayWords = (day: string): string => `${day.slice(0, 4)}年${dayWords(day)}`;
const WEEKDAYS = ['一', '二', '三', '四', '五', '六', '日'];

export function titleOf(rule: WeeklyRule, zone: string, handInOn: string): string {
  return rule.titleWords.replaceAll('{year}', handInOn.slice(0, 4)).replaceAll('{zone}', zone);
}

export function countProjects(rows: readonly WeeklyProject[], rule: WeeklyRule): WeeklyCounts {
  const fits = (r: WeeklyProject, c: WeeklyRule['categories'][number]): boolean =>
    (!c.types || (r.type !== null && c.types.includes(r.type))) && (!c.fixedFromWan || (r.fixedWan !== null && new Decimal(r.fixedWan).gte(c.fixedFromWan))) && (!c.sourceRegion || (r.sourceRegion ?? '').startsWith(c.sourceRegion));
  return { rows: rows.length, added: rows.filter((r) => r.isNew).length, categories: rule.categories.map((c) => ({ label: c.label, count: rows.filter((r) => fits(r, c)).length })) };
}

export function sentenceOf(counts: WeeklyCounts, rule: WeeklyRule): string {
  // A sheet that also lists the reserve does not say of its rows that they are negotiated: read back, it would move them on.
  const kind = rule.stages.includes('RESERVE') ? (rule.stages.includes('NEGOTIATING') ? '储备及在谈' : '储备') : '在谈';
  const parts = counts.categories.map((c) => `${c.label}${c.count}个`);
  return `共上报${kind}项目${counts.rows}个（新增${counts.added}个）${parts.length ? `，（其中${parts.join('，')}）` : ''}`;
}

/** The line of who hands in. The books keep no phone of the staff: that is filled in by hand. */
export function reporterLine(group: string, reporter: string, day: string): string {
  return `所属片组：${group}        填报人：${reporter}        联系电话：        填报时间：${fullDayWords(day)}        金额单位：万元`;
}

export function footersOf(rule: WeeklyRule): string[] {
  const months = rule.silentMonths === 1 ? '一月' : `${rule.silentMonths}个月`;
  return [
    '1.此表由片组组长审核后上报。', '2.有新增或更新的项目才需填写。', `3.若项目${months}内无进度更新，请说明并备注原因。`,
    `4.每周${WEEKDAYS[rule.weekday - 1]!}${rule.hour < 12 ? '上午' : '下午'}${rule.hour <= 12 ? rule.hour : rule.hour - 12}点前报送，节假日顺延。`,
  ];
}

const sentence = (text: string): string => text.trim().replace(/[。；;，,\s]+$/, '');
function visitWords(v: WeeklyVisit): string {
  const told = [`${dayWords(v.on)}${DIRECTION[v.direction]}，${sentence(v.content)}`];
  if (v.result) told.push(`成果：${sentence(v.result)}`);
  if (v.nextStep) told.push(`下一步：${sentence(v.nextStep)}`);
  return `${told.join('；')}。`;
}

/** 进度、备注: what the log says of the period, the newest first; after months of silence the reason, or that it is wanted. */
export function progressOf(p: WeeklyProject, rule: WeeklyRule): string {
  const told = [
    ...p.signings.map((s) => `${dayWords(s.on)}签订${SIGNING[s.kind] ?? '协议'}${s.title ? `《${s.title}》` : ''}。`),
    ...p.moves.map((m) => `${dayWords(m.on)}${MOVE[m.kind] ?? m.kind}。`),
    ...p.visits.map(visitWords),
    ...(p.visitCount > VISITS_IN_CELL ? [`另有走访${p.visitCount - VISITS_IN_CELL}次，见走访汇总。`] : []),
  ];
  const mark = p.isNew ? NEW_MARK : '';
  if (told.length) return `${mark}${FROM_LOG}${told.join('')}`;
  if (!p.silent) return `${mark}${p.progress ?? ''}`;
  const silent = rule.silentMonths === 1 ? SILENT : `${rule.silentMonths}个月内无进度更新：`;
  const reason = /^(?:一|\d+个)月内无进度更新[：:]\s*(.+)$/s.exec(p.progress ?? '')?.[1];
  return `${silent}${p.silentReason ?? reason ?? REASON_WANTED}`;
}

/** People and phones in two cells that belong together: a phone each; where somebody has none, only those who have one. */
export function contactCells(contacts: WeeklyProject['contacts']): { names: string; phones: string } {
  if (contacts.length === 1) return { names: contacts[0]!.name, phones: contacts[0]!.phones.join('；') };
  const reached = contacts.filter((c) => c.phones.length > 0);
  const listed = reached.length ? reached : contacts;
  return { names: listed.map((c) => c.name).join('；'), phones: reached.map((c) => c.phones[0]!).join('；') };
}

/** Our people of a visit, the leader first with the level, which decides about 领导带队. */
export const oursOf = (v: WeeklyVisit): string[] => [...(v.leader || v.leaderLevel ? [`${v.leader ?? ''}${v.leaderLevel ? `（${v.leaderLevel}）` : ''}`] : []), ...new Set(v.ours.filter((name) => name !== v.leader))];
/** Persons of a visit as the visit figures count them: the head-count, else as many as were met. */
export const personsOf = (v: WeeklyVisit): number => v.headcount ?? v.met.length;
export const countOf = (v: WeeklyVisit): string => `（${v.batches > 1 ? `${v.batches}批` : ''}${personsOf(v)}人）`;

/** @param leading the words of leader levels that count as 领导带队. */
export function countVisits(visits: readonly WeeklyVisit[], leading: ReadonlySet<string>): VisitCounts {
  const of = (direction: WeeklyVisit['direction']) => {
    const own = visits.filter((v) => v.direction === direction);
    return { batches: own.reduce((n, v) => n + v.batches, 0), persons: own.reduce((n, v) => n + personsOf(v), 0) };
  };
  return { outbound: of('OUTBOUND'), inbound: of('INBOUND'), led: visits.filter((v) => v.leaderLevel !== null && leading.has(v.leaderLevel)).length };
}

export function visitSentence({ outbound, inbound, led }: VisitCounts): string {
  return `本周外出${outbound.batches}批${outbound.persons}人次，来访接待${inbound.batches}批${inbound.persons}人次，其中领导带队${led}批`;
}

/** Names of sheets as Excel takes them: 31 characters, none of []:*?/\, no two alike. */
export function sheetNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const clean = name.replace(/[[\]:*?/\\\u0000-\u001f]/g, ' ').replace(/^[\s']+|[\s']+$/g, '') || '未命名';
    for (let n = 1; ; n++) {
      const tail = n === 1 ? '' : `(${n})`;
      const tried = clean.slice(0, 31 - tail.length) + tail;
      // Excel keeps History for itself.
      if (!taken.has(tried.toLowerCase()) && tried.toLowerCase() !== 'history') {
        taken.add(tried.toLowerCase());
        return tried;
      }
    }
  });
}
