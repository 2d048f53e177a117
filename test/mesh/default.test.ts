import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { addressOf, answers, attackerIn, becomes, seenByAttacker, start } from '../support/mesh/probe.ts';
import * as mesh from '../support/mesh/world.ts';
import { describeReal } from '../support/parts.ts';
import { failures } from './default/failures.ts';
import { foreigners } from './default/foreigners.ts';
import { rotations } from './default/rotations.ts';

const { kubectl, onOwn, sh } = mesh;

/** What nobody beside the pods may see: subject, payload, users, and the protocol's own words. */
const NEEDLES = ['test.messages', 'Published at', 'natsuser', '"pass"', 'PUB ', 'INFO {'];
const seenIn = (packets: Buffer) => NEEDLES.filter((needle) => packets.includes(needle));

const IN_OTHER_NAMESPACE = (name: string, inject: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: ${name}, annotations: { linkerd.io/inject: ${inject} } }
---${attackerIn(name)}`;

describeReal(mesh.MESH_PARTS, 'the default topology on two real clusters', () => {
  let project: mesh.Project;
  const applyAll = () =>
    sh('for c in vm-a vm-b; do kubectl --context $c apply -f dist/$c; done', project.folder);

  beforeAll(() => {
    project = mesh.Project.afresh();
    project.synth();
  });

  it('installs Linkerd by the lines that `npm run certs` prints', () => {
    expect(mesh.installed()).toContain('Status check results are √');
  });

  it('works on the first apply, and a second one changes nothing', async () => {
    applyAll();
    await mesh.messagesFlow('vm-b', 5, 240);
    expect(applyAll()).not.toMatch(/configured|created/);
    for (const name of ['vm-a', 'vm-b']) sh(`kubectl --context ${name} diff -f dist/${name}`, project.folder);
  });

  it('is found healthy by the doctor', async () => {
    await project.healthy();
  });

  it.each(['vm-a', 'vm-b'])('opens a shell on %s, past the proxy and the packet filters', (cluster) => {
    const shell = (command: string) =>
      sh(`node bin/nats-mtls.mjs shell ${cluster} -- ${command}`, project.folder);
    shell('nats rtt');
    expect(shell('nats server ls')).toContain(`${cluster}-nats-`);
  });

  onOwn.each(['vm-a', 'vm-b'])('shows nothing on any interface of the node %s', async (node) => {
    const packets = await mesh.capture({ node }, () => mesh.messagesFlow('vm-b', 5));
    expect(packets.length).toBeGreaterThan(5_000);
    expect(seenIn(packets)).toEqual([]);
  });

  onOwn('would be seen by that capture: a pod shows all on its own loopback', async () => {
    const [process = 0] = mesh.processesOf('vm-b', 'nats-leaf-0', 'nats');
    const packets = await mesh.capture({ loopbackOf: process }, () => mesh.messagesFlow('vm-b', 5));
    expect(seenIn(packets)).toEqual(expect.arrayContaining(['test.messages', 'Published at']));
  });

  it('answers a program in the pod itself, which is the control of the attacks', async () => {
    const call = ['exec', 'nats-broker-0', '-c', 'nats', '--', 'sh', '-c', answers('127.0.0.1')];
    const seen = () => kubectl('vm-a', ...call);
    await becomes(seen, 'info 4222');
    await becomes(seen, 'varz 8222');
  });

  const attackers = [
    ['an unmeshed pod of another namespace', 'unmeshed', 'disabled'],
    ['a meshed pod of another namespace', 'meshed', 'enabled'],
  ] as const;

  it.each(attackers)('refuses %s', (_, name, inject) => {
    for (const [context, pod] of [
      ['vm-a', 'nats-broker-0'],
      ['vm-b', 'nats-leaf-0'],
    ] as const) {
      start(context, name, IN_OTHER_NAMESPACE(name, inject));
      expect(seenByAttacker(context, name, pod)).toBe('');
    }
  });

  onOwn.each(['vm-a', 'vm-b'])('refuses the node of %s', (context) => {
    const pod = context === 'vm-a' ? 'nats-broker-0' : 'nats-leaf-0';
    expect(mesh.onNode(context, answers(addressOf(context, pod))).trim()).toBe('');
  });

  it('refuses both with the policies of Linkerd alone', () => {
    for (const context of ['vm-a', 'vm-b']) kubectl(context, 'delete', 'networkpolicy', '--all');
    for (const [, name] of attackers) {
      expect(seenByAttacker('vm-a', name, 'nats-broker-0')).toBe('');
      expect(seenByAttacker('vm-b', name, 'nats-leaf-0')).toBe('');
    }
    applyAll();
  });

  onOwn('refuses both with the NetworkPolicies alone', async () => {
    const open = (context: string) =>
      sh(`for s in $(kubectl --context ${context} -n nats-system get servers.policy.linkerd.io -o name); do
