import { createHash } from 'node:crypto';
import { Refusal } from '@yinfeng/platform';
import { projectVisibility } from '@yinfeng/recruitment';
import type { CalendarFeedsService } from '@yinfeng/reminders';
import type { FastifyInstance } from 'fastify';
import type { Spending } from '../graphql/spending.js';
import { answerError } from './answers.js';
import { localeOf } from './request-context.js';

/** Points that one reading takes from its address's bucket (see graphql/limits.ts). */
const READ_COST = 500;

/** GET /calendar/<secret>.ics: no cookie, no token, the secret alone. Unknown, revoked and malformed ones answer alike. */
export function calendarRoutes({ feeds, spending }: { feeds: CalendarFeedsService; spending: Spending }) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get<{ Params: { file: string } }>('/calendar/:file', async (request, reply) => {
      const locale = localeOf(request.headers['accept-language'], null);
      try {
        const { waitSeconds } = spending.spend(request.ip, READ_COST);
        if (waitSeconds > 0) {
          reply.header('retry-after', String(waitSeconds));
          throw new Refusal('RATE_LIMITED', [], { seconds: waitSeconds });
        }
        const { file } = request.params;
        const text = file.endsWith('.ics') ? await feeds.read(file.slice(0, -4), projectVisibility, request.id) : null;
        if (text === null) throw new Refusal('NOT_FOUND');
        const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
        // Whoever keeps it asks each time whether it is still the same.
        reply.header('cache-control', 'private, no-cache').header('etag', etag).header('x-robots-tag', 'noindex');
        const known = request.headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
        if (known?.some((tag) => tag === etag || tag === '*')) return await reply.code(304).send();
        return await reply.type('text/calendar; charset=utf-8').header('content-disposition', 'inline; filename="yinfeng.ics"').send(text);
      } catch (error) {
        return answerError(error, request, reply, locale);
      }
    });
  };
}
