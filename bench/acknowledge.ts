/**
 * Publishes to a stream and prints, as JSON, how long an acknowledgement takes. `bench/sites.ts` runs it beside a server.
 * Arguments: the URL, the subject, and the prefix of inboxes.
 */
import { connect } from '@nats-io/transport-node';
import { median } from './measure.ts';

const [servers = '', subject = '', inboxPrefix = ''] = process.argv.slice(2);
const ONE_BY_ONE = 100;
const TOGETHER = 3000;
const WINDOW = 256;

const { NATS_USER: user, NATS_PASSWORD: pass } = process.env;
const connection = await connect({ servers, user, pass, inboxPrefix });
const message = 'x'.repeat(200);

async function acknowledged() {
  const { seq } = (await connection.request(subject, message, { timeout: 30_000 })).json<{ seq?: number }>();
  if (!seq) throw new Error('The stream has not taken it.');
}

const waits: number[] = [];
for (let i = 0; i < ONE_BY_ONE; i += 1) {
  const start = performance.now();
  await acknowledged();
  waits.push(performance.now() - start);
}

const start = performance.now();
let left = TOGETHER;
const publisher = async () => {
  while (left-- > 0) await acknowledged();
};
await Promise.all(Array.from({ length: WINDOW }, publisher));
const rate = TOGETHER / ((performance.now() - start) / 1000);

console.log(JSON.stringify({ wait: median(waits), rate }));
await connection.close();