kubectl --context ${context} -n nats-system patch $s --type merge -p '{"spec":{"accessPolicy":"all-unauthenticated"}}'; done`);
    for (const context of ['vm-a', 'vm-b']) open(context);
    const seenByNode = () => mesh.onNode('vm-a', answers(addressOf('vm-a', 'nats-broker-0')));
    // The node is let in by NetworkPolicies, so it shows that Linkerd's policies are open now.
    await becomes(seenByNode, 'varz 8222');
    for (const [, name] of attackers) {
      expect(seenByAttacker('vm-a', name, 'nats-broker-0')).toBe('');
      expect(seenByAttacker('vm-b', name, 'nats-leaf-0')).toBe('');
    }
    applyAll();
    await becomes(seenByNode, '');
  });

  onOwn('loses nothing when the link is cut for five seconds', async () => {
    await mesh.messagesFlow('vm-b');
    const since = mesh.received('vm-b').at(-1) ?? 0;
    mesh.cutLink();
    await sleep(5_000);
    mesh.repairLink();
    await mesh.messagesFlow('vm-b', 10);
    expect(mesh.lost('vm-b', since)).toBe(0);
  });

  onOwn('loses nothing when certificates are rotated by the printed steps', async () => {
    const since = mesh.received('vm-b').at(-1) ?? 0;
    const serial = () =>
      sh(
        // It shows no certificate of its own, so the broker ends the connection, which s_client takes for a failure.
        `{ ip netns exec nm-vm-b openssl s_client -connect 1.1.1.1:30722 </dev/null 2>/dev/null || true; } | openssl x509 -noout -serial`,
      );
    const old = serial();
    project.follow(project.certs('rotate server'));
    // The kubelet brings a changed Secret within a minute or two.
    for (let tries = 0; serial() === old && tries < 90; tries += 1) await sleep(2_000);
    expect(serial()).not.toBe(old);
    await project.healthy();
    await mesh.messagesFlow('vm-b');
    expect(mesh.lost('vm-b', since)).toBe(0);
  });

  rotations(() => project);
  failures();
  foreigners(() => project);

  onOwn('sends nothing in clear to a leaf that was made while the injector was away', async () => {
    const injector = ['-n', 'linkerd', 'scale', 'deploy/linkerd-proxy-injector'];
    sh(`kubectl --context vm-b ${injector.join(' ')} --replicas=0
kubectl --context vm-b -n linkerd wait pod -l linkerd.io/control-plane-component=proxy-injector --for=delete --timeout=60s
kubectl --context vm-b -n nats-system delete pod nats-leaf-0
until kubectl --context vm-b -n nats-system get pod nats-leaf-0; do sleep 1; done >/dev/null 2>&1`);
    const last = mesh.received('vm-b').at(-1) ?? 0;
    const packets = await mesh.capture({ node: 'vm-b' }, () => sleep(30_000));
    expect(
      kubectl('vm-b', 'get', 'pod', 'nats-leaf-0', '-o', 'jsonpath={.spec.initContainers[*].name}'),
    ).not.toContain('linkerd');
    expect(seenIn(packets)).toEqual([]);
    expect(mesh.received('vm-b').at(-1) ?? 0).toBeLessThanOrEqual(last + 1);
    sh(`kubectl --context vm-b ${injector.join(' ')} --replicas=1
kubectl --context vm-b -n linkerd rollout status deploy/linkerd-proxy-injector
kubectl --context vm-b -n nats-system delete pod nats-leaf-0`);
    await mesh.messagesFlow('vm-b', 3, 180);
  });
});
