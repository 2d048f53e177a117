import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { KubeConfig, type User } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { refuse, shown } from '../model/checks.ts';
import { shownPath } from '../terminal/shown-path.ts';
import { type ChosenCluster, DOCTOR, listed } from './choose-clusters.ts';

/**
 * The kubeconfig that kubectl would use: the files of `KUBECONFIG`, of which the first one that has a name counts, or
 * `~/.kube/config`. The client's own search would take an API server on this machine for granted where there is none.
 * @param owner the command that was called
 * @throws InvalidInput when there is no such file or it cannot be read
 */
export function loadKubeconfig(env: NodeJS.ProcessEnv = process.env, owner = DOCTOR): KubeConfig {
  const files = env.KUBECONFIG
    ? env.KUBECONFIG.split(delimiter).filter(Boolean)
    : [join(env.HOME ?? homedir(), '.kube', 'config')];
  const present = files.filter((file) => existsSync(file));
  if (present.length === 0) {
    const looked = files.map((file) => shownPath(file)).join(', ');
    refuse(
      { owner, property: 'kubeconfig' },
      `${looked} is not there; set KUBECONFIG to a file with the contexts of your clusters`,
    );
  }
  const parts = present.map((file) => loaded(file, owner));
  const merged = new KubeConfig();
  merged.loadFromOptions({
    clusters: first(parts.flatMap(({ clusters }) => clusters)),
    users: first(parts.flatMap(({ users }) => users)),
    contexts: first(parts.flatMap(({ contexts }) => contexts)),
    currentContext: '',
  });
  return merged;
}

function loaded(file: string, owner: string): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromFile(file);
    config.users = withPaths(config.users, file);
  } catch {
    // The parser's message would repeat lines of the file, and with them secrets.
    refuse(
      { owner, property: 'kubeconfig' },
      `${shownPath(file)} cannot be read as a kubeconfig; see what kubectl config view says of it`,
    );
  }
  return config;
}

/** The users with what the client drops or leaves as it is: `tokenFile`, and paths that count from the file's folder. */
function withPaths(users: readonly User[], file: string): User[] {
  const absolute = (path: string) => resolve(dirname(file), path);
  const written: { name: string; user?: { tokenFile?: string } }[] =
    parse(readFileSync(file, 'utf8')).users ?? [];
  const files = new Map(written.map(({ name, user }) => [name, user?.tokenFile]));
  return users.map(({ exec, ...user }) => {
    const tokenFile = files.get(user.name);
    return {
      ...user,
      ...(exec && {
        exec: { ...exec, command: exec.command.includes('/') ? absolute(exec.command) : exec.command },
      }),
      ...(tokenFile && { authProvider: { name: 'tokenFile', config: { tokenFile: absolute(tokenFile) } } }),
    };
  });
}

const first = <T extends { readonly name: string }>(all: readonly T[]): T[] => [
  ...new Map(all.toReversed().map((each) => [each.name, each])).values(),
];

/**
 * The kubeconfig with the context of a cluster as its current one.
 * @param owner the command that was called
 * @throws InvalidInput when it has no such context, or the context no cluster and user
 */
export function configFor(all: KubeConfig, { cluster, context }: ChosenCluster, owner = DOCTOR): KubeConfig {
  const place = { owner, property: '--context' };
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
