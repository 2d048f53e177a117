import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { credentialsOf } from '../../../certs/credentials.ts';
import { mint } from '../../../certs/mint.ts';
import { reinstateCommand, revokeCommand } from '../../../certs/revoke-command.ts';
import { SYSTEM_USER } from '../../../model/names.ts';
import { resolve } from '../../../model/resolve.ts';
import { Access } from '../../../shell/access.ts';
import type { Cluster } from '../../support/cluster/cluster.ts';
import { minted } from '../../support/minted.ts';
import { monitor } from '../../support/monitor.ts';
import { describeReal, needed } from '../../support/parts.ts';
import type { Pod } from '../../support/stage/pod.ts';
import { World } from '../../support/stage/world.ts';
import { threeClusters } from '../../support/three-clusters.ts';
import { until } from '../../support/until.ts';

const REFUSED = 'authentication error - User "leaf-vm-c"';
const TAKEN = /nats-server runs on the current files/;

describeReal(['namespaces', 'nats-server', 'nats'], 'a leaf that was revoked', () => {
  const temporary = mkdtempSync(join(tmpdir(), `nats-mtls-${process.pid}-revoke-`));
  const folder = join(temporary, 'issued');
  const clusters = new Map<string, Cluster>();
  let world: World;
  let broker: Pod;
  let vmC: Pod;

  beforeAll(async () => {
    world = World.start();
    const objects = minted(threeClusters, folder);
    for (const [name, address] of [
      ['vm-a', '1.1.1.1'],
      ['vm-b', '2.2.2.2'],
      ['vm-c', '3.3.3.3'],
    ] as const) {
      clusters.set(name, world.cluster(address, objects.get(name)!));
    }
    broker = await clusters.get('vm-a')!.startPod('nats-broker-0');
    await clusters.get('vm-b')!.startPod('nats-leaf-0');
    vmC = await clusters.get('vm-c')!.startPod('nats-leaf-0');
    await broker.ready();
    await joined('vm-b', 'vm-c');
    await broker.waitForLog(TAKEN, { container: 'config-reloader' });
  });

  afterAll(async () => {
    await world?.stop();
    rmSync(temporary, { recursive: true });
  });

  async function leaves(): Promise<string[]> {
    const { leafs = [] } = await monitor(broker, 'leafz');
    return leafs.map(({ name }: { name: string }) => name.replace('-nats-leaf-0', '')).sort();
  }

  const joined = (...names: string[]) =>
    until(`${names} are joined`, async () => String(await leaves()) === String(names), 40_000);

  /** Runs one of the commands. @returns what it prints */
  function certs(command: typeof revokeCommand): string {
    const print = vi.spyOn(console, 'log').mockImplementation(() => {});
    command({
      ...{ model: resolve(threeClusters), folder, word: 'vm-c', json: false },
      askPassphrase: () => '',
    });
    const said = print.mock.calls.flat().join('\n');
    print.mockRestore();
    return said;
  }

  /** What `npm run synth` and `kubectl apply` do to the clusters that the steps name. */
  async function apply(steps: string) {
    const objects = minted(threeClusters, folder);
    const after = broker.logs('config-reloader').length;
    const named = [...steps.matchAll(/^kubectl --context (\S+) apply -f dist\/\1$/gm)].map(
      ([, name]) => name!,
    );
    for (const name of named) {
      clusters.get(name)!.apply(...objects.get(name)!.filter(({ kind }) => kind === 'Secret'));
    }
    if (named.includes('vm-a')) await broker.waitForLog(TAKEN, { container: 'config-reloader', after });
    return named;
  }

  it('stays connected until the broker is restarted as the steps say, and is refused from then on', async () => {
    const steps = certs(revokeCommand);
    expect(await apply(steps)).toEqual(['vm-a']);
    expect(await leaves()).toEqual(['vm-b', 'vm-c']);

    expect(steps).toContain('-n nats-system rollout restart statefulset/nats-broker');
    await broker.stop();
    broker = await clusters.get('vm-a')!.startPod('nats-broker-0');
    await broker.ready();
    expect(steps).toContain(`# It took when a broker logs: ${REFUSED}`);
    await broker.waitForLog(new RegExp(REFUSED));
    await joined('vm-b');
    // The new reloader's first word, which the next test must not take for an answer to its own change.
    await broker.waitForLog(TAKEN, { container: 'config-reloader' });
  });

  it('comes back when it is reinstated, without a restart', async () => {
    const running = broker.logs().length;
    expect((await apply(certs(reinstateCommand))).sort()).toEqual(['vm-a', 'vm-c']);
    await joined('vm-b', 'vm-c');
    expect(broker.logs().slice(running)).not.toMatch(/Server Exiting|Starting nats-server/);
  });

  it('is cut off alone by the commands of docs/security.md', async () => {
    await apply(certs(revokeCommand));
    expect(await leaves()).toEqual(['vm-b', 'vm-c']);
    const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'security.md'), 'utf8');
    const [, block = ''] = /```sh\n([^`]*nats server request kick[^`]*)```/.exec(page) ?? [];
    expect(block).toContain('npx nats-mtls shell vm-a\n');
    const [kick = '', list = ''] = ['kick', 'leafnodes'].map((word) =>
      block.split('\n').find((line) => line.includes(word)),
    );
    // The way of that shell ends at the pod's own loopback, where the commands are run here.
    const model = resolve(threeClusters);
    const sys = model.broker.users.find(({ name }) => name === SYSTEM_USER)!;
    const access = new Access('vm-a', sys, credentialsOf(model, mint(model, folder).inventory), 4222);
    const PATH = `${dirname(needed('nats'))}:${process.env.PATH}`;
    const run = (command: string) =>
      access.inEnvironment((variables) =>
        broker.run(['sh', '-e', '-c', command], { env: { PATH, HOME: temporary, ...variables } }),
      );
    const seen = await run(list);
    expect(seen.code).toBe(0);
    const { server, data } = JSON.parse(seen.stdout) as {
      server: { id: string };
      data: { leafs: { name: string; id: number }[] };
    };
    const { id } = data.leafs.find(({ name }) => name === 'vm-c-nats-leaf-0')!;
    const after = vmC.logs().length;
    const kicked = await run(kick.replace('<cid>', String(id)).replace('<server id>', server.id));
    expect(kicked).toMatchObject({ code: 0 });
    await vmC.waitForLog(/Leafnode Error 'Authorization Violation'/, { after });
    await joined('vm-b');
    expect(broker.container('nats').exits).toEqual([]);
  });
});
