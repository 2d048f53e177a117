/** Run as a process of its own: mints and rotates in turn, for about a minute, to be killed before. */

import { mint } from '../../../certs/mint.ts';
import { credentialPlan } from '../../../certs/plan.ts';
import { rotateRoot } from '../../../certs/rotate-root.ts';
import { readIssued } from '../../../certs/store/folder.ts';
import { takeInventory } from '../../../certs/store/inventory.ts';
import { stageOf } from '../../../certs/store/roots.ts';
import { resolve } from '../../../model/resolve.ts';
import { swapping } from './topologies.ts';

const folder = process.argv[2]!;
process.stdout.write('started\n');
for (let round = 0; round < 500; round++) {
  const wanted = swapping(round);
  mint(resolve(wanted), folder);
  const root = round % 4 < 2 ? 'ca' : 'nats-ca';
  const { issued } = takeInventory(credentialPlan(resolve(wanted)), readIssued(folder), new Date(), folder);
  rotateRoot(resolve(wanted), folder, root, stageOf(root, issued));
}
