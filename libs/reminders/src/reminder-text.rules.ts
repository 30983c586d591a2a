import type { FaultKind } from '@yinfeng/directory';
import type { Locale } from '@yinfeng/platform';

export const REMINDER_KINDS = ['FOLLOW_UP', 'IDLE', 'TRIAGE', 'APPROVAL', 'HANDOFF', 'DISPUTE', 'COMMITMENT', 'TASKFORCE', 'SERVICE_CALL', 'ESCALATION', 'DEADLINE', 'REPORT', 'NO_PROGRESS', 'PERSONAL', 'TRANSFER', 'DATA_FAULT'] as const;
export type ReminderKind = (typeof REMINDER_KINDS)[number];
export const REMINDER_STATES = ['PLANNED', 'DELIVERED', 'DONE', 'CANCELLED'] as const;
export type ReminderState = (typeof REMINDER_STATES)[number];

/** What a reminder knows beside its kind: plain values, written when it is planned, read by the sentence it becomes. */
export type ReminderDetail = Record<string, string | number | null>;

const STAGE_WORDS: Record<string, readonly [zh: string, en: string]> = {
  LEAD: ['线索', 'Lead'], RESERVE: ['储备', 'Reserve'], NEGOTIATING: ['洽谈', 'Negotiating'], SIGNED: ['签约', 'Signed'], LANDED: ['落位', 'Landed'], STARTED: ['开工', 'Started'], PRODUCING: ['投产', 'Producing'],
};
const STATE_WORDS: Record<ReminderState, readonly [zh: string, en: string]> = { PLANNED: ['排定', 'planned'], DELIVERED: ['送达', 'delivered'], DONE: ['完成', 'done'], CANCELLED: ['取消', 'cancelled'] };

/** Changes of a project's status that may wait for a second person. */
const ACT_WORDS: Record<string, readonly [zh: string, en: string]> = {
  SUSPEND: ['暂停', 'suspension'], RESUME: ['恢复', 'resumption'], WITHDRAW: ['退库', 'withdrawal'], LOSE: ['登记为流失', 'marking as lost'], REOPEN: ['重新启用', 'reopening'], RELEASE: ['退回公海', 'release into the pool'],
  EXTEND: ['延长首报保护期', 'extension of its protection'],
};

/** What is due, by kind and clock of a deadline. */
const DUE_WORDS: Record<string, readonly [zh: string, en: string]> = {
  HANDOFF: ['移交待接收', 'the handoff to be decided'], 'HANDOFF.RESUBMIT': ['移交补正', 'the handoff to be submitted again'], HANDOFF_MISSING: ['签约后移交', 'handing over after signing'], COMMITMENT: ['承诺兑现', 'the commitment'],
  CONTRACT_TERM: ['协议期限', 'the term of the agreement'], 'CALL.REPORT_IN': ['服务诉求待报到', 'reporting in to the call'], 'CALL.RESOLVE': ['服务诉求待办结', 'solving the call'], PERMIT: ['证照手续', 'the permit'], 'PERMIT.PROMISE': ['容缺承诺', 'what was promised with the permit'],
  MILESTONE: ['建设节点', 'the milestone'], PLAN: ['投资月报', 'the monthly report of investment'], ARRIVAL: ['到位资金确认', 'confirming the arrival'], STATISTICS_ENTRY: ['入规入统', 'entry into statistics'], DUTY: ['专班履职', 'the duty of the taskforce'], AFTERCARE: ['服务回访', 'the aftercare visit'],
};

/** What is wrong with the data of a project, in a word, the most important first. */
export const FAULT_WORDS = {
  NO_OWNER: ['无负责人', 'nobody in charge'], NO_NEXT_STEP: ['无下一步', 'no next step'], NEXT_STEP_OVERDUE: ['下一步逾期', 'next step overdue'], SIGNED_WITHOUT_SIGNING: ['已签约无协议', 'signed without an agreement'],
  MISSING_USCC: ['缺统一社会信用代码', 'no credit code'], AMOUNT_CONTRADICTION: ['金额矛盾', 'contradictory amounts'], FUTURE_DATE: ['日期在将来', 'date in the future'], NO_AMOUNT: ['缺总投资', 'no total investment'], NO_INDUSTRY: ['缺行业', 'no industry'],
} as const satisfies Record<FaultKind, readonly [zh: string, en: string]>;

/** The state in a word, for sentences. */
export function reminderStateWord(state: ReminderState, locale: Locale): string {
  return STATE_WORDS[state][locale === 'en' ? 1 : 0];
}

