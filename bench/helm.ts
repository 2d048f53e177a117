/** The official NATS chart, which `npm run bench` compares synth with: one release for each cluster. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { childrenCpu } from './measure.ts';

const built = join(import.meta.dirname, '..', '.tools', 'helm');
const helm = existsSync(built) ? built : 'helm';
const values = join(import.meta.dirname, 'nats-chart-leaf.yaml');

/** How many processes one measurement runs. */
const RUNS = 100;

/** What `helm template` of the official chart takes for one cluster, where helm and the chart are at hand. */
export class Helm {
  private constructor(private readonly chart: string) {}

  /** @returns what is missing, where something is */
  static find(): Helm | string {
    const chart = process.env.NATS_CHART;
    if (!chart) return 'put the path of the official NATS chart into NATS_CHART';
    if (spawnSync(helm, ['version']).status !== 0) return 'run "npm run tools -- helm", or put helm on PATH';
    if (!existsSync('/proc/self/stat')) return 'the CPU of helm is measured on Linux alone';
    return new Helm(chart);
  }

  /** Milliseconds for one cluster, by the clock and of all processors, as the mean of many processes. */
  measure(): { wall: number; cpu: number } {
    const args = ['template', 'nats', this.chart, '--namespace', 'nats-system', '--values', values];
    const [start, before] = [performance.now(), childrenCpu()];
    for (let i = 0; i < RUNS; i++) {
      const { status, stderr } = spawnSync(helm, args, { stdio: ['ignore', 'ignore', 'pipe'] });
      if (status !== 0) throw new Error(`helm ${args.join(' ')} exited with ${status}: ${stderr}`);
    }
    return { wall: (performance.now() - start) / RUNS, cpu: (childrenCpu() - before) / RUNS };
  }
}
