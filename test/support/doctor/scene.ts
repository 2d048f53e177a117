import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { parsePasswords } from '../../../certs/store/passwords.ts';
import { createCertificate, generateKey } from '../../../certs/x509/certificate.ts';
import { type Examination, examine } from '../../../doctor/doctor.ts';
import type { Finding } from '../../../doctor/finding.ts';
import { resolve } from '../../../model/resolve.ts';
import type { Topology } from '../../../model/topology.ts';
import { type Access, kubeconfig } from '../cluster/kubeconfig.ts';
import { type LinkerdInstall, linkerdInstall } from '../cluster/linkerd-install.ts';
import { LiveCluster } from '../cluster/live-cluster.ts';
import type { KubeObject } from '../manifest.ts';
import { objectsOf, synthesizedFiles } from '../minted.ts';
import type { Part } from '../parts.ts';
import { World } from '../stage/world.ts';
import { until } from '../until.ts';
import { gatewayApi } from './gateway-api.ts';

/** What it takes to have clusters that a doctor can look at. */
export const DOCTOR_PARTS: readonly Part[] = [
  ...(['namespaces', 'nats-server', 'nats'] as const),
  ...(['etcd', 'kube-apiserver', 'kubectl', 'kubelet'] as const),
];

const VERSION = 'edge-26.8.3';

/** What is wrong, one line each. */
export const bad = (findings: readonly Finding[]): string[] =>
  findings
    .filter(({ level }) => level !== 'ok')
    .map(({ level, cluster, check, what }) => `${level} ${cluster} ${check}: ${what}`);

/** What was looked at, as cluster and check. */
export const looks = (findings: readonly Finding[]): string[] =>
  findings.map(({ cluster, check }) => `${cluster} ${check}`);

/** The clusters of a topology, alive behind their API servers, and the doctor who looks at them. */
export class DoctorScene {
  readonly folder = mkdtempSync(join(tmpdir(), `nats-mtls-${process.pid}-doctor-`));
  readonly issued = join(this.folder, 'issued');
  readonly kubeconfig = join(this.folder, 'kubeconfig');
  readonly clusters = new Map<string, LiveCluster>();
  private readonly world = World.start();

  constructor(readonly topology: Topology) {}

  /** Starts every cluster with Linkerd and the Gateway API, and no pod yet. */
  async start() {
    const files = synthesizedFiles(this.topology, this.issued);
    for (const { name, address } of this.all) {
      const cluster = await LiveCluster.start(this.world, { name, address, files: files.get(name)! });
      this.clusters.set(name, cluster);
      await cluster.installLinkerd(this.linkerd(name));
      await cluster.api.apply(gatewayApi);
    }
    this.reachAsAdministrator();
  }

  async stop() {
    await Promise.all([...this.clusters.values()].map((cluster) => cluster.stop()));
    await this.world.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  cluster(name: string): LiveCluster {
    return this.clusters.get(name)!;
  }

  /** Names of a cluster's pods. */
  pods(name: string): string[] {
    return [...this.cluster(name).cluster.pods.values()].map((pod) => pod.name);
  }

  /** An installation of Linkerd with the issued files. */
  linkerd(name: string, version = VERSION): LinkerdInstall {
    return linkerdInstall(this.all.find((cluster) => cluster.name === name)!, this.issued, version);
  }

  /** Manifests of a cluster as they are made now, Secrets included. */
  objectsOf(name: string): KubeObject[] {
    return [...synthesizedFiles(this.topology, this.issued).get(name)!.values()].flatMap(objectsOf);
  }

  /** Applies the manifests of a cluster again. */
  reapply(name: string) {
    return this.cluster(name).api.apply(this.objectsOf(name));
  }

  /** A root that calls itself as none of ours does, PEM. */
  foreignRoot(): string {
    const day = 86_400_000;
    const [notBefore, notAfter] = [new Date(Date.now() - day), new Date(Date.now() + 365 * day)];
    return createCertificate(
      { commonName: 'somebody else', notBefore, notAfter, pathLength: 1 },
      generateKey(),
    ).trim();
  }

  /** Every password that is issued. */
  secrets(): string[] {
    return Object.values(parsePasswords(readFileSync(join(this.issued, 'passwords.json'), 'utf8')) ?? {});
  }

  /** Writes the kubeconfig. */
  reachAs(contexts: Readonly<Record<string, Access>>) {
    writeFileSync(this.kubeconfig, kubeconfig(contexts), { mode: 0o600 });
  }

  reachAsAdministrator() {
    this.reachAs(Object.fromEntries([...this.clusters].map(([name, { access }]) => [name, access])));
  }

  /** What the doctor finds. */
  examine(change: Partial<Examination> = {}): Promise<Finding[]> {
    const config = new KubeConfig();
    config.loadFromFile(this.kubeconfig);
    const chosen = this.all.map(({ name }) => ({ cluster: name, context: name }));
    const { topology, issued } = this;
    return examine({ model: resolve(topology), chosen, kubeconfig: config, issued, ...change });
  }

  /** Waits until the doctor finds nothing. */
  async healthy() {
    let last: string[] = [];
    const examined = async () => {
      last = bad(await this.examine());
      return last.length === 0;
    };
    await until('nothing is wrong', examined, 60_000).catch((error) => {
      throw new Error(`${error.message}\n${last.join('\n')}`);
    });
  }

  private get all() {
    return [this.topology.brokerCluster, ...this.topology.leafClusters];
  }
}
