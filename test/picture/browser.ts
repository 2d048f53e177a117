import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Result, run } from '../real/command.ts';
import { needed } from '../real/parts.ts';

/** A rectangle on the rendered page, in CSS pixels. */
export interface Box {
  readonly what: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Rendered {
  readonly picture: Box;
  /** Every text of the picture. */
  readonly texts: readonly Box[];
  /** Every box that a hop starts from or ends in, and every line of a hop. */
  readonly boxes: readonly Box[];
  readonly hops: readonly (Box & { readonly visible: boolean })[];
  /** What the page is wider than its window by. */
  readonly overflow: number;
  readonly background: string;
}

/** Appended to a copy of the page, which itself has no script: writes down where everything came to lie. */
const MEASURE = `<script>
const box = (element, what) => {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return { what, left, top, right, bottom };
};
const all = (selector, what) => [...document.querySelectorAll(selector)].map((element) => box(element, what(element)));
const text = (element) => element.lastChild.textContent;
const picture = document.querySelector('.picture');
const hops = [...document.querySelectorAll('.hop')].map((hop) => ({ ...box(hop, hop.id), visible: hop.checkVisibility() }));
const measured = {
  picture: box(picture, 'picture'), hops,
  texts: all('.picture text', text),
  boxes: all('.picture rect.box, .picture path.cluster, .picture rect.cluster', (element) => element.getAttribute('class')),
  overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  background: getComputedStyle(document.body).backgroundColor,
};
document.documentElement.innerHTML = '<pre>' + btoa(unescape(encodeURIComponent(JSON.stringify(measured)))) + '</pre>';
</script>`;

/** Renders a page in a real browser and measures what came of it. Throws if the browser reports an error. */
export async function rendered(html: string, scheme: 'light' | 'dark'): Promise<Rendered> {
  const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-page-'));
  try {
    const file = join(folder, 'page.html');
    writeFileSync(file, html.replace('</body>', `${MEASURE}</body>`));
    const { code, stdout, stderr }: Result = await run([
      needed('chromium'),
      ...flags(folder, scheme),
      `${pathToFileURL(file)}`,
    ]);
    const [, encoded] = /<pre>([^<]+)<\/pre>/.exec(stdout) ?? [];
    const complaints = stderr.split('\n').filter((line) => /:CONSOLE[(:]/.test(line));
    if (code !== 0 || !encoded || complaints.length > 0)
      throw new Error(`chromium: ${complaints.join('\n') || stderr}`);
    return JSON.parse(Buffer.from(encoded, 'base64').toString()) as Rendered;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const flags = (folder: string, scheme: 'light' | 'dark') => [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--user-data-dir=${join(folder, 'profile')}`,
  '--enable-logging=stderr',
  '--window-size=1400,1600',
  `--blink-settings=preferredColorScheme=${scheme === 'dark' ? 0 : 1}`,
  '--dump-dom',
];
