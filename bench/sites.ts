/** `npm run bench:sites`: what the distance between the sites of a broker costs, on real servers. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { topology as example } from '../examples/sites.ts';
import { passwordName } from '../model/names.ts';
import { ROUTE_PORTS } from '../model/rules/check-listener.ts';
import type { Topology } from '../model/topology.ts';
import { areHealthy, monitor } from '../test/support/monitor.ts';
import { type BrokerSite, Production } from '../test/support/production.ts';
import type { Pod } from '../test/support/stage/pod.ts';
import { until } from '../test/support/until.ts';
import { machine } from './machine.ts';

/** Milliseconds from one site to another and back. */
const DISTANCES = [0, 20, 50, 100];
const say = (line: string) => console.error(line);

/** A publisher on each site, whose client port is without TLS, so that the distance is the only difference. */
const { furtherSites = [], ...brokerCluster } = example.brokerCluster;
const publisher = (user: string) => [
  { name: 'nats-publisher', user, subject: 'test.messages', stream: 'EVENTS' },
];
const topology: Topology = {
  brokerCluster: {
    ...brokerCluster,
    clientListener: { nodePort: 'closed', tls: false },
    publishers: publisher('a'),
    furtherSites: furtherSites.map((site, i) => ({ ...site, publishers: publisher('cd'[i]!) })),
  },
  leafClusters: [],
};
const USERS = ['a', 'c', 'd'];

interface Figures {
  /** Median milliseconds that an acknowledgement takes. */
  readonly wait: number;
  /** Messages a second, with 256 that wait. */
  readonly rate: number;
}

async function measure(production: Production, site: BrokerSite): Promise<Figures> {
  const [server] = site.servers as [Pod];
  const user = USERS[production.sites.indexOf(site)]!;
  const passwords = JSON.parse(readFileSync(join(production.issued, 'passwords.json'), 'utf8'));
  const script = join(import.meta.dirname, 'acknowledge.ts');
  const argv = [`nats://${server.ip}:4222`, 'test.messages', `_INBOX_${user}`];
  const { code, stdout, stderr } = await server.run(
    [process.execPath, '--import', import.meta.resolve('tsx'), script, ...argv],
    { env: { NATS_USER: user, NATS_PASSWORD: passwords[passwordName(site.name, user)] }, timeout: 300_000 },
  );
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Figures;
}

async function leader(production: Production): Promise<BrokerSite> {
  const [server] = production.brokers as [Pod];
  const { account_details } = await monitor(server, 'jsz?streams=1');
  const { leader: name } = account_details[0].stream_detail[0].cluster;
  return production.sites.find((site) => name === `${site.name}-nats-broker-0`)!;
}

/** Has all routes begin anew over a distance, and waits until the sites have agreed again. */
async function apart({ sites }: Production, distance: number) {
  for (const { cluster } of sites) await cluster.nodePorts.cut(ROUTE_PORTS.nodePort);
  for (const { cluster } of sites) {
    await cluster.nodePorts.delay(ROUTE_PORTS.nodePort, distance / 2);
    await cluster.nodePorts.heal(ROUTE_PORTS.nodePort);
  }
  await until('the sites have agreed', () => areHealthy(sites.flatMap(({ servers }) => servers)), 120_000);
  // A stream has a leader of its own, and the return of the others may cost it another election.
  await sleep(15_000);
}

const rows: string[] = [];
let near: Figures | undefined;
say('sites: starting three servers');
const production = await Production.start({ topology });
try {
  for (const distance of DISTANCES) {
    say(`sites: ${distance} ms between them`);
    await apart(production, distance);
    const home = await leader(production);
    const at = await measure(production, home);
    const elsewhere = await measure(production, production.sites.find((site) => site !== home)!);
    near ??= at;
    const cells = [at, elsewhere].flatMap(({ wait, rate }) => [
      `${wait.toFixed(1)} ms`,
      `${(rate / near!.rate).toFixed(2)} (${rate.toFixed(0)}/s)`,
    ]);
    rows.push(`| ${[`${distance} ms`, ...cells].join(' | ')} |`);
  }
} finally {
  await production.stop();
}
console.log(`\nAcknowledgements of a stream on three sites, 200 B, on ${machine()}.\n`);
console.log('| there and back | at the leader | rate, of that without distance | at another site | rate |');
console.log('|---|---|---|---|---|');
for (const row of rows) console.log(row);
