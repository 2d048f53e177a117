/** Flux's real kustomize-controller, which takes what it applies from a source that the tests fill. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { atEnd } from '../at-end.ts';
import type { ApiServer } from '../cluster/api-server.ts';
import { killGroup, run } from '../command.ts';
import { freePorts } from '../free-ports.ts';
import { needed } from '../parts.ts';
import { Log } from '../stage/log.ts';

const NAMESPACE = 'flux-system';
const SOURCE = 'gitrepository/flux-system';

/** What the controller watches. Flux brings the whole definitions. */
const KINDS = [
  ['kustomize.toolkit.fluxcd.io', 'v1', 'Kustomization', 'kustomizations'],
  ['source.toolkit.fluxcd.io', 'v1', 'GitRepository', 'gitrepositories'],
  ['source.toolkit.fluxcd.io', 'v1', 'OCIRepository', 'ocirepositories'],
  ['source.toolkit.fluxcd.io', 'v1', 'Bucket', 'buckets'],
  ['source.toolkit.fluxcd.io', 'v1', 'ExternalArtifact', 'externalartifacts'],
] as const;

const definition = ([group, name, kind, plural]: (typeof KINDS)[number]) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    ...{ group, scope: 'Namespaced' },
    names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
    versions: [
      {
        ...{ name, served: true, storage: true, subresources: { status: {} } },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

export class Flux {
  private readonly folder = mkdtempSync(join(tmpdir(), 'nats-mtls-flux-'));
  private readonly log = new Log('kustomize-controller');
  private readonly ended = atEnd(() => this.end());
  private archive = Buffer.alloc(0);
  private readonly store: Server = createServer((_, response) => response.end(this.archive));
  private controller: ChildProcess | undefined;

  private constructor(private readonly server: ApiServer) {}

  /** Installs what it watches, and starts it beside the cluster. */
  static async start(server: ApiServer): Promise<Flux> {
    const flux = new Flux(server);
    const crds = KINDS.map(definition);
    await server.apply([...crds, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }]);
    const names = crds.map(({ metadata }) => `crd/${metadata.name}`);
    await server.must(['wait', '--for=condition=Established', '--timeout=30s', ...names]);
    await once(flux.store.listen(0, '127.0.0.1'), 'listening');
    const [metrics, health] = await freePorts(2);
    const args = [`--metrics-addr=127.0.0.1:${metrics}`, `--health-addr=127.0.0.1:${health}`];
    const controller = spawn(needed('kustomize-controller'), args, {
      env: {
        ...{ PATH: process.env.PATH, HOME: flux.folder, TMPDIR: flux.folder },
        ...{ KUBECONFIG: server.kubeconfig, RUNTIME_NAMESPACE: NAMESPACE },
      },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    flux.controller = controller;
    flux.log.follow(controller.stdout);
    flux.log.follow(controller.stderr);
    return flux;
  }

  /** Has the repository hold a folder, as source-controller does after a push. @returns the revision */
  async push(repository: string): Promise<string> {
    const file = join(this.folder, 'source.tar.gz');
    await run(['tar', '-czf', file, '-C', repository, '.']);
    this.archive = readFileSync(file);
    const digest = createHash('sha256').update(this.archive).digest('hex');
    const revision = `main@sha1:${digest.slice(0, 40)}`;
    const { port } = this.store.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/${digest}.tar.gz`;
    const now = new Date().toISOString();
    await this.server.apply([
      {
        ...{ apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository' },
        metadata: { name: 'flux-system', namespace: NAMESPACE },
        spec: { interval: '1m', url: 'https://git.example.com/infrastructure.git' },
      },
    ]);
    const ready = {
      type: 'Ready',
      status: 'True',
      reason: 'Succeeded',
      message: 'stored',
      lastTransitionTime: now,
    };
    const artifact = {
      path: 'source.tar.gz',
      url,
      revision,
      digest: `sha256:${digest}`,
      lastUpdateTime: now,
    };
    const status = { observedGeneration: 1, conditions: [ready], artifact };
    await this.server.must([
      ...['patch', '-n', NAMESPACE, SOURCE, '--subresource=status', '--type=merge'],
      ...['-p', JSON.stringify({ status })],
    ]);
    return revision;
  }

  /** Waits until a Kustomization is what the repository says. Throws with what Flux says where it is not. */
  async took(name: string, revision: string, seconds = 50): Promise<void> {
    const { code, stderr } = await this.server.kubectl([
      ...['wait', '-n', NAMESPACE, `kustomization/${name}`, `--timeout=${seconds}s`],
      `--for=jsonpath={.status.lastAppliedRevision}=${revision}`,
    ]);
    if (code === 0) return;
    const { stdout } = await this.server.kubectl([
      ...['get', '-n', NAMESPACE, `kustomization/${name}`, '-o', 'json'],
    ]);
    throw new Error(`${stderr}\n${stringify(JSON.parse(stdout).status)}\n${this.log.text.slice(-3000)}`);
  }

  async stop(): Promise<void> {
    const exit = this.controller?.exitCode === null ? once(this.controller, 'exit') : undefined;
    this.end();
    await exit;
    this.ended();
  }

  private end(): void {
    if (this.controller) killGroup(this.controller);
    this.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
