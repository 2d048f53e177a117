import { describe, expect, it } from 'vitest';
import { credentialPlan } from '../../../certs/plan.ts';
import { renewalOf } from '../../../certs/rotate.ts';
import { topology as five } from '../../../examples/five-sites.ts';
import { topology as moving } from '../../../examples/move-to-sites.ts';
import { topology as retiring } from '../../../examples/retire-sites.ts';
import { topology } from '../../../examples/sites.ts';
import { InvalidInput } from '../../../model/checks.ts';
import { resolve } from '../../../model/resolve.ts';
import type { Site } from '../../../model/sites.ts';
import type { BrokerCluster, LeafCluster, Topology } from '../../../model/topology.ts';

const { brokerCluster, leafClusters } = topology;
const [vmC, vmD] = brokerCluster.furtherSites as [Site, Site];

const broker = (change: Partial<BrokerCluster>): Topology => ({
  ...topology,
  brokerCluster: { ...brokerCluster, ...change },
});
const site = (change: Partial<Site>) => broker({ furtherSites: [{ ...vmC, ...change }, vmD] });
const leaf = (change: Partial<LeafCluster>): Topology => ({
  ...topology,
  leafClusters: [{ ...leafClusters[0]!, ...change }],
});

const refused = (from: Topology, message: string) =>
  expect(() => resolve(from)).toThrow(new InvalidInput(`topology.ts ${message}`));

describe('sites', () => {
  it('have what the broker cluster has, but for what is of one cluster', () => {
    const { broker: first, sites, clusters } = resolve(five);
    expect(clusters.map(({ name }) => name)).toEqual([
      'berlin',
      'paris',
      'madrid',
      'rome',
      'vienna',
      'lisbon',
    ]);
    expect(sites[0]).toBe(first);
    const [, paris, madrid, rome, vienna] = sites;
    expect(vienna).toMatchObject({ monitoring: first.monitoring, scraper: first.scraper, streams: [] });
    expect(rome).toMatchObject({ scraper: { serviceAccount: 'agent' }, publishers: [], subscribers: [] });
    expect(paris!.jetStream!.storage).toEqual({ size: '40Gi', className: 'fast' });
    expect([first.linkerdCni, madrid!.linkerdCni]).toEqual([false, true]);
  });

  it('share streams, whose consumers are described in one place', () => {
    const { sites } = resolve(five);
    expect(sites.map(({ consumers }) => consumers.map(({ name }) => name))).toEqual([
      ['audit', 'warehouse'],
      ...[[], [], [], []],
    ]);
    expect(sites[0]!.streams).toMatchObject([{ name: 'ORDERS', replicas: 3 }]);
    const ofStreams = sites.map(({ users }) => users.filter(({ kind }) => kind === 'streams').length);
    expect(ofStreams).toEqual([1, 0, 0, 0, 0]);
  });

  it('know the others, and each leaf by one password and certificate', () => {
    const { sites } = resolve(topology);
    expect(sites.map(({ sites: others }) => others!.others.map(({ name }) => name))).toEqual([
      ['vm-c', 'vm-d'],
      ['vm-a', 'vm-d'],
      ['vm-a', 'vm-c'],
    ]);
    expect(sites[1]!.sites).toMatchObject({
      natsCluster: 'vm-a',
      exposure: { kind: 'NodePort', port: 30622 },
    });
    const leaves = sites.map(({ users }) => users.find(({ kind }) => kind === 'leaf'));
    expect(new Set(leaves.map((user) => JSON.stringify(user))).size).toBe(1);
  });

  it('have a certificate for routes alone, and whatever is minted is minted once', () => {
    const { certificates, passwords } = credentialPlan(resolve(topology));
    const routes = certificates.filter(({ name }) => name.endsWith('-route'));
    expect(routes.map(({ name, names, purposes }) => [name, names, purposes])).toEqual(
      [
        ['vm-a', '1.1.1.1'],
        ['vm-c', '3.3.3.3'],
        ['vm-d', '4.4.4.4'],
      ].map(([cluster, address]) => [
        `${cluster}-nats-broker-route`,
        ['nats-broker-route', address, 'nats-broker-0.nats-broker-headless.nats-system.svc.cluster.local'],
        ['serverAuth', 'clientAuth'],
      ]),
    );
    const named = certificates.filter(({ names = [] }) => names.includes('nats-broker-route'));
    expect(named).toEqual(routes);
    const names = certificates.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(passwords).size).toBe(passwords.length);
  });

  it('keep streams on one server each, and on none of those that retire', () => {
    const keeping = (from: Topology) =>
      resolve(from).broker.sites!.servers.filter(({ keepsStreams }) => keepsStreams);
    const names = ['vm-a', 'vm-c', 'vm-d'].map((name) => `${name}-nats-broker-0`);
    for (const from of [topology, moving, retiring])
      expect(keeping(from).map(({ name }) => name)).toEqual(names);
    const count = (from: Topology) => resolve(from).broker.sites!.servers.length;
    expect([topology, moving, retiring].map(count)).toEqual([3, 5, 5]);
    expect(resolve(retiring).sites.map(({ sites }) => sites!.retiring)).toEqual([
      ...[false, false, false],
      ...[true, true],
    ]);
  });

  it('have as many copies of a stream as sites stay', () =>
    refused(
      {
        ...retiring,
        brokerCluster: {
          ...retiring.brokerCluster,
          streams: [{ ...brokerCluster.streams![0]!, replicas: 5 }],
        },
      },
      '`brokerCluster.streams[0].replicas`: 5 is not a number of 3 servers that can agree; use 1, 3 or 5, and no more than there are.',
    ));

  it('are renewed together, and their clients by the cluster', () => {
    const model = resolve(five);
    expect(renewalOf(model, 'server', '').certificates).toHaveLength(10);
    expect(renewalOf(model, 'client', 'madrid/billing')).toEqual({ certificates: ['madrid-billing'] });
    expect(renewalOf(model, 'client', 'shop')).toEqual({ certificates: ['berlin-shop'] });
  });
});

