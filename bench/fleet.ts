/** `npm run bench:fleet`: a broker of three servers with thousands of leaves, on real servers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mint } from '../certs/mint.ts';
import { fleet } from '../examples/fleet.ts';
import { resolve } from '../model/resolve.ts';
import type { Topology } from '../model/topology.ts';
import { values } from '../test/support/manifest.ts';
import { minted } from '../test/support/minted.ts';
import { monitor } from '../test/support/monitor.ts';
import type { Background } from '../test/support/stage/network.ts';
import type { Pod } from '../test/support/stage/pod.ts';
import { World } from '../test/support/stage/world.ts';
import { until } from '../test/support/until.ts';
import { machine } from './machine.ts';

const SIZES = [1000, 5000];
const HOUR = 3_600_000;
const say = (line: string) => console.error(line);

/** The fleet whose office has an address that the test network knows, with three servers. */
function office(shops: number): Topology {
  const { brokerCluster, ...rest } = fleet(shops);
  return { ...rest, brokerCluster: { ...brokerCluster, address: '1.1.1.1', replicas: 3 } };
}

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

const joined = ({ log }: Background) => Number(/(\d+)\n$/.exec(log.text)?.[1] ?? 0);

async function measure(shops: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'nats-bench-fleet-'));
  const issued = join(folder, 'issued');
  const topology = office(shops);
  const world = World.start();
  try {
    say(`fleet: minting for ${shops} leaves`);
    mint(resolve(topology), issued);
    const objects = minted(topology, issued).get('office')!;
    const secret = objects.find(({ metadata }) => metadata.name === 'nats-broker-accounts')!;
    const size = [...values(secret)].reduce((sum, [, value]) => sum + value.length, 0);
    const cluster = world.cluster('1.1.1.1', objects);
    say('fleet: starting three servers');
    const servers = await Promise.all([0, 1, 2].map((i) => cluster.startPod(`nats-broker-${i}`)));
    await Promise.all(servers.map((server) => server.ready(60_000)));
    const shop = world.outsider('2.2.2.2');
    const script = join(import.meta.dirname, 'leaves.ts');
    const tsx = import.meta.resolve('tsx');
    let since = performance.now();
    const leaves = shop.start([
      ...[process.execPath, '--import', tsx, script],
      ...['1.1.1.1', '30722', issued, 'office', String(shops)],
    ]);
    const all = () => until('all are in', () => joined(leaves) === shops, HOUR);
    say('fleet: letting all in');
    await all();
    const first = seconds(since);

    say('fleet: reloading');
    const [server] = servers as [Pod];
    const { config_load_time: before } = await monitor(server, 'varz');
    since = performance.now();
    await server.exec(['nats-server', '--signal', 'reload=/var/run/nats/nats.pid']);
    await until(
      'it has reloaded',
      async () => (await monitor(server, 'varz')).config_load_time !== before,
      HOUR,
    );
    const reload = seconds(since);
    const kept = joined(leaves);

    say('fleet: ending one server of three');
    const memory = Math.max(
      ...(await Promise.all(servers.map(async (one) => (await monitor(one, 'varz')).mem))),
    );
    since = performance.now();
    await server.kill();
    await until('some are out', () => joined(leaves) < shops, 60_000);
    await all();
    const again = seconds(since);
    leaves.stop();
    return `| ${[shops, `${Math.ceil(size / 1024)} KiB`, first, `${reload}, ${shops - kept} lost`, again, `${Math.round(memory / 2 ** 20)} MiB`].join(' | ')} |`;
  } finally {
    await world.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const rows: string[] = [];
for (const shops of SIZES) rows.push(await measure(shops));
console.log(`\nLeaves of a broker with three servers, on ${machine()}, leaves and forwarder included.\n`);
console.log(
  '| leaves | Secret | all in after | reload of one server | one server killed: all in again after | memory of a server |',
);
console.log('|---|---|---|---|---|---|');
for (const row of rows) console.log(row);
