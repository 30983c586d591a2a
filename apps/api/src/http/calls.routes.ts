import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import multipart from '@fastify/multipart';
import type { CallLinksService, OpenLink } from '@yinfeng/construction';
import { isCalendarDay, type Locale, message, Refusal, StoredFiles, systemActor } from '@yinfeng/platform';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Spending } from '../graphql/spending.js';
import { followPage, gonePage, raisePage, troublePage, type Typed } from './call-pages.js';
import { localeOf } from './request-context.js';

/** What strangers may spend: points at once and per second, of an address and of a link. Guessing costs most. */
export interface CallPageLimits { address: { most: number; perSecond: number }; link: { most: number; perSecond: number } }
export const CALL_PAGE_LIMITS: CallPageLimits = { address: { most: 120, perSecond: 1 }, link: { most: 60, perSecond: 0.5 } };
const LOOK = 1;
const WRITE = 10;
const MISS = 20;

const PHOTO_LIMIT = 8 * 1024 * 1024;
const PHOTOS_MOST = 3;
/** Uploads of strangers in memory at once; the others are asked to come back. */
const UPLOADS_MOST = 4;
/** What a form is known by: 16 random bytes. */
const FORM = /^[A-Za-z0-9_-]{22}$/;
const PICTURE = /\.(jpe?g|png|webp)$/i;
const POLICY = [`default-src 'none'`, `style-src 'self'`, `img-src data:`, `form-action 'self'`, `base-uri 'none'`, `frame-ancestors 'none'`].join(';');

export interface CallRouteParts {
  links: CallLinksService;
  files: StoredFiles;
  limits?: CallPageLimits;
}
interface Sent { typed: Typed; photos: { name: string; content: Buffer }[] }

/**
 * /calls/<secret>: an enterprise raises its one call, follows it, rates it or says that it is not solved. The secret is the
 * only right there is, so nothing rides on cookies and no page of others can use it; it never stands in a log, a referrer
 * or a cache. In a scope of its own, so that no other route takes multipart.
 */
