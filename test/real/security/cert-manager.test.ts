import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { topology } from '../../../examples/cert-manager.ts';
import type { Topology, Cluster as TopologyCluster } from '../../../model/topology.ts';
import { renewLine } from '../../../terminal/renew-line.ts';
import { AttackCredentials } from '../../support/attack/credentials.ts';
import { rogueLeaf } from '../../support/attack/rogue-leaf.ts';
import { ApiServer } from '../../support/cluster/api-server.ts';
import { CertManager } from '../../support/cluster/cert-manager.ts';
import type { Cluster } from '../../support/cluster/cluster.ts';
import { run } from '../../support/command.ts';
import type { KubeObject } from '../../support/manifest.ts';
import { minted } from '../../support/minted.ts';
import { describeReal, needed } from '../../support/parts.ts';
import type { Network } from '../../support/stage/network.ts';
import type { Pod } from '../../support/stage/pod.ts';
import { World } from '../../support/stage/world.ts';
import { until } from '../../support/until.ts';

/** A cluster, and the API server from which cert-manager learns what to make for it. */
interface Issuing {
  readonly server: ApiServer;
  readonly certManager: CertManager;
  readonly cluster: Cluster;
}

/** What is of cert-manager, and what it makes a certificate from. */
const ITS_OWN = ['Namespace', 'Secret', 'Issuer', 'Certificate'];
const ADDRESSES = { 'vm-a': '1.1.1.1', 'vm-b': '2.2.2.2' } as const;
type Name = keyof typeof ADDRESSES;
const NAMES = Object.keys(ADDRESSES) as Name[];

const withoutIt = <Kind extends TopologyCluster>({ certificates: _, ...cluster }: Kind) => cluster;

/** The same clusters with certificates that are minted. */
const withoutCertManager: Topology = {
  brokerCluster: withoutIt(topology.brokerCluster),
  leafClusters: topology.leafClusters.map(withoutIt),
};

const PARTS = ['cert-manager-controller', 'etcd', 'kube-apiserver', 'kubectl', 'openssl'] as const;

