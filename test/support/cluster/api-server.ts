import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from '../at-end.ts';
import { type CommandOptions, killGroup, type Result, run } from '../command.ts';
import { freePorts } from '../free-ports.ts';
import { needed } from '../parts.ts';
import { Log } from '../stage/log.ts';
import { until } from '../until.ts';
import { type Access, kubeconfig } from './kubeconfig.ts';
import type { KubeletFiles } from './kubelet-certificates.ts';

export interface ApiServerOptions {
  /** What it and the kubelets know each other by. @default - it reaches no kubelet */
  readonly kubelet?: KubeletFiles;
}

/** A real kube-apiserver with its etcd, on loopback, with RBAC and the default admission plugins. */
export class ApiServer {
  private readonly folder = mkdtempSync(join(tmpdir(), `nats-mtls-${process.pid}-api-`));
  private readonly token = randomBytes(16).toString('hex');
  private url = '';
  private readonly processes: ChildProcess[] = [];
  private readonly logs: Log[] = [];
  private readonly ended = atEnd(() => this.end());

  private constructor(private readonly options: ApiServerOptions) {}

  /** Starts both, and waits until the server says that it is ready. */
  static async start(options: ApiServerOptions = {}): Promise<ApiServer> {
    const server = new ApiServer(options);
    try {
      await server.launch();
    } catch (error) {
      const logs = server.logs.map(({ text }) => text.slice(-2000)).join('\n');
      await server.stop();
      throw new Error(
        `The API server did not start: ${error instanceof Error ? error.message : error}\n${logs}`,
      );
    }
    return server;
  }

  /** Runs kubectl as a cluster administrator, with a home of its own. */
  kubectl(args: readonly string[], options: CommandOptions = {}): Promise<Result> {
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: this.folder,
      KUBECONFIG: this.kubeconfig,
      ...options.env,
    };
    return run([needed('kubectl'), ...args], { timeout: 60_000, ...options, env });
  }

  /** Applies the CustomResourceDefinitions of a file or folder, and waits until the server serves them. */
  async applyCrds(path: string) {
    await this.must(['apply', '--server-side', '-f', path]);
    const wait = ['wait', '--for=condition=Established', '--timeout=30s', '-f', path];
    // It fails at once for one that is so new that it has no conditions yet.
    await until('the API server serves them', async () => (await this.kubectl(wait)).code === 0, 60_000);
  }

  /** Runs kubectl where nothing may go wrong. Throws what it says when it does. */
  async must(args: readonly string[], options?: CommandOptions): Promise<Result> {
    const result = await this.kubectl(args, options);
    if (result.code !== 0)
      throw new Error(`kubectl ${args.join(' ')} exited with ${result.code}: ${result.stderr}`);
    return result;
  }

  /** Applies objects as a user does. */
  apply(objects: readonly object[]): Promise<Result> {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    return this.must(['apply', '-f', '-'], { stdin: JSON.stringify(list) });
  }

  /**
   * Deletes what was applied from a folder and those in it, and every namespace that is not Kubernetes' own, which without
   * its controller would be on its way out for good.
   */
  async remove(folder: string) {
    // Of what was never applied there may be no definition.
    await this.kubectl(['delete', '--recursive', '--ignore-not-found', '--wait=false', '-f', folder]);
    const { stdout } = await this.must(['get', 'namespaces', '-o', 'json']);
    for (const { metadata } of JSON.parse(stdout).items as { metadata: { name: string } }[]) {
      const { name } = metadata;
      if (name === 'default' || name.startsWith('kube-')) continue;
      await this.must(['delete', '--ignore-not-found', '--wait=false', 'namespace', name]);
      const spent = { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: { finalizers: [] } };
      const finalize = ['replace', '--raw', `/api/v1/namespaces/${name}/finalize`, '-f', '-'];
      await this.must(finalize, { stdin: JSON.stringify(spent) });
    }
  }

  /** Kubeconfig of the administrator, for other clients of the API. */
  get kubeconfig(): string {
    return join(this.folder, 'kubeconfig');
  }

  /** The administrator's. */
  get access(): Access {
    return {
      server: this.url,
      certificate: join(this.folder, 'certificates', 'apiserver.crt'),
      token: this.token,
    };
  }

  /** Ends both and removes what they wrote. */
  async stop() {
    const running = this.processes.filter(
      ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
    );
    const ended = running.map((child) => once(child, 'exit'));
    for (const child of running) killGroup(child);
    await Promise.all(ended);
    this.end();
    this.ended();
  }

  private end() {
    for (const child of this.processes) killGroup(child);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async launch() {
    const [client, peer, port] = await freePorts(3);
    this.url = `https://127.0.0.1:${port}`;
    const etcd = `http://127.0.0.1:${client}`;
    const file = (name: string) => join(this.folder, name);
    mkdirSync(file('certificates'));
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(file('service-accounts.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), {
      mode: 0o600,
    });
    writeFileSync(file('tokens'), `${this.token},admin,admin,system:masters\n`, { mode: 0o600 });
    this.run('etcd', {
      'data-dir': file('etcd'),
      'listen-client-urls': etcd,
      'advertise-client-urls': etcd,
      'listen-peer-urls': `http://127.0.0.1:${peer}`,
      'unsafe-no-fsync': 'true',
    });
    this.run('kube-apiserver', {
      'etcd-servers': etcd,
      'bind-address': '127.0.0.1',
      // An address of the loopback is refused for the endpoints of the `kubernetes` Service, which nobody dials here.
      'advertise-address': '192.0.2.1',
      'secure-port': `${port}`,
      // The server signs a certificate for itself.
      'cert-dir': file('certificates'),
      'token-auth-file': file('tokens'),
      'authorization-mode': 'RBAC',
      'service-account-issuer': 'https://kubernetes.default.svc',
      'service-account-key-file': file('service-accounts.key'),
      'service-account-signing-key-file': file('service-accounts.key'),
      'service-cluster-ip-range': '10.96.0.0/16',
      ...this.waysToKubelets(),
    });
    writeFileSync(this.kubeconfig, kubeconfig({ test: this.access }), { mode: 0o600 });
    await until(
      'the API server is ready',
      async () => {
        const dead = this.processes.find(({ exitCode }) => exitCode !== null);
        if (dead) throw new Error(`${dead.spawnargs.join(' ')} exited with ${dead.exitCode}`);
        return (await this.kubectl(['get', '--raw=/readyz'])).code === 0;
      },
      60_000,
    );
  }

  private waysToKubelets(): Record<string, string> {
    const { kubelet } = this.options;
    if (!kubelet) return {};
    return {
      'kubelet-certificate-authority': kubelet.ca,
      'kubelet-client-certificate': kubelet.client.certificate,
      'kubelet-client-key': kubelet.client.key,
      // Nodes keep their address of the topology as InternalIP, which this machine has no route to.
      'kubelet-preferred-address-types': 'Hostname',
    };
  }

  private run(name: 'etcd' | 'kube-apiserver', flags: Record<string, string>) {
    const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    // A test process that is killed takes its servers along.
    const guard = process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'KILL'] : [];
    const [command = '', ...rest] = [...guard, needed(name), ...args];
    const child = spawn(command, rest, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
    const log = new Log(name);
    log.follow(child.stderr);
    this.processes.push(child);
    this.logs.push(log);
  }
}
