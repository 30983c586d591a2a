import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let t: TestDatabase;
let open: TestApi;
let closed: TestApi;

beforeAll(async () => {
  t = await testDatabase();
  open = await testApi(t);
  closed = await testApi(t, { production: true });
});
afterAll(async () => {
  await open.stop();
  await closed.stop();
  await t.stop();
});

/** A policy header as directive → sources. */
const policy = (response: Response) =>
  Object.fromEntries((response.headers.get('content-security-policy') ?? '').split(';').map((part) => part.trim().split(/\s+/)).map(([name, ...sources]) => [name, sources.join(' ')]));
/** The type a file has to be served as; browsers run no module and no worker of another one. */
const typeOf = (path: string) => ({ js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', ttf: 'font/ttf' })[path.split('.').pop()!];

describe('the page at /', () => {
  it('is of our own files alone, and names GraphiQL only where it is', async () => {
    for (const api of [open, closed]) {
      const response = await api.request(null, '/');
      const text = await response.text();
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(text).not.toMatch(/https?:\/\/|@import|<script|style="/);
      expect(response.headers.get('content-security-policy')).not.toContain('unsafe');
      expect(text.includes('/graphiql')).toBe(api === open);
      expect((await api.request(null, '/welcome.css')).headers.get('content-type')).toBe(typeOf('welcome.css'));
    }
  });
});

describe('GraphiQL', () => {
  /** Every file that a file of the bundle brings in: imports, workers, fonts. */
  const namedIn = (path: string, text: string): string[] => {
    const patterns = path.endsWith('.css')
      ? [/url\(["']?(?!["']?(?:data:|#))([^"')]+)/g]
      : [/(?:\bfrom|\bimport)\s*\(?\s*["'](\.\/[\w.-]+\.js)["']/g, /["'`]([\w.-]+\.worker\.js)["'`]/g];
    return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name]) => new URL(name!, `http://own${path}`).pathname));
  };

  it('answers with a page that names files of ours alone, under a policy that admits nothing else', async () => {
    const response = await open.request(null, '/graphiql');
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const directives = policy(response);
    expect(directives).toMatchObject({ 'default-src': `'self'`, 'script-src': `'self'`, 'worker-src': `'self'`, 'font-src': `'self'`, 'connect-src': `'self'`, 'frame-ancestors': `'none'` });
    expect(Object.values(directives).join(' ')).not.toMatch(/https?:|\*|unsafe-eval|blob:/);
    const html = await response.text();
    expect(html).not.toMatch(/https?:\/\/|<script(?![^>]*\ssrc="\/)|style="|\son\w+="/);
    expect([...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link)).toEqual(['/graphiql/bundle/graphiql.css', 'data:,', '/graphiql/bundle/graphiql.js']);
  });

  it('has every file that the page and its parts name, each of the right type', async () => {
    const seen = new Set(['/graphiql/bundle/graphiql.css', '/graphiql/bundle/graphiql.js']);
    for (const path of seen) {
      const response = await open.request(null, path);
      expect([path, response.status, response.headers.get('content-type')]).toEqual([path, 200, typeOf(path)]);
      const text = await response.text();
      if (path.endsWith('.css')) expect([path, /@import|url\(["']?(?:https?:)?\/\//.test(text)]).toEqual([path, false]);
      else expect([path, /(?:\bfrom|\bimport)\s*\(?\s*["']https?:/.test(text)]).toEqual([path, false]);
      for (const name of namedIn(path, text)) seen.add(name);
    }
    const names = [...seen].map((path) => path.replace('/graphiql/bundle/', ''));
    expect(names).toEqual(expect.arrayContaining(['editor.worker.js', 'graphql.worker.js', 'json.worker.js', expect.stringMatching(/^codicon-\w+\.ttf$/)]));
  });

  it('asks each time whether a file is still the same, and is told without sending it again', async () => {
    const first = await open.request(null, '/graphiql/bundle/graphiql.css');
    expect(first.headers.get('cache-control')).toBe('no-cache');
    const again = await open.request(null, '/graphiql/bundle/graphiql.css', { headers: { 'if-none-match': first.headers.get('etag')! } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('serves no file beside its own', async () => {
    for (const path of ['/graphiql/bundle/', '/graphiql/bundle/nothing.js', '/graphiql/bundle/..%2fgraphiql.html', '/graphiql/bundle/%2e%2e/%2e%2e/src/main.js', '/graphiql/page/session.mjs']) {
      expect([path, (await open.request(null, path)).status]).toEqual([path, 404]);
    }
  });

  it('is off in production, page and files alike', async () => {
    for (const path of ['/graphiql', '/graphiql/bundle/graphiql.js', '/graphiql/bundle/graphiql.css']) {
      expect([path, (await closed.request(null, path)).status]).toEqual([path, 404]);
    }
  });
});
