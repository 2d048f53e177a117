import { expect, it } from 'vitest';
import { UsageError } from '../../certs/command.ts';
import { csrCommand } from '../../certs/csr-command.ts';
import { mintCommand } from '../../certs/mint-command.ts';
import { parseCall } from '../../certs/parse-call.ts';
import { revokeCommand } from '../../certs/revoke-command.ts';
import { rotateCommand } from '../../certs/rotate-command.ts';
import { ISSUED } from '../../certs/store.ts';
import { emptyFolder, topology } from './fixtures.ts';

it('mints into certs/issued when nothing is said', () => {
  expect(parseCall([])).toEqual({ name: 'mint', args: [], folder: ISSUED, json: false });
});

it('reads the options of a command', () => {
  expect(parseCall(['check', '--days', '90', '--json', '--folder', '/elsewhere'])).toMatchObject({
    ...{ name: 'check', folder: '/elsewhere', days: 90, json: true },
  });
  expect(parseCall(['rotate', 'expiring', '--days', '7'])).toMatchObject({ args: ['expiring'], days: 7 });
  expect(parseCall(['rotate', 'anchor', '--confirmed', 'bundle', '--passphrase-fd', '3'])).toMatchObject({
    ...{ args: ['anchor'], confirmed: 'bundle', passphraseFd: 3 },
  });
});

it.each([
  ['--days', '3'],
  ['--days=3', 'rotate', 'server'],
  ['--days=soon', 'check'],
  ['--confirmed=bundle', 'check'],
  ['--passphrase-fd=x', 'mint'],
  ['--folder=', 'mint'],
  ['--colour', 'mint'],
])('does not understand the option %s with %s', (...words) => {
  expect(() => parseCall(words)).toThrow(UsageError);
});

it.each([
  [mintCommand, ['again']],
  [rotateCommand, []],
  [rotateCommand, ['everything']],
  [rotateCommand, ['leaf']],
  [rotateCommand, ['expiring', 'vm-b']],
  [rotateCommand, ['server', 'vm-a']],
  [rotateCommand, ['anchor', 'vm-a']],
  [revokeCommand, ['vm-b']],
  [revokeCommand, ['leaf']],
  [csrCommand, []],
])('does not understand the words after %o: %o', (command, args) => {
  const call = { ...parseCall(['--folder', emptyFolder()]), args, topology, askPassphrase: () => '' };
  expect(() => command(call)).toThrow(UsageError);
});
