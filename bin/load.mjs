/** Loads the package. In its own repository it is compiled first where a source file has changed. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

export async function load() {
  // The package that npm installs has no tools.
  const build = new URL('../tools/build.mjs', import.meta.url);
  if (existsSync(build)) await (await import(build.href)).buildIfStale();
  return createRequire(import.meta.url)('../lib/index.js');
}
