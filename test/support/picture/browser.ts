import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Result, run } from '../command.ts';
import { needed } from '../parts.ts';

/** A rectangle of the rendered picture, in CSS pixels. */
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
  /** Colour of the picture's ground. */
  readonly ground: string;
}

/** Stands in a page beside the picture, which itself has no script: writes down where everything came to lie. */
const MEASURE = `<script>
const box = (element, what) => {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return { what, left, top, right, bottom };
};
const all = (selector, what) => [...document.querySelectorAll(selector)].map((element) => box(element, what(element)));
const text = (element) => element.lastChild.textContent;
const picture = document.querySelector('svg');
const hops = [...document.querySelectorAll('.hop')].map((hop) => ({ ...box(hop, hop.id), visible: hop.checkVisibility() }));
const measured = {
  picture: box(picture, 'picture'), hops,
  texts: all('svg text', text),
  boxes: all('rect.box, path.cluster, rect.cluster', (element) => element.getAttribute('class')),
  ground: getComputedStyle(document.querySelector('.page')).fill,
};
document.documentElement.innerHTML = '<pre>' + btoa(unescape(encodeURIComponent(JSON.stringify(measured)))) + '</pre>';
</script>`;

/** Draws a picture in a real browser and measures what came of it. Throws if the browser reports an error. */
export const rendered = async (svg: string, scheme: Scheme): Promise<Rendered> =>
  JSON.parse(await written(`<body style="margin:0">${svg}${MEASURE}</body>`, scheme));

/** Writes down the colour of the upper left corner of an image, as four numbers. */
const LOOK = `<script>
addEventListener('load', () => {
  const drawn = document.createElement('canvas').getContext('2d');
  drawn.drawImage(document.querySelector('img'), 0, 0);
  document.documentElement.innerHTML = '<pre>' + btoa(JSON.stringify([...drawn.getImageData(1, 1, 1, 1).data])) + '</pre>';
});
</script>`;

/** The colour of the ground of a picture that a page embeds as an image, as a repository's pages do. */
export async function groundOfImage(svg: string, scheme: Scheme): Promise<number[]> {
  const url = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  return JSON.parse(await written(`<body><img src="${url}">${LOOK}</body>`, scheme));
}

/** What a page writes down about itself. */
async function written(html: string, scheme: Scheme): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-picture-'));
  try {
    const file = join(folder, 'page.html');
    writeFileSync(file, `<!doctype html>\n<meta charset="utf-8">\n${html}`);
    const { code, stdout, stderr }: Result = await run([
      needed('chromium'),
      ...flags(folder, scheme),
      `${pathToFileURL(file)}`,
    ]);
    const [, encoded] = /<pre>([^<]+)<\/pre>/.exec(stdout) ?? [];
    const complaints = stderr.split('\n').filter((line) => /:CONSOLE[(:]/.test(line));
    if (code !== 0 || !encoded || complaints.length > 0)
      throw new Error(`chromium: ${complaints.join('\n') || stderr}`);
    return Buffer.from(encoded, 'base64').toString();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Scheme = 'light' | 'dark';

const flags = (folder: string, scheme: Scheme) => [
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
