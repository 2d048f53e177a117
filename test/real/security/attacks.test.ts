/**
 * Who gets in, and who does not, on real servers that run from unmodified manifests. No packet filter and no mesh
 * policy is in force here, and every NodePort hides who dials it: what is shown is that NATS itself refuses.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { certificates } from '../../support/attack/certificates.ts';
import { impostors } from '../../support/attack/impostors.ts';
import { afterwards, legitimate } from '../../support/attack/legitimate.ts';
import { logins } from '../../support/attack/logins.ts';
import { permissions } from '../../support/attack/permissions.ts';
import { titleOf } from '../../support/attack/row.ts';
import { AttackScene } from '../../support/attack/scene.ts';
import { secretLeaks } from '../../support/attack/secret-leaks.ts';
import { describeReal } from '../../support/parts.ts';

const rows = [
  ...legitimate(),
  ...certificates(),
  ...logins(),
  ...permissions(),
  ...impostors(),
  ...afterwards(),
];

describeReal(['namespaces', 'nats-server', 'nats'], 'nobody gets in whom the topology does not name', () => {
  let scene: AttackScene;
  const summary: string[] = [];

  beforeAll(async () => {
    scene = new AttackScene();
    await scene.start();
  });

  afterAll(async () => {
    console.log(
      `${summary.length} attacks and legitimate uses, each with what was expected and what was observed\n${summary.join('\n')}`,
    );
    await scene?.stop();
  });

  it.each(rows.map((row) => [titleOf(row), row] as const))('%s', async (title, row) => {
    const { at, admitted, told, logged, act } = row;
    const server = at.startsWith('leaf') ? scene.leaf : scene.broker;
    const after = server.logs().length;
    const sight = await act(scene);
    const line = logged ? await server.waitForLog(logged, { after }) : undefined;
    if (told) expect(sight.told).toMatch(told);
    expect(sight.admitted).toBe(admitted);
    const word = (yes: boolean) => (yes ? 'admitted' : 'refused');
    const expected = [word(admitted), told?.source, logged?.source];
    const observed = [word(sight.admitted), told?.exec(sight.told)?.[0], line?.[0]];
    summary.push(`${title}: expected ${listed(expected)}; observed ${listed(observed)}`);
  });

  it('keeps secrets out of logs, monitoring pages, command lines and manifests', async () => {
    expect(await secretLeaks(scene)).toEqual([]);
  });

  it('reloads without a leaf that the topology no longer names, and refuses it from its next connection on', async () => {
    const { broker } = scene;
    const process = async () => [
      /"start": "[^"]*"/.exec(await scene.monitor(broker, 'varz'))?.[0],
      (await broker.exec(['cat', '/var/run/nats/nats.pid'])).stdout,
      broker.container('nats').exits.length,
    ];
    const before = await process();
    const reloader = { container: 'config-reloader', after: broker.logs('config-reloader').length };
    scene.removeVmC();
    await broker.waitForLog(/nats-server runs on the current files/, reloader);
    expect(await process()).toEqual(before);
    // A reload closes the connections of clients whose user is gone, but none of a leaf, so the operator has to.
    expect(await scene.leaves()).toContain('vm-c-nats-leaf-0');
    const after = broker.logs().length;
    await kick(scene, 'vm-c-nats-leaf-0');
    await broker.waitForLog(/authentication error - User "leaf-vm-c"/, { after });
    expect(await scene.leaves()).toEqual(['vm-b-nats-leaf-0']);
    const removed = await scene.realLeaf(scene.login('vm-c-nats-leaf', 'leaf-vm-c'));
    expect(removed.admitted).toBe(false);
    const [told] = /Leafnode Error 'Authorization Violation'/.exec(removed.told) ?? [];
    expect(told).toBeDefined();
    expect((await scene.realLeaf(scene.login('vm-b-nats-leaf', 'leaf-vm-b'))).admitted).toBe(true);
    summary.push(`broker, leaves: the removed leaf of vm-c dials: expected refused; observed ${told}`);
  });
});

const listed = (parts: readonly (string | undefined)[]) =>
  parts.filter(Boolean).join(', ').replaceAll(/\s+/g, ' ');

/** What the operator does with the system user: `nats server request kick`. */
async function kick(scene: AttackScene, leaf: string) {
  const { server_id: server } = JSON.parse(await scene.monitor(scene.broker, 'varz'));
  const { leafs } = JSON.parse(await scene.monitor(scene.broker, 'leafz'));
  const { id } = leafs.find(({ name }: { name: string }) => name === leaf);
  const body = JSON.stringify({ cid: id });
  const lines = ['SUB reply 1', `PUB $SYS.REQ.SERVER.${server}.KICK reply ${body.length}\r\n${body}`];
  await scene.client(scene.login('vm-a-sys', 'sys'), { lines, until: 'MSG reply' });
}
