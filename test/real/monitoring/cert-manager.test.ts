import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { topology } from '../../../examples/cert-manager.ts';
import { AttackCredentials } from '../../support/attack/credentials.ts';
import { ApiServer } from '../../support/cluster/api-server.ts';
import { CertManager } from '../../support/cluster/cert-manager.ts';
import { freePorts } from '../../support/free-ports.ts';
import type { KubeObject } from '../../support/manifest.ts';
import { minted } from '../../support/minted.ts';
import { type Firing, Prometheus } from '../../support/monitoring/prometheus.ts';
import { type Group, groupsIn } from '../../support/monitoring/promtool.ts';
import { scaled } from '../../support/monitoring/scaled.ts';
import { watched } from '../../support/monitoring/watched.ts';
import { describeReal } from '../../support/parts.ts';
import { NetworkNamespace } from '../../support/stage/network.ts';
import { until } from '../../support/until.ts';

const DAY = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY);

/** Days that are left of a certificate that was to be renewed with 30 of them left. */
const LEFT = 5;

/** What the Prometheus Operator adds to what it has scraped of a pod. */
const OF_POD = {
  ...{ namespace: 'cert-manager', pod: 'cert-manager-0', container: 'cert-manager-controller' },
  endpoint: 'http-metrics',
};

const STUCK = [
  'NatsCertificateNotReady nats-broker-tls',
  'NatsCertificateRenewalLongOverdue nats-publisher-tls',
  'NatsCertificateRenewalOverdue nats-publisher-tls',
];

const parts = [
  'cert-manager-controller',
  'etcd',
  'kube-apiserver',
  'kubectl',
  'namespaces',
  'prometheus',
] as const;

describeReal(parts, 'a real Prometheus that scrapes a real cert-manager', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-renewal-'));
  let server: ApiServer;
  let certManager: CertManager;
  let prometheus: Prometheus;
  let groups: Group[];
  let ca: KubeObject;

  beforeAll(async () => {
    const issued = join(folder, 'issued');
    const objects = minted(watched(topology), issued).get('vm-a')!;
    ca = objects.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === 'nats-issuer')!;
    groups = groupsIn(objects).filter(({ name }) => name === 'nats-broker-cert-manager');
    const old = new AttackCredentials(issued).signedBy('vm-a-nats-issuer', 'natsuser', {
      ...{ notBefore: inDays(LEFT - 90), notAfter: inDays(LEFT) },
    });

    server = await ApiServer.start();
    certManager = await CertManager.start(server);
    await server.apply([
      ...objects.filter(({ kind }) => kind === 'Namespace'),
      {
        ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls' },
        metadata: { name: 'nats-publisher-tls', namespace: 'nats-system' },
        stringData: { 'tls.crt': old.cert, 'tls.key': old.key },
      },
    ]);
    // The CA is missing, so that no certificate can be made.
    await server.apply(objects.filter(({ kind }) => ['Issuer', 'Certificate'].includes(kind)));

    const here = new NetworkNamespace('/proc/self/ns/net');
    prometheus = await Prometheus.start(here, scaled(groups), (await freePorts(1))[0]);
    scrape(OF_POD);
  });

  afterAll(async () => {
    prometheus?.stop();
    await certManager?.stop();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const scrape = (labels: Readonly<Record<string, string>>) =>
    prometheus.scrape([{ targets: [certManager.metrics], labels }]);

  const told = ({ labels }: Firing) => [labels.alertname, labels.name].filter(Boolean).join(' ');

  const fires = (wanted: readonly string[]) => prometheus.fires(wanted, told, 60_000);

  /** What the alerts that fire say. */
  const summaries = async () => (await prometheus.firing()).map(({ annotations }) => annotations.summary);

  /** By which label Prometheus knows the namespace of a Certificate. */
  const known = async (label: string) =>
    (await prometheus.query(`certmanager_certificate_ready_status{${label}="nats-system"}`)).length > 0;

  it('tells of one that was not made, and of one that was not renewed', async () => {
    await fires(STUCK);
    expect([await known('exported_namespace'), await known('namespace')]).toEqual([true, false]);
  }, 90_000);

  it('scrapes every name that a rule reads', async () => {
    const { read, absent } = await prometheus.coverage(
      groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
    );
    expect(read).toHaveLength(3);
    expect(absent).toEqual([]);
  });

  it('says which it is, and how long it lasts', async () => {
    const said = await summaries();
    expect(said).toContain('cert-manager has not made nats-broker-tls of vm-a');
    expect(said).toContainEqual(
      expect.stringMatching(
        /^cert-manager was to renew nats-publisher-tls of vm-a, which ends in 4d 23h \d+m \d+s$/,
      ),
    );
  });

  it('tells the same where the namespace keeps its label', async () => {
    scrape({});
    await until('the label is another', async () => !(await known('exported_namespace')));
    expect(await known('namespace')).toBe(true);
    await fires(STUCK);
  }, 90_000);

  it('is quiet when cert-manager has its CA, and has made and renewed them', async () => {
    await server.apply([ca]);
    await fires([]);
  }, 90_000);

  it('tells of a Certificate that is gone, and of cert-manager when it has stopped', async () => {
    await server.must(['-n', 'nats-system', 'delete', 'certificate', 'nats-publisher-tls']);
    await fires(['NatsCertificatesUnwatched']);
    expect(await summaries()).toEqual(['cert-manager shows 1 of the 2 certificates of vm-a']);
    await certManager.stop();
    await until('it shows none', async () =>
      (await summaries()).includes('cert-manager shows 0 of the 2 certificates of vm-a'),
    );
    await fires(['NatsCertificatesUnwatched']);
  }, 120_000);
});
