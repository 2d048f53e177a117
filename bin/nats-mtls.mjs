#!/usr/bin/env node
// Plain JavaScript, because it has to say so itself where Node is too old for all the rest.
import module from 'node:module';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
// From these releases on, `require` takes ES modules, which some dependencies are.
const isOld = major < 20 || (major === 20 && minor < 19) || major === 21 || (major === 22 && minor < 12);
if (isOld) {
  console.error(
    `nats-mtls: Node ${process.versions.node} is too old; use Node 20.19 or newer of 20, or 22.12 or newer.`,
  );
  process.exit(1);
}
module.enableCompileCache?.();
const { load } = await import('./load.mjs');
const { run } = await load();
const code = await run(process.argv.slice(2));
// A connection to an API server that hangs would keep the process alive.
process.stdout.write('', () => process.exit(code));
