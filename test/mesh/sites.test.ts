import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect } from 'vitest';
import type { Topology } from '../../model/topology.ts';
import { ROUTER } from '../../tools/clusters/settings.ts';
import { AttackCredentials } from '../support/attack/credentials.ts';
import { copiesOf, type Said } from '../support/copies.ts';
import { addressOf } from '../support/mesh/probe.ts';
import * as mesh from '../support/mesh/world.ts';
import { describeReal } from '../support/parts.ts';
import { until } from '../support/until.ts';

const { kubectl, sh } = mesh;

const SITES = ['vm-a', 'vm-b', 'vm-c'];

/** The helpers look at the log of `nats-subscriber`. */
const reads = (user: string) => [
  { name: 'nats-subscriber', user, subject: 'test.messages', stream: 'EVENTS', consumer: user },
];

/**
 * A broker on three clusters, a publisher on one of them, and who reads from the stream on each. The third has a trust
 * anchor of its own.
 */
const topology: Topology = {
  brokerCluster: {
    name: 'vm-a',
    address: '1.1.1.1',
    issuer: 'cluster-a-issuer',
    publishers: [{ name: 'nats-publisher', subject: 'test.messages', stream: 'EVENTS' }],
    subscribers: reads('a'),
    jetStream: { storage: { size: '1Gi' } },
    streams: [{ name: 'EVENTS', subjects: ['test.>'], maxAge: '1h', maxBytes: '512Mi' }],
    consumers: ['a', 'b', 'c'].map((name) => ({ name, stream: 'EVENTS' })),
    furtherSites: [
      { name: 'vm-b', address: '2.2.2.2', issuer: 'cluster-b-issuer', subscribers: reads('b') },
      {
        ...{ name: 'vm-c', address: '3.3.3.3', issuer: 'cluster-c-issuer', trustAnchor: 'own' },
        subscribers: reads('c'),
      },
    ],
  },
  leafClusters: [],
};

const { furtherSites: _, ...inOneCluster } = { ...topology.brokerCluster, replicas: 3 as const };

/** What there is before there are sites, and on the way to them. */
const together: Topology = { ...topology, brokerCluster: inOneCluster };
const moving: Topology = { ...topology, brokerCluster: { ...topology.brokerCluster, replicas: 3 } };

/** What the first server of a site calls itself. */
const first = (site: string) => `${site}-nats-broker-0`;

/** The servers that keep the stream, as the one that leads it says, and which one that is. */
function stream() {
  const said: Said = SITES.map((site) => {
    const page = kubectl(
      site,
      ...['exec', 'nats-broker-0', '-c', 'nats', '--', 'wget', '-q', '-O', '-'],
      'http://127.0.0.1:8222/jsz?streams=1',
    );
    return [first(site), JSON.parse(page).account_details?.[0]?.stream_detail?.[0]?.cluster];
  });
  return { copies: copiesOf(said), leader: said.find(([server, group]) => group?.leader === server)?.[0] };
}

/** Drops every packet from and to a site, or no longer. */
function cut(address: string, action: '-I' | '-D') {
  for (const end of ['-s', '-d'])
    sh(`ip netns exec ${ROUTER} iptables ${action} FORWARD ${end} ${address} -j DROP`);
}

/** What a place sees at the routes of vm-c. */
const handshake = 'timeout 5 openssl s_client -connect 3.3.3.3:30622 </dev/null 2>&1 || true';

