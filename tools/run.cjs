/**
 * Starts a TypeScript program: `node tools/run.cjs main.ts`. tsx does the same, and takes longer to start than synth
 * takes for two clusters. Here each file is compiled once, by itself, and kept under a hash of all that the result
 * depends on, so that it can never be out of date.
 */
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { basename, join, resolve } = require('node:path');
const { pathToFileURL } = require('node:url');

const CACHE = join(__dirname, '..', 'node_modules', '.cache', 'nats-mtls');
const compiler = createHash('sha256')
  .update(readFileSync(__filename))
  .update(require('esbuild/package.json').version);

/** A TypeScript file as CommonJS, which Node loads in half the time of ES modules. */
function compile(name, source) {
  const options = {
    format: 'cjs',
    loader: 'ts',
    platform: 'node',
    // Packages are imported as Node imports them from an ES module, which esbuild does for this ending alone.
    sourcefile: `${name}.mts`,
    sourcemap: 'external',
    sourcesContent: false,
    define: {
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
      'import.meta.url': 'module.url',
    },
    logOverride: { 'empty-import-meta': 'error' },
    logLevel: 'silent',
  };
  const { code, map } = transform(source, options);
  const sourceMap = Buffer.from(JSON.stringify({ ...JSON.parse(map), sources: [name] })).toString('base64');
  return `${code}//# sourceMappingURL=data:application/json;base64,${sourceMap}\n`;
}

function transform(source, options) {
  try {
    return require('esbuild').transformSync(source, options);
  } catch (error) {
    throw Object.assign(error, { code: 'ERR_NOT_COMMONJS' });
  }
}

/** The same from the cache, if that has it. */
function compiled(name, source) {
  const key = compiler
    .copy()
    .update(JSON.stringify([name, source]))
    .digest('hex');
  const path = join(CACHE, `${key}.js`);
  // After a loss of power a file can be there without its content.
  const end = `//${key}\n`;
  try {
    const code = readFileSync(path, 'utf8');
    if (code.endsWith(end)) return code;
  } catch {}
  const code = compile(name, source) + end;
  try {
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(`${path}.${process.pid}`, code);
    renameSync(`${path}.${process.pid}`, path);
  } catch {
    // Where nothing can be written, it is compiled again the next time.
  }
  return code;
}

require.extensions['.ts'] = (module, filename) => {
  module.url = pathToFileURL(filename).href;
  module._compile(compiled(basename(filename), readFileSync(filename, 'utf8')), filename);
};

const program = resolve(process.argv[2]);
process.argv.splice(1, 2, program);
process.setSourceMapsEnabled(true);
try {
  require(program);
} catch (error) {
  // `await` at the top of a file, say, or a package that has ES modules alone. Only imports have been run by then.
  const needsModules = ['ERR_NOT_COMMONJS', 'ERR_REQUIRE_ESM', 'ERR_REQUIRE_ASYNC_MODULE'];
  if (!needsModules.includes(error?.code)) throw error;
  import('tsx/esm/api').then(({ register }) => {
    register();
    return import(pathToFileURL(program).href);
  });
}
