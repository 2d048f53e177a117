import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { topology as certManager } from '../../../examples/cert-manager.ts';
import { fleet } from '../../../examples/fleet.ts';
import { topology as monitoring } from '../../../examples/monitoring.ts';
import { resolve } from '../../../model/resolve.ts';
import type { Topology } from '../../../model/topology.ts';
import { alertGroups } from '../../../monitoring/alerts.ts';
import { synthesize } from '../../../synth/synthesize.ts';
import { topology } from '../../../topology.ts';
import { objectsOf } from '../../support/minted.ts';
import { clusters } from '../../support/monitoring/clusters.ts';
import { complaints, type Group } from '../../support/monitoring/promtool.ts';
import { watched } from '../../support/monitoring/watched.ts';
import { describeReal } from '../../support/parts.ts';

describeReal(['promtool'], 'promtool finds nothing wrong with the rules of', () => {
  it.each<[string, Topology, number]>([
    ['the default topology', watched(topology), Number.POSITIVE_INFINITY],
    ['examples/monitoring.ts', monitoring, Number.POSITIVE_INFINITY],
    ['examples/cert-manager.ts', watched(certManager), Number.POSITIVE_INFINITY],
    ['a broker of a thousand leaf clusters', watched(fleet(1000)), 1],
  ])('%s', async (_, from, count) => {
    let looked = 0;
    for (const { files } of synthesize(resolve(from))) {
      if (looked === count) break;
      looked += 1;
      const rules = [...files]
        .filter(([file]) => file.startsWith('monitoring/'))
        .flatMap(([, text]) => objectsOf(text))
        .filter(({ kind }) => kind === 'PrometheusRule');
      expect(rules).toHaveLength(1);
      expect(await complaints((rules[0]!.spec as { groups: Group[] }).groups)).toBe('');
    }
    expect(looked).toBeGreaterThan(0);
  });

  it('and does find a rule that cannot work', async () => {
    expect(await complaints([{ name: 'broken', rules: [{ alert: 'Broken', expr: 'rate(x)' }] }])).toContain(
      'could not parse expression',
    );
  });
});

describe('an alert', () => {
  const operations = readFileSync(
    join(import.meta.dirname, '..', '..', '..', 'docs', 'operations.md'),
    'utf8',
  );
  const anchors = [...operations.matchAll(/^##+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
  const alerts = clusters
    .flatMap((cluster) => alertGroups(cluster))
    .flatMap(({ rules }) => rules)
    .flatMap((rule) => ('alert' in rule ? [rule] : []));

  it.each([...new Set(alerts.map(({ alert }) => alert))])(
    '%s has a section in docs/operations.md',
    (name) => {
      for (const { alert, annotations } of alerts) {
        if (alert === name)
          expect(anchors).toContain(annotations.runbook_url?.replace('docs/operations.md#', ''));
      }
    },
  );

  it('says which cluster it is about, and how bad it is', () => {
    for (const { labels, annotations } of alerts) {
      expect(labels).toMatchObject({ cluster: expect.any(String), namespace: 'nats-system' });
      expect(labels.severity).toMatch(/^(warning|critical)$/);
      expect(annotations.summary).toContain(labels.cluster);
    }
  });

  it('leads to the runbooks of whoever keeps them elsewhere', () => {
    const [group] = alertGroups(clusters[3]!, 'https://wiki.example.com/nats');
    expect(group?.rules[0]).toMatchObject({
      annotations: { runbook_url: 'https://wiki.example.com/nats#a-server-is-down' },
    });
  });
});
