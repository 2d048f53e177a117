/**
 * `npm run bench`, first half: what synth costs as a whole process, for 2 to 1,000 clusters, and beside one
 * `helm template` of the official chart for each cluster.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Helm } from './helm.ts';
import { machine } from './machine.ts';
import { type Cost, measureNode, median, medianCost } from './measure.ts';

const ROUNDS = 5;
const root = join(import.meta.dirname, '..');
/** A broker and leaves. */
const CLUSTERS = [2, 10, 100, 1000];
const AIMS = new Map([
  [100, '0.10'],
  [1000, '0.06'],
]);
const folder = mkdtempSync(join(tmpdir(), 'nats-bench-'));
const say = (line: string) => console.error(line);

/** `nats-mtls synth`, in the folder of somebody with so many clusters. */
function synth(clusters: number): Cost {
  const cwd = join(folder, String(clusters));
  mkdirSync(cwd, { recursive: true });
  const fleet = JSON.stringify(join(root, 'examples', 'fleet.ts'));
  const text = `import { fleet } from ${fleet};\nexport const topology = fleet(${clusters - 1});\n`;
  writeFileSync(join(cwd, 'topology.ts'), text);
  return measureNode([join(root, 'bin', 'nats-mtls.mjs'), 'synth'], cwd);
}

/** Everything once a round, so that whatever else the machine does meets all alike. */
function run() {
  const helm = Helm.find();
  say(`minting for ${CLUSTERS.join(', ')} clusters`);
  const first = new Map(CLUSTERS.map((clusters) => [clusters, synth(clusters)]));
  const again = new Map<number, Cost[]>(CLUSTERS.map((clusters) => [clusters, []]));
  const loads: Cost[] = [];
  const releases: { wall: number; cpu: number }[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    say(`round ${round} of ${ROUNDS}`);
    loads.push(measureNode(['--eval', 'require("cdk8s-plus-28")'], root));
    for (const clusters of CLUSTERS) again.get(clusters)!.push(synth(clusters));
    if (helm instanceof Helm) releases.push(helm.measure());
  }
  const costs = new Map(CLUSTERS.map((clusters) => [clusters, medianCost(again.get(clusters)!)]));
  print(first, costs, medianCost(loads));
  if (helm instanceof Helm) compare(costs, releases);
  else console.log(`helm template: not compared; ${helm}`);
}

function print(first: Map<number, Cost>, again: Map<number, Cost>, load: Cost) {
  const each = (clusters: number) => (again.get(clusters)!.cpu - again.get(2)!.cpu) / (clusters - 2);
  console.log(`Synth on ${machine()}; median of ${ROUNDS} interleaved rounds.\n`);
  console.log('| clusters | first, with minting | again | CPU | CPU for each further | peak memory |');
  console.log('|---|---|---|---|---|---|');
  for (const [clusters, { wall, cpu, mebibytes }] of again) {
    const further = clusters > 2 ? `${each(clusters).toFixed(1)} ms` : '';
    const times = [first.get(clusters)!.wall, wall, cpu].map((time) => `${(time / 1000).toFixed(2)} s`);
    console.log(`| ${[clusters, ...times, further, `${mebibytes.toFixed(0)} MiB`].join(' | ')} |`);
  }
  console.log(`
CPU of each further cluster at 1,000 to that at 10: ${ratio(each(1000), each(10))} (aim: at most 1.3)
2 clusters to loading cdk8s-plus-28 alone, wall time: ${ratio(again.get(2)!.wall, load.wall)}, CPU: ${ratio(again.get(2)!.cpu, load.cpu)} (aim: at most 2)
`);
}

/** One `helm template` for each cluster, so their cost is that of one, times the clusters. */
function compare(costs: Map<number, Cost>, releases: readonly { wall: number; cpu: number }[]) {
  const [wall, cpu] = [median(releases.map((one) => one.wall)), median(releases.map((one) => one.cpu))];
  console.log(
    `One helm template of the official chart: ${cpu.toFixed(1)} ms of CPU, ${wall.toFixed(1)} ms by the clock.\n`,
  );
  console.log('| clusters | synth to helm, CPU | by the clock | aim, CPU |');
  console.log('|---|---|---|---|');
  for (const [clusters, cost] of costs) {
    const ratios = [ratio(cost.cpu, cpu * clusters), ratio(cost.wall, wall * clusters)];
    console.log(`| ${[clusters, ...ratios, AIMS.get(clusters) ?? ''].join(' | ')} |`);
  }
}

const ratio = (a: number, b: number) => (a / b).toFixed(3);

try {
  run();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
