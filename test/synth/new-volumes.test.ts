import { expect, it } from 'vitest';
import { topology } from '../../examples/production.ts';
import { newVolumes } from '../../synth/new-volumes.ts';
import { synthesize } from '../../synth/synthesize.ts';

const { jetStream, streams, publishers, ...brokerCluster } = topology.brokerCluster;

/** The manifests of vm-a with volumes of a size, or without any. */
function files(size?: string) {
  const [hub] = synthesize({
    brokerCluster:
      size === undefined ? brokerCluster : { ...brokerCluster, jetStream: { storage: { size } } },
    leafClusters: [],
  });
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
