import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linksOf, pages, ROOT } from '../../support/docs/markdown.ts';

const page = pages.find(({ path }) => path === 'docs/clients.md')!;
const programs = linksOf(page).filter((target) => /^\.\.\/examples\/clients\/.*\bmain\.\w+$/i.test(target));

describe('docs/clients.md', () => {
  it('shows a program for each language', () => {
    expect(programs).toHaveLength(4);
  });

  it.each(programs)('shows %s as it is', (target) => {
    const file = readFileSync(join(ROOT, 'docs', target), 'utf8');
    expect(page.text).toContain(`\n${file}\`\`\`\n`);
  });

  it('names the versions that the examples pin', () => {
    const pinned = {
      'nats.go': /nats\.go v(\d+\.\d+)/.exec(text('go/go.mod'))![1],
      '@nats-io/transport-node': JSON.parse(text('typescript/package.json')).dependencies[
        '@nats-io/transport-node'
      ].replace(/\.\d+$/, ''),
      'nats-py': /==(\d+\.\d+)/.exec(text('python/requirements.txt'))![1],
      jnats: /jnats<[^>]+>\s*<version>(\d+\.\d+)/.exec(text('java/pom.xml'))![1],
    };
    for (const [library, version] of Object.entries(pinned))
      expect(page.prose).toContain(`\`${library}\` ${version} |`);
  });

  it('runs the TypeScript example with the version that this repository has', () => {
    const own = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const { dependencies } = JSON.parse(text('typescript/package.json'));
    expect(dependencies['@nats-io/transport-node']).toBe(own.dependencies['@nats-io/transport-node']);
  });
});

const text = (file: string) => readFileSync(join(ROOT, 'examples', 'clients', file), 'utf8');
