import { chmodSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { issuedIn } from '../../../certs/read-issued.ts';
import { resolve } from '../../../model/resolve.ts';
import { emptyFolder, mintedFolder, topology, write } from '../../support/certs/fixtures.ts';

const NOW = new Date();
const DAY = 86_400_000;

it('has what is minted for the topology', () => {
  expect(issuedIn(mintedFolder(topology), resolve(topology), NOW)).toMatchObject({
    inventory: { revoked: [] },
  });
});

it.each<[string, () => string, RegExp]>([
  ['nothing is there', () => emptyFolder(), / is not here$/],
  [
    'a file is spoilt',
    () => {
      const folder = mintedFolder(topology);
      write(folder, 'vm-a-doctor.crt', 'spoilt');
      return folder;
    },
    /vm-a-doctor\.crt: is not a complete PEM certificate; /,
  ],
  ['all has expired', () => mintedFolder(topology, new Date(NOW.getTime() - 370 * DAY)), /: expired at /],
  [
    'a password is missing',
    () => {
      const folder = mintedFolder(topology);
      write(folder, 'passwords.json', '{"vm-a/sys": "x"}');
      return folder;
    },
    /has no vm-a\/natsuser that fits the topology; run `npm run certs -- --folder /,
  ],
])('says in one sentence why it is of no use where %s', (_, folder, reason) => {
  const issued = issuedIn(folder(), resolve(topology), NOW);
  expect(issued).toMatch(reason);
  expect(issued).not.toContain('\n');
});

it('says so where the folder is a file, or another user may not read it', () => {
  const folder = mintedFolder(topology);
  expect(issuedIn(join(folder, 'ca.crt'), resolve(topology), NOW)).toMatch(
    /ca\.crt cannot be read \(ENOTDIR\)$/,
  );
  chmodSync(realpathSync(folder), 0o000);
  const somebodyElse = process.getuid?.() === 0;
  if (somebodyElse) process.seteuid?.(65_534);
  try {
    expect(issuedIn(folder, resolve(topology), NOW)).toMatch(/ cannot be read \(EACCES\)$/);
  } finally {
    if (somebodyElse) process.seteuid?.(0);
    chmodSync(realpathSync(folder), 0o700);
  }
});
