import type { FailedJob, JobBoard, JobName, LaneState, Locale, RecurringState } from '@yinfeng/platform';
import type { Channel, DeliveryState } from '@yinfeng/reminders';
import { html, type Markup } from './markup.js';

type Words = (zh: string, en: string) => string;
const words = (locale: Locale): Words => (zh, en) => (locale === 'en' ? en : zh);

/** A message that waits for a person, as the board shows it. */
export interface BoardDelivery {
  id: string; version: number; channel: Channel; state: DeliveryState; nextAt: string | null; lastAnswer: string | null; createdAt: string; repeatable: boolean; settleable: boolean;
  staff: { name: string } | null; endpoint: { name: string } | null;
}
export interface BoardPage {
  board: JobBoard;
  deliveries: readonly BoardDelivery[];
  /** How many of them there are in all. */
  dead: number;
  doubt: number;
  /** Key of the forms of this page: the same form sent twice is one act. */
  key: string;
  told: Told | null;
  fault: string | null;
  /** Signed in by cookie: may sign out here. */
  session: boolean;
}
export const TOLD = { retried: ['已重新排队，稍候即执行。', 'It is in the queue again.'], discarded: ['已丢弃；30 天内可在“已丢弃”中重试。', 'It was laid aside; for thirty days it may be retried from there.'], ran: ['已安排立即执行一次。', 'It runs once more now.'], repeated: ['消息已重新发出。', 'The message goes again.'], settled: ['消息已核实为送达。', 'The message is known to have arrived.'] } as const satisfies Record<string, readonly [string, string]>;
export type Told = keyof typeof TOLD;

/** What jobs do, in a few words; one that has none is shown by its name alone. */
const JOBS: Partial<Record<JobName, readonly [zh: string, en: string]>> = {
  'reminders.sweep': ['领取到期提醒', 'Due reminders'], 'reminders.deliver': ['提醒送入收件箱', 'Reminders into inboxes'], 'channels.sweep': ['领取待发消息', 'Due messages'], 'channels.send': ['发送邮件与机器人消息', 'Mails and robots'],
  'pipeline.fold': ['汇总项目管线', 'Pipeline totals'], 'audit.seal': ['封存审计日志', 'Sealing the audit log'], 'imports.apply': ['处理台账导入', 'Imports'], 'idle.sweep': ['检查久未跟进', 'Quiet projects'], 'lights.sweep': ['红黄灯与督办', 'Lights and escalation'],
  'reminders.plan': ['按规则安排提醒', 'Reminders by rule'], 'reminders.escalate': ['无人办理的提醒逐级上报', 'Reminders up the ladder'], 'reports.open': ['到期填报', 'Reports that fall due'],
  'faults.remind': ['数据质量周提醒', 'Data faults'], 'commitments.remind': ['承诺事项提醒', 'Commitments'], 'taskforces.sweep': ['专班职责与回访', 'Duties of taskforces'], 'handoffs.missing': ['应移交未移交', 'Missing handoffs'], 'calls.escalate': ['诉求升级与关闭', 'Service calls'], 'search.index': ['更新搜索', 'Search'],
  'pool.sweep': ['公海释放', 'Pool'], 'duplicates.scan': ['查重扫描', 'Duplicate scans'], 'names.refold': ['名称归一', 'Folding names'], 'housekeeping.daily': ['每日清理', 'Daily housekeeping'],
};
const LANES: Record<LaneState['lane'], readonly [string, string]> = { quick: ['快速通道', 'Quick lane'], long: ['长任务通道', 'Long lane'] };
const CHANNELS: Record<Channel, readonly [string, string]> = { MAIL: ['邮件', 'Mail'], WECOM: ['企业微信', 'WeCom'], DINGTALK: ['钉钉', 'DingTalk'], FEISHU: ['飞书', 'Feishu'] };
/** The outbox is emptied four times a second: what waits longer than this waits for a relay. */
const OUTBOX_LATE_S = 60;

/** The frame of the board's pages: no script, one style sheet of ours, nothing from elsewhere. */
function page(locale: Locale, body: Markup, tools: Markup | null = null): string {
  const w = words(locale);
  const title = w('后台任务', 'Background jobs');
  const other = locale === 'en' ? html`<a href="?lang=zh" lang="zh-CN">中文</a>` : html`<a href="?lang=en" lang="en">English</a>`;
  return html`<!doctype html>
<html lang="${locale === 'en' ? 'en' : 'zh-CN'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>${title} · ${w('引凤', 'Yinfeng')}</title>
<link rel="stylesheet" href="/jobs.css">
<link rel="icon" href="data:,">
</head>
<body>
<header><h1>${title}</h1><nav>${tools}${other}</nav></header>
<main>
${body}
</main>
</body>
</html>
`.text;
}

