import { expect, it } from 'vitest';
import { topology } from '../../examples/production.ts';
import { InvalidInput } from '../../model/checks.ts';
import type { Topology } from '../../model/topology.ts';
import { synthesize } from '../../synth/synthesize.ts';
import { refuseShrinking } from '../../synth/volumes.ts';

const sized = (size: string): Topology => ({
  ...topology,
  brokerCluster: { ...topology.brokerCluster, jetStream: { storage: { size } } },
});
const workloads = (from: Topology) => [...synthesize(from)][0]!.files.get('workloads.k8s.yaml')!;

it('a volume that shrinks is refused', () => {
  const [big, small] = [workloads(sized('12Gi')), workloads(sized('10240Mi'))];
  expect(() => refuseShrinking('vm-a', big, small)).toThrow(
    new InvalidInput(
      'topology.ts vm-a `jetStream.storage.size`: 10240Mi is less than the 12Gi that nats-broker has, and a volume cannot shrink; use at least 12Gi, or delete dist/vm-a if it was never applied.',
    ),
  );
});

it('a volume may grow, come and go', () => {
  const [big, small] = [workloads(sized('12Gi')), workloads(sized('10Gi'))];
  const without = 'kind: Namespace\nmetadata: { name: a }\n';
  expect(() => {
    refuseShrinking('vm-a', small, big);
    refuseShrinking('vm-a', without, big);
    refuseShrinking('vm-a', big, without);
  }).not.toThrow();
});
