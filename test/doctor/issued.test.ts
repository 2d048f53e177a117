import { expect, it } from 'vitest';
import { issuedIn } from '../../doctor/issued.ts';
import { emptyFolder, mintedFolder, topology, write } from '../certs/fixtures.ts';

const NOW = new Date();
const DAY = 86_400_000;

it('has what is minted for the topology', () => {
  expect(issuedIn(mintedFolder(topology), topology, NOW)).toMatchObject({ stock: { revoked: [] } });
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
  const issued = issuedIn(folder(), topology, NOW);
  expect(issued).toMatch(reason);
  expect(issued).not.toContain('\n');
});
