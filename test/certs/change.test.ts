import { expect, it } from 'vitest';
import { type Inventory, takeStock } from '../../certs/check.ts';
import { mint } from '../../certs/mint.ts';
import { credentialPlan } from '../../certs/plan.ts';
import { reinstateLeaf, revokeLeaf } from '../../certs/revoke.ts';
import { renew, renewalOf, renewExpiring } from '../../certs/rotate.ts';
import { rotateRoot } from '../../certs/rotate-root.ts';
import { readIssued } from '../../certs/store.ts';
import type { Topology } from '../../model/topology.ts';
import { at, mintedFolder, topology } from './fixtures.ts';

const shown = ({ issued, ...rest }: Inventory) => ({
  ...rest,
  issued: [...issued].map(([name, { crt, key, certificate }]) => [name, crt, key, certificate.raw]).sort(),
});

const aYearAgo = new Date(Date.now() - 366 * 86_400_000);

it('hands out the stock as the next run will find it', () => {
  const folder = mintedFolder(topology, aYearAgo);
  const rotated = (confirmed?: string) => rotateRoot(topology, folder, 'ca', confirmed).stock;
  const changes: [Topology, () => Inventory][] = [
    [topology, () => renewExpiring(topology, folder, 30).stock],
    [at('3.3.3.3'), () => mint(at('3.3.3.3'), folder).stock],
    [topology, () => renew(topology, folder, renewalOf(topology, 'leaf', 'vm-b'))],
    [topology, () => rotated()],
    [topology, () => rotated('bundle')],
    [topology, () => rotated('switch')],
    [topology, () => revokeLeaf(topology, folder, 'vm-b')],
    [topology, () => reinstateLeaf(topology, folder, 'vm-b').stock],
  ];
  for (const [wanted, change] of changes) {
    const after = change();
    const found = takeStock(credentialPlan(wanted), readIssued(folder), new Date(), folder);
    expect(shown(after)).toEqual(shown(found));
  }
});
