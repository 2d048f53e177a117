/** `node --import nats-mtls/register main.ts`: runs a TypeScript app on every Node that this package supports. */
import 'jiti/register';
import { load } from './load.mjs';

await load();
