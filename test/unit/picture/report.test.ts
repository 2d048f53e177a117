import { describe, expect, it } from 'vitest';
import type { Topology } from '../../../model/topology.ts';
import { DARK, LIGHT } from '../../../picture/draw/style.ts';
import { regions } from '../../../picture/hop-groups.ts';
import { hops } from '../../../picture/hops.ts';
import { report } from '../../../picture/report.ts';
import {
  all,
  crowded,
  plaintext,
  topology,
  views,
  waysIn,
  withLeaves,
} from '../../support/picture/topologies.ts';

const svgOf = (of: Topology) => report(views(of)).svg;
const markdownOf = (of: Topology) => report(views(of)).markdown;

/** The cells of each row of a table under a heading; a `|` divides them wherever it stands, unless it is escaped. */
const rowsUnder = (markdown: string, heading: string) =>
  markdown
    .split(`## ${heading}\n\n`)[1]!
    .split('\n')
    .slice(2)
    .filter((_, i, rows) => rows.slice(0, i + 1).every((line) => line.startsWith('|')))
    .map((row) => row.replace(/^\| | \|$/g, '').split(/ ?(?<!\\)\| ?/));

const hopRows = (markdown: string) => rowsUnder(markdown, 'Every hop in words');

describe.each(all)('the report of %s', (_, of) => {
  const clusters = views(of);
  const { svg, markdown } = report(clusters);
  const found = hops(clusters);
  const bundles = regions(clusters, found).flatMap(({ links, bundles }) => [...links, ...bundles]);

  it('shows each hop once, in the picture and in the table', () => {
    expect(new Set(bundles.flatMap((bundle) => bundle.hops))).toEqual(new Set(found));
    expect(bundles.flatMap((bundle) => bundle.hops)).toHaveLength(found.length);
    const numbers = bundles.map(({ number }) => String(number)).sort();
    expect([...svg.matchAll(/<g class="hop" id="hop-(\d+)">/g)].map(([, number]) => number).sort()).toEqual(
      numbers,
    );
    expect(
      hopRows(markdown)
        .map(([number]) => number)
        .sort(),
    ).toEqual(numbers);
  });

  it('says of each hop in words who calls whom, who encrypts, and what admits it', () => {
    const rows = hopRows(markdown);
    for (const { number, hops: together } of bundles) {
      if (together.length > 1) continue;
      const [hop] = together;
      const [, from, to, , encrypts, admits] = rows.find(([first]) => first === String(number))!;
      expect(from).toContain(hop!.from.name);
      expect(to).toContain(`\`${hop!.to.name}\``);
      expect(to).toContain(`port ${hop!.to.port}`);
      for (const layer of hop!.encryptedBy) expect(encrypts).toContain(layer);
      for (const policy of hop!.admission.flatMap(({ policies }) => policies)) {
        expect(admits).toContain(`\`${policy}\``);
      }
    }
  });

  it('has the same number of cells in each row', () => {
    expect(new Set(hopRows(markdown).map(({ length }) => length))).toEqual(new Set([6]));
    expect(new Set(rowsUnder(markdown, 'What runs where').map(({ length }) => length))).toEqual(new Set([4]));
  });

  it('names every cluster and workload', () => {
    for (const { name, workloads } of clusters) {
      expect(markdown).toContain(name);
      for (const workload of workloads) expect(markdown).toContain(`\`${workload.name}\``);
    }
  });

  it('has a picture that has no script, loads nothing and is the same each time', () => {
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(
      /<script|<link|<image|<use|<foreignObject|@import|url\(|href|javascript:|\son\w+=|https?:\/\//i,
    );
    expect(report(views(of))).toEqual({ svg, markdown });
  });

  it('has a picture whose tags balance', () => {
    const open: string[] = [];
    for (const [tag, closing, name] of svg.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
      if (closing) expect(open.pop()).toBe(name);
      else if (!tag.endsWith('/>')) open.push(name!);
    }
    expect(open).toEqual([]);
  });
});

it('is committed as it is made', async () => {
  const { svg, markdown } = report(views(topology));
  await expect(svg).toMatchFileSnapshot('../../../dist/topology.svg');
  await expect(markdown).toMatchFileSnapshot('../../../dist/topology.md');
});

it('has a picture with a title and a description, to which it points', () => {
  const svg = svgOf(topology);
  const [, ids] = /role="img" aria-labelledby="([^"]+)"/.exec(svg)!;
  expect(ids!.split(' ').map((id) => new RegExp(`<(title|desc) id="${id}">`).exec(svg)?.[1])).toEqual([
    'title',
    'desc',
  ]);
});

