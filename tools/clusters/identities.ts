/** Certificates and kubeconfigs of one cluster. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from './settings.ts';

/** Writes `pki/` and the kubeconfigs for the node itself. */
export function makeIdentities({ name, address, control, apiService }: Settings, state: string) {
  const pki = join(state, 'pki');
  mkdirSync(pki, { mode: 0o700 });
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: pki, stdio: ['ignore', 'ignore', 'pipe'] });
  const key = (of: string) =>
    openssl('ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', `${of}.key`);
  key('accounts');
  key('ca');
  openssl('req', '-x509', '-new', '-key', 'ca.key', '-days', '30', '-subj', `/CN=${name}`, '-out', 'ca.crt');
  const service = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc'].map((host) => `DNS:${host}`);
  const addresses = [address, control, apiService, '127.0.0.1'].map((ip) => `IP:${ip}`);
  const subjects = {
    apiserver: ['/CN=kube-apiserver', [...addresses, ...service].join()],
    kubelet: [`/O=system:nodes/CN=system:node:${name}`, `IP:${address},DNS:${name}`],
    admin: ['/O=system:masters/CN=admin', 'DNS:admin'],
  } as const;
  for (const [of, [subject, names]] of Object.entries(subjects)) {
    key(of);
    openssl(
      ...['req', '-x509', '-new', '-key', `${of}.key`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-days', '30'],
      ...[
        '-subj',
        subject,
        '-addext',
        `subjectAltName=${names}`,
        '-addext',
        'basicConstraints=critical,CA:FALSE',
      ],
      ...['-addext', 'extendedKeyUsage=clientAuth,serverAuth', '-out', `${of}.crt`],
    );
  }
  for (const user of ['admin', 'kubelet']) {
    writeKubeconfig(join(state, `${user}.kubeconfig`), [
      { name, server: 'https://127.0.0.1:6443', pki, user },
    ]);
  }
}

interface Entry {
  readonly name: string;
  readonly server: string;
  readonly pki: string;
  readonly user: string;
}

/** A context for each entry, of its name; the first is the current one. */
export function writeKubeconfig(path: string, entries: readonly Entry[]) {
  const data = (pki: string, file: string) => readFileSync(join(pki, file)).toString('base64');
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': entries[0]?.name },
    clusters: entries.map(({ name, server, pki }) => ({
      name,
      cluster: { server, 'certificate-authority-data': data(pki, 'ca.crt') },
    })),
    users: entries.map(({ name, pki, user }) => ({
      name,
      user: {
        'client-certificate-data': data(pki, `${user}.crt`),
        'client-key-data': data(pki, `${user}.key`),
      },
    })),
    contexts: entries.map(({ name }) => ({ name, context: { cluster: name, user: name } })),
  };
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(config, undefined, 2), { mode: 0o600 });
}
