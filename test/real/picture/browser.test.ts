import { beforeAll, describe, expect, it } from 'vitest';
import { regions } from '../../../picture/hop-groups.ts';
import { hops } from '../../../picture/hops.ts';
import { report } from '../../../picture/report.ts';
import { describeReal } from '../../support/parts.ts';
import { type Box, groundOfImage, type Rendered, rendered } from '../../support/picture/browser.ts';
import { all, topology, views, withLeaves } from '../../support/picture/topologies.ts';

const isInside = (inner: Box, outer: Box) =>
  inner.left >= outer.left &&
  inner.right <= outer.right &&
  inner.top >= outer.top &&
  inner.bottom <= outer.bottom;

/** Whether two boxes share more than the touch of their edges. */
const overlap = (a: Box, b: Box) =>
  Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
  Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;

/** Whether a text is cut by an edge of a box, neither in it nor beside it. */
const cutBy = (text: Box, box: Box) =>
  overlap(text, box) && (text.left < box.left || text.right > box.right) && !isInside(text, box);

describeReal(['chromium'], 'the picture in a browser', () => {
  describe.each([...all, ['a thousand leaves', withLeaves(1000)] as const])('of %s', (_, of) => {
    const clusters = views(of);
    const shown = regions(clusters, hops(clusters)).flatMap(({ links, bundles }) => [...links, ...bundles]);
    let seen: Rendered;
    beforeAll(async () => {
      seen = await rendered(report(clusters).svg, 'light');
    });

    it('shows every hop, within the picture', () => {
      expect(seen.hops.map(({ what }) => what).sort()).toEqual(
        shown.map(({ number }) => `hop-${number}`).sort(),
      );
      expect(seen.hops.filter((hop) => !hop.visible || !isInside(hop, seen.picture))).toEqual([]);
    });

    it('has no text over another', () => {
      expect(seen.texts.length).toBeGreaterThan(shown.length * 6);
      const clashes = seen.texts.flatMap((a, i) =>
        seen.texts.slice(i + 1).flatMap((b) => (overlap(a, b) ? [`${a.what} / ${b.what}`] : [])),
      );
      expect(clashes).toEqual([]);
    });

    it('has no text that the edge of a box or cluster cuts', () => {
      const cut = seen.texts.flatMap((text) =>
        seen.boxes.flatMap((box) => (cutBy(text, box) ? [`${text.what} by ${box.what}`] : [])),
      );
      expect(cut).toEqual([]);
    });
  });

  const { svg } = report(views(topology));

  it('is dark where the reader likes it dark', async () => {
    const [light, dark] = [await rendered(svg, 'light'), await rendered(svg, 'dark')];
    expect([light.ground, dark.ground]).toEqual(['rgb(252, 252, 250)', 'rgb(18, 22, 27)']);
  });

  it('is dark there as an image of a page, too', async () => {
    expect(await groundOfImage(svg, 'light')).toEqual([252, 252, 250, 255]);
    expect(await groundOfImage(svg, 'dark')).toEqual([18, 22, 27, 255]);
  });

  it('is not found in order when a script of it fails', async () => {
    const broken = svg.replace('</svg>', '<script>throw new Error("seen")</script></svg>');
    await expect(rendered(broken, 'light')).rejects.toThrow('seen');
  });
});
