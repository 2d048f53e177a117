/** cert-manager's real controller, beside a cluster that has its CRDs and no webhook of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { atEnd } from '../at-end.ts';
import { killGroup } from '../command.ts';
import { freePorts } from '../free-ports.ts';
import { needed } from '../parts.ts';
import { Log } from '../stage/log.ts';
import type { ApiServer } from './api-server.ts';

export class CertManager {
  readonly log = new Log('cert-manager-controller');
  private readonly ended = atEnd(() => killGroup(this.process));

  private constructor(private readonly process: ChildProcess) {
    this.log.follow(process.stdout!);
    this.log.follow(process.stderr!);
  }

  /** Installs the CRDs, and starts the controller. */
  static async start(server: ApiServer): Promise<CertManager> {
    const controller = needed('cert-manager-controller');
    await server.applyCrds(join(dirname(controller), 'cert-manager-crds'));
    await server.must(['create', 'namespace', 'cert-manager']);
    const [metrics, health] = await freePorts(2);
    const args = [
      ...['--kubeconfig', server.kubeconfig, '--leader-elect=false', '--v=2'],
      ...[
        `--metrics-listen-address=127.0.0.1:${metrics}`,
        `--internal-healthz-listen-address=127.0.0.1:${health}`,
      ],
    ];
    return new CertManager(spawn(controller, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  async stop(): Promise<void> {
    const exit = this.process.exitCode === null ? once(this.process, 'exit') : undefined;
    killGroup(this.process);
    await exit;
    this.ended();
  }
}
