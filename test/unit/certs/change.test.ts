import { expect, it } from 'vitest';
import { mint } from '../../../certs/mint.ts';
import { credentialPlan } from '../../../certs/plan.ts';
import { reinstateLeaf, revokeLeaf } from '../../../certs/revoke.ts';
import { renew, renewalOf, renewExpiring } from '../../../certs/rotate.ts';
import { rotateRoot } from '../../../certs/rotate-root.ts';
import { readIssued } from '../../../certs/store/folder.ts';
import { type Inventory, takeInventory } from '../../../certs/store/inventory.ts';
import { resolve } from '../../../model/resolve.ts';
import type { Topology } from '../../../model/topology.ts';
import { at, mintedFolder, topology } from '../../support/certs/fixtures.ts';

const shown = ({ issued, ...rest }: Inventory) => ({
  ...rest,
  issued: [...issued].map(([name, { crt, key, certificate }]) => [name, crt, key, certificate.raw]).sort(),
});

const aYearAgo = new Date(Date.now() - 366 * 86_400_000);

it('hands out the inventory as the next run will find it', () => {
  const folder = mintedFolder(topology, aYearAgo);
  const rotated = (confirmed?: string) => rotateRoot(resolve(topology), folder, 'ca', confirmed).inventory;
  const changes: [Topology, () => Inventory][] = [
    [topology, () => renewExpiring(resolve(topology), folder, 30).inventory],
    [at('3.3.3.3'), () => mint(resolve(at('3.3.3.3')), folder).inventory],
    [topology, () => renew(resolve(topology), folder, renewalOf(resolve(topology), 'leaf', 'vm-b'))],
    [topology, () => rotated()],
    [topology, () => rotated('bundle')],
    [topology, () => rotated('switch')],
    [topology, () => revokeLeaf(resolve(topology), folder, 'vm-b')],
    [topology, () => reinstateLeaf(resolve(topology), folder, 'vm-b').inventory],
  ];
  for (const [wanted, change] of changes) {
    const after = change();
    const found = takeInventory(credentialPlan(resolve(wanted)), readIssued(folder), new Date(), folder);
    expect(shown(after)).toEqual(shown(found));
  }
});
