import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { killGroup } from '../command.ts';
import { needed } from '../parts.ts';
import type { Container } from '../stage/container.ts';
import { Log } from '../stage/log.ts';
import type { Pod } from '../stage/pod.ts';
import type { KubeletFiles } from './kubelet-certificates.ts';

/** The kubelet's streaming server for the pods of one cluster: port-forward, exec and logs, as the API server asks. */
export class Kubelet {
  private readonly log = new Log('kubelet');
  private readonly lines: AsyncIterator<string>;
  private told = '';
  private listensOn = 0;

  private constructor(private readonly child: ChildProcess) {
    this.lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    this.log.follow(child.stderr!);
  }

  /** Starts it on a free port of the loopback. */
  static async start({ ca, server }: KubeletFiles): Promise<Kubelet> {
    const flags = { certificate: server.certificate, key: server.key, 'client-ca': ca };
    const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    const kubelet = new Kubelet(spawn(needed('kubelet'), args, { detached: true }));
    kubelet.listensOn = Number(await kubelet.answer());
    return kubelet;
  }

  /** Its port on the loopback. */
  get port(): number {
    return this.listensOn;
  }

  /** Says which pods run. It is in force when this returns. */
  async tell(pods: Iterable<Pod>) {
    const table = Object.fromEntries(
      [...pods].map((pod) => [`${pod.props.namespace}/${pod.name}`, wayTo(pod)]),
    );
    const line = JSON.stringify(table);
    if (line === this.told) return;
    this.told = line;
    this.child.stdin!.write(`${line}\n`);
    await this.answer();
  }

  async stop() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    killGroup(this.child);
    await ended;
  }

  private async answer(): Promise<string> {
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`The kubelet has ended: ${this.log.text.slice(-2000)}`);
    return value;
  }
}

const wayTo = (pod: Pod) => ({
  network: pod.props.network.path,
  containers: Object.fromEntries([...pod.containers].map(([name, container]) => [name, wayInto(container)])),
});

const wayInto = (container: Container) => ({
  enter: container.running ? container.enter : [],
  env: Object.entries(container.env).map(([name, value]) => `${name}=${value}`),
  logs: container.logFiles,
});