/**
 * The one line that a person reads in the inbox, in their language. `dueOn` is the Shanghai day the reminder is about;
 * a value that the detail lacks is left out of the sentence, never shown as "null". `provisional`: its day may still move.
 */
export function reminderTitle(r: TitleParts & { provisional?: boolean }, locale: Locale): string {
  const [zh, year, by] = [locale !== 'en', r.dueOn.slice(0, 4), r.detail['givenBy']];
  const reason = r.detail['givenReason'] == null ? '' : String(r.detail['givenReason']);
  const given = by == null ? '' : zh ? `（${by}转交${reason && `：${reason}`}）` : ` (from ${by}${reason && `: ${reason}`})`;
  return sentence(r, locale) + given + (r.provisional && !r.detail.provisional ? (zh ? `（暂定：${year} 年放假安排尚未公布）` : ` (provisional: the holidays of ${year} are not published)`) : '');
}

/** What a sentence is made of. */
export interface TitleParts {
  kind: ReminderKind;
  detail: ReminderDetail;
  project: string | null;
  dueOn: string;
}

function sentence(r: TitleParts, locale: Locale): string {
  const zh = locale !== 'en';
  const name = r.project ?? (zh ? '（未关联项目）' : '(no project)');
  const text = (key: string): string => (r.detail[key] == null ? '' : String(r.detail[key]));
  const tail = (zhLead: string, enLead: string, value: string): string => (value ? (zh ? `${zhLead}${value}` : `${enLead}${value}`) : '');
  switch (r.kind) {
    case 'FOLLOW_UP':
      return (zh ? `跟进“${name}”` : `Follow up ${name}`) + tail('：', ': ', text('nextStep'));
    case 'IDLE':
      return silence(text, name, zh);
    case 'TRIAGE':
      if (text('clock') === 'RESPOND') return zh ? `线索“${name}”须于 ${r.dueOn} 前明确负责人，请尽快分派` : `Somebody has to take lead ${name} on by ${r.dueOn}`;
      if (text('clock') === 'ANSWER') return zh ? `线索“${name}”须于 ${r.dueOn} 前答复引荐人或投资方` : `Whoever brought lead ${name} has to be answered by ${r.dueOn}`;
      return zh ? `线索“${name}”的研判时限为 ${r.dueOn}，请尽快研判` : `Lead ${name} has to be judged by ${r.dueOn}`;
    case 'APPROVAL': {
      const act = ACT_WORDS[text('act')];
      if (act) return zh ? `“${name}”申请${act[0]}，等待审批` : `${name}: ${act[1]} was asked for and waits for approval`;
      const stage = STAGE_WORDS[text('toStage')];
      return zh ? `“${name}”申请进入“${stage?.[0] ?? '下一阶段'}”，等待审批` : `${name} asks to enter ${stage?.[1] ?? 'the next stage'} and waits for approval`;
    }
    case 'DISPUTE': {
      const ruling: Record<string, readonly [string, string]> = { FIRST_STANDS: ['首报成立', 'the first report stands'], CLAIMANT: ['主张成立', 'for the claimant'], SHARED: ['共同首报', 'shared'] };
      if (text('act') === 'RULED') return (zh ? `首报争议 ${text('number')} 已裁定` : `First-report dispute ${text('number')} is decided`) + tail('：', ': ', ruling[text('ruling')]?.[zh ? 0 : 1] ?? '');
      return zh ? `“${name}”的首报有争议 ${text('number')}，请举证或裁定` : `The first report of ${name} is disputed (${text('number')}): show evidence or decide`;
    }
    case 'COMMITMENT': {
      const side = text('side') === 'ZONE' ? (zh ? '我方承诺' : 'what we promised') : zh ? '企业承诺' : 'what the investor promised';
      return (zh ? `“${name}”${side}应于 ${text('dueOn')} 兑现` : `${name}: ${side} is due on ${text('dueOn')}`) + tail('：', ': ', text('content'));
    }
    case 'TASKFORCE':
      return zh ? `您已列入“${name}”专班，任${text('roleZh')}` : `You serve in the taskforce of ${name} as ${text('roleEn')}`;
    case 'DEADLINE':
      return deadline(text, name, zh);
    case 'PERSONAL':
      return text('text') + (r.project ? (zh ? `（“${r.project}”）` : ` (${r.project})`) : '');
    case 'TRANSFER': {
      const { transferKind: kind, transferBy: by, transferAct: act, transferDueOn: dueOn, transferReason: why, ...detail } = r.detail;
      const told = kind == null ? name : sentence({ kind: kind as ReminderKind, detail, project: r.project, dueOn: String(dueOn) }, locale);
      const reason = why == null ? '' : zh ? `（${why}）` : ` (${why})`;
      if (act === 'TAKEN_BACK') return zh ? `${by ?? ''}收回了转交给您的提醒：${told}${reason}` : `${by ?? ''} took a reminder back: ${told}${reason}`;
      return zh ? `${by ?? ''}把 ${dueOn ?? ''} 的提醒转交给您：${told}${reason}` : `${by ?? ''} gave you a reminder for ${dueOn ?? ''}: ${told}${reason}`;
    }
    case 'DATA_FAULT': {
      const faults = Object.entries(FAULT_WORDS).flatMap(([kind, words]) => (text(kind) ? [`${words[zh ? 0 : 1]} ${text(kind)}`] : []));
      return zh ? `您负责的 ${text('projects')} 个项目有 ${text('total')} 处数据待补正：${faults.join('、')}` : `${text('projects')} projects in your charge have ${text('total')} data faults: ${faults.join(', ')}`;
    }
    case 'SERVICE_CALL':
      return serviceCall(text, name, zh);
    case 'ESCALATION': {
      const level = text(zh ? 'levelZh' : 'levelEn');
      if (text('act') === 'WEEK') return zh ? `上周（${text('from')} 至 ${text('to')}）升级 ${text('count')} 件，尚未处理 ${text('open')} 件` : `Last week (${text('from')} to ${text('to')}) ${text('count')} matters went up; ${text('open')} are still open`;
      if (text('act') === 'REMINDER') return zh ? `${text('from')} 有提醒 ${text('days')} 个工作日未办理，${level}：${text('matter')}` : `${text('from')} has not acted for ${text('days')} working days (${level}): ${text('matter')}`;
      if (text('act') === 'DUE') return (zh ? `“${name}”的${level}今日到期，请办理` : `${name}: the ${level} is due today`) + tail('：', ': ', text('matter'));
      return (zh ? `“${name}”${level}，请于 ${text('dueOn')} 前办理` : `${name}: ${level}, to be answered by ${text('dueOn')}`) + tail('：', ': ', text('matter'));
    }
    case 'REPORT':
      return report(text, zh);
    case 'NO_PROGRESS':
      return zh ? `您有 ${text('count')} 个项目 ${text('month')} 尚无进展，请更新进度或说明原因` : `${text('count')} of your projects have not moved in ${text('month')}: bring them up to date or say why`;
    case 'HANDOFF': {
      if (text('act') === 'RETURNED') return (zh ? `“${name}”的移交被退回` : `The handoff of ${name} was returned`) + tail('：', ': ', text('reason')) + tail('；请于 ', '; submit it again by ', text('dueOn')) + (zh && text('dueOn') ? ' 前重新提交' : '');
      if (text('act') === 'REASSIGNED') return (zh ? `“${name}”的移交已转派${text('department')}` : `The handoff of ${name} was passed on to ${text('department')}`) + tail('：', ': ', text('reason'));
      if (text('act') === 'MISSING') {
        const why: Record<string, readonly [string, string]> = { NOT_SUBMITTED: ['尚未提交', 'not submitted'], RETURNED: ['退回后未重新提交', 'returned and not submitted again'], WAITING: ['接收方尚未办理', 'not decided by the receiver'] };
        const named = text('name') || name;
        return zh ? `“${named}”${text('signedOn')} 签约，应于 ${text('dueOn')} 前完成移交：${why[text('why')]?.[0] ?? ''}` : `${named}, signed on ${text('signedOn')}, was to be handed over by ${text('dueOn')}: ${why[text('why')]?.[1] ?? ''}`;
      }
      if (text('act') === 'DUE') return zh ? `“${name}”的移交须于 ${text('dueOn')} 前接收或退回，今日到期` : `The handoff of ${name} has to be accepted or returned by ${text('dueOn')}: today`;
      return (zh ? `“${name}”移交待接收` : `The handoff of ${name} waits for you`) + tail('，请于 ', ', decide by ', text('dueOn')) + (zh && text('dueOn') ? ' 前办理' : '');
    }
  }
}

