import { added, type ManifestPromise } from './objects.ts';

const REFUSED: Readonly<Record<string, string>> = {
  Secret: 'is a Secret in a file that is committed; keep it with your secrets',
  Role: 'gives rights that no pod here needs; apply it from elsewhere',
  ClusterRole: 'gives rights that no pod here needs; apply it from elsewhere',
  RoleBinding: 'gives rights that no pod here needs; apply it from elsewhere',
  ClusterRoleBinding: 'gives rights that no pod here needs; apply it from elsewhere',
};

/** Committed files hold no secret, and nobody is given a role. */
export const kinds: ManifestPromise = (before, after) =>
  added(before, after).flatMap(([id, { kind }]) => (REFUSED[kind] ? [`${id} ${REFUSED[kind]}`] : []));