describeReal(mesh.MESH_PARTS, 'a broker on three real clusters', () => {
  let project: mesh.Project;
  const applyAll = () =>
    sh(`for c in ${SITES.join(' ')}; do kubectl --context $c apply -f dist/$c; done`, project.folder);
  /** @returns what is to be deleted then, as synth prints it */
  const apply = (topology: Topology) => {
    project.describe(topology);
    const printed = project.synth();
    applyAll();
    kubectl('vm-a', 'rollout', 'status', 'statefulset/nats-broker');
    return printed;
  };
  const flow = async (count: number, seconds: number, ...sites: string[]) => {
    for (const site of sites) await mesh.messagesFlow(site, count, seconds);
  };

  beforeAll(() => {
    // A user who names clusters names two.
    if (!mesh.areOwn) return;
    project = mesh.Project.afresh(topology);
    project.synth();
    // The two others have Linkerd.
    const [, lines = ''] = project.certs().split('# Linkerd on vm-c');
    project.follow(lines);
    project.describe(together);
    rmSync(join(project.folder, 'dist'), { recursive: true });
    project.synth();
  });

  mesh.onOwn('is made of three servers in one cluster, and loses nothing', async () => {
    sh('kubectl --context vm-a apply -f dist/vm-a', project.folder);
    await flow(5, 240, 'vm-a');
    const since = mesh.received('vm-a').at(-1) ?? 0;
    apply(moving);
    await until(
      'the copies are on the three sites',
      () => String(stream().copies) === String(SITES.map(first)),
      400_000,
    );
    kubectl('vm-a', 'scale', 'statefulset/nats-broker', '--replicas=1');
    kubectl('vm-a', 'wait', '--for=delete', 'pod/nats-broker-1', 'pod/nats-broker-2', '--timeout=120s');
    for (const server of ['vm-a-nats-broker-1', 'vm-a-nats-broker-2'])
      sh(
        `node bin/nats-mtls.mjs shell vm-a -- nats server cluster peer-remove ${server} --force`,
        project.folder,
      );
    project.follow(apply(topology));
    await flow(5, 240, ...SITES);
    expect(mesh.lost('vm-a', since)).toBe(0);
    await project.healthy();
    expect(project.doctor().said).not.toContain('counts as one of');
  });

  mesh.onOwn('takes a second apply, which changes nothing', () => {
    expect(applyAll()).not.toMatch(/configured|created/);
    for (const name of SITES) sh(`kubectl --context ${name} diff -f dist/${name}`, project.folder);
  });

  mesh.onOwn('is found healthy by the doctor', async () => {
    await project.healthy();
    expect(project.doctor().said).toContain('routes to vm-b-nats-broker-0 and vm-c-nats-broker-0');
  });

  mesh.onOwn(
    'lets the thief of a Linkerd issuer into the clusters that share its anchor, and no other',
    () => {
      const broker = 'nats-broker.nats-system.serviceaccount.identity.linkerd.cluster.local';
      const thief = new AttackCredentials(join(project.folder, 'certs', 'issued'));
      /** What the proxy of a site's server makes of whoever poses as that server with a certificate of some issuer. */
      const posing = (site: string, issuer: string) => {
        const { cert, key } = thief.signedBy(issuer, broker);
        writeFileSync(join(project.folder, 'thief.crt'), cert);
        writeFileSync(join(project.folder, 'thief.key'), key);
        const said = mesh.onNode(
          site,
          `cd ${project.folder}
sleep 2 | timeout 5 openssl s_client -connect ${addressOf(site, 'nats-broker-0')}:4143 -servername ${broker} \
-alpn transport.l5d.io/v1 -cert thief.crt -key thief.key -cert_chain certs/issued/${issuer}.crt 2>&1 || true`,
        );
        expect(said).toContain('TLSv1.3');
        return /alert ([a-z ]+)/.exec(said)?.[1] ?? 'let in';
      };
      expect(posing('vm-a', 'cluster-b-issuer')).toBe('let in');
      expect(posing('vm-c', 'cluster-c-issuer')).toBe('let in');
      expect(posing('vm-a', 'cluster-c-issuer')).toBe('unknown ca');
      expect(posing('vm-c', 'cluster-b-issuer')).toBe('unknown ca');
    },
  );

  mesh.onOwn('passes nothing in clear between the nodes', async () => {
    const packets = await mesh.capture({ node: 'vm-b' }, () => mesh.messagesFlow('vm-b', 5));
    expect(packets.length).toBeGreaterThan(5_000);
    const needles = ['test.messages', 'Published at', 'natsuser', '"pass"', 'PUB ', 'INFO {'];
    expect(needles.filter((needle) => packets.includes(needle))).toEqual([]);
  });

  mesh.onOwn('lets the other sites come to its routes, by address, and nobody else', () => {
    expect(mesh.onNode('vm-a', handshake)).toContain('CN = nats-broker-route');
    expect(sh(`ip netns exec ${ROUTER} sh -c '${handshake}'`)).not.toContain('nats-broker-route');
  });

  mesh.onOwn('loses nothing when a site is cut off, and the others go on within a minute', async () => {
    await flow(3, 60, 'vm-b', 'vm-c');
    const since = mesh.received('vm-b').at(-1) ?? 0;
    cut('3.3.3.3', '-I');
    try {
      await flow(10, 60, 'vm-b');
    } finally {
      cut('3.3.3.3', '-D');
    }
    await flow(5, 180, 'vm-b', 'vm-c');
    expect(mesh.lost('vm-b', since)).toBe(0);
    expect(mesh.lost('vm-c', since)).toBe(0);
    await project.healthy();
  });

  mesh.onOwn('loses nothing when the site goes whose server leads the stream', async () => {
    const { leader } = stream();
    const site = SITES.find((name) => first(name) === leader)!;
    const reader = site === 'vm-b' ? 'vm-c' : 'vm-b';
    const since = mesh.received(reader).at(-1) ?? 0;
    const scale = (replicas: number) =>
      kubectl(site, 'scale', 'statefulset/nats-broker', `--replicas=${replicas}`);
    scale(0);
    // The publisher has no other server than that of its own cluster.
    if (site !== 'vm-a') await flow(10, 60, reader);
    scale(1);
    await flow(5, 180, 'vm-b', 'vm-c');
    expect(mesh.lost(reader, since)).toBe(0);
    await project.healthy();
  });
});