describe('whatever a name could hold', () => {
  const named = (name: string) => {
    const [broker, leaf] = views(topology);
    return report([{ ...broker!, name }, leaf!]);
  };

  it('is escaped in the picture', () => {
    const { svg } = named(`<b onload="x">&'\u0007\ud800`);
    expect(svg).toContain('&#60;b onload=&#34;x&#34;&#62;&#38;&#39;\ufffd\ufffd');
    expect(svg).not.toContain('<b onload');
  });

  it.each([
    'a|b',
    'a\\|b',
    'a`|`b',
    '``',
    ' a ',
    'a\nb',
    'a\r\n\r\n## b',
    '![x](https://example.com)`',
    '</td><script>`',
    '\u202e`',
  ])('stays in its cell of the table: %j', (name) => {
    const { markdown } = named(name);
    const entities = [...name].map((c) => (/[a-z0-9]/i.test(c) ? c : `&#${c.codePointAt(0)};`)).join('');
    expect(markdown).toContain(`<code>${entities}</code>`);
    expect(markdown).not.toContain(`\`${name}`);
    expect(new Set(hopRows(markdown).map(({ length }) => length))).toEqual(new Set([6]));
  });
});

it('holds no password, not even the name of one', () => {
  const { svg, markdown } = report(views(topology));
  expect(svg + markdown).not.toContain('vm-a/leaf-vm-b');
});

it('raises the alarm for a hop in clear text, and for nothing else', () => {
  expect(markdownOf(plaintext)).toContain(
    '> **In clear text:** `vm-b/nats-leaf` to `vm-a/nats-broker:7422`.',
  );
  expect(svgOf(plaintext)).toContain('Nobody encrypts');
  expect(svgOf(plaintext)).toMatch(/class="strong fill-alarm">[^<]*1 hop crosses the network in clear text/);
  expect(markdownOf(topology)).not.toMatch(/^>/m);
  expect(svgOf(topology)).not.toMatch(/class="[^"]*fill-alarm/);
});

it('raises the alarm for a hop that nothing admits', () => {
  const [broker, leaf] = views(topology);
  const { svg, markdown } = report([{ ...broker!, authorizations: [] }, leaf!]);
  expect(markdown).toContain('> **No policy admits:** `vm-a/nats-publisher` to `vm-a/nats-broker:4222`');
  expect(svg).toContain('No policy admits 2 hops.');
});

describe('a load balancer and several addresses', () => {
  const { svg, markdown: words } = report(views(waysIn));

  it('are all in the table', () => {
    for (const address of ['203.0.113.7', '203.0.113.8', 'nats.example.com']) {
      expect(words).toContain(`\`${address}:7422\``);
    }
    expect(words).toContain('`nats-broker-balancer`: LoadBalancer 7422 to 7422');
    expect(words).toContain('`nats-broker-external`: NodePort 30422 to 4222');
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
    expect(markdownOf(closed)).toContain('LoadBalancer 4222 to 4222 (admits nobody)');
  });
});

it('says which open NodePort admits nobody', () => {
  expect(markdownOf(topology)).toContain('NodePort 30422 to 4222 (admits nobody)');
  expect(markdownOf(crowded)).not.toContain('admits nobody');
});

it('says that an audited namespace lets the rest through', () => {
  expect(svgOf(crowded)).toContain('everything else: audit');
});

it('keeps a leaf in clear text apart from hundreds that are not', () => {
  const { svg, markdown } = report(views(withLeaves(300)));
  // A repository's page shows 500 KB of a file, and so a thousand leaves.
  expect(markdown.length).toBeLessThan(150_000);
  expect(svg).toContain('300 leaf clusters');
  const links = markdown.match(/`leaf-\d+\/nats-leaf` to `vm-a\/nats-broker`/g);
  expect(new Set(links).size).toBe(300);
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
