import type { KubeObject } from '../../kube/kube-client.ts';
import { applyLine, kubectl } from '../../terminal/kubectl.ts';
import { clusterFolder } from '../../terminal/output-folder.ts';
import { attempt } from '../attempt.ts';
import { differences } from '../compare.ts';
import { orOk, problem, type Verdict } from '../finding.ts';
import type { Target } from '../target.ts';
import { admitsMore } from './admits-more.ts';

/** Kinds that decide who may connect, in which a field that nobody wrote counts as well. */
const POLICIES = [
  'AuthorizationPolicy',
  'EgressNetwork',
  'MeshTLSAuthentication',
  'NetworkAuthentication',
  'NetworkPolicy',
  'Server',
];

/** Kinds of which one object more can admit somebody. */
const ADMITTING = [
  ['policy.linkerd.io/v1alpha1', 'AuthorizationPolicy'],
  ['policy.linkerd.io/v1beta1', 'ServerAuthorization'],
  ['policy.linkerd.io/v1beta3', 'Server'],
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['v1', 'Service'],
] as const;

/** Whether the cluster has the objects that synth makes now, as it makes them, and none that admits more. */
export async function objects(target: Target): Promise<Verdict[]> {
  const wanted = new Map<string, KubeObject[]>(
    ADMITTING.map(([version, kind]) => [`${version} ${kind}`, []]),
  );
  for (const object of target.wanted.objects) {
    const key = `${object.apiVersion} ${object.kind}`;
    wanted.set(key, [...(wanted.get(key) ?? []), object]);
  }
  const all = await Promise.all(
    [...wanted].map(([key, those]) => {
      const [apiVersion = '', kind = ''] = key.split(' ');
      return attempt(() => ofKind(apiVersion, kind, those, target));
    }),
  );
  return orOk(all.flat(), `${target.wanted.objects.length} objects are as synth makes them`);
}

async function ofKind(
  apiVersion: string,
  kind: string,
  wanted: readonly KubeObject[],
  target: Target,
): Promise<Verdict[]> {
  const live = await found(apiVersion, kind, wanted, target);
  if (!live && wanted.length > 0) return [unserved(apiVersion, kind)];
  const byName = new Map(live?.map((object) => [object.metadata.name, object]));
  const expected = new Set(wanted.map(({ metadata }) => metadata.name));
  return [
    ...wanted.flatMap((object) => judge(object, byName.get(object.metadata.name), target)),
    ...(live ?? [])
      .filter(({ metadata }) => !expected.has(metadata.name))
      .flatMap((object) => admitsMore(object, target)),
  ];
}

/** All of a kind, or `undefined` where the server does not know it. Of namespaces only our own is looked at. */
async function found(apiVersion: string, kind: string, wanted: readonly KubeObject[], target: Target) {
  const { kube, wanted: all } = target;
  if (kind !== 'Namespace') return kube.list(apiVersion, kind, all.namespace);
  const own = await Promise.all(wanted.map(({ metadata }) => kube.read(apiVersion, kind, metadata.name)));
  return own.filter((object) => object !== undefined);
}

const unserved = (apiVersion: string, kind: string): Verdict =>
  problem(
    `the API server does not know ${kind} of ${apiVersion}`,
    'no object of that kind is in force',
    'install what brings its definition (Linkerd for policy.linkerd.io, cert-manager for cert-manager.io) and apply the manifests again',
  );

function judge(
  wanted: KubeObject,
  live: KubeObject | undefined,
  { context, name, wanted: { namespace } }: Target,
): Verdict[] {
  const { kind, metadata } = wanted;
  const remove = kubectl(context, namespace, `delete ${kind.toLowerCase()}/${metadata.name}`);
  const apply = applyLine(context, clusterFolder(name));
  const isPolicy = POLICIES.includes(kind);
  const why = isPolicy
    ? 'somebody whom the topology names is refused, or somebody else let in'
    : 'the cluster does not do what the topology says';
  if (!live) return [problem(`${kind} ${metadata.name} is missing: not applied`, why, apply)];
  const differing = differences(wanted, live, isPolicy);
  if (differing.length === 0) return [];
  const paths = differing.map(({ path }) => path);
  const shown = paths.length > 3 ? [...paths.slice(0, 3), `${paths.length - 3} more`] : paths;
  const what = `${kind} ${metadata.name} differs from what synth makes in ${shown.join(', ')}`;
  const added = differing.some((difference) => difference.added);
  return [
    problem(
      what,
      why,
      added ? `kubectl apply leaves what it did not write, so delete it first: ${remove}; ${apply}` : apply,
    ),
  ];
}