const alert = (text: string | null) => text !== null && html`<p class="wrong" role="alert">${text}</p>`;

/** The door: the board is for administrators. */
export function signInPage(locale: Locale, fault: string | null, email = ''): string {
  const w = words(locale);
  return page(locale, html`<p>${w('后台任务面板供系统管理员使用，请先登录。', 'The board of background jobs is for system administrators. Sign in first.')}</p>
${alert(fault)}
<form method="post" action="/jobs?lang=${locale}" class="door"><input type="hidden" name="act" value="sign-in">
<label for="email">${w('账号', 'Account')}</label><input id="email" name="email" type="text" autocomplete="username" maxlength="254" required value="${email}">
<label for="password">${w('密码', 'Password')}</label><input id="password" name="password" type="password" autocomplete="current-password" maxlength="1000" required>
<button>${w('登录', 'Sign in')}</button></form>`);
}

/** Signed in, and not for this. */
export function forbiddenPage(locale: Locale, session: boolean): string {
  const w = words(locale);
  return page(locale, html`<p class="wrong" role="alert">${w('您没有查看后台任务的权限，请联系系统管理员。', 'You are not permitted to look at the background jobs; ask a system administrator.')}</p>`, session ? signOut(locale) : null);
}

export function troublePage(locale: Locale, zh: string, en: string): string {
  return page(locale, html`<p class="wrong" role="alert">${words(locale)(zh, en)}</p><p><a href="/jobs?lang=${locale}">${words(locale)('返回', 'Back')}</a></p>`);
}

const signOut = (locale: Locale) => html`<form method="post" action="/jobs?lang=${locale}"><input type="hidden" name="act" value="sign-out"><button class="plain">${words(locale)('退出', 'Sign out')}</button></form>`;

