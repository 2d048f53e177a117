import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Attempt, Identity, Outcome } from '../nats-wire.ts';
import type { Network } from '../stage/network.ts';
import type { Request } from './outsider-process.ts';

/** Somebody on a host of the internet, or on a node beside the pods, who dials servers and poses as one. */
export class Outsider {
  private readonly process: ChildProcess;

  constructor(readonly network: Network) {
    const [command = '', ...args] = network.enter;
    const script = join(import.meta.dirname, 'outsider-process.ts');
    this.process = spawn(
      command,
      [...args, process.execPath, '--import', import.meta.resolve('tsx'), script],
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: true },
    );
  }

  attempt = (attempt: Attempt) => this.ask<Outcome>({ kind: 'attempt', attempt });

  /** Starts to pose as a broker, in TLS when an identity is given, in place of an earlier pose. */
  pose = (port: number, identity?: Identity) => this.ask<string>({ kind: 'pose', port, identity });

  /** What the present pose was told so far. */
  report = () => this.ask<string>({ kind: 'report' });

  /** One request at a time, as the answers carry no name. */
  private async ask<T>(request: Request): Promise<T> {
    this.process.send(request);
    const [answer] = await once(this.process, 'message');
    return answer as T;
  }
}
