/** `npm run bench`, first half: what synth costs as a whole process, for 1 to 1,000 leaf clusters. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machine } from './machine.ts';
import { type Cost, measureNode, median, medianCost } from './measure.ts';

const ROUNDS = 5;
const SIZES = [1, 10, 100, 1000];
const folder = mkdtempSync(join(tmpdir(), 'nats-bench-'));
const say = (line: string) => console.error(line);

const synth = (shops: number): Cost =>
  measureNode([
    ...[join(import.meta.dirname, '..', 'tools', 'run.cjs'), join(import.meta.dirname, 'synth-once.ts')],
    ...[String(shops), join(folder, String(shops))],
  ]);

/** Everything once a round, so that whatever else the machine does meets all alike. */
function run() {
  say(`minting for ${SIZES.join(', ')} leaf clusters`);
  const first = new Map(SIZES.map((shops) => [shops, synth(shops)]));
  const again = new Map<number, Cost[]>(SIZES.map((shops) => [shops, []]));
  const loads: Cost[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    say(`round ${round} of ${ROUNDS}`);
    loads.push(measureNode(['--eval', 'require("cdk8s-plus-28")']));
    for (const shops of SIZES) again.get(shops)!.push(synth(shops));
  }
  print(first, new Map(SIZES.map((shops) => [shops, medianCost(again.get(shops)!)])), medianCost(loads));
}

function print(first: Map<number, Cost>, again: Map<number, Cost>, load: Cost) {
  const each = (shops: number) => (again.get(shops)!.cpu - again.get(1)!.cpu) / (shops - 1);
  console.log(`Synth on ${machine()}; median of ${ROUNDS} interleaved rounds.\n`);
  console.log('| leaf clusters | first, with minting | again | CPU | CPU for each further | peak memory |');
  console.log('|---|---|---|---|---|---|');
  for (const [shops, { wall, cpu, mebibytes }] of again) {
    const further = shops > 1 ? `${each(shops).toFixed(1)} ms` : '';
    const times = [first.get(shops)!.wall, wall, cpu].map((time) => `${(time / 1000).toFixed(2)} s`);
    console.log(`| ${[shops, ...times, further, `${mebibytes.toFixed(0)} MiB`].join(' | ')} |`);
  }
  const ratio = (a: number, b: number) => (a / b).toFixed(2);
  console.log(`
cost of each further cluster at 1,000 to that at 10: ${ratio(each(1000), each(10))} (aim: at most 1.3)
2 clusters to loading cdk8s-plus-28 alone, by the clock: ${ratio(again.get(1)!.wall, load.wall)}, CPU: ${ratio(again.get(1)!.cpu, load.cpu)} (aim: at most 2)
${helm(100, again.get(100)!.wall)}`);
}

/** The official chart for as many clusters, one release each, where helm and the chart are at hand. */
function helm(clusters: number, synthTime: number): string {
  const chart = process.env.NATS_CHART;
  if (!chart || spawnSync('helm', ['version']).status !== 0)
    return 'helm template: not compared; put helm on PATH and the path of the official NATS chart into NATS_CHART';
  const runs = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    const { status, stderr } = spawnSync('helm', ['template', 'nats', chart], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`helm template ${chart} exited with ${status}: ${stderr}`);
    return performance.now() - start;
  });
  const ratio = synthTime / (median(runs) * clusters);
  return `synth of ${clusters} clusters to as many runs of helm template: ${ratio.toFixed(2)} (aim: at most 0.1)`;
}

try {
  run();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