/** What silence leads to: a light, the announcement of a release into the pool, the release, the end of a protection. */
function silence(text: (key: string) => string, name: string, zh: boolean): string {
  const limit = text('unit') === 'MONTHS' ? (zh ? `${text('limit')} 个月` : `${text('limit')} months`) : zh ? `${text('limit')} 个工作日` : `${text('limit')} working days`;
  const last = text('lastActivityOn');
  const since = last ? (zh ? `，上次动态 ${last}` : `, last activity ${last}`) : '';
  switch (text('level')) {
    case 'RELEASE':
      return zh ? `“${name}”已临近 ${limit}无进展${since}，${text('releaseOn')} 起将退回公海` : `${name} comes near ${limit} without progress${since}; from ${text('releaseOn')} on it goes to the pool`;
    case 'DIGEST':
      return zh ? `无进展项目：${text('firstZh')} ${text('first')} 个，${text('secondZh')} ${text('second')} 个，其中新增 ${text('fresh')} 个` : `Silent projects: ${text('first')} ${text('firstEn')}, ${text('second')} ${text('secondEn')}; ${text('fresh')} of them new`;
    case 'RELEASED':
      return zh ? `“${text('name')}”（${text('code')}）已退回公海` : `${text('name')} (${text('code')}) went to the pool`;
    case 'PROTECTION':
      return zh ? `“${name}”的首报保护期将于 ${text('until')} 届满` : `The protection of ${name} ends on ${text('until')}`;
    default: {
      const light = text(zh ? 'lightZh' : 'lightEn') || (text('level') === 'RED' ? (zh ? '红灯' : 'red') : zh ? '黄灯' : 'yellow');
      return zh ? `“${name}”已超过 ${limit}无进展${since}（${light}）` : `${name} has not moved for more than ${limit}${since} (${light})`;
    }
  }
}

