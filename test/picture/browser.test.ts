import { beforeAll, describe, expect, it } from 'vitest';
import { regions } from '../../picture/bundles.ts';
import { hops } from '../../picture/hops.ts';
import { page } from '../../picture/page.ts';
import { describeReal } from '../real/parts.ts';
import { type Box, type Rendered, rendered } from './browser.ts';
import { all, topology, views, withLeaves } from './topologies.ts';

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

describeReal(['chromium'], 'the page in a browser', () => {
  describe.each([...all, ['a thousand leaves', withLeaves(1000)] as const])('of %s', (_, of) => {
    const clusters = views(of);
    const shown = regions(clusters, hops(clusters)).flatMap(({ links, bundles }) => [...links, ...bundles]);
    let seen: Rendered;
    beforeAll(async () => {
      seen = await rendered(page(clusters), 'light');
    });

    it('shows every hop, within the picture', () => {
      expect(seen.hops.map(({ what }) => what).sort()).toEqual(
        shown.map(({ number }) => `hop-${number}`).sort(),
      );
      expect(seen.hops.filter((hop) => !hop.visible || !isInside(hop, seen.picture))).toEqual([]);
      expect(seen.overflow).toBe(0);
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

  it('is dark where the reader likes it dark', async () => {
    const html = page(views(topology));
    const [light, dark] = [await rendered(html, 'light'), await rendered(html, 'dark')];
    expect([light.background, dark.background]).toEqual(['rgb(252, 252, 250)', 'rgb(18, 22, 27)']);
  });

  it('is not found in order when a script of it fails', async () => {
    const broken = page(views(topology)).replace('<h1>', '<script>throw new Error("seen")</script><h1>');
    await expect(rendered(broken, 'light')).rejects.toThrow('seen');
  });
});