describe('refused are', () => {
  it('two sites', () =>
    refused(
      broker({ furtherSites: [vmC] }),
      '`brokerCluster.furtherSites`: makes 2 sites, and of an even number the loss of half stops the rest; list two, or four.',
    ));

  it('seven sites', () => {
    const more = [5, 6, 7, 8].map((i) => ({ name: `vm-${i}`, address: `9.9.9.${i}`, issuer: `i-${i}` }));
    refused(
      broker({ furtherSites: [vmC, vmD, ...more] }),
      '`brokerCluster.furtherSites`: makes 7 sites, and there may be five at most; list two, or four.',
    );
  });

  it('one of three that retires, which leaves two', () =>
    refused(
      site({ retiring: true }),
      '`brokerCluster.furtherSites`: 1 of 3 sites retire, and 2 are left; have two of five retire, or none.',
    ));

  it('a port of the routes of a second server that another listener has', () =>
    refused(
      broker({ replicas: 3, routeNodePort: 30720 }),
      '`brokerCluster.routeNodePort`: 30722 is taken by the leaf listener; use another.',
    ));

  it('two sites of one address', () =>
    refused(
      site({ address: '1.1.1.1' }),
      '`brokerCluster.furtherSites[0].address`: "1.1.1.1" is that of vm-a too, and two sites of one machine are lost together; give each a machine of its own.',
    ));

  it('two sites of one issuer', () =>
    refused(
      site({ issuer: 'cluster-d-issuer' }),
      '`brokerCluster.furtherSites[1].issuer`: "cluster-d-issuer" is used twice, by brokerCluster.furtherSites[0].issuer too; give each cluster an issuer of its own.',
    ));

  it('a site whose address does not say where it dials from', () =>
    refused(
      site({ address: 'nats.example.com' }),
      '`brokerCluster.furtherSites[0].routeNetworks`: nothing says where the server of vm-c dials the other sites from; list its CIDRs.',
    ));

  it('every address at the routes', () =>
    refused(
      site({ routeNetworks: ['0.0.0.0/0'] }),
      '`brokerCluster.furtherSites[0].routeNetworks`: "0.0.0.0/0" is every address; list those that vm-c dials from.',
    ));

  it('a port of the routes that another listener has', () =>
    refused(
      broker({ routeNodePort: 30722 }),
      '`brokerCluster.routeNodePort`: 30722 is taken by the leaf listener; use another.',
    ));

  it('a port of the load balancer of the routes that the leaves have', () =>
    refused(
      broker({ routeLoadBalancerPort: 7422, leafListener: { loadBalancerPort: 7422 } }),
      '`brokerCluster.routeLoadBalancerPort`: 7422 is taken by the leaf listener; use another.',
    ));

  it('two ways in for the routes', () =>
    refused(
      broker({ routeLoadBalancerPort: 6222, routeNodePort: 30622 }),
      '`brokerCluster.routeLoadBalancerPort`: 6222 stands beside `routeNodePort`, and a listener has one way in; leave out one of the two.',
    ));

  it('a load balancer before several servers of one cluster, of which a route means one', () =>
    refused(
      broker({ routeLoadBalancerPort: 6222, replicas: 3 }),
      '`brokerCluster.routeLoadBalancerPort`: 6222 leads to any of 3 servers, and a route has to lead to one; use `routeNodePort` until one is left here.',
    ));

  it('what is for sites where there are none', () =>
    refused(
      broker({ furtherSites: [], routeNodePort: 30622 }),
      '`brokerCluster.routeNodePort`: is for a broker with `furtherSites`; leave it out.',
    ));

  it('a volume of a site where nothing is kept', () =>
    refused(
      {
        ...site({ jetStream: { storage: { size: '1Gi' } } }),
        leafClusters: [],
        brokerCluster: {
          ...site({ jetStream: { storage: { size: '1Gi' } }, publishers: [] }).brokerCluster,
          jetStream: undefined,
          streams: [],
          publishers: [],
        },
      },
      '`brokerCluster.furtherSites[0].jetStream`: is for streams that the broker cluster keeps none of; give it `jetStream` too.',
    ));

  it('a volume of a site that does not hold the streams', () =>
    refused(
      site({ jetStream: { storage: { size: '2Gi' } } }),
      '`brokerCluster.furtherSites[0].jetStream.storage.size`: 2Gi is too small for the maxBytes of all streams here; use at least 9Gi, or lower them.',
    ));

  it('two clients of one user, wherever they are', () =>
    refused(
      site({ publishers: [{ name: 'other', subject: 'test.other' }] }),
      '`brokerCluster.furtherSites[0]`: "natsuser" is used twice, by brokerCluster too; the sites are one NATS cluster, so give each client of theirs a `user` of its own.',
    ));

  it('a client of the name that a publisher of another site has', () =>
    refused(
      site({ externalClients: [{ name: 'natsuser', networks: ['9.9.9.9/32'] }] }),
      '`brokerCluster.furtherSites[0]`: "natsuser" is used twice, by brokerCluster too; the sites are one NATS cluster, so give each client of theirs a `user` of its own.',
    ));

  it('a leaf that comes through a gateway', () =>
    refused(
      leaf({ link: { kind: 'linkerd-gateway', linkName: 'vm-a' } }),
      '`leafClusters[0].link`: leads through a gateway to one site, and ends with it; use nats-tls, with which a leaf dials every site.',
    ));

  it('a client that would have the name by which servers join', () =>
    refused(
      broker({ externalClients: [{ name: 'nats-broker-route', networks: ['9.9.9.9/32'] }] }),
      '`brokerCluster.externalClients[0].name`: "nats-broker-route" is used twice, by the routes between the broker\'s sites too; give each client of a cluster a user of its own.',
    ));

  it('a device of that name, whose certificate has the same root', () => {
    const devices = [{ name: 'nats-broker-route', networks: ['9.9.9.9/32'] }];
    refused(
      leaf({ mqtt: { devices } }),
      '`leafClusters[0].mqtt.devices[0].name`: "nats-broker-route" is used twice, by the routes between the broker\'s sites too; give each client of a cluster a user of its own.',
    );
  });

  it('a subscriber of a site that names a stream which is not there', () => {
    const subscribers = [{ name: 'late', user: 'late', subject: 'test.>', stream: 'OLD' }];
    refused(
      site({ subscribers }),
      '`brokerCluster.furtherSites[0].subscribers[0].stream`: "OLD" is no stream of this cluster; use EVENTS.',
    );
  });
});

it('has cert-manager make the certificates of routes where it makes others, and nowhere else', () => {
  const certificates = { kind: 'cert-manager' } as const;
  const [leafCluster] = leafClusters;
  const { certificates: planned } = credentialPlan(
    resolve({
      brokerCluster: { ...brokerCluster, certificates },
      leafClusters: [{ ...leafCluster!, certificates }],
    }),
  );
  expect(planned.filter(({ name }) => name.endsWith('-route'))).toEqual([]);
  const may = planned.flatMap(({ name, permitted }) =>
    permitted ? [[name, permitted.includes('nats-broker-route')] as const] : [],
  );
  expect(may).toEqual([
    ['vm-a-nats-issuer', true],
    ['vm-c-nats-issuer', true],
    ['vm-d-nats-issuer', true],
    ['vm-b-nats-issuer', false],
  ]);
});
