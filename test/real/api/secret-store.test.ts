import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { topology } from '../../../examples/secret-store.ts';
import { resolve } from '../../../model/resolve.ts';
import { synthCommand } from '../../../synth/synth-command.ts';
import { ApiServer } from '../../support/cluster/api-server.ts';
import { installLinkerdCrds } from '../../support/cluster/linkerd-crds.ts';
import type { Result } from '../../support/command.ts';
import { describeReal } from '../../support/parts.ts';

const OPERATOR = join(import.meta.dirname, '../../../imports/crds/external-secrets.io.yaml');

describeReal(['etcd', 'kube-apiserver', 'kubectl'], 'Secrets that come from a store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-store-'));
  const office = join(folder, 'dist', 'office');
  let server: ApiServer;

  beforeAll(async () => {
    await synthCommand(resolve(topology), {
      issued: join(folder, 'issued'),
      output: join(folder, 'dist'),
      log: () => {},
    });
    server = await ApiServer.start();
    await installLinkerdCrds(server);
  });

  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  const succeeded: Partial<Result> = { code: 0, stderr: '' };

  it('leave the rest of a cluster to be applied where the operator is not there yet, and say so', async () => {
    const { code, stdout, stderr } = await server.kubectl(['apply', '-f', office]);
    expect(code).toBe(1);
    expect(stderr).toContain('no matches for kind "ExternalSecret" in version "external-secrets.io/v1"');
    expect(stderr).toContain('ensure CRDs are installed first');
    expect(stdout).toContain('statefulset.apps/nats-broker created');
    expect(
      stderr
        .trim()
        .split('\n')
        .filter((line) => !/ExternalSecret|CRDs/.test(line)),
    ).toEqual([]);
  });

  it('are asked for by objects that the API server takes as they are', async () => {
    await server.applyCrds(OPERATOR);
    expect(await server.kubectl(['apply', '-f', office])).toMatchObject(succeeded);
    expect(await server.kubectl(['diff', '-f', office])).toMatchObject({ ...succeeded, stdout: '' });
    await server.kubectl(['create', 'namespace', 'shop']);
    const client = join(office, 'clients', 'shop');
    expect(await server.kubectl(['apply', '--validate=strict', '-f', client])).toMatchObject(succeeded);
    const { stdout } = await server.kubectl(['get', 'externalsecrets', '-A', '-o', 'json']);
    const keys = JSON.parse(stdout).items.map(
      (item: { spec: { target: { name: string }; dataFrom: { extract: { key: string } }[] } }) => [
        item.spec.target.name,
        item.spec.dataFrom[0]?.extract.key,
      ],
    );
    expect(keys).toContainEqual(['nats-broker-tls', 'office--nats-system--nats-broker-tls']);
    expect(keys).toContainEqual(['nats-orders', 'office--shop--nats-orders']);
  });

  it('are taken by kustomize, and none of them is in Git', async () => {
    for (const path of [office, join(office, 'clients', 'shop')]) {
      const { stdout, ...rest } = await server.kubectl(['kustomize', path]);
      expect(rest).toEqual(succeeded);
      expect(stdout).toContain('kind: ExternalSecret');
      expect(stdout).not.toMatch(/^kind: Secret$/m);
    }
    expect(readFileSync(join(office, 'Kustomization'), 'utf8')).toContain('nats-external-secrets.k8s.yaml');
  });

  it('are asked for at once by the line that the steps print', async () => {
    const words = ['-A', '-l', 'app.kubernetes.io/part-of=nats-mtls', '--overwrite', 'nats-mtls/asked=1'];
    const { stdout, ...rest } = await server.kubectl(['annotate', 'externalsecrets', ...words]);
    expect(rest).toMatchObject(succeeded);
    expect(stdout).toContain('externalsecret.external-secrets.io/nats-orders annotated');
  });
});
