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

/** One that comes while the stream elects a leader is not answered, so it is sent again. */
async function acknowledged(tries = 5): Promise<void> {
  const answer = await connection.request(subject, message, { timeout: 10_000 }).catch((error) => {
    if (tries === 1 || error.name !== 'TimeoutError') throw error;
    return undefined;
  });
  if (!answer) return acknowledged(tries - 1);
  const { seq } = answer.json<{ seq?: number }>();
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
