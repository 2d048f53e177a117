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

/** Folder with its CRDs. */
export const certManagerCrds = () => join(dirname(needed('cert-manager-controller')), 'cert-manager-crds');

export class CertManager {
  readonly log = new Log('cert-manager-controller');
  private readonly ended = atEnd(() => killGroup(this.process));

  private constructor(
    private readonly process: ChildProcess,
    /** Where its metrics are scraped, as host and port. */
    readonly metrics: string,
  ) {
    this.log.follow(process.stdout!);
    this.log.follow(process.stderr!);
  }

  /**
   * Starts the controller beside a cluster that has the CRDs.
   * @param kubeconfig of an administrator
   */
  static async beside(kubeconfig: string): Promise<CertManager> {
    const [metrics, health] = (await freePorts(2)).map((port) => `127.0.0.1:${port}`) as [string, string];
    const args = [
      ...['--kubeconfig', kubeconfig, '--leader-elect=false', '--v=2'],
      ...[`--metrics-listen-address=${metrics}`, `--internal-healthz-listen-address=${health}`],
    ];
    return new CertManager(
      spawn(needed('cert-manager-controller'), args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] }),
      metrics,
    );
  }

  /**
   * Installs the CRDs, and starts the controller. It has made a certificate when this returns: one that only begins may
   * look at a Certificate before it knows of the Secret that is there already.
   */
  static async start(server: ApiServer): Promise<CertManager> {
    await server.applyCrds(certManagerCrds());
    await server.must(['create', 'namespace', 'cert-manager']);
    const started = await CertManager.beside(server.kubeconfig);
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
    const { exitCode, signalCode } = this.process;
    const exit = exitCode === null && signalCode === null ? once(this.process, 'exit') : undefined;
    killGroup(this.process);
    await exit;
    this.ended();
  }
}
