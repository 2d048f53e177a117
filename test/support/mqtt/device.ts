import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { IClientOptions } from 'mqtt';
import type { NetworkNamespace } from '../stage/network.ts';
import { until } from '../until.ts';
import type { Report, Request } from './device-process.ts';

/** A message as a device has received it. */
export interface Received {
  readonly topic: string;
  readonly text: string;
  readonly qos: number;
}

/** Somebody on a host of the internet who speaks MQTT by MQTT.js. */
export class Device {
  readonly received: Received[] = [];
  /** Whether its last connection has ended. */
  closed = false;
  private readonly process: ChildProcess;
  private readonly answers: string[] = [];

  constructor(network: Pick<NetworkNamespace, 'enter'>) {
    const [command = '', ...args] = network.enter;
    const script = join(import.meta.dirname, 'device-process.ts');
    const argv = [...args, process.execPath, '--import', import.meta.resolve('tsx'), script];
    this.process = spawn(command, argv, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: true });
    this.process.on('message', (report: Report) => {
      if ('answer' in report) this.answers.push(report.answer);
      else if ('closed' in report) this.closed = true;
      else this.received.push(report);
    });
  }

  connect(options: IClientOptions): Promise<string> {
    this.closed = false;
    return this.ask({ kind: 'connect', options });
  }

  subscribe = (filter: string, qos: 0 | 1 | 2) => this.ask({ kind: 'subscribe', filter, qos });

  publish = (topic: string, text: string, qos: 0 | 1 | 2, retain = false) =>
    this.ask({ kind: 'publish', topic, text, qos, retain });

  /** SHA-256 of the certificate that the server shows. */
  shown = (options: IClientOptions) => this.ask({ kind: 'shown', options });

  leave = () => this.ask({ kind: 'leave' });

  /** Waits for a message. */
  async hears(text: string | RegExp): Promise<Received> {
    const match = () => this.received.find((one) => one.text.search(text) >= 0);
    await until(`the device hears ${text}`, () => match() !== undefined);
    return match()!;
  }

  /** One request at a time, as the answers carry no name. */
  private async ask(request: Request): Promise<string> {
    this.process.send(request);
    while (this.answers.length === 0) await once(this.process, 'message');
    return this.answers.shift()!;
  }
}