/** The board itself. */
export function boardPage(locale: Locale, shown: BoardPage): string {
  const { board, key } = shown;
  const w = words(locale);
  const now = board.checkedAt.getTime();
  const form = (act: string, fields: Record<string, string | number>, inside: Markup) => html`<form method="post" action="/jobs?lang=${locale}"><input type="hidden" name="act" value="${act}"><input type="hidden" name="key" value="${key}">${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}${inside}</form>`;
  const button = (zh: string, en: string, kind = '') => html`<button class="${kind}">${w(zh, en)}</button>`;
  const name = (job: string) => {
    const said = JOBS[job as JobName];
    return said ? html`<strong>${w(...said)}</strong> <code>${job}</code>` : html`<strong><code>${job}</code></strong>`;
  };
  const moment = (at: Date | null) => (at ? html`<time datetime="${at.toISOString()}">${clock(at, now)}</time>` : html`–`);
  const ago = (at: Date) => html`<time datetime="${at.toISOString()}">${w(`${span(now - at.getTime(), locale)}前`, `${span(now - at.getTime(), locale)} ago`)}</time>`;

  const worries = [
    !board.reachable && w('任务队列不可达：暂不执行任何任务。请检查队列服务与网络；任务都留在数据库中，恢复后自动续办。', 'The job queue does not answer: no job runs. Look after its server and the network; jobs stay in the database and go on by themselves afterwards.'),
    board.reachable && board.recurring.length === 0 && w('队列中没有定时任务：后台进程（worker）可能尚未启动。', 'The queue holds no recurring jobs: the worker may not have been started.'),
    board.recurring.some((r) => r.late) && w('有定时任务逾期未执行：请检查后台进程（worker）是否在运行。', 'Recurring jobs are late: see whether a worker runs.'),
    board.recurring.some((r) => r.failing) && w('有定时任务上次执行失败。', 'The last run of a recurring job failed.'),
    (board.outbox.oldestSeconds ?? 0) > OUTBOX_LATE_S && w('有任务迟迟未送入队列。', 'Jobs have waited long to be handed to the queue.'),
    board.failedCount > 0 && w(`${board.failedCount} 个任务失败，等待处理。`, `Failed jobs that wait for a person: ${board.failedCount}.`),
    shown.dead + shown.doubt > 0 && w(`${shown.dead} 条消息发送失败，${shown.doubt} 条待核实。`, `Messages dead: ${shown.dead}, in doubt: ${shown.doubt}.`),
  ].filter((line): line is string => line !== false);

  const lane = (l: LaneState) => html`<section class="lane"><h3>${w(...LANES[l.lane])} <code>${l.lane}</code></h3><dl>
<div><dt>${w('等待', 'waiting')}</dt><dd>${l.waiting}</dd></div><div><dt>${w('执行中', 'active')}</dt><dd>${l.active}</dd></div><div><dt>${w('稍后', 'later')}</dt><dd>${l.delayed}</dd></div><div${l.failed > 0 && html` class="bad"`}><dt>${w('失败', 'failed')}</dt><dd>${l.failed}</dd></div></dl>
<p class="hint">${l.oldestWaitingAt ? html`${w('最久已等', 'the oldest waits')} ${span(now - l.oldestWaitingAt.getTime(), locale)}` : w('没有等待的任务', 'nothing waits')}</p></section>`;
  const cell = (label: string, inside: Markup | string | null) => html`<td data-label="${label}">${inside}</td>`;
  const recurring = (r: RecurringState) => html`<tr><th scope="row">${name(r.job)}</th>
${cell(w('周期', 'Turns'), rhythm(r, locale))}
${cell(w('上次', 'Last run'), r.lastRunAt ? html`${ago(r.lastRunAt)}${w('，用时', ', took')} ${took(r.lastSeconds!, locale)}` : html`${w('尚未执行', 'never')}`)}
${cell(w('下次', 'Next'), moment(r.nextRunAt))}
${cell(w('状态', 'State'), html`${r.late ? html`<span class="badge bad">${w('逾期', 'late')}</span>` : r.failing ? html`<span class="badge bad">${w('失败', 'failed')}</span>` : r.lastRunAt ? html`<span class="badge good">${w('正常', 'well')}</span>` : html`<span class="badge">${w('未执行', 'not yet')}</span>`}${r.lastError !== null && html`<p class="error">${r.lastErrorAt && html`${moment(r.lastErrorAt)} `}${r.lastError}</p>`}`)}
<td class="act">${form('run', { job: r.job }, button('立即执行', 'Run now', 'plain'))}</td></tr>`;
  const failed = (f: FailedJob) => html`<li><p>${name(f.job)} ${f.discardedAt ? html`<span class="hint">${w('丢弃于', 'laid aside')} ${moment(f.discardedAt)}</span>` : html`<span class="hint">${w('失败于', 'failed')} ${moment(f.failedAt)}</span>`}</p>
<p class="hint"><code>${f.id}</code></p>
${f.mine ? html`<p class="error">${f.error}</p><div class="acts">${form('retry', { id: f.id }, button('重试', 'Retry'))}${!f.discardedAt && html`<details><summary>${w('丢弃…', 'Lay aside…')}</summary>${form('discard', { id: f.id }, html`<label>${w('原因', 'Why')}<input type="text" name="reason" maxlength="200" required></label>${button('丢弃', 'Lay aside', 'danger')}`)}</details>`}</div>` : html`<p class="hint">${w('属于其他新区，由其系统管理员处理。', 'Of another zone; its administrator sees to it.')}</p>`}</li>`;
  const delivery = (d: BoardDelivery) => html`<li><p><strong>${w(...CHANNELS[d.channel])}</strong> ${d.endpoint?.name ?? d.staff?.name ?? ''} <span class="badge bad">${d.state === 'DEAD' ? w('发送失败', 'dead') : w('待核实', 'in doubt')}</span> <span class="hint">${moment(new Date(d.createdAt))}</span></p>
${d.lastAnswer !== null && html`<p class="error">${d.lastAnswer}</p>`}
${d.nextAt !== null && html`<p class="hint">${w('将自动重发：', 'goes again by itself: ')}${moment(new Date(d.nextAt))}</p>`}
<div class="acts">${d.repeatable && form('repeat', { id: d.id, version: d.version }, button('重发', 'Send again'))}${d.settleable && html`<details><summary>${w('已看到送达…', 'It arrived…')}</summary>${form('settle', { id: d.id, version: d.version }, html`<label>${w('如何得知', 'How one knows')}<input type="text" name="reason" maxlength="200" required placeholder="${w('在群里看到', 'seen in the group')}"></label>${button('确认送达', 'It arrived', 'plain')}`)}</details>`}</div></li>`;
  const none = (zh: string, en: string) => html`<p class="none">${w(zh, en)}</p>`;
  const outbox = board.outbox;
  const told: readonly [string, string] | null = shown.told && TOLD[shown.told];

  return page(locale, html`${told && html`<p class="told" role="status">${w(...told)}</p>`}
${alert(shown.fault)}
${worries.length ? html`<ul class="wrong">${worries.map((line) => html`<li>${line}</li>`)}</ul>` : html`<p class="told">${w('一切正常。', 'All is well.')}</p>`}
<p class="hint">${w('查看于', 'Looked at')} ${clock(board.checkedAt, null)} · ${board.store === 'REDIS' ? w('队列在 Redis', 'the queue is in Redis') : w('队列在 PostgreSQL', 'the queue is in PostgreSQL')}</p>
<h2>${w('队列', 'Queue')}</h2>
${board.reachable ? html`<div class="lanes">${board.lanes.map(lane)}
<section class="lane"><h3>${w('待送入队列', 'On the way to it')} <code>outbox</code></h3><dl><div${(outbox.oldestSeconds ?? 0) > OUTBOX_LATE_S && html` class="bad"`}><dt>${w('等待', 'waiting')}</dt><dd>${outbox.waiting}</dd></div><div><dt>${w('未完成', 'open')}</dt><dd>${outbox.open}</dd></div><div><dt>${w('定时', 'later')}</dt><dd>${outbox.later}</dd></div></dl>
<p class="hint">${outbox.oldestSeconds === null ? w('没有等待的任务', 'nothing waits') : html`${w('最久已等', 'the oldest waits')} ${span(outbox.oldestSeconds * 1000, locale)}`}</p></section></div>
<p class="hint">${w('“失败”含定时任务失败的轮次；需要人处理的在下面列出。', 'Failed ones include turns of recurring jobs; what needs a person is listed below.')}</p>` : html`<p class="none">${w('队列不可达，数字未知。', 'The queue does not answer; its numbers are not known.')} outbox: ${outbox.waiting}</p>`}
<h2>${w('失败的任务', 'Failed jobs')} <span class="count">${board.failedCount}</span></h2>
${board.failed.length ? html`<ul class="items">${board.failed.map(failed)}</ul>${board.failedCount > board.failed.length && html`<p class="hint">${w(`仅列最近 ${board.failed.length} 个。`, `The latest ${board.failed.length} are listed.`)}</p>`}` : none('没有失败的任务。', 'No job has failed.')}
${board.discarded.length > 0 && html`<details><summary>${w('已丢弃', 'Laid aside')} (${board.discarded.length})</summary><ul class="items">${board.discarded.map(failed)}</ul></details>`}
<h2>${w('未送达的消息', 'Messages that did not arrive')} <span class="count">${shown.dead + shown.doubt}</span></h2>
${shown.deliveries.length ? html`<ul class="items">${shown.deliveries.map(delivery)}</ul>${shown.dead + shown.doubt > shown.deliveries.length && html`<p class="hint">${w(`仅列最近 ${shown.deliveries.length} 条；其余用 GraphQL deliveries 查看、deliveryRepeat 重发。`, `The latest ${shown.deliveries.length} are listed; see the others by deliveries and repeat them by deliveryRepeat over GraphQL.`)}</p>`}` : none('没有发送失败或待核实的消息。', 'No message is dead or in doubt.')}
<h2>${w('定时任务', 'Recurring jobs')}</h2>
${board.recurring.length ? html`<table><thead><tr><th scope="col">${w('任务', 'Job')}</th><th scope="col">${w('周期', 'Turns')}</th><th scope="col">${w('上次', 'Last run')}</th><th scope="col">${w('下次', 'Next')}</th><th scope="col">${w('状态', 'State')}</th><td></td></tr></thead><tbody>${board.recurring.map(recurring)}</tbody></table>` : none('没有可显示的定时任务。', 'There are no recurring jobs to show.')}`,
  html`<a href="/jobs?lang=${locale}">${w('刷新', 'Refresh')}</a>${shown.session && signOut(locale)}`);
}

