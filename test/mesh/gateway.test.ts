import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { topology } from '../../examples/linkerd-gateway.ts';
import { ROUTER } from '../../tools/clusters/settings.ts';
import { leafLinks, makeForeignPod } from '../support/mesh/foreign-leaf.ts';
import * as mesh from '../support/mesh/world.ts';
import { describeReal } from '../support/parts.ts';
import { until } from '../support/until.ts';

const { kubectl, onOwn, sh } = mesh;
const NEEDLES = ['test.messages', 'Published at', 'natsuser', 'leaf-vm-b', '"pass"', 'INFO {'];
const MIRROR = 'nats-broker-leafnodes-vm-a';
const MIRROR_HOST = `${MIRROR}.nats-system.svc.cluster.local:7422`;

const onRouter = (rule: string) => sh(`ip netns exec ${ROUTER} iptables ${rule}`);
/** docs/security.md names these three ports of the broker's cluster, and no other is open here. */
const CLOSED = [
  'FORWARD -s 2.2.2.2 -d 1.1.1.1 -p tcp -m multiport ! --dports 4143,4191,6443 -j DROP',
  'FORWARD -s 1.1.1.1 -d 2.2.2.2 -m conntrack --ctstate NEW -j DROP',
];
const PROBE = 'FORWARD -s 2.2.2.2 -d 1.1.1.1 -p tcp --dport 4191 -j DROP';

describeReal(mesh.MESH_PARTS, 'a link through a Linkerd gateway, on two real clusters', () => {
  let project: mesh.Project;
  const applyAll = () =>
    sh('for c in vm-a vm-b; do kubectl --context $c apply -f dist/$c; done', project.folder);
  /** Linkerd itself is there. */
  const multicluster = (printed: string) =>
    printed
      .split('\n')
      .filter((line) => line.includes(' multicluster '))
      .join('\n');
  const issued = () => join(project.folder, 'certs', 'issued');

  beforeAll(() => {
    project = mesh.Project.afresh(topology);
    if (mesh.areOwn) for (const rule of CLOSED) onRouter(`-A ${rule}`);
  });

  afterAll(() => {
    if (mesh.areOwn) for (const rule of CLOSED) onRouter(`-D ${rule}`);
  });

  it('is installed by the printed lines, with three ports open between the clusters', async () => {
    project.synth();
    const [broker = '', leaf = ''] = project.certs().split('# Linkerd on vm-b');
    project.follow(multicluster(broker));
    // As k3s does, with the address of the node.
    sh(`kubectl --context vm-a -n linkerd-multicluster patch service linkerd-gateway --type merge -p '{"spec":{"externalIPs":["${mesh.addresses()['1.1.1.1']}"]}}'
kubectl --context vm-a -n linkerd-multicluster rollout status deploy/linkerd-gateway --timeout=180s`);
    const check = 'linkerd --context vm-b multicluster check';
    expect(leaf).toContain(check);
    project.follow(multicluster(leaf).replace(check, ''));
    // The address of vm-a is one between the nodes, which this machine need not reach: of a user's clusters, what Linkerd
    // itself says of the gateway has to do. The probe succeeds within a minute.
    const content = mesh.areOwn
      ? 'Status check results are √'
      : '√ probe services able to communicate with all gateway mirrors';
    let said = '';
    await until(
      'the check is content',
      () => {
        said = mesh.areOwn ? mesh.onNode('vm-b', check) : sh(`${check} || true`);
        return said.includes(content);
      },
      150_000,
    ).catch((error) => {
      throw new Error(`${error.message}\n${said}`);
    });
  });

  it('carries messages after the first apply, and a second one changes nothing', async () => {
    applyAll();
    await mesh.messagesFlow('vm-b', 5, 240);
    expect(applyAll()).not.toMatch(/configured|created/);
    for (const name of ['vm-a', 'vm-b']) sh(`kubectl --context ${name} diff -f dist/${name}`, project.folder);
  });

  it('is found healthy by the doctor', () => {
    const { status, said } = project.doctor();
    expect(said).toContain('the broker is mirrored here');
    expect(said).toContain('the gateway is at work and has an address');
    expect(status).toBe(0);
  });

  onOwn('opens no NodePort, and mirrors no port but that of leaves', () => {
    const ports = ['vm-a', 'vm-b'].map((context) =>
      kubectl(context, 'get', 'services', '-o', 'jsonpath={.items[*].spec.ports[*].nodePort}'),
    );
    expect(ports).toEqual(['', '']);
    expect(kubectl('vm-b', 'get', 'service', MIRROR, '-o', 'jsonpath={.spec.ports[*].port}')).toBe('7422');
    const open = mesh.onNode(
      'vm-a',
      'for p in 30422 30722 4222 7422 8222 4143; do timeout 3 bash -c "</dev/tcp/1.1.1.1/$p" 2>/dev/null && echo $p; done',
    );
    expect(open.trim()).toBe('4143');
  });

  onOwn.each(['vm-a', 'vm-b'])('shows nothing on any interface of the node %s', async (node) => {
    const packets = await mesh.capture({ node }, () => mesh.messagesFlow('vm-b', 5));
    expect(packets.length).toBeGreaterThan(5_000);
    expect(NEEDLES.filter((needle) => packets.includes(needle))).toEqual([]);
  });

  it('admits whoever has stolen both certificate and password and is in the mesh, which is the control', async () => {
    makeForeignPod('vm-b', 'meshed', 'enabled', issued());
    const certificate = 'vm-b-nats-leaf';
    const links = () => leafLinks('vm-b', 'meshed', issued(), { at: MIRROR_HOST, certificate });
    await until('it is admitted', () => links() === 1, 60_000);
  });

  it.each([
    ['no certificate', {}],
    ["the publisher's certificate", { certificate: 'vm-a-nats-publisher' }],
    ["the leaf's certificate and another password", { certificate: 'vm-b-nats-leaf', password: 'wrong' }],
  ])('refuses a meshed pod with %s', (_, stolen) => {
    expect(leafLinks('vm-b', 'meshed', issued(), { at: MIRROR_HOST, ...stolen })).toBe(0);
  });

  it('refuses a pod without an identity, whatever it has stolen', () => {
    makeForeignPod('vm-b', 'unmeshed', 'disabled', issued());
    for (const at of [MIRROR_HOST, `${mesh.addresses()['1.1.1.1']}:4143`]) {
      expect(leafLinks('vm-b', 'unmeshed', issued(), { at, certificate: 'vm-b-nats-leaf' }), at).toBe(0);
    }
  });

  onOwn(
    'is found broken by the doctor while the probe of the gateway is shut out, and mends itself',
    async () => {
      onRouter(`-I ${PROBE}`);
      const problem = `the mirrored Service ${MIRROR} has no endpoint`;
      await until('the doctor sees it', () => project.doctor().said.includes(problem), 150_000);
      onRouter(`-D ${PROBE}`);
      await project.healthy();
      await mesh.messagesFlow('vm-b', 3);
    },
  );
});
