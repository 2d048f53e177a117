/** One run of synth for a fleet, as a process of its own: `bench/synth-once.ts <shops> <folder>`. */
import { join } from 'node:path';
import { fleet } from '../examples/fleet.ts';
import { synthCommand } from '../synth/command.ts';

const [shops, folder = ''] = process.argv.slice(2);
synthCommand(fleet(Number(shops)), {
  issued: join(folder, 'issued'),
  output: join(folder, 'dist'),
  log: () => {},
});
