import type { Locale } from '@yinfeng/platform';

/** What a person may hand over to a colleague: work on a project, not a decision, an office or an address of one's own. */
const HANDED: ReadonlySet<string> = new Set(['FOLLOW_UP', 'IDLE', 'COMMITMENT', 'DEADLINE', 'PERSONAL']);

const OFFICES: Record<string, readonly [zh: string, en: string]> = {
  APPROVAL: ['审批权属于有审批职责的岗位，请由其办理', 'the decision belongs to whoever holds the office; they decide'],
  TRIAGE: ['线索研判由有研判职责的人办理，请分派线索', 'judging leads belongs to whoever may judge; assign the lead instead'],
  HANDOFF: ['移交由接收部门办理，请转派移交', 'a handoff belongs to the receiving department; pass the handoff on instead'],
  DISPUTE: ['首报争议由裁定人办理', 'a dispute belongs to whoever decides it'],
  TASKFORCE: ['这是对本人任职的告知', 'it tells of an appointment of your own'],
  SERVICE_CALL: ['诉求由承办部门办理，请转派诉求', 'a call belongs to the department that leads it; pass the call on instead'],
  ESCALATION: ['督办指名由本人答复', 'an escalation names who has to answer'],
  DATA_FAULT: ['这是本人名下项目的数据质量汇总', 'it sums up the data of your own projects'],
  REPORT: ['报表由指定的报送人报送', 'a report belongs to whoever has to hand it in'],
  NO_PROGRESS: ['无进展说明由项目负责人填写', 'only whoever is in charge can say why'],
  TRANSFER: ['这是转交的告知，请转交原提醒', 'it tells of a reminder handed over; hand that one over'],
};

/** Why reminders of this kind stay with their person; null: they may be handed over. */
export function whyNotHanded(kind: string, locale: Locale): string | null {
  if (HANDED.has(kind)) return null;
  return (OFFICES[kind] ?? ['该事项由本人办理', 'it is its person\'s to do'])[locale === 'en' ? 1 : 0];
}
