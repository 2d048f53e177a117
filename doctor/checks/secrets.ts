import { Buffer } from 'node:buffer';
import type { RequiredSecret } from '../../constructs/required-secret.ts';
import type { KubeObject } from '../../kube/kube-client.ts';
import { clientFolders, clusterFolder } from '../../terminal/output-folder.ts';
import { secretsRemedy } from '../../terminal/secrets-lines.ts';
import { ok, orOk, problem, type Verdict } from '../finding.ts';
import type { Target } from '../target.ts';

/** Whether every Secret that the pods mount is there and holds what is issued. No value is ever shown. */
export async function secrets(target: Target): Promise<Verdict[]> {
  const { wanted, kube, issued } = target;
  const all = await Promise.all(
    wanted.secrets.map(async (secret) => {
      const found = await kube.read('v1', 'Secret', secret.name, secret.namespace);
      return Promise.all(judge(secret, found, target).map((verdict) => withReason(verdict, secret, target)));
    }),
  );
  const count = `${wanted.secrets.length} Secrets`;
  if (!issued) return orOk(all.flat(), `${count} are there`);
  const verdicts = all.flat();
  return verdicts.length > 0 ? verdicts : [ok(`${count} hold what is issued`)];
}

function judge(
  { name: secret, namespace, keys, purpose }: RequiredSecret,
  found: KubeObject | undefined,
  target: Target,
): Verdict[] {
  const { issued, name: cluster, context, wanted } = target;
  const isOfClient = namespace !== wanted.namespace;
  const name = isOfClient ? `${namespace}/${secret}` : secret;
  const folders = isOfClient ? clientFolders(cluster, [namespace]) : [clusterFolder(cluster)];
  const apply = secretsRemedy(wanted.delivery, context, ...folders);
  if (!found)
    return [
      problem(
        `the Secret ${name} is missing`,
        `it has the ${purpose}: pods that mount it do not start`,
        apply,
      ),
    ];
  const { data = {} } = found;
  const absent = Object.keys(keys).filter((key) => !data[key]);
  const other = Object.entries(keys).flatMap(([key, value]) =>
    issued && data[key] && Buffer.from(data[key], 'base64').toString() !== value(issued.credentials)
      ? [key]
      : [],
  );
  return [
    ...(absent.length > 0
      ? [problem(`the Secret ${name} lacks ${absent.join(', ')}`, `it has the ${purpose}`, apply)]
      : []),
    ...(other.length > 0
      ? [
          problem(
            `the Secret ${name} differs from what is issued in ${other.join(', ')}`,
            `it has the ${purpose}: one side may refuse what the other shows`,
            apply,
          ),
        ]
      : []),
  ];
}

/** What the External Secrets Operator says of a Secret that it should have brought. */
async function withReason(
  verdict: Verdict,
  { name, namespace }: RequiredSecret,
  { wanted, kube }: Target,
): Promise<Verdict> {
  if (verdict.level === 'ok' || wanted.delivery.kind !== 'external-secrets') return verdict;
  const object = await kube.read('external-secrets.io/v1', 'ExternalSecret', name, namespace);
  const { status = 'Unknown', message = 'it says nothing' } =
    object?.status?.conditions?.find(({ type }: { type: string }) => type === 'Ready') ?? {};
  if (!object || status === 'True') return verdict;
  return { ...verdict, why: `${verdict.why}; the External Secrets Operator says: ${message}` };
}