/** What a record says is due: to come on its day, or past it. */
function deadline(text: (key: string) => string, name: string, zh: boolean): string {
  const what = (DUE_WORDS[`${text('source')}.${text('part')}`] ?? DUE_WORDS[text('source')])?.[zh ? 0 : 1] ?? (zh ? '事项' : 'a matter');
  const told = `${what}${text('title') ? (zh ? `（${text('title')}）` : ` (${text('title')})`) : ''}`;
  if (Number(text('offset')) > 0) return zh ? `“${name}”${told}已于 ${text('dueOn')} 到期，尚未完成` : `${name}: ${told} was due on ${text('dueOn')} and is still open`;
  return zh ? `“${name}”${told}将于 ${text('dueOn')} 到期` : `${name}: ${told} is due on ${text('dueOn')}`;
}

/** What a unit has to hand in, and that it did not. */
function report(text: (key: string) => string, zh: boolean): string {
  const what = zh ? `${text('unit')}《${text('labelZh')}》` : `${text('labelEn')} of ${text('unit')}`;
  const note = text('provisional') ? (zh ? '（节假日安排未公布，日期暂定）' : ' (provisional: the holidays of that year are not published)') : '';
  if (text('act') === 'LATE') return (zh ? `${what}逾期未报送（应于 ${text('dueAt')} 前）` : `${what} is late (due ${text('dueAt')})`) + note;
  return (text('act') === 'DAY' ? (zh ? `${what}今日 ${text('dueAt').slice(11)} 前报送` : `${what} is due today by ${text('dueAt').slice(11)}`) : zh ? `${what}须于 ${text('dueAt')} 前报送` : `${what} is due by ${text('dueAt')}`) + note;
}

/** What a call asks of somebody: to come, to solve, to look into what is late, to list it, to rate what was done. */
function serviceCall(text: (key: string) => string, name: string, zh: boolean): string {
  const call = `${text('number')}${text('title') ? (zh ? `“${text('title')}”` : ` “${text('title')}”`) : ''}`;
  switch (text('act')) {
    case 'REPORT_IN':
      return zh ? `“${name}”吹哨 ${call}，请于 ${text('dueOn')} 前报到` : `${name} calls for help: ${call}; report in by ${text('dueOn')}`;
    case 'RESOLVE':
      return zh ? `“${name}”的诉求 ${call} 应于 ${text('dueOn')} 前办结` : `The call ${call} of ${name} is to be solved by ${text('dueOn')}`;
    case 'ESCALATED':
      return zh ? `“${name}”的诉求 ${call} 已逾期（应于 ${text('dueOn')}），升级至您督办` : `The call ${call} of ${name} is late (due ${text('dueOn')}) and comes to you`;
    case 'PUBLISH':
      return zh ? `“${name}”的诉求 ${call} 逾期未决（应于 ${text('dueOn')}），请决定是否挂牌督办` : `The call ${call} of ${name} is still open (due ${text('dueOn')}): decide whether to list it publicly`;
    case 'REOPENED':
      return zh ? `“${name}”的诉求 ${call} 未解决，已重新打开，请于 ${text('dueOn')} 前报到` : `The call ${call} of ${name} was opened again; report in by ${text('dueOn')}`;
    default:
      return zh ? `“${name}”的诉求 ${call} 已办结，请评价` : `The call ${call} of ${name} was solved: please rate it`;
  }
}
