import { randomBytes } from 'node:crypto';
import type { SignInService } from '@yinfeng/directory';
import { type Actor, type JobBoardService, type Locale, localId, message, Refusal, Refusals } from '@yinfeng/platform';
import type { DeliveriesService } from '@yinfeng/reminders';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Spending } from '../graphql/spending.js';
import { clearedCookie, readCookie, sessionCookie } from './cookies.js';
import { type BoardDelivery, boardPage, forbiddenPage, signInPage, type Told, TOLD, troublePage } from './job-pages.js';
import { bearerOf, localeOf, type RequestContexts } from './request-context.js';

/** Points of a look and of an act, from the bucket of the address (see graphql/limits.ts). */
const LOOK = 100;
const ACT = 500;
const BODY_LIMIT = 8 * 1024;
const MOST_DELIVERIES = 20;
const POLICY = [`default-src 'none'`, `style-src 'self'`, `img-src data:`, `form-action 'self'`, `base-uri 'none'`, `frame-ancestors 'none'`].join(';');
const SHAPE = { id: true, version: true, channel: true, state: true, nextAt: true, lastAnswer: true, createdAt: true, repeatable: true, settleable: true, staff: { name: true }, endpoint: { name: true } } as const;

export interface JobRouteParts {
  board: JobBoardService;
  deliveries: DeliveriesService;
  signIns: SignInService;
  contexts: RequestContexts;
  spending: Spending;
  allowedOrigins: readonly string[];
}
interface Caller { actor: Actor; token: string; session: boolean }

/**
 * /jobs: the board of background jobs for system administrators, by session cookie or bearer token. Forms come from our
 * own pages alone: a cookie says who, and the browser's Origin that it was this page.
 */
