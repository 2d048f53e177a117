import { tmpdir } from 'node:os';
import { expect } from 'vitest';
import { run } from '../command.ts';
import { needed } from '../parts.ts';
import type { Values } from './intended-config.ts';
import { MAIN } from './server-files.ts';

/** What nats-server's own parser reads, with the parts of a leaf's URL in place of the URL. */
export async function dump(configs: readonly Record<string, string>[]): Promise<unknown[]> {
  const stdin = JSON.stringify(configs.map((files) => ({ main: MAIN, files })));
  const env = { SERVER_NAME: 'the-name-of-the-server', TMPDIR: tmpdir() };
  const { stdout, stderr, code } = await run([needed('confdump')], { stdin, env, timeout: 60_000 });
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.trim().split('\n');
  return lines.map((line) => {
    const { values, error } = JSON.parse(line) as { values?: Values; error?: string };
    return values ? withoutUrl(values) : { error };
  });
}

function withoutUrl(values: Values): Values {
  const { remotes, ...leafnodes } = (values.leafnodes ?? {}) as { remotes?: Values[] };
  if (!remotes) return values;
  return { ...values, leafnodes: { ...leafnodes, remotes: remotes.map(remoteParts) } };
}

function remoteParts({ urls, ...remote }: Values): Values {
  const [url, ...others] = urls as string[];
  const parts = /^([a-z-]+:)\/\/([^:@/]*):([^:@/?#]*)@([^@/?#]*)$/.exec(url ?? '');
  if (!parts || others.length > 0) return { urls };
  const [, scheme, user = '', password = '', host] = parts;
  return { ...remote, scheme, host, user: decodeURIComponent(user), password: decodeURIComponent(password) };
}
