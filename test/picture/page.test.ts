import { describe, expect, it } from 'vitest';
import { regions } from '../../picture/bundles.ts';
import { hops } from '../../picture/hops.ts';
import { page } from '../../picture/page.ts';
import { DARK, LIGHT } from '../../picture/style.ts';
import { all, crowded, plaintext, topology, views, waysIn, withLeaves } from './topologies.ts';

describe.each(all)('the page of %s', (_, of) => {
  const clusters = views(of);
  const html = page(clusters);
  const found = hops(clusters);
  const bundles = regions(clusters, found).flatMap(({ links, bundles }) => [...links, ...bundles]);

  it('shows each hop once, in the picture and in the table', () => {
    expect(new Set(bundles.flatMap((bundle) => bundle.hops))).toEqual(new Set(found));
    expect(bundles.flatMap((bundle) => bundle.hops)).toHaveLength(found.length);
    const numbers = bundles.map(({ number }) => String(number)).sort();
    expect([...html.matchAll(/<g class="hop" id="hop-(\d+)">/g)].map(([, number]) => number).sort()).toEqual(
      numbers,
    );
    expect([...html.matchAll(/<tr id="row-(\d+)">/g)].map(([, number]) => number).sort()).toEqual(numbers);
  });

  it('says of each hop in words who calls whom, who encrypts, and what admits it', () => {
    for (const { number, hops: together } of bundles) {
      if (together.length > 1) continue;
      const [hop] = together;
      const row = html.split(`<tr id="row-${number}">`)[1]!.split('</tr>')[0]!;
      const policies = hop!.admission.flatMap(({ policies }) => policies);
      for (const word of [
        hop!.from.name,
        hop!.to.name,
        String(hop!.to.port),
        ...hop!.encryptedBy,
        ...policies,
      ]) {
        expect(row).toContain(word);
      }
    }
  });

  it('names every cluster and workload', () => {
    for (const { name, workloads } of clusters) {
      expect(html).toContain(name);
      for (const workload of workloads) expect(html).toContain(workload.name);
    }
  });

  it('has no script, loads nothing and is the same each time', () => {
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|javascript:|\son\w+=|https?:\/\//i);
    expect(page(views(of))).toBe(html);
  });

  it('balances its tags', () => {
    const open: string[] = [];
    for (const [tag, closing, name] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
      if (closing) expect(open.pop()).toBe(name);
      else if (!tag.endsWith('/>') && !['meta', 'br'].includes(name!)) open.push(name!);
    }
    expect(open).toEqual([]);
  });
});

it('is committed as it is made', async () => {
  await expect(page(views(topology))).toMatchFileSnapshot('../../dist/topology.html');
});

it('escapes whatever a name could hold', () => {
  const [broker, leaf] = views(topology);
  const html = page([{ ...broker!, name: `<b onload="x">&'` }, leaf!]);
  expect(html).toContain('&#60;b onload=&#34;x&#34;&#62;&#38;&#39;');
  expect(html).not.toContain('<b onload');
});

it('holds no password, not even the name of one', () => {
  expect(page(views(topology))).not.toContain('vm-a/leaf-vm-b');
});

it('raises the alarm for a hop in clear text, and for nothing else', () => {
  expect(page(views(plaintext))).toMatch(/class="banner".*vm-b\/nats-leaf to vm-a\/nats-broker:7422/);
  expect(page(views(plaintext))).toContain('Nobody encrypts');
  expect(page(views(topology))).not.toContain('class="banner"');
});

it('raises the alarm for a hop that nothing admits', () => {
  const [broker, leaf] = views(topology);
  const html = page([{ ...broker!, authorizations: [] }, leaf!]);
  expect(html).toMatch(/No policy admits: vm-a\/nats-publisher to vm-a\/nats-broker:4222/);
});

describe('a load balancer and several addresses', () => {
  const html = page(views(waysIn));
  const [svg, words] = html.split('<h2>Every hop in words</h2>') as [string, string];

  it('are all in the table', () => {
    for (const address of ['203.0.113.7', '203.0.113.8', 'nats.example.com']) {
      expect(words).toContain(`<code>${address}:7422</code>`);
    }
    expect(words).toContain('nats-broker-balancer: LoadBalancer 7422 to 7422');
    expect(words).toContain('nats-broker-external: NodePort 30422 to 4222');
  });

  it('are in the picture, where the first address stands for the others', () => {
    expect(svg).toMatch(/>LoadBalancer<\/text>\s*<text [^>]*>7422→7422<\/text>/);
    expect(svg).toContain('>203.0.113.7:7422 or 2 others</text>');
  });

  it('say when nobody may come in', () => {
    const { brokerCluster, ...rest } = waysIn;
    const closed = {
      ...rest,
      brokerCluster: { ...brokerCluster, clientListener: { loadBalancerPort: 4222 }, externalClients: [] },
    };
    expect(page(views(closed))).toContain('LoadBalancer 4222 to 4222 (admits nobody)');
  });
});

it('says which open NodePort admits nobody', () => {
  expect(page(views(topology))).toContain('NodePort 30422 to 4222 (admits nobody)');
  expect(page(views(crowded))).not.toContain('admits nobody');
});

it('says that an audited namespace lets the rest through', () => {
  expect(page(views(crowded))).toContain('everything else: audit');
});

it('keeps a leaf in clear text apart from a thousand that are not', () => {
  const many = page(views(withLeaves(1000)));
  expect(many.length).toBeLessThan(1_000_000);
  expect(many).toContain('1,000 leaf clusters');
  for (let i = 0; i < 1000; i++) expect(many).toContain(`leaf-${i}/nats-leaf to vm-a/nats-broker`);
  const clusters = views(withLeaves(20));
  const conf = {
    ...clusters[7]!.workloads[0]!,
    remotes: clusters[7]!.workloads[0]!.remotes.map((r) => ({ ...r, tls: false })),
  };
  const odd = { ...clusters[7]!, workloads: [conf, ...clusters[7]!.workloads.slice(1)] };
  const shown = regions(clusters.with(7, odd), hops(clusters.with(7, odd)));
  expect(shown.map((region) => region.clusters.length).sort((a, b) => a - b)).toEqual([1, 1, 19]);
});

describe.each([
  ['light', LIGHT],
  ['dark', DARK],
])('the %s colours', (_, colours) => {
  it.each(['ink', 'muted', 'linkerd', 'nats', 'alarm'] as const)(
    'make %s legible on every ground',
    (text) => {
      for (const ground of ['page', 'cluster', 'box', 'alarmed'] as const) {
        expect(contrast(colours[text], colours[ground])).toBeGreaterThanOrEqual(4.5);
      }
    },
  );
});

/** @see https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const value = Number.parseInt(colour.slice(i, i + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
