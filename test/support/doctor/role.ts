import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ApiServer } from '../cluster/api-server.ts';

/** The rules of the ClusterRole that the documentation asks for. */
export function documentedRole(): { readonly resources: string[] }[] {
  const text = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'doctor.md'), 'utf8');
  return parse(/```yaml\n(.*?)```/s.exec(text)?.[1] ?? '').rules;
}

/** Adds a service account that has that role in these namespaces alone, as the documentation says. Gives its token. */
export async function addDoctor(api: ApiServer, namespaces: readonly string[]): Promise<string> {
  const group = 'rbac.authorization.k8s.io';
  const account = { name: 'doctor', namespace: 'default' };
  const role = { kind: 'ClusterRole', name: 'nats-mtls-doctor' };
  await api.apply([
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account },
    {
      apiVersion: `${group}/v1`,
      kind: role.kind,
      metadata: { name: role.name },
      rules: documentedRole(),
    },
    ...namespaces.map((namespace) => ({
      apiVersion: `${group}/v1`,
      kind: 'RoleBinding',
      metadata: { name: account.name, namespace },
      roleRef: { apiGroup: group, ...role },
      subjects: [{ kind: 'ServiceAccount', ...account }],
    })),
  ]);
  const { stdout } = await api.must(['create', 'token', account.name]);
  return stdout.trim();
}
