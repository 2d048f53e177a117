import { expect, it } from 'vitest';
import { certs } from '../../../bin/certs.ts';
import type { Command } from '../../../bin/command-line.ts';
import { doctor } from '../../../bin/doctor.ts';
import { init } from '../../../bin/init.ts';
import { shell } from '../../../bin/shell.ts';
import { synth } from '../../../bin/synth.ts';
import { pages } from '../../support/docs/markdown.ts';

const root: Command = { about: '', commands: { init, synth, certs, doctor, shell } };

/** Without the `--` of npm, and what follows one of ours, which is another program's. */
const ours = (words: string) =>
  words
    .replace(/^(\w+) -- /, '$1 ')
    .replace(/ -- .*/, '')
    .trim();

/** What follows `nats-mtls`, or `npm run certs --` and its like, in code. */
const calls = pages.flatMap(({ path, text }) =>
  [
    ...text.matchAll(
      /(?:`|^ *|npx |&& )(?:nats-mtls|npm run (?=(?:certs|doctor|synth) --)) ?([a-z][^`\n#|;&>…]*)/gm,
    ),
  ].map(([, words]) => ({ path, words: ours(words!) })),
);

/** What is wrong with a call: the word that names no command, or the option that its command does not have. */
function fault(words: readonly string[], command: Command = root): string | undefined {
  const [first, ...rest] = words;
  if (command.commands && first !== undefined && !first.startsWith('-')) {
    const next = command.commands[first];
    return next ? fault(rest, next) : first;
  }
  const standard = command.standard === undefined ? command : command.commands![command.standard]!;
  const options = words.filter((word) => word.startsWith('--') && word !== '--').map((word) => word.slice(2));
  return options.find((option) => option !== 'help' && !(option in (standard.args ?? {})));
}

it('finds commands in the documentation', () => expect(calls.length).toBeGreaterThan(30));

it.each(calls)('has the command that $path names: $words', ({ words }) => {
  const plain = words
    .replaceAll(/[[\](){}]/g, ' ')
    .split(/\s+/)
    .filter(Boolean);
  expect(fault(plain)).toBeUndefined();
});
