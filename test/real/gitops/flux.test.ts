import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { topology as clients } from '../../../examples/clients.ts';
import { resolve } from '../../../model/resolve.ts';
import type { Topology } from '../../../model/topology.ts';
import { synthCommand } from '../../../synth/synth-command.ts';
import { ApiServer } from '../../support/cluster/api-server.ts';
import { installLinkerdCrds } from '../../support/cluster/linkerd-crds.ts';
import { run } from '../../support/command.ts';
import { Flux } from '../../support/gitops/flux.ts';
import type { KubeObject } from '../../support/manifest.ts';
import { minted } from '../../support/minted.ts';
import { describeReal, needed } from '../../support/parts.ts';
import { until } from '../../support/until.ts';

const PARTS = ['kustomize-controller', 'age-keygen', 'etcd', 'kube-apiserver', 'kubectl'] as const;

describeReal(PARTS, 'Flux on a repository with dist/', () => {
  const repository = mkdtempSync(join(tmpdir(), 'nats-mtls-repository-'));
  const issued = join(mkdtempSync(join(tmpdir(), 'nats-mtls-credentials-')), 'issued');
  const page = readFileSync(join(import.meta.dirname, '../../../docs/gitops.md'), 'utf8');
  let server: ApiServer;
  let flux: Flux;
  let topology: Topology;

  /** Synthesizes and pushes. @returns the revision */
  async function push(change: Partial<Topology['brokerCluster']> = {}): Promise<string> {
    const to = { ...topology, brokerCluster: { ...topology.brokerCluster, ...change } };
    await synthCommand(resolve(to), { issued, output: join(repository, 'dist'), log: () => {} });
    return flux.push(repository);
  }

  /** The Kustomization that the documentation has, for another path. No node runs pods here, so nothing is waited for. */
  function documented(name: string, path: string): object {
    const blocks = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text]) => text!);
    const [first] = parseAllDocuments(blocks.find((text) => text.includes('kustomize.toolkit'))!);
    const { decryption } = parse(blocks.find((text) => text.includes('decryption:'))!);
    const { spec, metadata, ...kind } = first!.toJS();
    expect(spec).toMatchObject({ path: './dist/vm-a', prune: true });
    return {
      ...{ ...kind, metadata: { ...metadata, name } },
      spec: { ...spec, path, wait: false, decryption },
    };
  }

  const present = async (kinds: string) => {
    const { stdout } = await server.kubectl(['get', kinds, '-A', '-o', 'json']);
    return JSON.parse(stdout).items as (KubeObject & { data: object })[];
  };
  const names = async (kinds: string, namespace: string) =>
    (await present(kinds))
      .filter(({ metadata }) => metadata.namespace === namespace)
      .map(({ kind, metadata }) => `${kind}/${metadata.name}`);

  beforeAll(async () => {
    const { stdout } = await run([needed('age-keygen')]);
    const [, recipient = ''] = /^# public key: (.+)$/m.exec(stdout)!;
    topology = { ...clients, secrets: { kind: 'sops', recipients: [recipient] } };
    server = await ApiServer.start();
    await installLinkerdCrds(server);
    flux = await Flux.start(server);
    const key = /^AGE-SECRET-KEY-.+$/m.exec(stdout)![0];
    const words = ['create', 'secret', 'generic', 'sops-age', `--from-literal=age.agekey=${key}`];
    await server.must(['-n', 'flux-system', ...words]);
  });

  afterAll(async () => {
    await flux?.stop();
    await server?.stop();
    rmSync(repository, { recursive: true });
    rmSync(join(issued, '..'), { recursive: true });
  });

  it('applies the folder of a cluster by the lines that the documentation has, Secrets decrypted', async () => {
    const revision = await push();
    await server.apply([documented('nats', './dist/office')]);
    await flux.took('nats', revision);
    const wanted = minted(clients, issued)
      .get('office')!
      .filter(({ kind, metadata }) => kind === 'Secret' && metadata.namespace === 'nats-system');
    const found = new Map((await present('secrets')).map((one) => [one.metadata.name, one]));
    for (const { metadata, data, type } of wanted as (KubeObject & { data: object; type: string })[])
      expect(found.get(metadata.name)).toMatchObject({ type, data });
    expect(await names('statefulsets,deployments', 'nats-system')).toEqual(
      expect.arrayContaining(['StatefulSet/nats-broker', 'Deployment/nats-streams']),
    );
    expect(await names('servers.policy.linkerd.io', 'nats-system')).not.toEqual([]);
  });

  it("applies the folder of a client's namespace by itself, and its egress", async () => {
    await server.must(['create', 'namespace', 'shop']);
    const revision = await push();
    await server.apply([
      documented('nats-shop', './dist/office/clients/shop'),
      documented('nats-shop-egress', './dist/office/clients/shop/egress'),
    ]);
    await flux.took('nats-shop', revision);
    await flux.took('nats-shop-egress', revision);
    expect(await names('secrets', 'shop')).toEqual(['Secret/nats-orders']);
    expect(await names('networkpolicies', 'shop')).toEqual(['NetworkPolicy/nats-orders']);
  });

  it('deletes what has left the topology, and nothing else', async () => {
    const kinds = 'deployments,statefulsets,configmaps,secrets,services,networkpolicies';
    const before = await names(kinds, 'nats-system');
    const revision = await push({
      publishers: [{ name: 'nats-publisher', subject: 'test.messages', user: 'extra' }],
    });
    await flux.took('nats', revision);
    const more = await names(kinds, 'nats-system');
    expect(more).toEqual(expect.arrayContaining(['Deployment/nats-publisher', 'Secret/nats-auth-extra']));
    await flux.took('nats', await push());
    await until(
      'what left is gone',
      async () => (await names(kinds, 'nats-system')).length === before.length,
    );
    expect(await names(kinds, 'nats-system')).toEqual(before);
  });

  it('keeps the namespace, and whatever else is in it, when its Kustomization is deleted', async () => {
    await server.must(['-n', 'flux-system', 'delete', 'kustomization', 'nats', '--timeout=60s']);
    const { stdout } = await server.must([
      'get',
      'namespace',
      'nats-system',
      '-o',
      'jsonpath={.status.phase}',
    ]);
    expect(stdout).toBe('Active');
    expect(await names('statefulsets,deployments,secrets', 'nats-system')).toEqual([]);
  });

  it('refuses a Secret whose key it does not have, and applies nothing of it', async () => {
    await server.must(['-n', 'flux-system', 'delete', 'secret', 'sops-age']);
    const revision = await push();
    await server.apply([documented('nats-again', './dist/office')]);
    await expect(flux.took('nats-again', revision, 8)).rejects.toThrow(/sops-age|cannot get sops data key/i);
    expect(await names('secrets,statefulsets', 'nats-system')).toEqual([]);
  });
});
