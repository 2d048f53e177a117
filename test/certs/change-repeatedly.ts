/** Run as a process of its own: mints and rotates in turn, for about a minute, to be killed before. */
import { takeStock } from '../../certs/check.ts';
import { mint } from '../../certs/mint.ts';
import { credentialPlan } from '../../certs/plan.ts';
import { stageOf } from '../../certs/roots.ts';
import { rotateRoot } from '../../certs/rotate-root.ts';
import { readIssued } from '../../certs/store.ts';
import { swapping } from './topologies.ts';

const folder = process.argv[2]!;
process.stdout.write('started\n');
for (let round = 0; round < 500; round++) {
  const wanted = swapping(round);
  mint(wanted, folder);
  const root = round % 4 < 2 ? 'ca' : 'nats-ca';
  const { issued } = takeStock(credentialPlan(wanted), readIssued(folder), new Date(), folder);
  rotateRoot(wanted, folder, root, stageOf(root, issued));
}
