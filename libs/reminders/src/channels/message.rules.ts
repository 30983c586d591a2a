import type { Locale } from '@yinfeng/platform';
import type { Robot } from './channel.js';

/** One reminder as it is told outside the house: its sentence, and in a group whom it is for. */
export interface ToldLine {
  title: string;
  people?: readonly string[];
}
export interface Mail {
  subject: string;
  text: string;
  html: string;
  /** Where its reader ends such mails; null: in the settings alone. */
  offUrl: string | null;
}

/** What each robot takes, by its vendor's document: WeCom 2,048 bytes of text; DingTalk and Feishu 20 KB of request, of which the text leaves room for the rest. */
export const MOST_BYTES: Record<Robot, number> = { WECOM: 2048, DINGTALK: 15_000, FEISHU: 15_000 };
const LONGEST_LINE = 200;

const clipped = (text: string) => (text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE - 1)}…` : text);
const plain = (text: string) => clipped(text.replace(/[\s\p{Cc}]+/gu, ' ').trim());
/** Robots read <@everybody>, <at …> and links in texts: what people wrote must not call a whole group. */
const harmless = (text: string) => plain(text).replace(/</g, '＜').replace(/>/g, '＞').replace(/@/g, '＠');
const escaped = (text: string) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const bytes = (text: string) => Buffer.byteLength(text, 'utf8');

/** A digest, or one urgent reminder, as a mail; with the address of this installation where the operator names it. */
export function mailOf(lines: readonly ToldLine[], locale: Locale, link: string | null = null, offUrl: string | null = null): Mail {
  const zh = locale !== 'en';
  const titles = lines.map((l) => plain(l.title));
  const subject = titles.length === 1 ? `${zh ? '【引凤】' : '[Yinfeng] '}${titles[0]!}` : zh ? `【引凤】${titles.length} 项待办提醒` : `[Yinfeng] ${titles.length} reminders`;
  const foot = zh ? '请登录引凤办理。接收渠道、时段和免打扰可在“提醒设置”中修改。' : 'Sign in to Yinfeng to act on them. Channels, times and quiet hours are yours to change in the reminder settings.';
  return {
    subject,
    text: `${titles.map((t, i) => (titles.length === 1 ? t : `${i + 1}. ${t}`)).join('\n')}\n${link ? `\n${link}\n` : ''}\n-- \n${foot}\n${offUrl ? `${zh ? '不再接收提醒邮件：' : 'No more reminders by mail: '}${offUrl}\n` : ''}`,
    html: `<!doctype html><html lang="${zh ? 'zh-CN' : 'en'}"><body style="font-family:sans-serif;font-size:15px;line-height:1.6"><ol>${titles.map((t) => `<li>${escaped(t)}</li>`).join('')}</ol>${link ? `<p><a href="${escaped(link)}">${zh ? '打开引凤' : 'Open Yinfeng'}</a></p>` : ''}<p style="color:#595959;font-size:13px">${escaped(foot)}${offUrl ? ` <a href="${escaped(offUrl)}">${zh ? '不再接收提醒邮件' : 'No more reminders by mail'}</a>` : ''}</p></body></html>`,
    offUrl,
  };
}

/** The code that shows an address to be its owner's. */
export function codeMail(code: string, minutes: number, locale: Locale): Mail {
  const zh = locale !== 'en';
  const text = zh ? `您正在设置接收引凤提醒的邮箱，验证码为 ${code}，${minutes} 分钟内有效。如非本人操作，请忽略。` : `The code that confirms this address for reminders of Yinfeng is ${code}; it is good for ${minutes} minutes. If this was not you, do nothing.`;
  return { subject: zh ? `【引凤】邮箱验证码 ${code}` : `[Yinfeng] Code ${code}`, text: `${text}\n`, html: `<!doctype html><html><body><p>${escaped(text)}</p></body></html>`, offUrl: null };
}

/** Lines as a robot's text: whole lines as far as the bytes go, the rest counted; keyword and link are there whatever the lines say. */
export function robotText(robot: Robot, lines: readonly ToldLine[], locale: Locale, keyword: string | null, link: string | null = null): string {
  const zh = locale !== 'en';
  const told = lines.map((l, i) => {
    const people = l.people?.length ? (zh ? `（${l.people.slice(0, 5).map(harmless).join('、')}${l.people.length > 5 ? ` 等 ${l.people.length} 人` : ''}）` : ` (${l.people.slice(0, 5).map(harmless).join(', ')}${l.people.length > 5 ? ` and ${l.people.length - 5} more` : ''})`) : '';
    return `${lines.length === 1 ? '' : `${i + 1}. `}${harmless(l.title)}${people}`;
  });
  const head = zh ? (lines.length === 1 ? '【引凤提醒】' : `【引凤】${lines.length} 项待办提醒`) : lines.length === 1 ? '[Yinfeng] ' : `[Yinfeng] ${lines.length} reminders`;
  const whole = (count: number) => {
    const left = told.length - count;
    const rest = left > 0 ? [zh ? `……另有 ${left} 项，请登录引凤查看` : `… and ${left} more in Yinfeng`] : [];
    const said = lines.length === 1 ? head + told.slice(0, count).join('') : [head, ...told.slice(0, count), ...rest].join('\n');
    const text = link ? `${said}\n${link}` : said;
    return keyword && !text.includes(keyword) ? `${keyword}\n${text}` : text;
  };
  for (let count = told.length; count > 0; count--) if (bytes(whole(count)) <= MOST_BYTES[robot]) return whole(count);
  return whole(0);
}

/** A robot's test message. */
export function testText(name: string, locale: Locale, keyword: string | null): string {
  const text = locale !== 'en' ? `【引凤】机器人“${harmless(name)}”已接入，这是一条测试消息。` : `[Yinfeng] Robot "${harmless(name)}" is connected; this is a test.`;
  return keyword && !text.includes(keyword) ? `${keyword}\n${text}` : text;
}
