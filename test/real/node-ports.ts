import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Mode, Rule } from './forwarder.ts';
import type { Network } from './network.ts';

/** The NodePorts of one node and the ports of its load balancers, and what a test does to them. */
export class NodePorts {
  private readonly forwarder: ChildProcess;
  private readonly rules = new Map<string, Rule>();
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    node: Network,
    private readonly addresses: readonly string[],
  ) {
    const [command = '', ...args] = node.enter;
    const script = [
      process.execPath,
      '--import',
      import.meta.resolve('tsx'),
      join(import.meta.dirname, 'forwarder.ts'),
    ];
    this.forwarder = spawn(command, [...args, ...script], {
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

  /** Says which pods answer on the port. */
  target = (port: number, targets: Rule['targets']) => this.set(port, { targets });

  private async set(port: number, change: { mode?: Mode; targets?: Rule['targets'] }, only?: string) {
    for (const address of only ? [only] : this.addresses) await this.setAt(address, port, change);
  }

  private setAt(address: string, port: number, change: { mode?: Mode; targets?: Rule['targets'] }) {
    const key = `${address}:${port}`;
    const rule = this.rules.get(key) ?? { address, port, mode: 'open', targets: [] };
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
