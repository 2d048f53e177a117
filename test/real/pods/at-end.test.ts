import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeReal } from '../../support/parts.ts';

describeReal(['namespaces'], 'a test process', () => {
  it.each(['SIGINT', 'SIGTERM', 'disconnect'] as const)('leaves no world behind on %s', async (order) => {
    const script = join(import.meta.dirname, '..', '..', 'support', 'endless-world.ts');
    const child = fork(script, {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const left = () =>
      ['/run/netns', tmpdir()].flatMap((folder) =>
        readdirSync(folder).filter((name) => name.startsWith(`nats-mtls-${child.pid}-`)),
      );
    await once(child.stdout!, 'data');
    expect(left()).toHaveLength(3);
    const ended = once(child, 'exit');
    if (order === 'disconnect') child.disconnect();
    else child.kill(order);
    await ended;
    expect(left()).toEqual([]);
  });
});
