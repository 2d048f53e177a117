import { tmpdir } from 'node:os';
import { expect } from 'vitest';
import { run } from '../command.ts';
import { needed } from '../parts.ts';
import type { Values } from './intended-config.ts';
import { MAIN } from './server-files.ts';

/** What nats-server's own parser reads, with the parts of a leaf's URLs in place of the URLs. */
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

/** URLs that differ in more than their hosts are left as they are. */
function remoteParts({ urls, ...remote }: Values): Values {
  const parts = (urls as string[]).map((url) =>
    /^([a-z-]+:)\/\/([^:@/]*):([^:@/?#]*)@([^@/?#]*)$/.exec(url)?.slice(1),
  );
  const [scheme, user = '', password = ''] = parts[0] ?? [];
  const hosts = parts.map((part) => part?.[3]);
  if (!parts.every((part) => part && part.slice(0, 3).join() === [scheme, user, password].join()))
    return { urls };
  return { ...remote, scheme, hosts, user: decodeURIComponent(user), password: decodeURIComponent(password) };
}
