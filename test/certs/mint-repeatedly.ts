/** Run as a process of its own: mints for two topologies in turn, about a minute long, to be killed before. */
import { mint } from '../../certs/mint.ts';
import { swapping } from './topologies.ts';

const folder = process.argv[2]!;
process.stdout.write('started\n');
for (let round = 0; round < 1000; round++) mint(swapping(round), folder);
