/** Run as a process of its own: mints once, and prints how much that was. */

import { mint } from '../../../certs/mint.ts';
import { resolve } from '../../../model/resolve.ts';
import { topology } from './topologies.ts';

const folder = process.argv[2]!;
process.stdout.write(`${mint(resolve(topology), folder).minted.length}\n`);
