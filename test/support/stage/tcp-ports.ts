import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { killGroup } from '../command.ts';
import type { Rule } from './forwarder.ts';

/** What is said anew of a port. */
type Change = Partial<Pick<Rule, 'mode' | 'delay' | 'targets'>>;

/** TCP ports of some addresses that pass connections on, such as the NodePorts of a node, and what a test does to them. */
export class TcpPorts {
  private readonly forwarder: ChildProcess;
  private readonly rules = new Map<string, Rule>();
  private queue: Promise<unknown> = Promise.resolve();

  /** @param enter the start of a command line that enters the network of the addresses; default the tests' own */
  constructor(
    private readonly addresses: readonly string[],
    enter: readonly string[] = [],
  ) {
    const [command = '', ...args] = [
      ...enter,
      process.execPath,
      '--import',
      import.meta.resolve('tsx'),
      join(import.meta.dirname, 'forwarder.ts'),
    ];
    this.forwarder = spawn(command, args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    });
  }

  /** Ends every connection of the port and refuses new ones, at one address or at all. */
  cut = (port: number, address?: string) => this.set(port, { mode: 'cut' }, address);

  /** Keeps the connections of the port and passes no byte on, as a link that loses every packet. */
  silence = (port: number, address?: string) => this.set(port, { mode: 'silent' }, address);

  /** Undoes `cut` and `silence`. */
  heal = (port: number, address?: string) => this.set(port, { mode: 'open' }, address);

  /** Has every byte take so many milliseconds on its way, in each direction, from the next connection on. */
  delay = (port: number, delay: number) => this.set(port, { delay });

  /** Says which pods answer on the port. */
  target = (port: number, targets: Rule['targets']) => this.set(port, { targets });

  /** Ends every connection and the process behind them. */
  stop() {
    killGroup(this.forwarder);
  }

  private async set(port: number, change: Change, only?: string) {
    for (const address of only ? [only] : this.addresses) await this.setAt(address, port, change);
  }

  private setAt(address: string, port: number, change: Change) {
    const key = `${address}:${port}`;
    const rule = this.rules.get(key) ?? { address, port, mode: 'open', delay: 0, targets: [] };
    const next = { ...rule, ...change };
    this.rules.set(key, next);
    // One at a time, so that each answer belongs to the rule that was sent last.
    this.queue = this.queue.then(() => {
      this.forwarder.send(next);
      return once(this.forwarder, 'message');
    });
    return this.queue;
  }
}
