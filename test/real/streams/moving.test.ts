import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { topology as moving } from '../../../examples/move-to-sites.ts';
import { topology as retiring } from '../../../examples/retire-sites.ts';
import { topology as sites } from '../../../examples/sites.ts';
import type { Topology } from '../../../model/topology.ts';
import { run } from '../../support/command.ts';
import { copiesOf } from '../../support/copies.ts';
import { expectAll, hasArrived, once, repeated } from '../../support/drill.ts';
import { Load } from '../../support/load.ts';
import { areHealthy, monitor } from '../../support/monitor.ts';
import { describeReal, needed } from '../../support/parts.ts';
import { type BrokerSite, logOf, Production, streamsOf } from '../../support/production.ts';
import type { Pod } from '../../support/stage/pod.ts';
import { until } from '../../support/until.ts';

const { furtherSites: _, ...inOnePlace } = sites.brokerCluster;

/** What there is before there are sites. */
const together: Topology = { ...sites, brokerCluster: { ...inOnePlace, replicas: 3 } };

/** As `retiring`, before anybody retires. */
const five: Topology = {
  ...retiring,
  brokerCluster: {
    ...retiring.brokerCluster,
    furtherSites: retiring.brokerCluster.furtherSites!.map(({ retiring: _, ...site }) => site),
  },
};

const isEvents = ({ name }: { name: string }) => name === 'EVENTS';
const nameOf = ({ name }: { name: string }) => name;
const serverOf = (name: string) => `${name}-nats-broker-0`;
const THREE = ['vm-a', 'vm-c', 'vm-d'].map(serverOf);

