import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';

/** Beside the sources, and beside the compiled code when the build copied it there. */
const FOLDERS = [new URL('../../graphiql/', import.meta.url), new URL(import.meta.url.replace('/dist/apps/', '/apps/').replace(/src\/http\/[^/]+$/, 'graphiql/'))];
const TYPES = { html: 'text/html; charset=utf-8', mjs: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' } as const;
const GRAPHIQL = ['graphiql.mjs', 'graphiql-docs.mjs', 'graphiql.css'] as const;

/** The page at / (until the console takes its place) and GraphiQL, both of our own files alone. */
export function pageRoutes({ graphiql }: { graphiql: boolean }) {
  return async (app: FastifyInstance): Promise<void> => {
    const serve = (path: string, file: string) =>
      app.get(path, async (_request, reply) => reply.type(TYPES[file.split('.').pop() as keyof typeof TYPES]).header('cache-control', 'no-cache').send(await page(file)));
    serve('/', graphiql ? 'welcome.html' : 'welcome-production.html');
    serve('/welcome.css', 'welcome.css');
    if (!graphiql) return;
    serve('/graphiql', 'graphiql.html');
    for (const file of GRAPHIQL) serve(`/graphiql/${file}`, file);
  };
}

const read = new Map<string, Buffer>();
async function page(file: string): Promise<Buffer> {
  let content = read.get(file);
  for (const folder of content ? [] : FOLDERS) content ??= await readFile(new URL(file, folder)).catch(() => undefined);
  if (!content) throw new Error(`${file} is missing`);
  read.set(file, content);
  return content;
}
