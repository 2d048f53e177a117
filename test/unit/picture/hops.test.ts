import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { topology as balancedSites } from '../../../examples/balanced-sites.ts';
import { topology as leafServers } from '../../../examples/leaf-servers.ts';
import { topology as sites } from '../../../examples/sites.ts';
import { resolve } from '../../../model/resolve.ts';
import { gaps, type Hop, isInClear } from '../../../picture/hop.ts';
import { hops } from '../../../picture/hops.ts';
import { synthesize } from '../../../synth/synthesize.ts';
import {
  all,
  applications,
  crowded,
  gateway,
  monitoring,
  plaintext,
  topology,
  views,
  waysIn,
  withLeaves,
} from '../../support/picture/topologies.ts';

const told = ({ kind, from, to, encryptedBy }: Hop) =>
  `${kind}: ${from.cluster ?? 'outside'}/${from.name} → ${to.cluster}/${to.name}:${to.port}, ${encryptedBy.join(' and ') || 'nobody'}`;
const link = (of: Parameters<typeof views>[0]) => hops(views(of)).find(({ kind }) => kind === 'leaf')!;

describe('the hops of a topology', () => {
  it('are what the topology that the project comes with says', () => {
    expect(hops(views(topology)).map(told)).toEqual([
      'client: vm-a/nats-publisher → vm-a/nats-broker:4222, Linkerd and NATS',
      'probe: vm-a/kubelet → vm-a/nats-broker:8222, nobody',
      'leaf: vm-b/nats-leaf → vm-a/nats-broker:7422, NATS',
      'client: vm-b/nats-subscriber → vm-b/nats-leaf:4222, Linkerd',
      'probe: vm-b/kubelet → vm-b/nats-leaf:8222, nobody',
    ]);
  });

  it('include several servers of a leaf among themselves, whose links are one hop', () => {
    const ofServers = hops(views(leafServers)).filter(({ kind }) => kind === 'leaf' || kind === 'route');
    expect(ofServers.map(told)).toEqual([
      'route: vm-a/nats-broker → vm-a/nats-broker:6222, Linkerd',
      'leaf: vm-b/nats-leaf → vm-a/nats-broker:7422, NATS',
      'route: vm-b/nats-leaf → vm-b/nats-leaf:6222, Linkerd',
    ]);
    for (const hop of ofServers) expect(gaps(hop)).toEqual([]);
  });

  it.each([
    ['NodePorts', sites, { kind: 'NodePort', port: 30622 }],
    ['load balancers', balancedSites, { kind: 'LoadBalancer', port: 6222 }],
  ])('include the sites of a broker among themselves, through %s', (_, of, exposure) => {
    const routes = hops(views(of)).filter(({ kind }) => kind === 'route');
    const [first, second, third] = [of.brokerCluster, ...of.brokerCluster.furtherSites!].map(
      ({ name }) => name,
    );
    expect(routes.map(told)).toEqual(
      [
        [first, second],
        [first, third],
        [second, first],
        [second, third],
        [third, first],
        [third, second],
      ].map(([from, to]) => `route: ${from}/nats-broker → ${to}/nats-broker:6222, NATS`),
    );
    for (const hop of routes) {
      expect(hop.exposure).toEqual(exposure);
      expect(gaps(hop)).toEqual([]);
    }
  });

  it('include brokers among themselves, clients outside the mesh, and a scraper', () => {
    const externalCallersAndRoutes = hops(views(applications)).filter(
      ({ kind }) => kind === 'externalCaller' || kind === 'route',
    );
    expect(externalCallersAndRoutes.map(told)).toEqual([
      'route: hub/nats-broker → hub/nats-broker:6222, Linkerd',
      'externalCaller: hub/prometheus → hub/every pod:4191, Linkerd',
      'externalCaller: outside/billing → hub/nats-broker:4222, NATS',
      'externalCaller: hub/prometheus → hub/nats-broker:8222, Linkerd',
    ]);
  });

  it('include the scraper of an exporter, whom the same policies let in as at the monitoring port', () => {
    const externalCallers = hops(views(monitoring)).filter(
      ({ kind, to }) => kind === 'externalCaller' && to.cluster === 'vm-b',
    );
    const prometheus = 'externalCaller: vm-b/monitoring-kube-prometheus-prometheus';
    expect(externalCallers.map(told)).toEqual([
      `${prometheus} → vm-b/every pod:4191, Linkerd`,
      `${prometheus} → vm-b/nats-leaf:8222, Linkerd`,
      `${prometheus} → vm-b/nats-leaf:7777, Linkerd`,
    ]);
    expect(externalCallers.at(-1)).toMatchObject({
      callerProves: [{ kind: 'identity' }],
      calleeProves: [{ kind: 'identity', identity: { name: 'nats-leaf' } }],
      admission: [
        { layer: 'way in', policies: ['nats-leaf'] },
        { layer: 'mesh', policies: ['nats-leaf-metrics-mesh'] },
      ],
    });
  });

  it('tell a leaf by its certificate, its password and where it dials from', () => {
    expect(link(topology)).toMatchObject({
      dials: ['1.1.1.1:30722'],
      service: 'nats-broker-external',
      exposure: { kind: 'NodePort', port: 30722 },
      callerProves: [
        { kind: 'address', networks: ['2.2.2.2/32'] },
        { kind: 'certificate' },
        { kind: 'password' },
      ],
      calleeProves: [{ kind: 'certificate' }],
      users: [{ name: 'leaf-vm-b', publish: [], subscribe: ['test.messages', '_DOCTOR.>'] }],
    });
  });

  it('share what is the same for every leaf, so that the picture of many takes no longer for each', () => {
    const [first, ...others] = hops(views(withLeaves(3))).filter(({ kind }) => kind === 'leaf');
    const [address] = first!.callerProves;
    expect(address).toMatchObject({ networks: ['10.1.0.0/32', '10.1.0.1/32', '10.1.0.2/32'] });
    expect(others).toHaveLength(2);
    for (const other of others) expect(other.callerProves[0]).toBe(address);
  });

  it('tell every address that a leaf dials, and the load balancer behind them', () => {
    expect(link(waysIn)).toMatchObject({
      dials: ['203.0.113.7:7422', '203.0.113.8:7422', 'nats.example.com:7422'],
      to: { cluster: 'hub', name: 'nats-broker', port: 7422 },
      service: 'nats-broker-balancer',
      exposure: { kind: 'LoadBalancer', port: 7422 },
    });
  });

  it('know the port of the pods behind another one of the load balancer', () => {
    const brokerCluster = { ...waysIn.brokerCluster, leafListener: { loadBalancerPort: 443 } };
    expect(link({ ...waysIn, brokerCluster })).toMatchObject({
      dials: ['203.0.113.7:443', '203.0.113.8:443', 'nats.example.com:443'],
      to: { port: 7422 },
      exposure: { kind: 'LoadBalancer', port: 443 },
    });
  });

  it('show that a gateway comes in as itself', () => {
    const linkerdGateway = { name: 'linkerd-gateway', namespace: 'linkerd-multicluster' };
    expect(link(gateway)).toMatchObject({
      gateway: linkerdGateway,
      exposure: undefined,
      encryptedBy: ['Linkerd', 'NATS'],
      calleeProves: [{ kind: 'identity', identity: linkerdGateway }, { kind: 'certificate' }],
    });
  });

  it('show a link in clear text, over which the broker proves nothing', () => {
    expect(hops(views(plaintext)).filter(isInClear)).toEqual([link(plaintext)]);
    expect(link(plaintext).calleeProves).toEqual([]);
  });

  it('show a scraper outside the mesh as one in clear text', () => {
    expect(hops(views(crowded)).filter(isInClear).map(told)).toEqual([
      'externalCaller: outside/anyone → hub/every pod:4191, nobody',
      'externalCaller: outside/anyone → hub/nats-broker:8222, nobody',
    ]);
  });

  it('find a broker whose IPv6 address is written in another way', () => {
    const [leaf] = topology.leafClusters;
    const brokerCluster = { ...topology.brokerCluster, address: '2001:DB8:0::1' };
    const ipv6 = {
      ...topology,
      ipv6: true,
      brokerCluster,
      leafClusters: [{ ...leaf!, address: '2001:db8::2' }],
    };
    expect(link(ipv6).to.name).toBe('nats-broker');
  });
});

