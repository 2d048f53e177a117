import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkOperatorOptions } from '../../../model/rules/check-monitoring.ts';
import { ApiServer } from '../../support/cluster/api-server.ts';
import { describeReal } from '../../support/parts.ts';

/** Names and values of which about half are what a label may be, and the others nearly. */
const good = fc.stringMatching(/^[A-Za-z0-9]([-_.a-z]{0,8}[a-z0-9])?$/);
const near = fc
  .array(fc.constantFrom('a', 'Z', '7', '-', '_', '.', '/', ' ', 'é', '\n', 'x'.repeat(31)), { maxLength: 4 })
  .map((parts) => parts.join(''));
const long = fc.constantFrom(63, 64, 253, 254).map((length) => 'x'.repeat(length));
const part = fc.oneof(
  { arbitrary: good, weight: 6 },
  { arbitrary: near, weight: 2 },
  { arbitrary: long, weight: 1 },
);
const key = fc.oneof(
  part,
  fc.tuple(part, part).map((parts) => parts.join('/')),
);
const labels = fc.record({ key, value: part });

describeReal(['etcd', 'kube-apiserver', 'kubectl'], 'a label', () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await ApiServer.start();
  });

  afterAll(() => server?.stop());

  it('is taken where Kubernetes takes it, and refused where Kubernetes refuses it', async () => {
    const samples = fc.sample(labels, { numRuns: 400, seed: 6 });
    const taken = samples.filter(({ key, value }) => {
      try {
        checkOperatorOptions((property) => ({ owner: 'test', property }), { labels: { [key]: value } });
        return true;
      } catch {
        return false;
      }
    });
    const items = samples.map(({ key, value }, i) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `label-${i}`, namespace: 'default', labels: { [key]: value } },
    }));
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const { stdout } = await server.kubectl(['create', '--dry-run=server', '-o', 'name', '-f', '-'], {
      stdin: list,
    });
    const created = [...stdout.matchAll(/label-(\d+)$/gm)].map(([, i]) => samples[Number(i)]);
    expect(taken).toEqual(created);
    expect(created.length).toBeGreaterThan(40);
    expect(created.length).toBeLessThan(360);
  });
});
