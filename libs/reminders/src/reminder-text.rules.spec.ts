import { describe, expect, it } from '@jest/globals';
import { REMINDER_KINDS, REMINDER_STATES, reminderStateWord, reminderTitle, type ReminderDetail, type ReminderKind } from './reminder-text.rules.js';

const title = (kind: ReminderKind, detail: ReminderDetail, locale: 'zh' | 'en' = 'zh', project: string | null = '光电产业园') => reminderTitle({ kind, detail, project, dueOn: '2026-10-09' }, locale);

describe('the line of a reminder', () => {
  it('says what to follow up, and the next step when there is one', () => {
    expect(title('FOLLOW_UP', { nextStep: '送选址方案' })).toBe('跟进“光电产业园”：送选址方案');
    expect(title('FOLLOW_UP', { nextStep: null })).toBe('跟进“光电产业园”');
    expect(title('FOLLOW_UP', { nextStep: 'send the plan' }, 'en')).toBe('Follow up 光电产业园: send the plan');
  });

  it('says for how long a project has been silent, and the colour', () => {
    expect(title('IDLE', { level: 'YELLOW', limit: 30, lastActivityOn: '2026-08-03' })).toBe('“光电产业园”已超过 30 个工作日无进展，上次动态 2026-08-03（黄灯）');
    expect(title('IDLE', { level: 'RED', limit: 60, lastActivityOn: '2026-06-01' })).toBe('“光电产业园”已超过 60 个工作日无进展，上次动态 2026-06-01（红灯）');
    expect(title('IDLE', { level: 'RED', limit: 60, lastActivityOn: '2026-06-01' }, 'en')).toContain('60 working days, last activity 2026-06-01 (red)');
  });

  it('names the day by which a lead has to be judged and the stage that waits for approval', () => {
    expect(title('TRIAGE', {})).toBe('线索“光电产业园”的研判时限为 2026-10-09，请尽快研判');
    expect(title('TRIAGE', { clock: 'RESPOND' })).toBe('线索“光电产业园”须于 2026-10-09 前明确负责人，请尽快分派');
    expect(title('TRIAGE', { clock: 'ANSWER' })).toBe('线索“光电产业园”须于 2026-10-09 前答复引荐人或投资方');
    expect(title('APPROVAL', { toStage: 'SIGNED' })).toBe('“光电产业园”申请进入“签约”，等待审批');
    expect(title('APPROVAL', { toStage: 'SIGNED' }, 'en')).toBe('光电产业园 asks to enter Signed and waits for approval');
  });

  it('tells a handoff that waits, one that is due and one that came back', () => {
    expect(title('HANDOFF', { act: 'RECEIVE', dueOn: '2026-10-13' })).toBe('“光电产业园”移交待接收，请于 2026-10-13 前办理');
    expect(title('HANDOFF', { act: 'DUE', dueOn: '2026-10-13' })).toBe('“光电产业园”的移交须于 2026-10-13 前接收或退回，今日到期');
    expect(title('HANDOFF', { act: 'RETURNED', reason: '缺少土地合同' })).toBe('“光电产业园”的移交被退回：缺少土地合同');
    expect(title('HANDOFF', { act: 'RETURNED', reason: null }, 'en')).toBe('The handoff of 光电产业园 was returned');
  });

  it('tells what a call asks of somebody', () => {
    const call = { number: 'CS-T-2026-0001', title: '停电', dueOn: '2026-10-13' };
    expect(title('SERVICE_CALL', { act: 'REPORT_IN', ...call })).toBe('“光电产业园”吹哨 CS-T-2026-0001“停电”，请于 2026-10-13 前报到');
    expect(title('SERVICE_CALL', { act: 'RESOLVE', ...call }, 'en')).toBe('The call CS-T-2026-0001 “停电” of 光电产业园 is to be solved by 2026-10-13');
    expect(title('SERVICE_CALL', { act: 'ESCALATED', ...call })).toBe('“光电产业园”的诉求 CS-T-2026-0001“停电” 已逾期（应于 2026-10-13），升级至您督办');
    expect(title('SERVICE_CALL', { act: 'PUBLISH', ...call })).toContain('挂牌');
    expect(title('SERVICE_CALL', { act: 'REOPENED', ...call })).toContain('重新打开');
    expect(title('SERVICE_CALL', { act: 'RATE', ...call })).toContain('请评价');
  });

  it('tells a dispute about a first report, and its end', () => {
    expect(title('DISPUTE', { act: 'RAISED', number: 'ZY-1' })).toBe('“光电产业园”的首报有争议 ZY-1，请举证或裁定');
    expect(title('DISPUTE', { act: 'RULED', number: 'ZY-1', ruling: 'SHARED' })).toBe('首报争议 ZY-1 已裁定：共同首报');
    expect(title('DISPUTE', { act: 'RULED', number: 'ZY-1', ruling: 'CLAIMANT' }, 'en')).toBe('First-report dispute ZY-1 is decided: for the claimant');
  });

  it('tells a unit of its reports, and who is in charge of what did not move', () => {
    const of = { unit: '招商一局一组', labelZh: '周报采集表', labelEn: 'Friday sheet', dueAt: '2026-10-08 10:00' };
    expect(title('REPORT', { act: 'AHEAD', ...of })).toBe('招商一局一组《周报采集表》须于 2026-10-08 10:00 前报送');
    expect(title('REPORT', { act: 'DAY', ...of }, 'en')).toBe('Friday sheet of 招商一局一组 is due today by 10:00');
    expect(title('REPORT', { act: 'LATE', ...of, provisional: 1 })).toBe('招商一局一组《周报采集表》逾期未报送（应于 2026-10-08 10:00 前）（节假日安排未公布，日期暂定）');
    expect(title('NO_PROGRESS', { month: '2026-09', count: 3 })).toBe('您有 3 个项目 2026-09 尚无进展，请更新进度或说明原因');
  });

  it('says who gave it and why, and what was given', () => {
    expect(title('FOLLOW_UP', { nextStep: '送方案', givenBy: '张三', givenReason: '出差' })).toBe('跟进“光电产业园”：送方案（张三转交：出差）');
    expect(title('PERSONAL', { text: '买票', givenBy: '张三', givenReason: null })).toBe('买票（“光电产业园”）（张三转交）');
    const given = { nextStep: '送方案', transferKind: 'FOLLOW_UP', transferBy: '张三', transferAct: 'GIVEN', transferDueOn: '2026-10-20', transferReason: null };
    expect(title('TRANSFER', given)).toBe('张三把 2026-10-20 的提醒转交给您：跟进“光电产业园”：送方案');
    expect(title('TRANSFER', { ...given, transferAct: 'TAKEN_BACK', transferReason: '改主意' }, 'en')).toBe('张三 took a reminder back: Follow up 光电产业园: 送方案 (改主意)');
  });

  it('sums up the faults of one\'s data, most important first', () => {
    expect(title('DATA_FAULT', { total: 7, projects: 3, NO_INDUSTRY: 2, NO_NEXT_STEP: 5 })).toBe('您负责的 3 个项目有 7 处数据待补正：无下一步 5、缺行业 2');
    expect(title('DATA_FAULT', { total: 1, projects: 1, FUTURE_DATE: 1 }, 'en')).toBe('1 projects in your charge have 1 data faults: date in the future 1');
  });

  it('never shows null or undefined, whatever the detail lacks', () => {
    for (const kind of REMINDER_KINDS) for (const locale of ['zh', 'en'] as const) for (const project of ['甲', null]) {
      const line = title(kind, {}, locale, project);
      expect(line).not.toMatch(/null|undefined/);
      if (!['REPORT', 'NO_PROGRESS', 'PERSONAL', 'DATA_FAULT'].includes(kind)) expect(line).toContain(project ?? (locale === 'zh' ? '未关联项目' : 'no project'));
    }
  });

  it('has a word for each state in both languages', () => {
    for (const state of REMINDER_STATES) expect([reminderStateWord(state, 'zh'), reminderStateWord(state, 'en')]).not.toContain('');
    expect(reminderStateWord('DONE', 'zh')).toBe('完成');
  });
});
