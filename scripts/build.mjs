#!/usr/bin/env node
/**
 * Compiles apps, libs and test into dist with swc and puts assets beside their compiled code.
 * Only what changed is compiled; output files appear by rename, so a program that starts meanwhile never reads half a file.
 *
 *   node scripts/build.mjs [--quiet]
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGraphiql } from './build-graphiql.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const quiet = process.argv.includes('--quiet');
const dist = join(root, 'dist');
const stampFile = join(root, '.cache', 'build.json');
const ASSETS = new Set(['.json', '.csv', '.tsv', '.graphql', '.html', '.css', '.svg', '.sql', '.js', '.mjs', '.woff2', '.png', '.ico', '.txt']);
/** Not part of the running program: the web console and GraphiQL have builds of their own, fixtures are read where they lie. */
const APART = [join('apps', 'console'), join('apps', 'api', 'graphiql', 'page'), join('test', 'fixtures'), join('apps', 'api', 'schema.graphql')];

function sourcesBelow(folder, found = []) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name === 'node_modules' || entry.name.startsWith('.') || APART.includes(path)) continue;
    if (entry.isDirectory()) sourcesBelow(path, found);
    else if (/\.spec\.ts$|\.d\.ts$/.test(entry.name)) continue;
    else if (extname(path) === '.ts' || ASSETS.has(extname(path))) found.push(path);
  }
  return found;
}

function readStamp(settings) {
  try {
    const stamp = JSON.parse(readFileSync(stampFile, 'utf8'));
    return stamp.settings === settings ? stamp.files : {};
  } catch {
    return {};
  }
}

const outputOf = (path) => join(dist, path.endsWith('.ts') ? path.slice(0, -3) + '.js' : path);

function place(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, content);
  renameSync(draft, file);
}

/** Whether the output is there and not older than its source: dist may have been removed since. */
function present(output) {
  return statSync(output, { throwIfNoEntry: false }) !== undefined;
}

const started = performance.now();
const settings = createHash('sha256')
  .update(readFileSync(join(root, '.swcrc')))
  .update(readFileSync(join(root, 'package.json')))
  .update(readFileSync(fileURLToPath(import.meta.url)))
  .digest('hex');
const before = readStamp(settings);
const files = {};
const changed = [];
for (const folder of ['apps', 'libs', 'test']) {
  for (const path of present(join(root, folder)) ? sourcesBelow(folder) : []) {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    if (stat === undefined) continue;
    files[path] = `${stat.mtimeMs}/${stat.size}`;
    if (before[path] !== files[path] || !present(outputOf(path))) changed.push(path);
  }
}

const failed = [];
const graphiql = buildGraphiql({ root, place }).catch((error) => {
  failed.push('GraphiQL');
  return `\nGraphiQL does not build:\n${error instanceof Error ? error.message : String(error)}\n`;
});
if (changed.length > 0) {
  const { transform } = await import('@swc/core');
  const compile = async (path) => {
    const source = readFileSync(join(root, path));
    if (!path.endsWith('.ts')) return place(outputOf(path), source);
    const output = outputOf(path);
    const { code, map } = await transform(source.toString('utf8'), {
      filename: join(root, path), sourceFileName: join('..'.concat(`${sep}..`.repeat(path.split(sep).length - 1)), path),
      configFile: join(root, '.swcrc'), swcrc: false, cwd: root, root,
    });
    const name = output.slice(output.lastIndexOf(sep) + 1);
    if (map !== undefined) place(`${output}.map`, map);
    place(output, map === undefined ? code : `${code}\n//# sourceMappingURL=${name}.map\n`);
  };
  await Promise.all(changed.map((path) => compile(path).catch((error) => {
    failed.push(path);
    delete files[path];
    process.stderr.write(`\n${path} does not compile:\n${error instanceof Error ? error.message : String(error)}\n`);
  })));
}
const removed = Object.keys(before).filter((path) => !(path in files) && !failed.includes(path));
for (const path of removed) {
  rmSync(outputOf(path), { force: true });
  if (path.endsWith('.ts')) rmSync(`${outputOf(path)}.map`, { force: true });
}
if (changed.length > 0 || removed.length > 0) place(stampFile, JSON.stringify({ settings, files }));

const notice = await graphiql;
if (notice !== '' && (!quiet || failed.includes('GraphiQL'))) process.stderr.write(`${notice}\n`);
if (failed.length > 0) {
  process.stderr.write(`\nBuild failed: ${failed.length} of ${changed.length} changed files do not compile.\n`);
  process.exit(1);
}
if (!quiet) process.stdout.write(`Built ${changed.length} of ${Object.keys(files).length} files in ${Math.round(performance.now() - started)} ms.\n`);
