import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const HERE = /\/(?:dist\/)?apps\/api\/src\/http\/[^/]+$/;
/** The pages lie beside the sources, the bundle where scripts/build-graphiql.mjs puts it. */
const PAGES = new URL(import.meta.url.replace(HERE, '/apps/api/graphiql/'));
const COMPILED = new URL(import.meta.url.replace(HERE, '/dist/apps/api/graphiql/'));
const BUNDLE = new URL('bundle/', COMPILED);
const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', ttf: 'font/ttf', txt: 'text/plain; charset=utf-8',
};
/** The editor of GraphiQL writes its colours into style elements; scripts stay files of ours, workers too. */
const GRAPHIQL_POLICY = [
  `default-src 'self'`, `script-src 'self'`, `style-src 'self' 'unsafe-inline'`, `worker-src 'self'`, `img-src 'self' data:`, `font-src 'self'`, `connect-src 'self'`,
  `object-src 'none'`, `base-uri 'none'`, `form-action 'self'`, `frame-ancestors 'none'`,
].join(';');

/** The page at / (until the console takes its place) and GraphiQL when it has been built, both of our own files alone. */
export function pageRoutes({ graphiql }: { graphiql: boolean }) {
  return async (app: FastifyInstance): Promise<void> => {
    const bundle = graphiql ? (await readdir(BUNDLE).catch(() => [])).filter((file) => !file.endsWith('.tmp')) : [];
    const built = bundle.includes('graphiql.js');
    const serve = (path: string, file: string, folders: readonly URL[], headers: Record<string, string> = {}) =>
      app.get(path, async (request, reply) => answer(request, reply.headers(headers), file, folders));
    serve('/', built ? 'welcome.html' : 'welcome-plain.html', [COMPILED, PAGES]);
    serve('/welcome.css', 'welcome.css', [COMPILED, PAGES]);
    serve('/calls.css', 'calls.css', [COMPILED, PAGES]);
    serve('/jobs.css', 'jobs.css', [COMPILED, PAGES]);
    if (!built) return;
    serve('/graphiql', 'graphiql.html', [COMPILED, PAGES], { 'content-security-policy': GRAPHIQL_POLICY });
    for (const file of bundle) serve(`/graphiql/bundle/${file}`, file, [BUNDLE]);
  };
}

/** A browser keeps the file and asks each time whether it is still the same: names of entries stay from build to build. */
async function answer(request: FastifyRequest, reply: FastifyReply, file: string, folders: readonly URL[]): Promise<FastifyReply> {
  const { content, etag } = await read(file, folders);
  void reply.type(TYPES[file.split('.').pop()!] ?? 'application/octet-stream').header('cache-control', 'no-cache').header('etag', etag);
  return request.headers['if-none-match'] === etag ? reply.code(304).send() : reply.send(content);
}

interface Page {
  content: Buffer;
  etag: string;
}
const pages = new Map<string, Page>();

async function read(file: string, folders: readonly URL[]): Promise<Page> {
  const known = pages.get(file);
  if (known) return known;
  let content: Buffer | undefined;
  for (const folder of folders) content ??= await readFile(new URL(file, folder)).catch(() => undefined);
  if (!content) throw new Error(`${file} is missing`);
  const page = { content, etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"` };
  pages.set(file, page);
  return page;
}
