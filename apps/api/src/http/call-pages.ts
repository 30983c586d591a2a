import type { FollowPage, RaisePage } from '@yinfeng/construction';
import { callStateWord, type CallEntryKind } from '@yinfeng/construction';
import type { Locale } from '@yinfeng/platform';
import { html, type Markup } from './markup.js';

/** What was typed, shown again when something of it was wrong. */
export type Typed = Readonly<Record<string, string>>;
type Words = (zh: string, en: string) => string;

const words = (locale: Locale): Words => (zh, en) => (locale === 'en' ? en : zh);
const ENTRIES: Record<CallEntryKind, readonly [zh: string, en: string]> = {
  RAISED: ['提出诉求', 'Raised'], ROUTED: ['已派单', 'Passed to'], REPORTED_IN: ['已报到', 'Reported in'], PROGRESS: ['办理情况', 'Progress'], TRANSFERRED: ['已转办', 'Transferred'], RESOLVED: ['办理结果', 'What was done'], RATED: ['您的评价', 'Your rating'],
  REOPENED: ['重新打开', 'Opened again'], ESCALATED: ['已升级', 'Escalated'], CLOSED: ['已关闭', 'Closed'], WITHDRAWN: ['已撤回', 'Withdrawn'], PUBLISHED: ['已挂牌', 'Listed'], UNPUBLISHED: ['已摘牌', 'Off the list'],
};

/** The frame of every page: no script, one style sheet of ours, nothing from elsewhere. */
export function page(locale: Locale, title: string, body: Markup, told: Markup | null = null): string {
  const other = locale === 'en' ? html`<a class="language" href="?lang=zh" lang="zh-CN">中文</a>` : html`<a class="language" href="?lang=en" lang="en">English</a>`;
  return html`<!doctype html>
<html lang="${locale === 'en' ? 'en' : 'zh-CN'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="stylesheet" href="/calls.css">
<link rel="icon" href="data:,">
</head>
<body>
<main>
<header>${other}</header>
<h1>${title}</h1>
${told}
${body}
</main>
</body>
</html>
`.text;
}

const wrong = (text: string | null) => text !== null && html`<p class="wrong" role="alert">${text}</p>`;

/** The form of a link that is good for one call. */
export function raisePage(locale: Locale, shown: RaisePage, form: string, typed: Typed, fault: string | null): string {
  const w = words(locale);
  const choices = shown.types.map((t) => html`<option value="${t.code}"${typed.type === t.code && html` selected`}>${w(t.zh, t.en)}</option>`);
  return page(locale, w('企业诉求直通', 'Raise a problem'), html`<p>${shown.zone}<br>${w('项目', 'Project')}：${shown.project}</p>
<p class="hint">${w('请说明遇到的问题。提交后可随时查看办理进度并评价。', 'Tell us the problem. You can then follow what is done about it and rate it.')}</p>
${wrong(fault)}
<form method="post" enctype="multipart/form-data">
<input type="hidden" name="form" value="${form}">
<label for="type">${w('诉求类别', 'About')}</label>
<select id="type" name="type" required>${choices}</select>
<label for="title">${w('标题', 'In a line')}</label>
<input type="text" id="title" name="title" maxlength="100" required value="${typed.title ?? ''}">
<label for="content">${w('具体内容', 'In full')}</label>
<textarea id="content" name="content" maxlength="2000" required>
${typed.content ?? ''}</textarea>
<fieldset><legend>${w('紧急程度', 'How pressing')}</legend>
<label><input type="radio" name="urgency" value="NORMAL"${typed.urgency !== 'URGENT' && html` checked`}> ${w('一般', 'Normal')}</label>
<label><input type="radio" name="urgency" value="URGENT"${typed.urgency === 'URGENT' && html` checked`}> ${w('紧急', 'Urgent')}</label></fieldset>
<label for="wishOn">${w('期望解决时间（可不填）', 'Wished for by (optional)')}</label>
<input type="date" id="wishOn" name="wishOn" value="${typed.wishOn ?? ''}">
<label for="callerName">${w('联系人', 'Your name')}</label>
<input type="text" id="callerName" name="callerName" maxlength="40" required autocomplete="name" value="${typed.callerName ?? ''}">
<label for="callerPhone">${w('联系电话', 'Your phone')}</label>
<input type="tel" id="callerPhone" name="callerPhone" maxlength="40" required autocomplete="tel" value="${typed.callerPhone ?? ''}">
<p class="hint">${w('姓名和电话仅用于办理本诉求。', 'Name and phone serve this problem alone.')}</p>
${photos(w)}
<button type="submit">${w('提交', 'Send')}</button>
</form>`);
}

