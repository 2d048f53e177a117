import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { type Cluster, KubeConfig, type User } from '@kubernetes/client-node';
import { KubeError } from './kube-client.ts';
import { proxyFor } from './proxy.ts';
import { within } from './timeout.ts';

/** The user of a context has no credentials that could be sent. */
export class NoCredentials extends KubeError {}

/**
 * The kubeconfig of one context with its credentials at hand: whatever has to be run or read for them is, once. The
 * client would run a plugin for each request.
 * @param config its current context is the one that is used
 * @param patience milliseconds that this may take; a person may have to sign in
 * @throws NoCredentials when there are none, or not in time
 */
export async function withCredentials(
  config: KubeConfig,
  patience: number,
  env: NodeJS.ProcessEnv = process.env,
): Promise<KubeConfig> {
  const cluster = config.getCurrentCluster()!;
  const ready = new KubeConfig();
  ready.loadFromOptions({
    clusters: [{ ...cluster, proxyUrl: cluster.proxyUrl ?? proxyFor(cluster.server, env) }],
    users: [await signedIn(config, cluster, patience, env)],
    contexts: config.contexts,
    currentContext: config.currentContext,
  });
  return ready;
}

async function signedIn(
  config: KubeConfig,
  cluster: Cluster,
  patience: number,
  env: NodeJS.ProcessEnv,
): Promise<User> {
  const { exec, authProvider, ...user } = config.getCurrentUser()!;
  if (exec) return { ...user, ...(await fromPlugin(exec, cluster, patience, env)) };
  if (!authProvider) return user;
  const file = authProvider.config?.tokenFile;
  if (file) return { ...user, token: tokenIn(file) };
  // One of the ways that kubectl itself has left: what the client knows of them.
  const options: { headers: Record<string, string> } = { headers: {} };
  const who = `the auth-provider ${authProvider.name}`;
  try {
    await within(patience, who, config.applyToHTTPSOptions(options));
  } catch (error) {
    throw new NoCredentials(`${who} gave no credentials (${(error as Error).message})`);
  }
  const token = options.headers.Authorization?.replace(/^Bearer /, '');
  return { ...user, ...(token && { token }) };
}

function tokenIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new NoCredentials(
      `the tokenFile ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}

/** A plugin as a kubeconfig names it. @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins */
interface Plugin {
  readonly apiVersion?: string;
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly installHint?: string;
  readonly interactiveMode?: 'Never' | 'IfAvailable' | 'Always';
  readonly provideClusterInfo?: boolean;
}

interface Status {
  readonly token?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
}

async function fromPlugin(plugin: Plugin, cluster: Cluster, patience: number, env: NodeJS.ProcessEnv) {
  const who = `the credential plugin ${plugin.command}`;
  const { token, clientCertificateData, clientKeyData } = statusIn(await output(), who);
  const coded = (pem: string) => Buffer.from(pem).toString('base64');
  return {
    ...(token && { token }),
    ...(clientCertificateData && { certFile: undefined, certData: coded(clientCertificateData) }),
    ...(clientKeyData && { keyFile: undefined, keyData: coded(clientKeyData) }),
  };

  async function output(): Promise<string> {
    const interactive = plugin.interactiveMode !== 'Never' && process.stdin.isTTY === true;
    const own = Object.fromEntries((plugin.env ?? []).map(({ name, value }) => [name, value]));
    const told = { KUBERNETES_EXEC_INFO: JSON.stringify(execInfo(plugin, cluster, interactive)) };
    // What it says to a person, such as where to sign in, goes to the person.
    const child = spawn(plugin.command, plugin.args ?? [], {
      env: { ...env, ...own, ...told },
      // In a group of its own it ends with all that it started; who asks a person needs the terminal instead.
      detached: !interactive,
      stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'inherit'],
    });
    try {
      const ended = Promise.all([text(child.stdout), once(child, 'close')]);
      const [said, [code]] = await within(patience, 'it', ended);
      if (code !== 0) throw new Error(`it ended with ${code}`);
      return said;
    } catch (error) {
      end(child, !interactive);
      child.stdout.destroy();
      const { code, message } = error as NodeJS.ErrnoException;
      const hint = plugin.installHint ? `; ${plugin.installHint.trim().split('\n')[0]}` : '';
      throw new NoCredentials(
        code === 'ENOENT' ? `${who} is not there${hint}` : `${who} gave none: ${message}`,
      );
    }
  }
}

function end(child: ChildProcess, isGroup: boolean) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  process.kill(isGroup ? -child.pid : child.pid);
}

/** What `kubectl` tells a plugin in `KUBERNETES_EXEC_INFO`. */
function execInfo(plugin: Plugin, cluster: Cluster, interactive: boolean) {
  const { server, caData, caFile, skipTLSVerify, tlsServerName, proxyUrl } = cluster;
  const told = {
    server,
    'tls-server-name': tlsServerName,
    'insecure-skip-tls-verify': skipTLSVerify || undefined,
    'certificate-authority-data': caFile ? readFileSync(caFile).toString('base64') : caData,
    'proxy-url': proxyUrl,
  };
  return {
    kind: 'ExecCredential',
    apiVersion: plugin.apiVersion ?? 'client.authentication.k8s.io/v1',
    spec: { interactive, ...(plugin.provideClusterInfo && { cluster: told }) },
  };
}

/** The text itself is secret, so that no message repeats it. */
function statusIn(said: string, who: string): Status {
  let status: Status | undefined;
  try {
    status = (JSON.parse(said) as { status?: Status }).status;
  } catch {
    status = undefined;
  }
  if (!status?.token && !status?.clientCertificateData)
    throw new NoCredentials(
      `${who} gave none: what it wrote is no ExecCredential with a token or certificate`,
    );
  return status;
}
