import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiServer } from '../../support/cluster/api-server.ts';
import { describeReal } from '../../support/parts.ts';

describeReal(['etcd', 'kube-apiserver', 'kubectl'], 'the API server', () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await ApiServer.start();
  });

  afterAll(() => server?.stop());

  const apply = (object: object, ...flags: string[]) =>
    server.kubectl(['apply', '-f', '-', ...flags], { stdin: JSON.stringify(object) });

  const namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'locked', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  };

  const pod = (spec: object) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'pod', namespace: 'locked' },
    spec: { containers: [{ name: 'c', image: 'i', ...spec }] },
  });

  it('takes an object and shows no difference afterwards', async () => {
    expect(await apply(namespace)).toMatchObject({ code: 0, stdout: 'namespace/locked created\n' });
    const diff = await server.kubectl(['diff', '-f', '-'], { stdin: JSON.stringify(namespace) });
    expect(diff).toMatchObject({ code: 0, stdout: '' });
  });

  it('refuses a field that the schema does not know', async () => {
    const { code, stderr } = await apply(pod({ imagePolicy: 'Never' }), '--validate=strict');
    expect(code).not.toBe(0);
    expect(stderr).toContain('unknown field "spec.containers[0].imagePolicy"');
  });

  it('holds pods to the Pod Security level of their namespace', async () => {
    // No controller makes the account, as one would in a cluster.
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'locked' },
    };
    await apply(account);
    const { code, stderr } = await apply(pod({}));
    expect(code).not.toBe(0);
    expect(stderr).toContain('violates PodSecurity "restricted:latest"');
  });

  it('serves a resource once its definition is applied', async () => {
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { kind: 'Widget', plural: 'widgets' },
        versions: [
          { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
        ],
      },
    };
    const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-crds-'));
    writeFileSync(join(folder, 'widgets.json'), JSON.stringify(definition));
    await server.applyCrds(folder);
    rmSync(folder, { recursive: true });
    const widget = {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'w', namespace: 'locked' },
    };
    expect(await apply(widget)).toMatchObject({ code: 0 });
  });
});