const photos = (w: Words): Markup => html`<label for="photos">${w('照片（可不选，最多 3 张，每张不超过 8 MB，JPG、PNG 或 WebP）', 'Photos (optional, at most 3, each up to 8 MB, JPG, PNG or WebP)')}</label>
<input type="file" id="photos" name="photos" accept="image/jpeg,image/png,image/webp" multiple>`;

/** What has become of a call, and what its enterprise may say to it. */
export function followPage(locale: Locale, call: FollowPage, typed: Typed, fault: string | null): string {
  const w = words(locale);
  const version = html`<input type="hidden" name="version" value="${call.version}">`;
  const scale = Array.from({ length: call.scale }, (_, i) => call.scale - i);
  const rows = call.entries.map((e) => html`<li><strong>${w(...ENTRIES[e.kind])}</strong>${e.kind === 'ROUTED' && html` ${e.department}`}${e.kind === 'REPORTED_IN' && html` ${e.department}`}${e.score !== null && html` ${e.score}/${call.scale}`} <time datetime="${e.on}">${e.on}</time>${e.content !== null && html`<p class="words">${e.content}</p>`}</li>`);
  return page(locale, `${w('诉求', 'Call')} ${call.number}`, html`<p>${call.zone}</p>
${wrong(fault)}
<p class="told">${w('请收藏本页地址，随时查看办理进度。请勿转发他人：持有本地址即可查看和评价。', 'Keep the address of this page to follow your call. Do not pass it on: whoever has it may look and rate.')}</p>
<dl>
<dt>${w('状态', 'State')}</dt><dd><strong>${callStateWord(call.state, locale)}</strong></dd>
<dt>${w('类别', 'About')}</dt><dd>${w(call.typeZh, call.typeEn)}</dd>
<dt>${w('牵头部门', 'Led by')}</dt><dd>${call.department}</dd>
<dt>${w('提出日期', 'Raised on')}</dt><dd>${call.raisedOn}</dd>
<dt>${w('应办结日期', 'To be solved by')}</dt><dd>${call.resolveDueOn}</dd>
</dl>
<h2>${call.title}</h2>
<p class="words">${call.content}</p>
${call.mayRate && html`<h2>${w('请评价', 'Please rate')}</h2>
<form method="post" enctype="multipart/form-data">${version}<input type="hidden" name="act" value="rate">
<fieldset><legend>${w('满意程度', 'How satisfied')}</legend>
${scale.map((n) => html`<label><input type="radio" name="score" value="${n}" required> ${n}</label>`)}</fieldset>
<label for="words">${w('意见（可不填）', 'In words (optional)')}</label>
<textarea id="words" name="words" maxlength="500">
${typed.act === 'rate' ? (typed.words ?? '') : ''}</textarea>
<button type="submit">${w('提交评价', 'Send rating')}</button></form>`}
${call.mayReopen && html`<details${typed.act === 'reopen' && html` open`}><summary>${w('问题没有解决', 'The problem is not solved')}</summary>
<form method="post" enctype="multipart/form-data">${version}<input type="hidden" name="act" value="reopen">
<label for="why">${w('还有什么问题', 'What is still wrong')}</label>
<textarea id="why" name="words" maxlength="2000" required>
${typed.act === 'reopen' ? (typed.words ?? '') : ''}</textarea>
${photos(w)}
<button type="submit">${w('重新打开诉求', 'Open it again')}</button></form></details>`}
${call.mayWithdraw && html`<details${typed.act === 'withdraw' && html` open`}><summary>${w('不再需要', 'No longer needed')}</summary>
<form method="post" enctype="multipart/form-data">${version}<input type="hidden" name="act" value="withdraw">
<label for="off">${w('原因', 'Why')}</label>
<textarea id="off" name="words" maxlength="2000" required>
${typed.act === 'withdraw' ? (typed.words ?? '') : ''}</textarea>
<button type="submit">${w('撤回诉求', 'Withdraw')}</button></form></details>`}
<h2>${w('办理过程', 'What was done')}</h2>
<ol>${rows}</ol>`);
}

/** One page for every address that is not good: unknown, used, revoked and expired ones look alike. */
export function gonePage(locale: Locale): string {
  const w = words(locale);
  return page(locale, w('链接不可用', 'This link is not good'), html`<p>${w('该链接不存在、已使用、已撤销或已过期。', 'The link does not exist, was used or revoked, or has expired.')}</p>
<p>${w('如需提出诉求，请联系您的项目服务专员重新发送链接。已提交的诉求请用提交后得到的地址查看。', 'To raise a problem, ask your service officer for another link. To follow a call, use the address that you got when you raised it.')}</p>`);
}

export function troublePage(locale: Locale, zh: string, en: string): string {
  const w = words(locale);
  return page(locale, w('暂时无法办理', 'Not now'), html`<p class="wrong" role="alert">${w(zh, en)}</p>`);
}