describeReal(['namespaces', 'nats-server', 'nats'], 'the sites of a broker', () => {
  let production: Production;

  beforeAll(async () => {
    production = await Production.start({ topology: together });
  }, 180_000);

  afterAll(() => production?.stop());

  const site = (name: string) => production.sites.find((each) => each.name === name) as BrokerSite;
  const everySite = () => production.sites.flatMap(({ servers }) => servers);

  /** Names of the servers that have a copy of the stream, and of each of its durable consumers. */
  async function copies(): Promise<{ stream: readonly string[]; consumers: (readonly string[])[] }> {
    const said = await Promise.all(
      production.sites.flatMap(({ name, servers }) =>
        servers.map(async (pod) => [`${name}-${pod.name}`, (await streamsOf(pod)).find(isEvents)] as const),
      ),
    );
    const durables = new Set(said.flatMap(([, stream]) => stream?.consumer_detail?.map(nameOf) ?? []));
    return {
      stream: copiesOf(said.map(([server, stream]) => [server, stream?.cluster])),
      consumers: [...durables].map((durable) =>
        copiesOf(
          said.map(([server, stream]) => [
            server,
            stream?.consumer_detail?.find(({ name }) => name === durable)?.cluster,
          ]),
        ),
      ),
    };
  }

  const areOn = (servers: readonly string[]) =>
    until(
      `the copies are on ${servers.join(', ')}`,
      async () => String((await copies()).stream) === String(servers),
      180_000,
    );

  const settled = () => until('every server has caught up', () => areHealthy(everySite()), 120_000);

  /** Has every site that there is take what it was told, one after the other. */
  async function rollEach() {
    for (const each of [...production.sites]) {
      await production.roll(each);
      await settled();
    }
  }

  const metaSize = async () => {
    const pages = await Promise.all(everySite().map((pod) => monitor(pod, 'jsz')));
    return [...new Set(pages.map(({ meta_cluster }) => meta_cluster.cluster_size))];
  };

  /** As somebody does with the `nats` command, signed in as `sys`, until it is answered: while a leader is elected nobody does. */
  async function forget(server: string) {
    const [pod] = site('vm-a').servers as [Pod];
    const file = (name: string) => join(production.issued, name);
    const passwords = JSON.parse(readFileSync(file('passwords.json'), 'utf8'));
    const signIn = ['--user', 'sys', '--password', passwords['vm-a/sys'], '--tlsca', file('nats-ca.crt')];
    const certificate = ['--tlscert', file('vm-a-sys.crt'), '--tlskey', file('vm-a-sys.key')];
    const argv = ['--server', 'tls://localhost:4222', ...signIn, ...certificate];
    const request = ['server', 'cluster', 'peer-remove', server, '--force'];
    const isDone = async () => {
      const command = [...pod.props.network.enter, needed('nats'), ...argv, ...request];
      const { code, stdout, stderr } = await run(command, { timeout: 30_000 });
      if (code !== 0) console.log(stdout, stderr);
      return code === 0;
    };
    await until(`${server} counts no more`, isDone, 60_000);
  }

  /** Changes the sites under load, and expects every message that was acknowledged on the leaf, in order. */
  async function underLoad(name: string, change: () => Promise<void>) {
    const load = new Load(() => production.publisher, name, 200);
    const [leaf] = production.leaves as [Production['leaves'][number]];
    const delivered = () => load.received(logOf(leaf));
    await until('the load flows', () => delivered().length > 50, 60_000);
    await change();
    const before = load.acknowledged;
    await until('it is acknowledged', () => load.acknowledged > before + 100, 120_000);
    await load.stop();
    await hasArrived(load, delivered);
    console.log(
      `${name}: ${load.acknowledged} acknowledged, ${once(delivered()).length} delivered, ${repeated(delivered()).length} twice`,
    );
    expectAll(delivered(), load.acknowledged);
  }

  it(
    'are made of three servers in one cluster, whose streams leave two of them by themselves',
    () =>
      underLoad('move', async () => {
        production.become(moving);
        await production.roll(site('vm-a'));
        await production.startSite('vm-c');
        await production.startSite('vm-d');
        await settled();
        await areOn(THREE);
        await until('so are the consumers', async () =>
          (await copies()).consumers.every((each) => String(each) === String(THREE)),
        );
        expect(await metaSize()).toEqual([5]);
      }),
    600_000,
  );

  it(
    'are each of one server in the end, and the two that went count no more',
    () =>
      underLoad('fewer-servers', async () => {
        production.become(sites);
        for (const name of ['vm-a', 'vm-c', 'vm-d']) {
          await production.roll(site(name), 1);
          if (name === 'vm-a')
            for (const server of ['vm-a-nats-broker-1', 'vm-a-nats-broker-2']) await forget(server);
          await settled();
        }
        await until('they count no more', async () => String(await metaSize()) === '3', 30_000);
        await areOn(THREE);
      }),
    400_000,
  );

  it(
    'become five, one after the other',
    () =>
      underLoad('five', async () => {
        production.become(five);
        await rollEach();
        await production.startSite('vm-e');
        await production.startSite('vm-f');
        await settled();
        await until('all five count', async () => String(await metaSize()) === '5', 60_000);
      }),
    400_000,
  );

  it(
    'retire once the streams have left them, and the others go on alone',
    () =>
      underLoad('retire', async () => {
        production.become(retiring);
        for (const name of ['vm-e', 'vm-f']) await production.roll(site(name));
        await areOn(THREE);
        const gone = production.sites.splice(3);
        for (const { servers } of gone) for (const server of servers) await server.stop();
        for (const { name } of gone) await forget(serverOf(name));
        production.become(sites);
        await rollEach();
        expect(await metaSize()).toEqual([3]);
      }),
    400_000,
  );

  it(
    'let each other in through load balancers instead of NodePorts, one after the other',
    () =>
      underLoad('balanced', async () => {
        const balanced = { ...sites, brokerCluster: { ...sites.brokerCluster, routeLoadBalancerPort: 6222 } };
        production.become(balanced);
        await rollEach();
        const pages = await Promise.all(everySite().map((pod) => monitor(pod, 'routez')));
        const ports = pages.flatMap(({ routes }) => routes.map(({ port }: { port: number }) => port));
        expect(ports).not.toContain(30622);
        expect(ports).toContain(6222);
      }),
    400_000,
  );
});
