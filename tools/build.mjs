/**
 * Compiles the package into one file, `lib/index.js`, because Node takes 100 ms longer to load 150 files than one. The
 * last line of that file names every source file, with a hash of all, so that old code is never taken for the current one.
 *
 *     node tools/build.mjs          compiles where a source file has changed
 *     node tools/build.mjs --clean  removes lib/ first; then come the declarations, by `tsc`
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const lib = join(root, 'lib');
const bundle = join(lib, 'index.js');
const MARK = '\n//# sources=';

/** Of the source files by path, and of this file and the lock, which decide the result too. */
function hashOf(files) {
  const hash = createHash('sha256');
  hash.update(readFileSync(import.meta.filename)).update(readFileSync(join(root, 'package-lock.json')));
  for (const [path, content] of files) hash.update(`\0${path}\0`).update(content);
  return hash.digest('base64');
}

export async function buildIfStale() {
  if (!isCurrent()) await build();
}

function isCurrent() {
  try {
    const text = readFileSync(bundle, 'latin1');
    const { hash, paths } = JSON.parse(text.slice(text.lastIndexOf(MARK) + MARK.length));
    return hash === hashOf(paths.map((path) => [path, readFileSync(join(root, path))]));
  } catch {
    return false;
  }
}

async function build() {
  const { build: compile } = await import('esbuild');
  const files = new Map();
  const result = await compile({
    absWorkingDir: root,
    entryPoints: ['index.ts'],
    bundle: true,
    write: false,
    packages: 'external',
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    banner: { js: BANNER },
    plugins: [{ name: 'sources', setup: (esbuild) => esbuild.onLoad({ filter: /\.ts$/ }, source(files)) }],
  });
  const sources = { hash: hashOf(files), paths: [...files.keys()] };
  const text = `${result.outputFiles[0].text}${MARK.slice(1)}${JSON.stringify(sources)}\n`;
  mkdirSync(lib, { recursive: true });
  // CommonJS, which every project can load: those of `cdk8s init` are.
  replace(join(lib, 'package.json'), '{ "type": "commonjs" }\n');
  replace(bundle, text);
}

/** Where a source file would be: what it reads, such as a script, is beside it in the package too. */
const BANNER = `const $source = (path) => require('node:path').join(__dirname, '..', path);
const $url = (path) => require('node:url').pathToFileURL($source(path)).href;`;

/** Reads a source file, and remembers just what was read. */
const source = (files) => (args) => {
  const path = relative(root, args.path).split(sep).join('/');
  const text = readFileSync(args.path, 'utf8');
  files.set(path, text);
  const contents = text
    .replaceAll('import.meta.url', `$url(${JSON.stringify(path)})`)
    .replaceAll('import.meta.dirname', `$source(${JSON.stringify(join(path, '..'))})`);
  return { contents, loader: 'ts' };
};

/** As a whole, because another program may be loading it. */
function replace(path, text) {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}

if (import.meta.filename === process.argv[1]) {
  if (process.argv[2] === '--clean') rmSync(lib, { recursive: true, force: true });
  await buildIfStale();
}
