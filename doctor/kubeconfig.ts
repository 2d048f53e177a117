import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { shownPath } from '../certs/shown-path.ts';
import { refuse, shown } from '../model/checks.ts';
import { listed, type Target } from './parse-call.ts';

const at = { owner: 'npm run doctor', property: 'kubeconfig' };

/**
 * The kubeconfig that kubectl would use: the files of `KUBECONFIG`, of which the first one that has a name counts, or
 * `~/.kube/config`. The client's own search would take an API server on this machine for granted where there is none.
 * @throws InvalidInput when there is no such file or it cannot be read
 */
export function loadKubeconfig(env: NodeJS.ProcessEnv = process.env): KubeConfig {
  const files = env.KUBECONFIG
    ? env.KUBECONFIG.split(delimiter).filter(Boolean)
    : [join(env.HOME ?? homedir(), '.kube', 'config')];
  const present = files.filter((file) => existsSync(file));
  if (present.length === 0) {
    const looked = files.map((file) => shownPath(file)).join(', ');
    refuse(at, `${looked} is not there; set KUBECONFIG to a file with the contexts of your clusters`);
  }
  const parts = present.map(loaded);
  const merged = new KubeConfig();
  merged.loadFromOptions({
    clusters: first(parts.flatMap(({ clusters }) => clusters)),
    users: first(parts.flatMap(({ users }) => users)),
    contexts: first(parts.flatMap(({ contexts }) => contexts)),
    currentContext: '',
  });
  return merged;
}

function loaded(file: string): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromFile(file);
  } catch {
    // The parser's message would repeat lines of the file, and with them secrets.
    refuse(at, `${shownPath(file)} cannot be read as a kubeconfig; see what kubectl config view says of it`);
  }
  return config;
}

const first = <T extends { readonly name: string }>(all: readonly T[]): T[] => [
  ...new Map(all.toReversed().map((each) => [each.name, each])).values(),
];

/**
 * The kubeconfig with the context of a cluster as its current one.
 * @throws InvalidInput when it has no such context, or the context no cluster and user
 */
export function configFor(all: KubeConfig, { cluster, context }: Target): KubeConfig {
  const place = { owner: 'npm run doctor', property: '--context' };
  const names = all.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    const remedy =
      names.length > 0 ? `; write --context ${cluster}=${listed(names)}` : '; add one for this cluster';
    refuse(place, `${shown(context)}, for ${cluster}, is not in the kubeconfig${remedy}`);
  }
  const config = new KubeConfig();
  const { clusters, users, contexts } = all;
  config.loadFromOptions({ clusters, users, contexts, currentContext: context });
  if (!config.getCurrentCluster() || !config.getCurrentUser())
    refuse(
      place,
      `${shown(context)} names a cluster or user that the kubeconfig does not have; mend it there`,
    );
  return config;
}
