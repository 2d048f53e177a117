import { stringify } from 'yaml';

/** How a user reaches an API server. */
export interface Access {
  /** Such as `https://127.0.0.1:6443`. */
  readonly server: string;
  /** File of the certificate that the server shows. */
  readonly certificate: string;
  readonly token: string;
}

/** A kubeconfig with a context, a cluster and a user of each name. The first one is the current context. */
export function kubeconfig(contexts: Readonly<Record<string, Access>>): string {
  const entries = Object.entries(contexts);
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: entries.map(([name, { server, certificate }]) => ({
      name,
      cluster: { server, 'certificate-authority': certificate },
    })),
    users: entries.map(([name, { token }]) => ({ name, user: { token } })),
    contexts: entries.map(([name]) => ({ name, context: { cluster: name, user: name } })),
    'current-context': entries[0]?.[0],
  });
}
