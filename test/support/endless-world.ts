/** A process with a world that nobody stops, for the test of what happens when it is told to end. */
import { World } from './stage/world.ts';

World.start().outsider('1.1.1.1').start(['sleep', 'infinity']);
console.log('started');
setInterval(() => {}, 1000);
