/** Bundles GraphiQL and the workers of its editor into files of our own, so that the page needs nothing from anywhere else. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PAGE = join('apps', 'api', 'graphiql', 'page');
const BUNDLE = join('dist', 'apps', 'api', 'graphiql', 'bundle');
/** Needed for building alone, so a production install may lack them. */
const NEEDED = ['esbuild', 'graphiql', 'react', 'react-dom'];

function readStamp(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { key: '', files: [] };
  }
}

/**
 * Bundles when the page, this file or the lock file changed.
 * @param {{ root: string, place: (file: string, content: Uint8Array | string) => void }} parts
 * @returns {Promise<string>} what happened, in a line; '' when there was nothing to do
 * @throws when the page does not build
 */
export async function buildGraphiql({ root, place }) {
  const started = performance.now();
  const stampFile = join(root, '.cache', 'graphiql.json');
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).update(readFileSync(fileURLToPath(import.meta.url)));
  for (const name of readdirSync(join(root, PAGE)).sort()) hash.update(name).update(readFileSync(join(root, PAGE, name)));
  const key = hash.digest('hex');
  const before = readStamp(stampFile);
  const present = (name) => statSync(join(root, BUNDLE, name), { throwIfNoEntry: false }) !== undefined;
  if (before.key === key && before.files.every(present)) return '';

  const { resolve } = createRequire(join(root, 'package.json'));
  const missing = NEEDED.filter((name) => {
    try {
      return !resolve(`${name}/package.json`);
    } catch {
      return true;
    }
  });
  if (missing.length > 0) return `未构建 GraphiQL 页面：缺少开发依赖 / GraphiQL is left out, for want of devDependencies: ${missing.join(', ')}.`;

  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: {
      graphiql: join(PAGE, 'graphiql.jsx'),
      'editor.worker': 'monaco-editor/esm/vs/editor/editor.worker.js',
      'json.worker': 'monaco-editor/esm/vs/language/json/json.worker.js',
      'graphql.worker': 'monaco-graphql/esm/graphql.worker.js',
    },
    outdir: BUNDLE, write: false, bundle: true, splitting: true, format: 'esm', target: 'es2022', platform: 'browser', minify: true, jsx: 'automatic',
    chunkNames: 'part-[hash]', assetNames: '[name]-[hash]', loader: { '.ttf': 'file' },
    define: { 'process.env.NODE_ENV': '"production"' },
    // Licences go along, as they ask for.
    legalComments: 'linked',
    logLevel: 'warning',
  });
  await esbuild.stop();
  for (const { path, contents } of outputFiles) place(path, contents);
  const files = outputFiles.map(({ path }) => path.slice(join(root, BUNDLE).length + 1));
  for (const name of present('') ? readdirSync(join(root, BUNDLE)) : []) if (!files.includes(name)) rmSync(join(root, BUNDLE, name), { recursive: true, force: true });
  place(stampFile, JSON.stringify({ key, files }));
  const bytes = outputFiles.reduce((sum, { contents }) => sum + contents.length, 0);
  return `Bundled GraphiQL (${(bytes / 1e6).toFixed(1)} MB in ${files.length} files) in ${Math.round(performance.now() - started)} ms.`;
}