export function jobRoutes({ board, deliveries, signIns, contexts, spending, allowedOrigins }: JobRouteParts) {
  return async (app: FastifyInstance): Promise<void> => {
    app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: BODY_LIMIT }, (_request, body, done) => done(null, new URLSearchParams(body as string)));
    app.setErrorHandler((error, request, reply) => {
      const locale = languageOf(request, null);
      const status = (error as { statusCode?: number }).statusCode;
      if (status !== undefined && status >= 400 && status < 500) return send(reply, status, troublePage(locale, '提交的内容无法读取。', 'What was sent cannot be read.'));
      request.log.error({ requestId: request.id, cause: error instanceof Error ? error.stack : String(error) }, 'unexpected error');
      return send(reply, 500, troublePage(locale, `系统出错，请稍后再试（编号 ${request.id}）。`, `Something went wrong; try again later (reference ${request.id}).`));
    });

    app.get('/jobs', async (request, reply) => {
      if (waits(request, reply, LOOK)) return reply;
      const caller = await callerOf(request);
      const locale = languageOf(request, caller?.actor ?? null);
      if (!caller) return send(reply, 401, signInPage(locale, null));
      if (!caller.actor.permissions.has('zone.manage')) return send(reply, 403, forbiddenPage(locale, caller.session));
      const { told } = request.query as { told?: unknown };
      return show(reply, caller, locale, typeof told === 'string' && Object.hasOwn(TOLD, told) ? (told as Told) : null, null);
    });

    app.post('/jobs', async (request, reply) => {
      if (waits(request, reply, ACT)) return reply;
      const typed = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
      const bearer = bearerOf(request.headers.authorization) !== undefined;
      if (!bearer && !fromOurPage(request)) return send(reply, 403, troublePage(languageOf(request, null), '请求不是从本页面发出的，已拒绝。', 'The request did not come from this page and was refused.'));
      const act = typed.get('act') ?? '';
      if (act === 'sign-in') return signIn(request, reply, typed);
      const caller = await callerOf(request);
      const locale = languageOf(request, caller?.actor ?? null);
      if (!caller) return send(reply, 401, signInPage(locale, null));
      if (act === 'sign-out') {
        if (caller.session) await signIns.signOut(caller.actor, caller.token);
        return reply.header('set-cookie', clearedCookie(request.protocol === 'https')).redirect(`/jobs?lang=${locale}`, 303);
      }
      if (!caller.actor.permissions.has('zone.manage')) return send(reply, 403, forbiddenPage(locale, caller.session));
      try {
        const told = await done(caller.actor, act, typed);
        if (told === null) return await send(reply, 400, troublePage(locale, '提交的内容无法读取。', 'What was sent cannot be read.'));
        return await reply.redirect(`/jobs?lang=${locale}&told=${told}`, 303);
      } catch (error) {
        const refusal = error instanceof Refusals ? error.all[0]! : error;
        if (!(refusal instanceof Refusal)) throw error;
        return show(reply, caller, locale, null, message(refusal.code, refusal.params, locale), refusal.code === 'NOT_FOUND' ? 404 : 422);
      }
    });
  };

  /** One act of a form; null: not one of ours. @throws Refusal those of the services. */
  async function done(actor: Actor, act: string, typed: URLSearchParams): Promise<Told | null> {
    const text = (name: string) => typed.get(name) ?? '';
    // One key for the forms of a page: with the act and its record it is that of one form.
    const idempotencyKey = `page:${act}:${text('id') || text('job')}:${text('key')}`.slice(0, 255);
    const delivery = { idempotencyKey, deliveryId: localId('Delivery', text('id')), expectedVersion: Number(text('version')) || 0 };
    switch (act) {
      case 'retry': return board.retry(actor, { idempotencyKey, jobId: localId('Job', `Job:${text('id')}`) }).then(() => 'retried' as const);
      case 'discard': return board.discard(actor, { idempotencyKey, jobId: localId('Job', `Job:${text('id')}`), reason: text('reason') }).then(() => 'discarded' as const);
      case 'run': return board.runNow(actor, { idempotencyKey, job: text('job') }).then(() => 'ran' as const);
      case 'repeat': return deliveries.repeat(actor, delivery).then(() => 'repeated' as const);
      case 'settle': return deliveries.settle(actor, { ...delivery, arrived: true, reason: text('reason') }).then(() => 'settled' as const);
      default: return null;
    }
  }

  async function show(reply: FastifyReply, { actor, session }: Caller, locale: Locale, told: Told | null, fault: string | null, status = 200): Promise<FastifyReply> {
    const waiting = (state: 'DEAD' | 'DOUBT') => deliveries.count(actor, { states: [state] });
    const [shown, dead, doubt, list] = await Promise.all([board.board(actor), waiting('DEAD'), waiting('DOUBT'), deliveries.page(actor, { states: ['DEAD', 'DOUBT'] }, { first: MOST_DELIVERIES }, SHAPE)]);
    const page = boardPage(locale, { board: shown, dead, doubt, deliveries: list.nodes as unknown as BoardDelivery[], key: randomBytes(16).toString('base64url'), told, fault, session });
    return send(reply, status === 200 && !shown.reachable ? 503 : status, page);
  }

  async function signIn(request: FastifyRequest, reply: FastifyReply, typed: URLSearchParams): Promise<FastifyReply> {
    const locale = languageOf(request, null);
    const [email, password] = [(typed.get('email') ?? '').slice(0, 254), (typed.get('password') ?? '').slice(0, 1000)];
    try {
      const { token, expiresAt } = await signIns.signIn({ email, password }, { address: request.ip, userAgent: (request.headers['user-agent'] ?? '').slice(0, 300), requestId: request.id });
      return await reply.header('set-cookie', sessionCookie(token, expiresAt, request.protocol === 'https')).redirect(`/jobs?lang=${locale}`, 303);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return send(reply, error.code === 'RATE_LIMITED' ? 429 : 401, signInPage(locale, message(error.code, error.params, locale), email));
    }
  }

  async function callerOf(request: FastifyRequest): Promise<Caller | null> {
    const bearer = bearerOf(request.headers.authorization);
    const token = bearer ?? readCookie(request.headers.cookie);
    const actor = token ? await contexts.actorOf(token, request.id) : null;
    return actor ? { actor, token: token!, session: bearer === undefined } : null;
  }

  /** Browsers name the page that a form was on; who names none, or another, is not one of our pages. */
  function fromOurPage({ headers }: FastifyRequest): boolean {
    const { origin, host } = headers;
    const site = headers['sec-fetch-site'];
    if (origin === undefined || host === undefined || (site !== undefined && site !== 'same-origin')) return false;
    return origin === `http://${host}` || origin === `https://${host}` || allowedOrigins.includes(origin);
  }

  function waits(request: FastifyRequest, reply: FastifyReply, points: number): boolean {
    const { waitSeconds } = spending.spend(request.ip, points);
    if (waitSeconds === 0) return false;
    void send(reply.header('retry-after', String(waitSeconds)), 429, troublePage(languageOf(request, null), `操作过于频繁，请在 ${waitSeconds} 秒后再试。`, `Too many attempts; try again in ${waitSeconds} seconds.`));
    return true;
  }
}

function languageOf(request: FastifyRequest, actor: Actor | null): Locale {
  const asked = (request.query as { lang?: unknown }).lang;
  return asked === 'en' || asked === 'zh' ? asked : localeOf(request.headers['accept-language'], actor);
}

/** `same-origin`: without a referrer a browser would not say of which page a form is. */
function send(reply: FastifyReply, status: number, page: string): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').headers({ 'content-security-policy': POLICY, 'referrer-policy': 'same-origin', 'cache-control': 'no-store', 'x-robots-tag': 'noindex, nofollow', vary: 'accept-language, cookie, authorization' }).send(page);
}
