import { expect, it } from 'vitest';
import { topology } from '../../../examples/production.ts';
import { resolve } from '../../../model/resolve.ts';
import { newVolumes } from '../../../synth/new-volumes.ts';
import { synthesize } from '../../../synth/synthesize.ts';

const { jetStream, streams, publishers, ...brokerCluster } = topology.brokerCluster;

/** The manifests of vm-a with volumes of a size, or without any. */
function files(size?: string) {
  const [hub] = synthesize(
    resolve({
      brokerCluster:
        size === undefined ? brokerCluster : { ...brokerCluster, jetStream: { storage: { size } } },
      leafClusters: [],
    }),
  );
  return hub!.files;
}

const anew = [
  '# Before dist/vm-a is applied, because the volumes of a StatefulSet cannot change; its pods run on:',
  'kubectl --context vm-a -n nats-system delete --cascade=orphan --ignore-not-found statefulset.apps/nats-broker',
];

it('nothing is said the first time, nor when the volumes stay as they are', () => {
  expect(newVolumes('vm-a', new Map(), files('1Gi'))).toEqual([]);
  expect(newVolumes('vm-a', files('1Gi'), files('1Gi'))).toEqual([]);
});

it('nothing is said of what the API server has added to the claims of an earlier version', () => {
  const now = files('1Gi');
  const added =
    /apiVersion: v1\n +kind: PersistentVolumeClaim\n +(?=metadata:)| +volumeMode: Filesystem\n| +status:\n +phase: Pending\n/g;
  const before = new Map([...now].map(([name, text]) => [name, text.replace(added, '')]));
  const [claims] = /volumeClaimTemplates:\n( {4}.+\n)+/.exec([...before.values()].join()) ?? [];
  expect(claims).toMatch(/^volumeClaimTemplates:\n {4}- metadata:\n {8}name: data\n {6}spec:\n/);
  expect(claims).not.toMatch(/volumeMode|status/);
  expect(newVolumes('vm-a', before, now)).toEqual([]);
});

it('a StatefulSet that gets volumes, or loses them, is to be made anew', () => {
  expect(newVolumes('vm-a', files(), files('1Gi'))).toEqual(anew);
  expect(newVolumes('vm-a', files('1Gi'), files())).toEqual(anew);
});

it('volumes that grow are enlarged one by one beforehand', () => {
  expect(newVolumes('vm-a', files('1Gi'), files('2Gi'))).toEqual([
    '# Before dist/vm-a is applied, where the storage class has allowVolumeExpansion:',
    ...[0, 1, 2].map(
      (i) =>
        `kubectl --context vm-a -n nats-system patch pvc data-nats-broker-${i} -p '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}'`,
    ),
    ...anew,
  ]);
});
