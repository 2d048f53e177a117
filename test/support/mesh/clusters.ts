/** The clusters: those of `npm run clusters`, or two that the user has named by their contexts. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'vitest';
import { clusters, KUBECONFIG } from '../../../tools/clusters/settings.ts';
import type { Part } from '../parts.ts';

const root = join(import.meta.dirname, '..', '..', '..');
export const NAMESPACE = 'nats-system';
/** Namespaces that the tests make beside it. */
const OTHERS = ['monitoring', 'shop', 'meshed', 'unmeshed'];
/** Contexts of the tests, whatever the user calls them. */
export const CONTEXTS = ['vm-a', 'vm-b'] as const;

/** The user's contexts, in the order of `CONTEXTS`. */
const named = process.env.MESH_CONTEXTS?.split(',');

/** What the tests need. Clusters of the user's need nothing of this machine. */
export const MESH_PARTS: readonly Part[] = ['kubectl', 'linkerd', ...(named ? [] : ['namespaces' as const])];

/** Whether they are ours. */
export const areOwn = named === undefined;

/** A test that cuts cables, looks into packets, or kills processes, which it can do with our own clusters alone. */
export const onOwn = it.runIf(areOwn);

/** `linkerd` and `kubectl` as `npm run tools` brings them, and the clusters. */
export const env = () => ({
  ...process.env,
  PATH: `${join(root, '.tools')}:${process.env.PATH}`,
  KUBECONFIG: process.env.MESH_KUBECONFIG ?? KUBECONFIG,
  NO_COLOR: '1',
});

/** Runs a command to its end. Throws with all that it said if it fails. */
export function sh(script: string, cwd = root): string {
  const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
    ...{ cwd, env: env(), encoding: 'utf8', maxBuffer: 1 << 30, timeout: 400_000 },
  });
  if (status !== 0) throw new Error(`${script}\nexited with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

export const kubectl = (context: string, ...args: string[]) =>
  execFileSync('kubectl', ['--context', context, '-n', NAMESPACE, ...args], {
    ...{ env: env(), encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'pipe'] },
  });

/**
 * Brings the clusters up. Throws where they are up already, because somebody works with them.
 * @returns what brings them down
 */
export function bringUp(): () => void {
  if (named) return takeOver(named);
  sh('npm run --silent clusters -- up');
  return () => void sh('npm run --silent clusters -- down');
}

/** Where the nodes are, as each topology of the tests has it for our own clusters. */
export function addresses(): Readonly<Record<string, string>> {
  const internal = `jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}`;
  return Object.fromEntries(
    clusters.map(({ name, address }) => [
      address,
      // The user names as many as there are contexts.
      named && CONTEXTS.some((context) => context === name)
        ? kubectl(name, 'get', 'nodes', '-o', internal).split(' ')[0]!
        : address,
    ]),
  );
}

/** Throws where there is something already that the tests would change. */
function takeOver(contexts: readonly string[]): () => void {
  if (contexts.length !== 2 || contexts[0] === contexts[1]) {
    throw new Error(
      `MESH_CONTEXTS is ${contexts.join(',')}; name two contexts, as in MESH_CONTEXTS=one,other.`,
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-contexts-'));
  process.env.MESH_KUBECONFIG = join(folder, 'kubeconfig');
  try {
    writeFileSync(process.env.MESH_KUBECONFIG, JSON.stringify(renamed(contexts)), { mode: 0o600 });
    for (const [i, context] of CONTEXTS.entries()) {
      const found = sh(`kubectl --context ${context} get namespace -o name`).split('\n');
      const taken = ['linkerd', 'linkerd-multicluster', NAMESPACE, ...OTHERS].find((name) =>
        found.includes(`namespace/${name}`),
      );
      if (taken) {
        throw new Error(
          `The cluster of ${contexts[i]} has a namespace ${taken}; the tests need one without.`,
        );
      }
    }
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
  return () => {
    clear();
    for (const context of CONTEXTS) {
      sh(`linkerd --context ${context} uninstall | kubectl --context ${context} delete --ignore-not-found -f -
kubectl --context ${context} delete --ignore-not-found -f imports/crds/monitoring.coreos.com.yaml`);
    }
    rmSync(folder, { recursive: true });
  };
}

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: object }[];
  readonly users: readonly { readonly user: object }[];
}

/** The user's contexts by the names that the topologies have, because the printed lines take a cluster's name for its context. */
function renamed(contexts: readonly string[]) {
  const entries = contexts.map((context, i) => {
    const said = spawnSync(
      'kubectl',
      ['config', 'view', '--minify', '--flatten', '--context', context, '-o', 'json'],
      { env: { ...env(), KUBECONFIG: process.env.KUBECONFIG }, encoding: 'utf8' },
    );
    if (said.status !== 0) throw new Error(`MESH_CONTEXTS: ${context}: ${said.stderr.trim()}`);
    const { clusters, users } = JSON.parse(said.stdout) as Kubeconfig;
    return { name: CONTEXTS[i]!, cluster: clusters[0]?.cluster, user: users[0]?.user };
  });
  return {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': entries[0]?.name },
    clusters: entries.map(({ name, cluster }) => ({ name, cluster })),
    users: entries.map(({ name, user }) => ({ name, user })),
    contexts: entries.map(({ name }) => ({ name, context: { cluster: name, user: name } })),
  };
}

/** Removes what tests have made beside Linkerd; each file begins without. */
export function clear(): void {
  const [one, other] = CONTEXTS.map((context) => {
    const k = `kubectl --context ${context}`;
    return `{ if ${k} get namespace linkerd-multicluster >/dev/null 2>&1; then
  ${k} -n linkerd-multicluster delete links.multicluster.linkerd.io --all
  linkerd --context ${context} multicluster uninstall | ${k} delete --ignore-not-found -f -
fi
${k} delete namespace --ignore-not-found --timeout=180s ${[NAMESPACE, ...OTHERS].join(' ')}; }`;
  });
  sh(`${one} & first=$!\n${other}\nwait $first`);
}