const SHANGHAI = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'medium' });
/** A moment in Shanghai, in full without a `now`; the day is left out of today's, and the year of this year's. */
function clock(at: Date, now: number | null): string {
  const text = SHANGHAI.format(at);
  const today = now === null ? '' : SHANGHAI.format(now);
  return today.slice(0, 10) === text.slice(0, 10) ? text.slice(11) : today.slice(0, 4) === text.slice(0, 4) ? text.slice(5, 16) : text;
}

/** A length of time in its largest fitting unit. */
function span(ms: number, locale: Locale): string {
  const s = Math.max(0, Math.round(ms / 1000));
  const [n, zh, en] = s < 90 ? [s, '秒', 's'] : s < 5400 ? [Math.round(s / 60), '分钟', 'min'] : s < 129_600 ? [Math.round(s / 3600), '小时', 'h'] : [Math.round(s / 86_400), '天', 'd'];
  return `${n} ${locale === 'en' ? en : zh}`;
}
const took = (seconds: number, locale: Locale) => (seconds < 1 ? `${Math.max(1, Math.round(seconds * 1000))} ${locale === 'en' ? 'ms' : '毫秒'}` : span(seconds * 1000, locale));

function rhythm({ everySeconds, cron }: RecurringState, locale: Locale): string {
  const w = words(locale);
  if (everySeconds !== null) return w(`每 ${span(everySeconds * 1000, locale)}`, `every ${span(everySeconds * 1000, locale)}`);
  const [, minute, hour] = /^(\d{1,2}) (\d{1,2}|\*) \* \* \*$/.exec(cron ?? '') ?? [];
  if (minute === undefined || hour === undefined) return cron ?? '–';
  return hour === '*' ? w(`每小时第 ${Number(minute)} 分`, `hourly at :${minute.padStart(2, '0')}`) : w(`每天 ${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`, `daily at ${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`);
}