describeReal([...PARTS, 'namespaces', 'nats-server', 'nats'], 'certificates that cert-manager makes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-cert-manager-'));
  const issued = join(folder, 'issued');
  const clusters = new Map<Name, Issuing>();
  let world: World;
  let outsider: Network;
  let broker: Pod;
  let leaf: Pod;
  let subscriber: Pod;
  let credentials: AttackCredentials;

  const at = (name: Name) => clusters.get(name)!;

  async function read(name: Name, kind: string): Promise<KubeObject[]> {
    const { stdout } = await at(name).server.must(['-n', 'nats-system', 'get', kind, '-o', 'json']);
    return JSON.parse(stdout).items;
  }

  /** Secrets that cert-manager has made, by name. */
  async function made(name: Name): Promise<Map<string, KubeObject>> {
    const secrets = await read(name, 'secrets');
    const certificates = await read(name, 'certificates');
    const names = new Set(certificates.map(({ metadata }) => metadata.name));
    return new Map(
      secrets.filter(({ metadata }) => names.has(metadata.name)).map((one) => [one.metadata.name, one]),
    );
  }

  const value = (secret: KubeObject, key: string) =>
    Buffer.from((secret.data as Record<string, string>)[key]!, 'base64').toString();
  const certificatesIn = (pem: string) =>
    (pem.match(/-----BEGIN.*?END CERTIFICATE-----\n/gs) ?? []).map((one) => new X509Certificate(one));
  const serial = (secret: KubeObject) => certificatesIn(value(secret, 'tls.crt'))[0]!.serialNumber;

  async function ready(name: Name): Promise<void> {
    const { server, certManager } = at(name);
    const words = ['wait', '--for=condition=Ready', '--timeout=50s', 'certificates', '--all'];
    const { code, stderr } = await server.kubectl(['-n', 'nats-system', ...words]);
    if (code !== 0) throw new Error(`${stderr}\n${certManager.log.text.slice(-4000)}`);
  }

  /** Has every certificate of a cluster renewed, by the line that the steps print, and brings it to the pods. */
  async function renew(name: Name): Promise<void> {
    const before = await made(name);
    const env = {
      PATH: `${dirname(needed('kubectl'))}:${process.env.PATH}`,
      ...{ HOME: folder, KUBECONFIG: at(name).server.kubeconfig },
    };
    const pasted = await run(['sh', '-e'], { stdin: renewLine('test', 'nats-system'), env });
    expect(pasted).toMatchObject({ code: 0, stderr: '' });
    const after = await until('every certificate is another', async () => {
      const now = await made(name);
      const isOther = [...now].every(([key, secret]) => serial(secret) !== serial(before.get(key)!));
      return isOther && now;
    });
    at(name).cluster.apply(...after.values());
  }

  beforeAll(async () => {
    world = World.start();
    outsider = world.outsider('6.6.6.6');
    // As it was before cert-manager.
    const before = minted(withoutCertManager, issued);
    const objects = minted(topology, issued);
    credentials = new AttackCredentials(issued);
    for (const name of NAMES) {
      const server = await ApiServer.start();
      const all = objects.get(name)!;
      const there = before.get(name)!.filter(({ kind }) => ['Namespace', 'Secret'].includes(kind));
      const certManager = await CertManager.start(server);
      await server.apply(there);
      await server.apply(all.filter(({ kind }) => ITS_OWN.includes(kind)));
      const cluster = world.cluster(ADDRESSES[name], all);
      clusters.set(name, { server, certManager, cluster });
      await ready(name);
      cluster.apply(...(await made(name)).values());
    }
    broker = await at('vm-a').cluster.startPod('nats-broker-0');
    leaf = await at('vm-b').cluster.startPod('nats-leaf-0');
    await Promise.all([broker.ready(), leaf.ready()]);
    subscriber = await at('vm-b').cluster.startPod('nats-subscriber');
    await at('vm-a').cluster.startPod('nats-publisher');
  }, 180_000);

  afterAll(async () => {
    await world?.stop();
    for (const { server, certManager } of clusters.values()) {
      await certManager.stop();
      await server.stop();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const received = () =>
    [...subscriber.logs().matchAll(/^✓ Received: Message #(\d+) /gm)].map(([, number]) => Number(number));

  async function flows() {
    const before = received().length;
    await until('three more messages have crossed', () => received().length >= before + 3, 40_000);
  }

  // Which of the two it is, cert-manager 1.19 decides by whether it has seen the Secret come, which is not in our hands.
  it('are at first those that were minted, or made at once: nobody is without one', async () => {
    for (const name of NAMES) {
      for (const secret of (await made(name)).values()) {
        const file = join(issued, `${name}-${secret.metadata.name.replace(/-tls$/, '.crt')}`);
        const before = new X509Certificate(readFileSync(file)).serialNumber;
        const [own] = certificatesIn(value(secret, 'tls.crt'));
        expect([before, `CN=${name}-nats-issuer`]).toContain(
          own!.serialNumber === before ? before : own!.issuer,
        );
      }
    }
  });

  it('carry messages from cluster to cluster', () => flows());

  it('are renewed five times in a row, and no message is lost and nothing restarts', async () => {
    const first = received().at(-1)!;
    const starts = [broker, leaf].map((pod) => pod.logs('nats').match(/Starting nats-server/g)?.length);
    for (let round = 1; round <= 5; round++) {
      for (const name of NAMES) {
        const pod = name === 'vm-a' ? broker : leaf;
        const after = pod.logs('config-reloader').length;
        await renew(name);
        const reloaded = { container: 'config-reloader', after, timeout: 30_000 };
        await pod.waitForLog(/nats-server runs on the current files/, reloaded);
      }
      await flows();
    }
    const numbers = received().filter((number) => number >= first);
    expect(numbers).toEqual(numbers.map((_, i) => first + i));
    expect([broker, leaf].map((pod) => pod.logs('nats').match(/Starting nats-server/g)?.length)).toEqual(
      starts,
    );
  }, 180_000);

  it('are signed then by the CA of their cluster, below the NATS CA, for 90 days', async () => {
    const root = join(issued, 'nats-ca.crt');
    for (const name of NAMES) {
      const secrets = await made(name);
      expect([...secrets.keys()].sort()).toEqual(
        name === 'vm-a' ? ['nats-broker-tls', 'nats-publisher-tls'] : ['nats-leaf-tls'],
      );
      for (const secret of secrets.values()) {
        const [own, ca, ...more] = certificatesIn(value(secret, 'tls.crt'));
        expect(more).toEqual([]);
        expect(own!.issuer).toBe(`CN=${name}-nats-issuer`);
        const days = (Date.parse(own!.validTo) - Date.now()) / 86_400_000;
        expect(days).toBeGreaterThan(89);
        expect(days).toBeLessThan(90.1);
        const [leafFile, caFile] = [join(folder, 'own.crt'), join(folder, 'between.crt')];
        writeFileSync(leafFile, own!.toString());
        writeFileSync(caFile, ca!.toString());
        const verify = [needed('openssl'), 'verify', '-x509_strict', '-CAfile', root];
        expect(await run([...verify, '-untrusted', caFile, leafFile])).toMatchObject({ code: 0 });
      }
    }
  });

  /** Dials the broker as a leaf with a certificate that the thief of a CA has signed. */
  async function dial(ca: string, user: string) {
    const rogue = rogueLeaf(outsider, folder, {
      ...{ user: 'leaf-vm-b', password: credentials.password('vm-a/leaf-vm-b') },
      ...{ ca: credentials.natsCa, identity: credentials.signedBy(ca, user) },
    });
    try {
      await rogue.log.waitFor(/JetStream using domains|Leafnode connection closed/);
      return rogue.log.text.includes('JetStream using domains');
    } finally {
      rogue.stop();
    }
  }

  it.each([
    ["the leaf's name, by its own cluster's CA, which is the control", 'vm-b-nats-issuer', 'leaf-vm-b', true],
    ["the leaf's name, by the CA of another cluster", 'vm-a-nats-issuer', 'leaf-vm-b', false],
    ["another leaf's name", 'vm-b-nats-issuer', 'leaf-vm-c', false],
    ["a publisher's name", 'vm-b-nats-issuer', 'natsuser', false],
    ["the system user's name", 'vm-b-nats-issuer', 'sys', false],
  ])('are worth no more to the thief of a CA: %s', async (_, ca, user, isLetIn) => {
    expect(await dial(ca, user)).toBe(isLetIn);
  });

  it('are worth no server either to the thief of the CA of a leaf cluster', async () => {
    const forged = credentials.signedBy('vm-b-nats-issuer', 'localhost', { purpose: 'serverAuth' });
    const [own, ca] = certificatesIn(forged.cert);
    const files = ['forged.crt', 'thief.crt'].map((file) => join(folder, file)) as [string, string];
    writeFileSync(files[0], own!.toString());
    writeFileSync(files[1], ca!.toString());
    const verify = [needed('openssl'), 'verify', '-CAfile', join(issued, 'nats-ca.crt')];
    const { code, stderr } = await run([...verify, '-untrusted', files[1], files[0]]);
    expect(code).not.toBe(0);
    expect(stderr).toContain('permitted subtree violation');
  });
});
