import type { Locale } from '@yinfeng/platform';
import type { MailOffService } from '@yinfeng/reminders';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Spending } from '../graphql/spending.js';
import { page, troublePage } from './call-pages.js';
import { html } from './markup.js';
import { localeOf } from './request-context.js';

/** Points that one look takes from its address's bucket (see graphql/limits.ts). */
const COST = 500;
const POLICY = [`default-src 'none'`, `style-src 'self'`, `img-src data:`, `form-action 'self'`, `base-uri 'none'`, `frame-ancestors 'none'`].join(';');

/**
 * /mail-off/<token>: ends the reminder mails of whom the mail was for. Looking changes nothing, for mail programs and
 * scanners look at links by themselves; the button does, or the mail program's own by one click (RFC 8058).
 */
export function mailOffRoutes({ mails, spending }: { mails: MailOffService; spending: Spending }) {
  return async (app: FastifyInstance): Promise<void> => {
    // What is posted says nothing beyond the address itself.
    app.addContentTypeParser(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'], { parseAs: 'string', bodyLimit: 4 * 1024 }, (_request, _body, done) => done(null, null));

    app.get<{ Params: { token: string } }>('/mail-off/:token', async (request, reply) => {
      if (waits(request, reply)) return reply;
      const found = await mails.find(request.params.token, request.id);
      if (!found) return gone(request, reply);
      const locale = languageOf(request, found.locale);
      const w = locale === 'en' ? 1 : 0;
      const title = ['提醒邮件', 'Reminder mails'][w]!;
      if (!found.enabled) return send(reply, 200, page(locale, title, html`<p class="told">${[`已不再向 ${found.hint} 发送提醒邮件。`, `Reminders are no longer sent to ${found.hint}.`][w]!}</p>`));
      return send(reply, 200, page(locale, title, html`<p>${[`不再向 ${found.hint} 发送提醒邮件？站内提醒不受影响；登录引凤后可在“提醒设置”中重新开启。`, `No more reminders to ${found.hint}? The inbox in Yinfeng goes on; mails can be switched on again in the reminder settings.`][w]!}</p>
<form method="post"><button>${['不再接收', 'No more mails'][w]!}</button></form>`));
    });

    app.post<{ Params: { token: string } }>('/mail-off/:token', async (request, reply) => {
      if (waits(request, reply)) return reply;
      const { token } = request.params;
      const found = await mails.find(token, request.id);
      if (!found || !(await mails.end(token, request.id))) return gone(request, reply);
      const locale = languageOf(request, found.locale);
      const w = locale === 'en' ? 1 : 0;
      return send(reply, 200, page(locale, ['提醒邮件', 'Reminder mails'][w]!, html`<p class="told" role="status">${[`已停止向 ${found.hint} 发送提醒邮件。`, `Reminders are no longer sent to ${found.hint}.`][w]!}</p>`));
    });
  };

  function waits(request: FastifyRequest, reply: FastifyReply): boolean {
    const { waitSeconds } = spending.spend(request.ip, COST);
    if (waitSeconds === 0) return false;
    void send(reply.header('retry-after', String(waitSeconds)), 429, troublePage(languageOf(request, null), `操作过于频繁，请在 ${waitSeconds} 秒后再试。`, `Too many attempts; try again in ${waitSeconds} seconds.`));
    return true;
  }
}

function languageOf(request: FastifyRequest, own: Locale | null): Locale {
  const asked = (request.query as { lang?: unknown }).lang;
  return asked === 'en' || asked === 'zh' ? asked : (own ?? localeOf(request.headers['accept-language'], null));
}

/** One page for every address that is not good. */
const gone = (request: FastifyRequest, reply: FastifyReply) => send(reply, 404, troublePage(languageOf(request, null), '该链接无效，或邮箱地址已更改。', 'This link is not good, or the address has changed.'));

function send(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').headers({ 'content-security-policy': POLICY, 'referrer-policy': 'no-referrer', 'cache-control': 'no-store', 'x-robots-tag': 'noindex, nofollow', vary: 'accept-language' }).send(text);
}
