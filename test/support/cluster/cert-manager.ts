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

  /**
   * Installs the CRDs, and starts the controller. It has made a certificate when this returns: one that only begins may
   * look at a Certificate before it knows of the Secret that is there already.
   */
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
    const process = spawn(controller, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const started = new CertManager(process);
    const metadata = { name: 'first', namespace: 'cert-manager' };
    const kind = { apiVersion: 'cert-manager.io/v1', metadata };
    await server.apply([
      { ...kind, kind: 'Issuer', spec: { selfSigned: {} } },
      {
        ...{ ...kind, kind: 'Certificate' },
        spec: { secretName: 'first', commonName: 'first', issuerRef: { name: 'first' } },
      },
    ]);
    const wait = ['wait', '--for=condition=Ready', '--timeout=50s', 'certificate/first'];
    await server.must(['-n', 'cert-manager', ...wait]);
    return started;
  }

  async stop(): Promise<void> {
    const exit = this.process.exitCode === null ? once(this.process, 'exit') : undefined;
    killGroup(this.process);
    await exit;
    this.ended();
  }
}
