import multipart from '@fastify/multipart';
import { attachment, FILE_LIMIT, globalId, localId, type Locale, Refusal, StoredFiles, type Actor } from '@yinfeng/platform';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Spending } from '../graphql/spending.js';
import { answerError } from './answers.js';
import { fileVisibility } from './file-access.sql.js';
import { CSRF_HEADER, localeOf, RequestContexts } from './request-context.js';

/** Points that an upload takes from its caller's bucket (see graphql/limits.ts): some forty a minute go on for ever. */
const UPLOAD_COST = 3_000;

export interface FileRouteParts {
  contexts: RequestContexts;
  files: StoredFiles;
  spending: Spending;
}

/** POST /files (multipart, field `file`) and GET /files/:id. In a scope of its own, so that no other route takes multipart. */
export function fileRoutes({ contexts, files, spending }: FileRouteParts) {
  return async (app: FastifyInstance): Promise<void> => {
    await app.register(multipart, { throwFileSizeLimit: true, limits: { fileSize: FILE_LIMIT + 1, files: 1, fields: 0, parts: 2, headerPairs: 50 } });
    app.setErrorHandler((error, request, reply) => answerError(error, request, reply, localeOf(request.headers['accept-language'], null)));

    app.post('/files', async (request, reply) => {
      const { actor, locale } = await signedIn(contexts, request);
      try {
        const { waitSeconds } = spending.spend(actor.staffId ?? request.ip, UPLOAD_COST);
        if (waitSeconds > 0) {
          reply.header('retry-after', String(waitSeconds));
          throw new Refusal('RATE_LIMITED', [], { seconds: waitSeconds });
        }
        if (!request.isMultipart()) throw new Refusal('FILE_EXPECTED', ['file']);
        const part = await request.file().catch(() => undefined);
        if (!part || part.fieldname !== 'file') throw new Refusal('FILE_EXPECTED', ['file']);
        const file = await files.add(actor, { name: part.filename, content: part.file });
        return await reply.code(201).send({ ...file, id: globalId('StoredFile', file.id) });
      } catch (error) {
        // The rest of the upload is not read: the connection goes with the answer.
        if (!request.raw.readableEnded) reply.header('connection', 'close');
        return answerError(error, request, reply, locale);
      }
    });

    app.get<{ Params: { id: string }; Querystring: { size?: string } }>('/files/:id', async (request, reply) => {
      const { actor, locale } = await signedIn(contexts, request);
      try {
        const { size } = request.query;
        if (size !== undefined && size !== 'thumb') throw new Refusal('INVALID', ['size'], { field: 'size', value: String(size).slice(0, 40), expected: 'thumb' });
        const file = await files.read(actor, localId('StoredFile', request.params.id), fileVisibility(actor), { small: size === 'thumb' });
        // Opaque to the browser: never run, shown or guessed at.
        if (size === undefined) reply.header('content-length', file.size);
        return await reply
          .header('cache-control', 'private, no-store')
          .header('content-type', file.mediaType)
          .header('content-disposition', attachment(file.name))
          .header('content-security-policy', "default-src 'none'; sandbox")
          .send(file.content);
      } catch (error) {
        return answerError(error, request, reply, locale);
      }
    });
  };
}

/** @throws Refusal UNAUTHENTICATED, or CSRF_HEADER_REQUIRED for a cookie without the header. */
async function signedIn(contexts: RequestContexts, request: FastifyRequest): Promise<{ actor: Actor; locale: Locale }> {
  const { actor } = await contexts.caller(request);
  if (actor) return { actor, locale: localeOf(request.headers['accept-language'], actor) };
  if (request.headers.cookie?.includes('yinfeng=') && request.headers[CSRF_HEADER] === undefined) throw new Refusal('CSRF_HEADER_REQUIRED');
  throw new Refusal('UNAUTHENTICATED');
}
