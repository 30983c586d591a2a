import type { ProjectCondition } from '@yinfeng/directory';
import type { Locale } from '@yinfeng/platform';
import { Decimal } from 'decimal.js';

/** What rules by type and size look at. */
export interface RuleSubject {
  capitalSource: string;
  /** 元 at the fixed reference rate of size classes, exact decimal text; null: not known. */
  totalCny: string | null;
  industryCode: string | null;
  class: string | null;
  landNeed: boolean;
}

/** Whether a rule speaks of this project. An amount or industry that is not known never fulfils a condition on it. */
export function conditionHolds(when: ProjectCondition, p: RuleSubject): boolean {
  const wan = p.totalCny === null ? null : new Decimal(p.totalCny).div(10_000);
  if (when.capitalSources && !when.capitalSources.includes(p.capitalSource as never)) return false;
  if (when.fromWan !== undefined && !wan?.gte(when.fromWan)) return false;
  if (when.belowWan !== undefined && !wan?.lt(when.belowWan)) return false;
  if (when.industries && !when.industries.some((code) => p.industryCode?.startsWith(code))) return false;
  if (when.classes && !(p.class !== null && when.classes.includes(p.class))) return false;
  return when.land === undefined || when.land === p.landNeed;
}

export type GateKind = 'FIELD' | 'EVIDENCE' | 'RECORD';
/** An item of a gate as the zone has it, and whether the project has what it asks for. */
export interface GateItemState {
  item: string;
  kind: GateKind;
  zh: string;
  en: string;
  anyOf: string | null;
  condition: ProjectCondition;
  remedyZh: string | null;
  remedyEn: string | null;
  met: boolean;
}
/** What a gate misses: one item, or a group of which one would do. */
export interface MissingItem {
  item: string;
  kind: GateKind;
  zh: string;
  en: string;
  howZh: string;
  howEn: string;
}

/** Items that speak of this project, in the order in which they are asked for. */
export function askedOf<Item extends Pick<GateItemState, 'condition'>>(items: readonly Item[], subject: RuleSubject): Item[] {
  return items.filter((i) => conditionHolds(i.condition, subject));
}

/** What is missing; of a group with nothing there one entry, under the group's name, at the place of its first item. */
export function missingOf(items: readonly GateItemState[]): MissingItem[] {
  const missing: MissingItem[] = [];
  const groups = new Set<string>();
  for (const item of items) {
    if (item.anyOf === null) {
      if (!item.met) missing.push({ item: item.item, kind: item.kind, zh: item.zh, en: item.en, ...remedyOf(item) });
      continue;
    }
    if (groups.has(item.anyOf)) continue;
    groups.add(item.anyOf);
    const group = items.filter((i) => i.anyOf === item.anyOf);
    if (group.some((i) => i.met)) continue;
    const choices = group.map((i) => i.item).join(', ');
    missing.push({
      item: item.anyOf, kind: item.kind, zh: group.map((i) => i.zh).join('、') + (group.length > 1 ? '（任一项）' : ''), en: group.map((i) => i.en).join(' or '),
      howZh: group.length > 1 ? `任选其一即可：${choices}。${remedyOf(item).howZh}` : remedyOf(item).howZh, howEn: group.length > 1 ? `One of these is enough: ${choices}. ${remedyOf(item).howEn}` : remedyOf(item).howEn,
    });
  }
  return missing;
}

const REMEDIES: Record<string, readonly [zh: string, en: string]> = {
  visit: ['请登记一次走访或接待（visitLog）。', 'Log a visit (visitLog).'],
  signing: ['请登记计入签约的协议，框架协议需转为正式合同（signingRecord）。', 'Record an agreement that counts; a framework has to become a contract (signingRecord).'],
  signingParty: ['请在签约记录中填写签约主体（signingRecord）。', 'Name the signing party (signingRecord).'],
  agreement: ['请上传协议扫描件并随签约记录提交（signingRecord 的 agreementFileIds，或 evidenceAdd）。', 'Upload the scan with the signing (agreementFileIds of signingRecord, or evidenceAdd).'],
  decisions: ['请按顺序登记各次会议的决策结果（decisionRecord）。', 'Record the results of the meetings in order (decisionRecord).'],
  commitmentsReviewed: ['请由另一人完成承诺事项的公平竞争审查；未通过的须修改或免除（commitmentReview）。', 'Have another person review the commitments; change or waive what was refused (commitmentReview).'],
  admission: ['请完成准入评分并由另一人确认（admissionScore、admissionDecide）。', 'Score the admission sheet and have another person confirm it (admissionScore, admissionDecide).'],
  contractForeign: ['请登记协议利用外资金额（projectAmountSet，CONTRACT_FOREIGN）。', 'Set the contracted foreign investment (projectAmountSet, CONTRACT_FOREIGN).'],
  handoffAccepted: ['请提交移交并由项目服务部门接收（handoffSubmit）。', 'Submit the handoff and have it accepted (handoffSubmit).'],
  registeredCompany: ['请登记注册公司。', 'Put the registered company on record.'],
};

/** What to do about a missing item: the zone's own words, else the usual ones. */
export function remedyOf(item: Pick<GateItemState, 'item' | 'kind' | 'zh' | 'en' | 'remedyZh' | 'remedyEn'>): { howZh: string; howEn: string } {
  const known = REMEDIES[item.item];
  const usual: Record<GateKind, readonly [string, string]> = {
    FIELD: [`请在项目信息中填写“${item.zh}”（projectEdit）。`, `Fill in ${item.en} (projectEdit).`],
    EVIDENCE: [`请上传“${item.zh}”（evidenceAdd，item 为 ${item.item}）。`, `Upload ${item.en} (evidenceAdd, item ${item.item}).`],
    RECORD: [`请登记“${item.zh}”。`, `Put ${item.en} on record.`],
  };
  const [zh, en] = known ?? usual[item.kind];
  return { howZh: item.remedyZh ?? zh, howEn: item.remedyEn ?? en };
}

/** Label and remedy in the reader's language. */
export function toldMissing(m: MissingItem, locale: Locale): { item: string; kind: GateKind; label: string; how: string } {
  return { item: m.item, kind: m.kind, label: locale === 'en' ? m.en : m.zh, how: locale === 'en' ? m.howEn : m.howZh };
}
