import { Buffer } from 'node:buffer';
import type { RequiredSecret } from '../../constructs/required-secret.ts';
import { ok, orOk, problem, type Verdict } from '../finding.ts';
import type { KubeObject } from '../kube.ts';
import type { Patient } from '../patient.ts';

/** Whether every Secret that the pods mount is there and holds what is issued. No value is ever shown. */
export async function secrets(patient: Patient): Promise<Verdict[]> {
  const { wanted, kube, issued } = patient;
  const all = await Promise.all(
    wanted.secrets.map(async (secret) => {
      const found = await kube.read('v1', 'Secret', secret.name, wanted.namespace);
      return judge(secret, found, patient);
    }),
  );
  const count = `${wanted.secrets.length} Secrets`;
  if (!issued) return orOk(all.flat(), `${count} are there`);
  const verdicts = all.flat();
  return verdicts.length > 0 ? verdicts : [ok(`${count} hold what is issued`)];
}

function judge(
  { name, keys, purpose }: RequiredSecret,
  found: KubeObject | undefined,
  patient: Patient,
): Verdict[] {
  const { issued, name: cluster, context } = patient;
  const apply = `npm run synth, then kubectl --context ${context} apply -f dist/${cluster}, or have your secret manager provide it`;
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
