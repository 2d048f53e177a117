import { afterAll, beforeAll, expect, it } from 'vitest';
import { topology } from '../../../examples/production.ts';
import { resolve } from '../../../model/resolve.ts';
import { synthesize } from '../../../synth/synthesize.ts';
import { ApiServer } from '../../support/cluster/api-server.ts';
import type { KubeObject } from '../../support/manifest.ts';
import { objectsOf } from '../../support/minted.ts';
import { describeReal } from '../../support/parts.ts';

const NAMESPACE = 'nats-system';

/** The namespace and the brokers' StatefulSet, with volumes of a size. */
function manifests(size: string): KubeObject[] {
  const [hub] = synthesize(
    resolve({
      ...topology,
      brokerCluster: { ...topology.brokerCluster, jetStream: { storage: { size } } },
    }),
  );
  const objects = [...hub!.files.values()].flatMap(objectsOf);
  return objects.filter(({ kind }) => kind === 'Namespace' || kind === 'StatefulSet');
}

describeReal(['etcd', 'kube-apiserver', 'kubectl'], 'the advice for volumes that grow', () => {
  let server: ApiServer;
  const kubectl = (...args: string[]) => server.kubectl(['--namespace', NAMESPACE, ...args]);
  const apply = (...objects: object[]) => {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    return server.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(list) });
  };
  const enlarge = (claim: string) =>
    kubectl('patch', 'pvc', claim, '-p', '{"spec":{"resources":{"requests":{"storage":"20Gi"}}}}');

  /** A claim as the controllers leave it that do not run here: bound to a volume of its class. */
  async function bound(name: string, storageClassName: string) {
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: NAMESPACE },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName,
        volumeName: `of-${name}`,
        resources: { requests: { storage: '10Gi' } },
      },
    };
    expect(await apply(claim)).toMatchObject({ code: 0 });
    const status = { phase: 'Bound', capacity: { storage: '10Gi' }, accessModes: ['ReadWriteOnce'] };
    const patch = ['patch', 'pvc', name, '--subresource=status', '-p', JSON.stringify({ status })];
    expect(await kubectl(...patch)).toMatchObject({ code: 0 });
  }

  beforeAll(async () => {
    server = await ApiServer.start();
    const storageClass = (name: string, allowVolumeExpansion: boolean) => ({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name },
      provisioner: 'example.com/disk',
      allowVolumeExpansion,
    });
    expect(await apply(...manifests('10Gi'))).toMatchObject({ code: 0 });
    expect(await apply(storageClass('growing', true), storageClass('fixed', false))).toMatchObject({
      code: 0,
    });
    await bound('data-nats-broker-0', 'growing');
    await bound('data-nats-broker-1', 'fixed');
  });

  afterAll(() => server?.stop());

  it('is needed, because the StatefulSet takes no other size', async () => {
    const { code, stderr } = await apply(...manifests('20Gi'));
    expect(code).toBe(1);
    expect(stderr).toContain('updates to statefulset spec for fields other than');
  });

  it('enlarges a claim where its storage class allows that, and only there', async () => {
    expect(await enlarge('data-nats-broker-0')).toMatchObject({ code: 0 });
    const { code, stderr } = await enlarge('data-nats-broker-1');
    expect(code).toBe(1);
    expect(stderr).toContain('the storageclass that provisions the pvc must support resize');
  });

  it('replaces the StatefulSet by one with the new size', async () => {
    const orphan = ['delete', 'statefulset', 'nats-broker', '--cascade=orphan', '--wait=false'];
    expect(await kubectl(...orphan)).toMatchObject({ code: 0 });
    // The garbage collector, which does not run here, lets the pods go and then the object.
    const released = ['patch', 'statefulset', 'nats-broker', '--type=merge'];
    const { stdout } = await kubectl(
      'get',
      'statefulset',
      'nats-broker',
      '-o',
      'jsonpath={.metadata.finalizers}',
    );
    expect(stdout).toBe('["orphan"]');
    expect(await kubectl(...released, '-p', '{"metadata":{"finalizers":null}}')).toMatchObject({ code: 0 });
    expect(await apply(...manifests('20Gi'))).toMatchObject({ code: 0, stderr: '' });
    const size = 'jsonpath={.spec.volumeClaimTemplates[0].spec.resources.requests.storage}';
    expect((await kubectl('get', 'statefulset', 'nats-broker', '-o', size)).stdout).toBe('20Gi');
  });
});