describe.each(all)('the policies of %s', (_, of) => {
  const names = [...synthesize(resolve(of))].flatMap(({ name, files }) =>
    [...files.values()]
      .flatMap((text) => parseAllDocuments(text).map((document) => document.toJS()))
      .filter(({ kind }) => kind === 'AuthorizationPolicy')
      .map(({ metadata }) => `${name}/${metadata.name}`),
  );
  const found = hops(views(of));

  it('each admit a hop', () => {
    const admitting = found.flatMap(({ admission }) =>
      admission.flatMap(({ cluster, policies }) => policies.map((policy) => `${cluster}/${policy}`)),
    );
    expect(names.filter((name) => !admitting.includes(name))).toEqual([]);
    expect(names.length).toBeGreaterThan(2);
  });

  it('leave no hop without one', () => {
    expect(found.filter((hop) => gaps(hop).length > 0).map(told)).toEqual([]);
  });

  it('let each client and leaf sign in as exactly one user', () => {
    const signedIn = found.filter(({ kind }) => kind === 'client' || kind === 'leaf');
    expect(signedIn.filter(({ users }) => users.length !== 1).map(told)).toEqual([]);
  });
});

describe('a policy that is taken away', () => {
  it.each([
    ['mesh', 'authorizations'],
    ['way in', 'packetFilters'],
  ] as const)('leaves a gap at the %s', (layer, policies) => {
    const [broker, ...leaves] = views(withLeaves(1));
    const kept = broker![policies].filter(({ name }) => !name.startsWith('nats-broker'));
    const found = hops([{ ...broker!, [policies]: kept }, ...leaves]);
    const stuck = found.filter((hop) => gaps(hop).some((gap) => gap.layer === layer));
    expect(stuck.map(({ kind }) => kind)).toEqual(['client', 'leaf']);
  });
});
