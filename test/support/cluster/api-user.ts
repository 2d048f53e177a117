import type { ApiServer } from './api-server.ts';

/**
 * Adds a user who may do what the rules of a ClusterRole say, and nothing else. Gives the user's token.
 * @param rules - such as `{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }`
 */
export async function addUser(api: ApiServer, name: string, rules: readonly object[]): Promise<string> {
  const group = 'rbac.authorization.k8s.io';
  const account = { name, namespace: 'default' };
  await api.apply([
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account },
    { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: { name }, rules },
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: group, kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', ...account }],
    },
  ]);
  const { stdout } = await api.must(['create', 'token', name]);
  return stdout.trim();
}
