import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, linksOf, pages, ROOT } from '../../support/docs/markdown.ts';

const page = (path: string) => pages.find((each) => each.path === path);
const external = /^[a-z][a-z+.-]*:/;

describe('the documentation', () => {
  it('is found', () => {
    expect(pages.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs/operations.md']),
    );
  });

  it.each(pages.map((each) => [each.path, each] as const))(
    'links from %s to files and headings that exist',
    (path, from) => {
      const broken = linksOf(from)
        .filter((target) => !external.test(target))
        .filter((target) => {
          const [file, anchor] = target.split('#');
          const to = file ? normalize(join(dirname(path), decodeURI(file))) : path;
          if (!existsSync(join(ROOT, to))) return true;
          return anchor !== undefined && !(page(to) && anchorsOf(page(to)!).has(anchor));
        });
      expect(broken).toEqual([]);
    },
  );

  it('is linked from the README, each page of it', () => {
    const linked = new Set(linksOf(page('README.md')!).map((target) => target.split('#')[0]));
    const unlinked = pages.filter(({ path }) => path.startsWith('docs/') && !linked.has(path));
    expect(unlinked.map(({ path }) => path)).toEqual([]);
  });

  it('is in plain words', () => {
    const odd = /\b(anew|mends?|mended|the seed|original description|by the clock|nobody may meet)\b/i;
    expect(pages.filter(({ prose }) => odd.test(prose)).map(({ path }) => path)).toEqual([]);
  });

  it('has no rest of a merge', () => {
    const torn = pages.filter(({ text }) => /^(<{7}|={7}|>{7})( |$)/m.test(text));
    expect(torn.map(({ path }) => path)).toEqual([]);
  });

  it('keeps the README short', () => {
    expect(page('README.md')!.text.split('\n').length).toBeLessThan(120);
  });
});

describe('a command that the documentation names', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

  it.each(pages.map((each) => [each.path, each] as const))(
    'is a script of package.json, in %s',
    (_, from) => {
      const named = [...from.text.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)].map(([, name]) => name!);
      expect(named.filter((name) => !(name in scripts))).toEqual([]);
    },
  );
});

describe('a path that the documentation names', () => {
  it('exists, in the table of CONTRIBUTING.md', () => {
    const table = page('CONTRIBUTING.md')!
      .prose.split(/^## /m)
      .find((section) => section.startsWith('Where a change goes'));
    const paths = [...table!.matchAll(/`([\w./-]+\/[\w./-]*)`/g)].map(([, path]) => path!);
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('is a file of this repository, where it is that of a test or an example', () => {
    const paths = pages.flatMap(({ text }) =>
      [...text.matchAll(/\b(?:test|examples)\/[\w./-]+\.ts\b/g)].map(([path]) => path),
    );
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

/** The text of every program that prints something. */
const sources = [
  'certs',
  'constructs',
  'doctor',
  'kube',
  'model',
  'monitoring',
  'shell',
  'synth',
  'terminal',
].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|sh)$/.test(file))
    .map((file) => readFileSync(join(ROOT, folder, file), 'utf8')),
);

describe('a message of ours that the documentation quotes', () => {
  const quoted = page('docs/troubleshooting.md')!
    .prose.split(/^## /m)
    .filter((section) => /^(nats-mtls|config-reloader) says/.test(section))
    .flatMap((section) => [...section.matchAll(/\*\*`([^`]+)`\*\*/g)].map(([, message]) => message!));
  // Three dots stand for what differs from one time to another.
  const pieces = quoted.flatMap((message) =>
    message.split('…').map((piece) => piece.replaceAll(/^\W+|\W+$/g, '')),
  );

  it('is found', () => expect(quoted.length).toBeGreaterThan(10));

  it.each(pieces.filter((piece) => piece.length >= 10))('is in the code: %s', (piece) => {
    expect(sources.some((text) => text.replaceAll("\\'", "'").includes(piece))).toBe(true);
  });
});

describe('a section that a message names', () => {
  it('has a page', () => {
    const named = sources.flatMap((text) =>
      [...text.matchAll(/\bdocs\/[\w-]+\.md\b/g)].map(([path]) => path),
    );
    expect(named.length).toBeGreaterThan(5);
    expect([...new Set(named)].filter((path) => !page(path))).toEqual([]);
  });

  it('has a heading on that page', () => {
    const named = sources.flatMap((text) =>
      [...text.matchAll(/\b(docs\/[\w-]+\.md), \\?"([^"\\]+)\\?"/g)].map(([, path, heading]) => ({
        path: path!,
        heading,
      })),
    );
    expect(named.length).toBeGreaterThan(2);
    const lacking = named.filter(({ path, heading }) => !page(path)?.prose.includes(`# ${heading}\n`));
    expect(lacking).toEqual([]);
  });
});
