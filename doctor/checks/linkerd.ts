import { parse } from 'yaml';
import { LINKERD } from '../../constructs/mesh/linkerd.ts';
import type { KubeObject } from '../../kube/kube-client.ts';
import { ok, orOk, problem, type Verdict, warning } from '../finding.ts';
import type { Target } from '../target.ts';

/**
 * The oldest releases that take all that the manifests say. `appProtocol: linkerd.io/opaque` is the youngest of it
 * (linkerd/linkerd2#13660); `accessPolicy`, `EgressNetwork` and `audit` are in 2.17 and before.
 */
const OLDEST_EDGE = [25, 2, 3];
const OLDEST_STABLE = [2, 18, 0];

const PARTS = ['destination', 'identity', 'proxy-injector'];

/** Whether Linkerd's control plane is there, recent enough, and at work. */
export async function linkerd({ kube, context }: Target): Promise<Verdict[]> {
  const deployments = (await kube.list('apps/v1', 'Deployment', LINKERD)) ?? [];
  const config = await kube.read('v1', 'ConfigMap', 'linkerd-config', LINKERD);
  if (deployments.length === 0 && !config) {
    return [
      problem(
        `there is no Linkerd in the namespace ${LINKERD}`,
        'without it no pod gets a proxy, and what should be encrypted travels in clear',
        'install it with the lines that npm run certs prints',
      ),
    ];
  }
  const version = versionOf(config, deployments);
  return [
    ...age(version, context),
    ...orOk(
      PARTS.flatMap((part) => atWork(part, deployments, context)),
      'the control plane is at work',
    ),
  ];
}

function versionOf(config: KubeObject | undefined, deployments: readonly KubeObject[]): string {
  const values = parse(config?.data?.values ?? '') as { linkerdVersion?: string } | null;
  // The Helm chart leaves it to the image of the control plane.
  const created = deployments[0]?.metadata.annotations?.['linkerd.io/created-by'];
  return values?.linkerdVersion ?? created?.split(' ').at(-1) ?? 'of an unknown version';
}

function age(version: string, context: string): Verdict[] {
  const [, channel, numbers = ''] =
    /^(edge|stable|enterprise|version)-(\d+\.\d+(?:\.\d+)?)/.exec(version) ?? [];
  const remedy = `linkerd --context ${context} upgrade, with the lines that npm run certs prints`;
  if (!channel) {
    return [
      warning(
        `Linkerd ${version} cannot be compared with edge-${OLDEST_EDGE.join('.')} or 2.18`,
        'an older one does not know all that the manifests ask for',
        'see that it is at least as recent',
      ),
    ];
  }
  const oldest = channel === 'edge' ? OLDEST_EDGE : OLDEST_STABLE;
  if (!isOlder(numbers.split('.').map(Number), oldest)) return [ok(`Linkerd ${version}`)];
  return [
    problem(
      `Linkerd ${version} is older than ${channel}-${oldest.join('.')}`,
      'it does not know appProtocol linkerd.io/opaque, so that connections to NATS hang',
      remedy,
    ),
  ];
}

function isOlder(version: readonly number[], oldest: readonly number[]): boolean {
  const differing = oldest.findIndex((number, i) => (version[i] ?? 0) !== number);
  return differing >= 0 && (version[differing] ?? 0) < (oldest[differing] ?? 0);
}

const CONSEQUENCES: Readonly<Record<string, string>> = {
  destination: 'proxies learn neither where to connect nor who may',
  identity: 'proxies get no certificates, and lose within a day those that they have',
  'proxy-injector': 'new pods come up without a proxy',
};

function atWork(part: string, deployments: readonly KubeObject[], context: string): Verdict[] {
  const name = `linkerd-${part}`;
  const found = deployments.find(({ metadata }) => metadata.name === name);
  if (found?.status?.availableReplicas > 0) return [];
  const what = found ? `${name} has no pod that is available` : `the Deployment ${name} is missing`;
  return [problem(what, `without it ${CONSEQUENCES[part]}`, `linkerd --context ${context} check says more`)];
}
