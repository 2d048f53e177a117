import { describe, expect, it } from 'vitest';
import { dashboard } from '../../../monitoring/dashboard.ts';
import { queries } from '../../support/monitoring/panels.ts';
import { complaints } from '../../support/monitoring/promtool.ts';
import { describeReal } from '../../support/parts.ts';

interface GrafanaPanel {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig: { readonly defaults: { readonly unit: string } };
  readonly targets: readonly { readonly refId: string; readonly expr: string }[];
}

const { panels, templating } = dashboard() as {
  readonly panels: GrafanaPanel[];
  readonly templating: { readonly list: { readonly name: string }[] };
};

describeReal(['promtool'], 'each query of the dashboard', () => {
  it.each(queries.map(({ title, expr }) => [title, expr]))('%s is PromQL', async (_, expr) => {
    expect(await complaints([{ name: 'panel', rules: [{ record: 'panel', expr }] }])).toBe('');
  });
});

describe('the dashboard', () => {
  it('says of each panel what it shows and in which unit', () => {
    for (const { title, description, fieldConfig } of panels) {
      expect(title).not.toBe('');
      expect(description.length, title).toBeGreaterThan(20);
      expect(fieldConfig.defaults.unit, title).not.toBe('');
    }
  });

  it('shows what was asked for', () => {
    const titles = panels.map(({ title }) => title);
    for (const part of ['Publish rate', 'Receive rate', 'Leaf connection status', 'CPU', 'Memory'])
      expect(titles).toContain(part);
    for (const part of [/^Certificates/, /^Latency/, /^Mirrors/, /^Consumers/, /^Storage/, /^Slow consumers/])
      expect(titles).toContainEqual(expect.stringMatching(part));
  });

  it('has a place and a number for each panel that no other has', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ gridPos }) => `${gridPos.x} ${gridPos.y}`)).size).toBe(panels.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  it('uses no variable that it does not have', () => {
    const known = [...templating.list.map(({ name }) => name), '__rate_interval', '__all'];
    const used = [...JSON.stringify(dashboard()).matchAll(/\$\{?(\w+)/g)].map(([, name]) => name!);
    const references = used.filter((name) => !/^\d+$/.test(name));
    expect(references.length).toBeGreaterThan(panels.length);
    for (const name of references) expect(known).toContain(name);
  });
});
