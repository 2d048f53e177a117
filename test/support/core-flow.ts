import { setTimeout as sleep } from 'node:timers/promises';
import { SIGN_IN } from './load.ts';
import type { Pod } from './stage/pod.ts';
import { until } from './until.ts';

/** Subscribers on core NATS, which get a message once or never, and a publisher that waits for nothing. */
export class CoreFlow {
  private readonly readers = new Map<string, string>();
  private sent = 0;
  private ended = false;
  private publishing: Promise<void> = Promise.resolve();

  /**
   * @param publisher a pod whose user may publish to `news.>`
   * @param subscriber a pod whose user may subscribe to that
   * @param run names the subject
   */
  constructor(
    private readonly publisher: Pod,
    private readonly subscriber: Pod,
    private readonly run: string,
  ) {}

  /** Adds a subscriber, connected to one of these URLs; with a queue, one of its group. */
  async listen(name: string, urls: string, queue?: string) {
    const file = `/tmp/${this.run}-${name}`;
    const group = queue ? `--queue ${queue}` : '';
    const script = `${SIGN_IN} n -s "$0" sub --raw ${group} 'news.${this.run}' >${file} 2>${file}.log`;
    // It lasts as long as the exec does, and ends with the pod at the latest.
    this.subscriber.exec(['sh', '-c', script, urls], { timeout: 600_000 }).catch(() => {});
    await this.subscriber.exec(['touch', file]);
    this.readers.set(name, file);
  }

  /** Publishes until each of these has heard something, or for a group any of them, and then numbered messages. */
  async start(waitFor: readonly string[] = [...this.readers.keys()]) {
    const heard = async (name: string) => (await this.lines(name)).length > 0;
    await until(
      'the subscribers hear',
      async () => {
        await this.publish('pub', 'W');
        return (await Promise.all(waitFor.map(heard))).every(Boolean);
      },
      40_000,
    );
    this.publishing = this.flow();
  }

  /** Ends it, and gives how many messages were published. */
  async stop(): Promise<number> {
    this.ended = true;
    await this.publishing;
    await sleep(2000);
    return this.sent;
  }

  /** Numbers of the messages that a subscriber has heard. */
  async heard(name: string): Promise<number[]> {
    return (await this.lines(name)).flatMap((line) => (/^\d+$/.test(line) ? [Number(line)] : []));
  }

  private async lines(name: string): Promise<string[]> {
    const { stdout } = await this.subscriber.exec(['cat', this.readers.get(name)!]);
    return stdout.split('\n').filter(Boolean);
  }

  /** Hundreds a second in one connection at a time, as an application has it. */
  private async flow() {
    while (!this.ended) {
      const first = this.sent + 1;
      this.sent += 500;
      const lines = `i=${first}; while [ $i -le ${this.sent} ]; do echo $i; i=$((i + 1)); usleep 2000; done`;
      await this.publish(`pub --force-stdin --send-on newline`, '', lines);
    }
  }

  private async publish(command: string, body: string, input = 'true') {
    const argument = body ? `"${body}"` : '';
    const script = `${SIGN_IN} ${input} | n ${command} -q 'news.${this.run}' ${argument}`;
    const { code, stderr } = await this.publisher.exec(['sh', '-c', script], { timeout: 60_000 });
    if (code !== 0) throw new Error(stderr);
  }
}
