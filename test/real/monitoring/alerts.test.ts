import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { run } from '../../support/command.ts';
import type { Case } from '../../support/monitoring/cases/case.ts';
import { certManagers } from '../../support/monitoring/cases/cert-manager.ts';
import { certificates } from '../../support/monitoring/cases/certificates.ts';
import { jetStream } from '../../support/monitoring/cases/jetstream.ts';
import { leafLinks } from '../../support/monitoring/cases/leaf-links.ts';
import { mesh } from '../../support/monitoring/cases/mesh.ts';
import { mirrors } from '../../support/monitoring/cases/mirrors.ts';
import { servers } from '../../support/monitoring/cases/servers.ts';
import { sites } from '../../support/monitoring/cases/sites.ts';
import { traffic } from '../../support/monitoring/cases/traffic.ts';
import { rules } from '../../support/monitoring/clusters.ts';
import { healthy } from '../../support/monitoring/series.ts';
import { describeReal, needed } from '../../support/parts.ts';

const themes = [servers, sites, traffic, leafLinks, jetStream, mirrors, certificates, certManagers, mesh];
const cases = themes.flat();

const FIRING = 'count by (cluster, alertname) (ALERTS{alertstate="firing"})';

describeReal(['promtool'], 'the alerts', () => {
  let failures: readonly string[];

  beforeAll(async () => {
    // promtool does one case after another, which takes a minute for all of them.
    failures = (await Promise.all(themes.map(failuresOf))).flat();
  });

  it.each(cases.map(({ alert, title }, i) => [alert, title, i] as const))('%s %s', (_, __, i) => {
    expect(failures[i]).toBe('');
  });
});

it('each alert has a case in which it fires and one in which it does not', () => {
  const alerts = rules.groups.flatMap((group) =>
    group.rules.flatMap((rule) => ('alert' in rule ? [rule.alert] : [])),
  );
  const about = (fires: boolean) => {
    const found = cases.filter(
      ({ alert, firing }) => firing.some((name) => name.endsWith(` ${alert}`)) === fires,
    );
    return [...new Set(found.map(({ alert }) => alert))].sort();
  };
  const names = [...new Set(alerts)].sort();
  expect(about(true)).toEqual(names);
  expect(about(false)).toEqual(names);
});

/** What `promtool test rules` says against each case; nothing where it passes. */
async function failuresOf(all: readonly Case[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-alerts-'));
  try {
    // YAML is a superset of JSON.
    writeFileSync(join(folder, 'rules.yaml'), JSON.stringify(rules));
    const test = { rule_files: ['rules.yaml'], evaluation_interval: '1m', tests: all.map(testGroup) };
    writeFileSync(join(folder, 'test.yaml'), JSON.stringify(test));
    const report = join(folder, 'report.xml');
    const argv = [needed('promtool'), 'test', 'rules', `--junit=${report}`, join(folder, 'test.yaml')];
    const { stdout, stderr } = await run(argv, { timeout: 110_000 });
    const results = readFileSync(report, 'utf8').matchAll(
      /<testcase name="(\d+)">(?:<failure[^>]*>([^<]*)<\/failure>)*<\/testcase>/g,
    );
    const failures = new Map([...results].map(([, name = '', failure = '']) => [name, failure] as const));
    if (failures.size !== all.length) throw new Error(`promtool: ${stdout}${stderr}`);
    return all.map((_, i) => failures.get(String(i))!);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function testGroup({ series, missing = [], at, firing }: Case, place: number) {
  const all = Object.entries({ ...healthy, ...series }).filter(([name]) => !missing.includes(name));
  const counts = new Map<string, number>();
  for (const name of firing) counts.set(name, (counts.get(name) ?? 0) + 1);
  const samples = [...counts].map(([name, value]) => {
    const [cluster, alertname] = name.split(' ');
    return { labels: `{cluster="${cluster}",alertname="${alertname}"}`, value };
  });
  return {
    name: String(place),
    interval: '1m',
    input_series: all.map(([name, values]) => ({ series: name, values })),
    promql_expr_test: at.map((minute) => ({ expr: FIRING, eval_time: `${minute}m`, exp_samples: samples })),
  };
}