export function callRoutes({ links, files, limits = CALL_PAGE_LIMITS }: CallRouteParts) {
  const addresses = new Spending(limits.address.most, limits.address.perSecond);
  const secrets = new Spending(limits.link.most, limits.link.perSecond);
  let uploads = 0;

  return async (app: FastifyInstance): Promise<void> => {
    await app.register(multipart, { throwFileSizeLimit: true, limits: { fileSize: PHOTO_LIMIT, files: PHOTOS_MOST + 1, fields: 12, fieldSize: 16 * 1024, fieldNameSize: 40, parts: 16, headerPairs: 50 } });
    app.setErrorHandler((error, request, reply) => {
      const status = (error as { statusCode?: number }).statusCode;
      const locale = languageOf(request);
      if (status === 413) return send(reply, 413, troublePage(locale, '照片过大或过多：最多 3 张，每张不超过 8 MB。请返回后重新选择。', 'Photos too large or too many: at most 3, each up to 8 MB. Go back and choose again.'));
      if (status !== undefined && status >= 400 && status < 500) return send(reply, status, troublePage(locale, '提交的内容无法读取，请返回重试。', 'What was sent cannot be read. Go back and try again.'));
      request.log.error({ requestId: request.id, cause: error instanceof Error ? error.stack : String(error) }, 'unexpected error');
      return send(reply, 500, troublePage(locale, `系统出错，请稍后再试（编号 ${request.id}）。`, `Something went wrong; try again later (reference ${request.id}).`));
    });

    app.get<{ Params: { secret: string } }>('/calls/:secret', async (request, reply) => {
      const link = await open(request, reply, LOOK);
      return link && show(request, reply, link, {}, null);
    });

    app.post<{ Params: { secret: string } }>('/calls/:secret', async (request, reply) => {
      const { secret } = request.params;
      const link = await open(request, reply, WRITE, true);
      if (!link) return reply;
      if (!request.isMultipart()) return send(reply, 415, troublePage(languageOf(request), '提交的内容无法读取，请返回重试。', 'What was sent cannot be read. Go back and try again.'));
      if (uploads >= UPLOADS_MOST) return busy(request, reply, 5);
      uploads++;
      try {
        const { typed, photos } = await received(request);
        if (link.kind === 'RAISE') {
          const form = FORM.test(typed.form ?? '') ? typed.form! : null;
          if (link.used) {
            const again = form && links.sameForm(secret, link, form);
            return again ? to(request, reply, again) : gone(request, reply);
          }
          return await refusedOr(request, reply, link, typed, async () => {
            if (!form) throw new Refusal('REQUIRED', ['form'], { field: 'form' });
            const wishOn = typed.wishOn || null;
            if (wishOn && !isDay(wishOn)) throw new Refusal('INVALID', ['wishOn'], { field: '期望解决时间', value: wishOn.slice(0, 20), expected: 'YYYY-MM-DD' });
            const said = { type: typed.type ?? '', title: typed.title ?? '', content: typed.content ?? '', urgency: typed.urgency === 'URGENT' ? 'URGENT' as const : 'NORMAL' as const, wishOn, callerName: typed.callerName ?? '', callerPhone: typed.callerPhone ?? '' };
            // Words first: photos are kept only for a call that can be raised.
            links.demandSaid(said);
            const follow = await links.raise(secret, link, form, said, await keep(link, photos, request), request.id);
            return follow ? to(request, reply, follow) : gone(request, reply);
          });
        }
        return await refusedOr(request, reply, link, typed, async () => {
          const act = (['rate', 'reopen', 'withdraw'] as const).find((a) => a === typed.act);
          if (!act) throw new Refusal('REQUIRED', ['act'], { field: 'act' });
          await links.answer(link, { act, version: Number(typed.version), score: Number(typed.score), words: typed.words ?? '' }, act === 'reopen' ? await keep(link, photos, request) : [], request.id);
          return to(request, reply, secret);
        });
      } finally {
        uploads--;
      }
    });
  };

  /** The link of the address, when the caller may still ask and it is good; else the answer is sent. */
  async function open(request: FastifyRequest, reply: FastifyReply, points: number, used = false): Promise<OpenLink | null> {
    const { secret } = request.params as { secret: string };
    const wait = Math.max(addresses.spend(request.ip, points).waitSeconds, secrets.spend(createHash('sha256').update(secret).digest('base64'), points).waitSeconds);
    if (wait > 0) {
      busy(request, reply, wait);
      return null;
    }
    const link = await links.find(secret);
    if (link && (!link.used || used)) return link;
    // What is not good costs more, without telling: the next question has to wait for it.
    const missed = addresses.spend(request.ip, MISS);
    if (missed.waitSeconds > 0) busy(request, reply, missed.waitSeconds);
    else gone(request, reply);
    return null;
  }

  async function show(request: FastifyRequest, reply: FastifyReply, link: OpenLink, typed: Typed, fault: string | null, status = 200): Promise<FastifyReply> {
    const locale = languageOf(request);
    if (link.kind === 'FOLLOW') return send(reply, status, followPage(locale, await links.followPage(link, request.id), typed, fault));
    return send(reply, status, raisePage(locale, await links.raisePage(link, request.id), FORM.test(typed.form ?? '') ? typed.form! : randomBytes(16).toString('base64url'), typed, fault));
  }

  /** What the person can put right is told on the same page, with what was typed. */
  async function refusedOr(request: FastifyRequest, reply: FastifyReply, link: OpenLink, typed: Typed, work: () => Promise<FastifyReply>): Promise<FastifyReply> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === 'NOT_FOUND') return gone(request, reply);
      const text = message(error.code, error.params, languageOf(request));
      return show(request, reply, link, typed, text, 422);
    }
  }

  /** Takes pictures in as any upload is taken in: drawn anew, by content and not by name. @throws Refusal FILE_TYPE, PICTURE_TOO_LARGE. */
  async function keep(link: OpenLink, photos: Sent['photos'], request: FastifyRequest): Promise<string[]> {
    const ids: string[] = [];
    for (const { name, content } of photos) {
      if (!PICTURE.test(name)) throw new Refusal('FILE_TYPE', ['photos'], { name: name.slice(0, 80), expected: 'jpg, png, webp' });
      ids.push((await files.add(systemActor(link.zoneId, request.id), { name, content: Readable.from([content]) })).id);
    }
    return ids;
  }
}

 
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** Fields and photos of a form; a form without photos sends one without a name. */
async function received(request: FastifyRequest): Promise<Sent> {
  const typed: Record<string, string> = {};
  const photos: Sent['photos'] = [];
  for await (const part of request.parts()) {
    if (part.type === 'field') typed[part.fieldname] = typeof part.value === 'string' ? part.value.replaceAll('\r\n', '\n').replace(CONTROL, '') : '';
    else {
      const content = await (part).toBuffer();
      if (content.length > 0 && photos.push({ name: part.filename || 'photo', content }) > PHOTOS_MOST) throw Object.assign(new Error('too many photos'), { statusCode: 413 });
    }
  }
  return { typed, photos };
}

function languageOf(request: FastifyRequest): Locale {
  const asked = (request.query as { lang?: unknown }).lang;
  return asked === 'en' || asked === 'zh' ? asked : localeOf(request.headers['accept-language'], null);
}

/** On to the page of a secret, in the language that was chosen. */
function to(request: FastifyRequest, reply: FastifyReply, secret: string): FastifyReply {
  const { lang } = request.query as { lang?: unknown };
  return reply.header('referrer-policy', 'no-referrer').redirect(`/calls/${secret}${lang === 'en' || lang === 'zh' ? `?lang=${lang}` : ''}`, 303);
}

const gone = (request: FastifyRequest, reply: FastifyReply) => send(reply, 404, gonePage(languageOf(request)));
const busy = (request: FastifyRequest, reply: FastifyReply, seconds: number) =>
  send(reply.header('retry-after', String(seconds)), 429, troublePage(languageOf(request), `操作过于频繁，请在 ${seconds} 秒后再试。`, `Too many attempts; try again in ${seconds} seconds.`));

function isDay(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  return year !== undefined && isCalendarDay(Number(year), Number(month), Number(day));
}

function send(reply: FastifyReply, status: number, page: string): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').headers({
    'content-security-policy': POLICY, 'referrer-policy': 'no-referrer', 'cache-control': 'no-store', 'x-robots-tag': 'noindex, nofollow', vary: 'accept-language', ...(status >= 400 ? { connection: 'close' } : {}),
  }).send(page);
}
