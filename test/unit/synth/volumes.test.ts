import { describe, expect, it } from 'vitest';
import { topology as servers } from '../../../examples/leaf-servers.ts';
import { topology as moving } from '../../../examples/move-to-sites.ts';
import { topology } from '../../../examples/production.ts';
import { topology as retiring } from '../../../examples/retire-sites.ts';
import { topology as sites } from '../../../examples/sites.ts';
import { InvalidInput } from '../../../model/checks.ts';
import { resolve } from '../../../model/resolve.ts';
import type { Topology } from '../../../model/topology.ts';
import { synthesize } from '../../../synth/synthesize.ts';
import { refuseLosses } from '../../../synth/volumes.ts';

const sized = (size: string, replicas = topology.brokerCluster.replicas): Topology => ({
  ...topology,
  brokerCluster: { ...topology.brokerCluster, replicas, jetStream: { storage: { size } } },
});
const workloads = (from: Topology) => [...synthesize(resolve(from))][0]!.files.get('workloads.k8s.yaml')!;

it('a volume that shrinks is refused', () => {
  const [big, small] = [workloads(sized('12Gi')), workloads(sized('10240Mi'))];
  expect(() => refuseLosses('vm-a', big, small)).toThrow(
    new InvalidInput(
      'topology.ts vm-a `jetStream.storage.size`: 10240Mi is less than the 12Gi that nats-broker has, and a volume cannot shrink; use at least 12Gi, or delete dist/vm-a if it was never applied.',
    ),
  );
});

it('a volume may grow, come and go', () => {
  const [big, small] = [workloads(sized('12Gi')), workloads(sized('10Gi'))];
  const without = 'kind: Namespace\nmetadata: { name: a }\n';
  expect(() => {
    refuseLosses('vm-a', small, big);
    refuseLosses('vm-a', without, big);
    refuseLosses('vm-a', big, without);
  }).not.toThrow();
});

it('a server that has streams of its own does not join others', () => {
  const [one, three] = [workloads(sized('9Gi', 1)), workloads(sized('9Gi', 3))];
  expect(() => refuseLosses('vm-a', one, three)).toThrow(
    new InvalidInput(
      'topology.ts vm-a `replicas`: 3 in place of 1, and a server that was alone deletes its streams when it joins others; use 1, or begin with empty volumes as docs/operations.md, "Streams", says, or delete dist/vm-a if it was never applied.',
    ),
  );
  expect(() => refuseLosses('vm-a', three, workloads(sized('9Gi', 5)))).not.toThrow();
});

it('servers of a leaf that keep streams are not made fewer, unless the stream may lose messages', () => {
  const leafOf = (replicas: number, allowDataLoss?: true) => {
    const [leaf] = servers.leafClusters;
    const streams = leaf!.streams!.map((stream) => ({ ...stream, allowDataLoss }));
    const leafClusters = [{ ...leaf!, replicas, streams, mirrors: [], subscribers: [] }];
    return [...synthesize(resolve({ ...servers, leafClusters }))][1]!.files.get('workloads.k8s.yaml')!;
  };
  expect(() => refuseLosses('vm-b', leafOf(3), leafOf(1))).toThrow(
    new InvalidInput(
      'topology.ts vm-b `replicas`: 1 in place of 3, and most of the servers that keep LOCAL may be among those that go; use 3, or write `allowDataLoss: true` on the stream, as docs/operations.md, "Streams", says.',
    ),
  );
  expect(() => refuseLosses('vm-b', leafOf(3), leafOf(1, true))).not.toThrow();
  expect(() => refuseLosses('vm-b', leafOf(1), leafOf(3))).toThrow(/`replicas`: 3 in place of 1/);
  expect(() => refuseLosses('vm-b', leafOf(5), leafOf(3))).toThrow(/`replicas`: 3 in place of 5/);
  expect(() => refuseLosses('vm-b', leafOf(5), leafOf(3, true))).not.toThrow();
  expect(() => refuseLosses('vm-b', leafOf(3), leafOf(5))).not.toThrow();
});

describe('sites', () => {
  const [vmC, vmD] = sites.brokerCluster.furtherSites!;
  const three = workloads(sites);
  const alone = workloads({ ...sites, brokerCluster: { ...sites.brokerCluster, furtherSites: [] } });
  const more = ['5.5.5.5', '6.6.6.6'].map((address) => ({
    name: `vm-${address[0]}`,
    address,
    issuer: `cluster-${address[0]}-issuer`,
  }));

  it('are not made of one server that has streams, nor of several in one place', () => {
    expect(() => refuseLosses('vm-a', alone, three)).toThrow(
      new InvalidInput(
        'topology.ts vm-a `furtherSites`: 3 in place of 1, and a server that was alone deletes its streams when it joins others; use 1, or begin with empty volumes as docs/operations.md, "Streams", says, or delete dist/vm-a if it was never applied.',
      ),
    );
    expect(() => refuseLosses('vm-a', workloads(sized('10Gi')), three)).toThrow(
      /`replicas`: 1 in place of 3/,
    );
  });

  it('become more, and no fewer while there are streams', () => {
    const five = workloads({
      ...sites,
      brokerCluster: { ...sites.brokerCluster, furtherSites: [vmC!, vmD!, ...more] },
    });
    expect(() => refuseLosses('vm-a', three, five)).not.toThrow();
    expect(() => refuseLosses('vm-a', five, three)).toThrow(
      new InvalidInput(
        'topology.ts vm-a `furtherSites`: vm-5-nats-broker-0 and vm-6-nats-broker-0 go together, and EVENTS may have most of its copies there; let the sites retire first, as docs/operations.md, "A site retires", says, or write `allowDataLoss: true` on the stream.',
      ),
    );
    expect(() => refuseLosses('vm-a', three, alone)).toThrow(/vm-c-nats-broker-0 and vm-d-nats-broker-0 go/);
  });

  it('become fewer once those have retired, and one may take the place of another', () => {
    const replaced = { ...vmD!, name: 'vm-x', address: '9.9.9.9' };
    const other = workloads({
      ...sites,
      brokerCluster: { ...sites.brokerCluster, furtherSites: [vmC!, replaced] },
    });
    expect(() => refuseLosses('vm-a', workloads(retiring), three)).not.toThrow();
    expect(() => refuseLosses('vm-a', three, other)).not.toThrow();
  });

  it('are made of several servers in one place, of which those go that are to keep no stream', () => {
    const { furtherSites: _, ...together } = sites.brokerCluster;
    const before = workloads({ ...sites, brokerCluster: { ...together, replicas: 3 } });
    expect(() => {
      refuseLosses('vm-a', before, workloads(moving));
      refuseLosses('vm-a', workloads(moving), three);
    }).not.toThrow();
    expect(() => refuseLosses('vm-a', before, three)).toThrow(/`replicas`: 1 in place of 3/);
  });
});
