import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { needed } from '../parts.ts';
import type { Background, NetworkNamespace } from '../stage/network.ts';
import { until } from '../until.ts';
import type { Group } from './promtool.ts';
import type { Target } from './targets.ts';

/** An alert that fires. */
export interface Firing {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** A real Prometheus on a host, which scrapes and evaluates each second. */
export class Prometheus {
  private readonly folder = mkdtempSync(join(tmpdir(), 'nats-mtls-prometheus-'));
  private process?: Background;

  private constructor(
    private readonly host: NetworkNamespace,
    private readonly port: number,
  ) {}

  /** @param port - that nobody listens on, on the loopback of the host */
  static async start(host: NetworkNamespace, groups: readonly Group[], port = 9090): Promise<Prometheus> {
    const prometheus = new Prometheus(host, port);
    const file = (name: string, content: unknown) => {
      const path = join(prometheus.folder, name);
      // YAML is a superset of JSON.
      writeFileSync(path, JSON.stringify(content));
      return path;
    };
    file('targets.json', []);
    const config = file('prometheus.yaml', {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [file('rules.yaml', { groups })],
      scrape_configs: [
        {
          job_name: 'nats',
          file_sd_configs: [{ files: [join(prometheus.folder, 'targets.json')], refresh_interval: '1s' }],
        },
      ],
    });
    prometheus.process = host.start([
      needed('prometheus'),
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(prometheus.folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ]);
    await until('Prometheus answers', () => prometheus.query('1').then(Boolean, () => false)).catch(
      (error) => {
        throw new Error(`${error.message} Its log: ${prometheus.process?.log.text}`);
      },
    );
    return prometheus;
  }

  /** Says what there is to scrape, as Kubernetes does when pods come and go. */
  scrape(targets: readonly Target[]) {
    writeFileSync(join(this.folder, 'targets.json'), JSON.stringify(targets));
  }

  query(expr: string): Promise<Sample[]> {
    return this.get<{ result: Sample[] }>(`query?query=${encodeURIComponent(expr)}`).then(
      ({ result }) => result,
    );
  }

  /** Names that expressions read, and those of them that were never scraped or recorded. */
  async coverage(expressions: readonly string[]) {
    const read = new Set<string>();
    for (const expr of expressions) {
      for (const name of metrics(await this.get(`parse_query?query=${encodeURIComponent(expr)}`)))
        read.add(name);
    }
    const there = new Set(await this.get<string[]>('label/__name__/values'));
    return { read: [...read], absent: [...read].filter((name) => !there.has(name)).sort() };
  }

  async firing(): Promise<Firing[]> {
    const { alerts } = await this.get<{ alerts: (Firing & { state: string })[] }>('alerts');
    return alerts.filter(({ state }) => state === 'firing');
  }

  /**
   * Waits until these alerts fire and no other.
   * @param told - how an alert is named among them
   */
  async fires(wanted: readonly string[], told: (alert: Firing) => string, timeout: number) {
    const all = wanted.toSorted();
    let last: string[] = [];
    await until(
      'the right alerts fire',
      async () => {
        last = (await this.firing()).map(told).sort();
        return last.join('\n') === all.join('\n');
      },
      timeout,
    ).catch(() => expect(last).toEqual(all));
  }

  stop() {
    this.process?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async get<T>(path: string): Promise<T> {
    const { code, stdout, stderr } = await this.host.run([
      needed('namespaces'),
      'wget',
      '-qO-',
      `http://127.0.0.1:${this.port}/api/v1/${path}`,
    ]);
    if (code !== 0) throw new Error(`Prometheus: ${stderr}${stdout}`);
    return (JSON.parse(stdout) as { data: T }).data;
  }
}

/** Names of the metrics in an expression as Prometheus's own parser reads it. */
function metrics(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = 'type' in node && node.type === 'vectorSelector' && 'name' in node ? [String(node.name)] : [];
  return [...own, ...Object.values(node).flatMap(metrics)];
}
