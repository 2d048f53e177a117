import { setTimeout as sleep } from 'node:timers/promises';
import type { Pod } from './stage/pod.ts';

/** How many messages one run of `nats pub` sends. */
const CHUNK = 25;

/** How a client's own script signs in, and asks for answers. */
export const SIGN_IN = `
NATS_USER=$(cat "$NATS_USER_FILE") NATS_PASSWORD=$(cat "$NATS_PASSWORD_FILE")
export NATS_USER NATS_PASSWORD
n() { nats --inbox-prefix "$NATS_INBOX_PREFIX" "$@"; }
`;

/** Publishes numbered messages from the publisher's container, each until it is acknowledged, faster than that does. */
export class Load {
  /** Messages that were sent, and those of them that the stream has acknowledged. */
  published = 0;
  acknowledged = 0;
  private stopped = false;
  private readonly ended: Promise<void>;

  /**
   * @param run - names the load in its messages and their ids
   * @param pause - milliseconds between runs of `nats pub`
   */
  constructor(
    private readonly publisher: () => Pick<Pod, 'exec'>,
    readonly run: string,
    private readonly pause: number,
  ) {
    this.ended = this.publish();
  }

  /** Ends it when what was sent is acknowledged. */
  async stop() {
    this.stopped = true;
    await this.ended;
  }

  /** Numbers of the messages of this load in a subscriber's log, in the order of the log. */
  received(log: string): number[] {
    const message = new RegExp(`^✓ Received: Load ${this.run} (\\d+) (\\d+)$`, 'gm');
    return [...log.matchAll(message)].map(([, chunk, i]) => Number(chunk) * CHUNK + Number(i));
  }

  private async publish() {
    for (let chunk = 0; !this.stopped; chunk += 1) {
      this.published += CHUNK;
      // A chunk that failed half way is sent again under the same ids, of which the stream drops those that it has.
      while (!(await this.send(chunk))) await sleep(200);
      this.acknowledged += CHUNK;
      await sleep(this.pause);
    }
  }

  private async send(chunk: number): Promise<boolean> {
    const id = `Nats-Msg-Id:${this.run}-${chunk}-{{Count}}`;
    const body = `Load ${this.run} ${chunk} {{Count}}`;
    const publish = `${SIGN_IN} n --timeout 2s pub -J -q --count ${CHUNK} -H "$0" "$NATS_SUBJECT" "$1"`;
    try {
      const { code } = await this.publisher().exec(['sh', '-c', publish, id, body], { timeout: 30_000 });
      return code === 0;
    } catch {
      // The container is not running just now.
      return false;
    }
  }
}
