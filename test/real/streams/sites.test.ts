import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { topology } from '../../../examples/sites.ts';
import { rogueRoute } from '../../support/attack/rogue-route.ts';
import { expectAll, hasArrived, LAST_MOMENT, once, repeated } from '../../support/drill.ts';
import { Load } from '../../support/load.ts';
import { areHealthy, monitor } from '../../support/monitor.ts';
import { describeReal } from '../../support/parts.ts';
import { type BrokerSite, logOf, Production } from '../../support/production.ts';
import type { Pod } from '../../support/stage/pod.ts';
import { until } from '../../support/until.ts';

/** Milliseconds in which the others have elected a leader, which takes NATS 4 to 9 seconds, twice where both kinds are needed. */
const ELECTED = 40_000;

const ROUTES = 'tls://1.1.1.1:30622';

describeReal(['namespaces', 'nats-server', 'nats'], 'a broker on three sites', () => {
  let production: Production;
  const table: object[] = [];
  let rogues = 0;

  beforeAll(async () => {
    production = await Production.start({ topology });
  }, 180_000);

  afterAll(async () => {
    console.table(table);
    await production?.stop();
  });

  const leaf = () => production.leaves[0]!;
  const siteOf = (server: string) =>
    production.sites.find(({ name }) => server === `${name}-nats-broker-0`) as BrokerSite;
  const without = (site: BrokerSite) => production.sites.filter((each) => each !== site);

  const monitorOf = ({ servers: [server] }: BrokerSite, page: string) => monitor(server!, page);

  async function streamOf(site: BrokerSite) {
    const { account_details } = await monitorOf(site, 'jsz?streams=1&config=1&raft=1');
    return account_details[0].stream_detail.find(({ name }: { name: string }) => name === 'EVENTS');
  }

  /** The site whose server leads the stream. */
  const leaderSite = async () => siteOf((await streamOf(production.sites[0]!)).cluster.leader);

  /** The site that the leaf is linked to. */
  async function linkedSite(): Promise<BrokerSite> {
    const { leafs } = await monitor(leaf().servers[0]!, 'leafz');
    return siteOf(leafs[0].name);
  }

  /** Every site has the whole stream, and the leaf a link. */
  async function settled() {
    await until(
      'every site has caught up',
      async () => {
        const well = await areHealthy(production.sites.flatMap(({ servers }) => servers));
        const { leafs = [] } = await monitor(leaf().servers[0]!, 'leafz');
        return well && leafs.length === 1;
      },
      120_000,
    );
  }

  /** How often within some seconds the server of a site dials somebody, or is dialled, and it comes to nothing. */
  async function vainDials({ servers: [server] }: BrokerSite): Promise<number> {
    const after = server!.logs().length;
    await sleep(5000);
    return [
      ...server!
        .logs()
        .slice(after)
        .matchAll(/\[ERR\]/g),
    ].length;
  }

  it('is one NATS cluster, whose servers know each other by the addresses of the sites', async () => {
    await settled();
    for (const site of production.sites) {
      const { routes } = await monitorOf(site, 'routez');
      const names = new Set(routes.map(({ remote_name }: { remote_name: string }) => remote_name));
      expect(names).toEqual(new Set(without(site).map(({ name }) => `${name}-nats-broker-0`)));
      expect((await monitorOf(site, 'varz')).cluster).toMatchObject({
        name: 'vm-a',
        tls_required: true,
        tls_verify: true,
      });
      expect(await monitorOf(site, 'jsz')).toMatchObject({
        config: { domain: 'vm-a' },
        meta_cluster: { cluster_size: 3 },
      });
      expect(await vainDials(site)).toBe(0);
    }
  });

  it('keeps a stream on each of them', async () => {
    const { config, cluster } = await streamOf(await leaderSite());
    expect(config).toMatchObject({ num_replicas: 3 });
    const copies = [cluster.leader, ...cluster.replicas.map(({ name }: { name: string }) => name)];
    expect(copies.sort()).toEqual(production.sites.map(({ name }) => `${name}-nats-broker-0`).sort());
  });

  it.each([
    ['a leaf', 'vm-b-nats-leaf', /authorization|authentication/i],
    ['a publisher', 'vm-a-nats-publisher', /authorization|authentication/i],
    ['the system user', 'vm-a-sys', /authorization|authentication/i],
    ['the client port of a broker', 'vm-c-nats-broker', /incompatible key usage/],
  ])('refuses a server that joins with the certificate of %s', async (_, name, refusal) => {
    await rogue(name, async (site, known, after) => {
      await site.servers[0]!.waitForLog(refusal, { after, timeout: 20_000 });
      await sleep(2000);
      expect(await known()).toBe(false);
    });
  });

  it('takes one in with the certificate of a route, so that no refusal was for another reason', async () => {
    await rogue('vm-c-nats-broker-route', (_, known) => until('it is in', known, 20_000));
  });

  /** Has a server of somebody else's dial the first site, with a certificate that was minted. */
  async function rogue(
    name: string,
    look: (site: BrokerSite, known: () => Promise<boolean>, after: number) => Promise<unknown>,
  ) {
    const file = (ending: string) => readFileSync(join(production.issued, `${name}.${ending}`), 'utf8');
    const [site] = production.sites as [BrokerSite];
    const after = site.servers[0]!.logs().length;
    rogues += 1;
    const home = production.outsider(`9.9.9.${rogues}`);
    const stranger = rogueRoute(home, join(production.issued, '..', 'rogue'), {
      ...{ url: ROUTES, cluster: 'vm-a', identity: { cert: file('crt'), key: file('key') } },
      ca: readFileSync(join(production.issued, 'nats-ca.crt'), 'utf8'),
    });
    const known = async () =>
      (await monitorOf(site, 'routez')).routes.some(
        ({ remote_name }: { remote_name: string }) => remote_name === 'rogue',
      );
    try {
      await look(site, known, after);
    } finally {
      stranger.stop();
    }
  }

  /**
   * Lets sites go, and come back, while clients of other sites publish to the stream and the leaf reads its mirror.
   * @param served - whether messages are acknowledged while they are gone
   */
  async function drill(
    name: string,
    {
      publisher,
      served,
      lose,
      find,
    }: {
      publisher: () => Pod;
      served: boolean;
      lose: () => Promise<void>;
      find: () => Promise<void>;
    },
  ) {
    await settled();
    const load = new Load(publisher, name, 200);
    const delivered = () => load.received(logOf(leaf()));
    await until('the load flows', () => delivered().length > 50, 60_000);
    await lose();
    const lost = Date.now();
    // One that was on its way when the others went may still be acknowledged.
    await sleep(2000);
    const before = load.acknowledged;
    let gap: number | undefined;
    if (served) {
      await until('it is acknowledged without them', () => load.acknowledged > before + 50, ELECTED);
      gap = Date.now() - lost;
    } else {
      await sleep(20_000);
      expect(load.acknowledged).toBeLessThanOrEqual(before);
    }
    await find();
    const found = Date.now();
    await until('it is acknowledged', () => load.acknowledged > before + 100, 120_000);
    const again = Date.now() - found;
    await settled();
    await load.stop();
    await hasArrived(load, delivered);
    table.push({
      drill: name,
      acknowledged: load.acknowledged,
      delivered: once(delivered()).length,
      twice: repeated(delivered()).length,
      'acknowledged without them after (s)': gap === undefined ? 'never' : (gap / 1000).toFixed(1),
      'with them again after (s)': (again / 1000).toFixed(1),
    });
    expectAll(delivered(), load.acknowledged);
    expect(repeated(delivered()).length).toBeLessThanOrEqual(LAST_MOMENT);
  }

  const publishing = (...gone: readonly BrokerSite[]) =>
    production.sites.find((site) => site.publisher && !gone.includes(site)) as BrokerSite;

  /** Drops every packet between a site and the other clusters, or no longer. */
  function isolate(site: BrokerSite, action: 'add' | 'del') {
    const others = [...production.clusters.values()].filter((cluster) => cluster !== site.cluster);
    const networks = others.flatMap((cluster) => cluster.networks);
    site.cluster.node.ip(...networks.map((network) => `route ${action} blackhole ${network}`));
  }

  it('goes on within seconds when the site is lost that leads the stream', async () => {
    const lost = await leaderSite();
    const stays = publishing(lost);
    await drill('leader lost', {
      publisher: () => stays.publisher!,
      served: true,
      lose: () => lost.cluster.stop(),
      find: () => production.bootSite(lost),
    });
  }, 400_000);

  it('goes on when the site is lost that the leaf is linked to', async () => {
    const lost = await linkedSite();
    const stays = publishing(lost);
    await drill('linked site lost', {
      publisher: () => stays.publisher!,
      served: true,
      lose: () => lost.cluster.stop(),
      find: () => production.bootSite(lost),
    });
  }, 400_000);

  it('acknowledges nothing at a site that is cut off from the others, and loses nothing there', async () => {
    const [cut] = production.sites as [BrokerSite];
    await drill('cut off', {
      publisher: () => cut.publisher!,
      served: false,
      lose: async () => isolate(cut, 'add'),
      find: async () => isolate(cut, 'del'),
    });
  }, 400_000);

  it('goes on for the others when a site is cut off', async () => {
    const cut = await leaderSite();
    const stays = publishing(cut);
    await drill('another cut off', {
      publisher: () => stays.publisher!,
      served: true,
      lose: async () => isolate(cut, 'add'),
      find: async () => isolate(cut, 'del'),
    });
  }, 400_000);

  it('acknowledges nothing when two sites are lost, and loses nothing', async () => {
    const [stays, ...lost] = production.sites as [BrokerSite, ...BrokerSite[]];
    await drill('two sites lost', {
      publisher: () => stays.publisher!,
      served: false,
      lose: async () => {
        await Promise.all(lost.map(({ cluster }) => cluster.stop()));
      },
      find: async () => {
        await Promise.all(lost.map((site) => production.bootSite(site)));
      },
    });
  }, 400_000);

  it('is restarted site by site, and nothing is lost', async () => {
    const [first] = production.sites as [BrokerSite];
    await drill('rolling restart', {
      publisher: () => first.publisher!,
      served: true,
      lose: async () => {
        for (const site of [...production.sites].reverse()) {
          const [server] = site.servers as [Pod];
          await server.stop();
          site.servers[0] = await site.cluster.startPod(server.name, server);
          await site.servers[0].ready(60_000);
          await settled();
        }
      },
      find: async () => {},
    });
  }, 400_000);
});
