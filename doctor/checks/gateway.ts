import { GATEWAY, GATEWAY_PORT, PROXY_ADMIN } from '../../constructs/mesh/linkerd.ts';
import { BROKER, mirrorName } from '../../model/names.ts';
import { kubectl } from '../../terminal/kubectl.ts';
import { orOk, problem, type Verdict } from '../finding.ts';
import type { Target } from '../target.ts';

const { namespace: MULTICLUSTER, serviceAccount: NAME } = GATEWAY;

/** Versions in which a Link has been served, the youngest first. */
const LINK_VERSIONS = ['v1alpha3', 'v1alpha2', 'v1alpha1'].map(
  (version) => `multicluster.linkerd.io/${version}`,
);

/** Whether a link through Linkerd multicluster has what it needs on this side; nothing where there is none. */
export async function gateway(target: Target): Promise<Verdict[]> {
  const linkName = gatewayLink(target);
  if (linkName !== undefined) return orOk(await mirrored(target, linkName), 'the broker is mirrored here');
  if (!exported(target)) return [];
  return orOk(await receiving(target), 'the gateway is at work and has an address');
}

/** Name of the Link by which a leaf reaches the broker, where it goes through a gateway. */
export function gatewayLink({ wanted: { cluster } }: Target): string | undefined {
  const link = cluster.role === 'leaf' ? cluster.link : undefined;
  return link?.kind === 'linkerd-gateway' ? link.linkName : undefined;
}

/** Whether leaves reach this broker through a gateway. */
export const exported = ({ wanted: { cluster } }: Target): boolean =>
  cluster.role === 'broker' && cluster.exported;

const linkerd = ({ context }: Target, command: string) =>
  `linkerd --context ${context} multicluster ${command}`;

async function mirrored(target: Target, linkName: string): Promise<Verdict[]> {
  const { kube, wanted } = target;
  const name = mirrorName(BROKER, linkName);
  const link = await firstOf(LINK_VERSIONS, (version) => kube.read(version, 'Link', linkName, MULTICLUSTER));
  if (!link) {
    return [
      problem(
        `there is no Link ${linkName} in ${MULTICLUSTER}`,
        `nothing mirrors the broker's Service as ${name}, which the leaf dials`,
        `link the clusters with the lines that npm run certs prints; then ${linkerd(target, 'check')}`,
      ),
    ];
  }
  const service = await kube.read('v1', 'Service', name, wanted.namespace);
  if (!service) {
    return [
      problem(
        `the mirrored Service ${name} is missing`,
        'the leaf dials it',
        `${linkerd(target, 'check')} says whether the mirror works; it needs the broker's API server at port 6443`,
      ),
    ];
  }
  const endpoints = await kube.read('v1', 'Endpoints', name, wanted.namespace);
  const leads = endpoints?.subsets?.some(
    ({ addresses }: { addresses?: unknown[] }) => (addresses ?? []).length > 0,
  );
  if (leads) return [];
  return [
    problem(
      `the mirrored Service ${name} has no endpoint`,
      "the gateway's probe gets no answer; a link that stands goes on, but the next connection fails",
      `${linkerd(target, 'gateways')}; this cluster has to reach ports ${GATEWAY_PORT} and ${PROXY_ADMIN.port} of the broker's gateway; after a repair it takes up to a minute`,
    ),
  ];
}

async function receiving(target: Target): Promise<Verdict[]> {
  const { kube, context } = target;
  const deployments = (await kube.list('apps/v1', 'Deployment', MULTICLUSTER)) ?? [];
  const deployment = deployments.find(({ metadata }) => metadata.name === NAME);
  const why = 'leaves that come through it cannot connect';
  if (!(deployment?.status?.availableReplicas > 0)) {
    return [
      problem(
        deployment ? `${NAME} has no pod that is available` : `there is no ${NAME} in ${MULTICLUSTER}`,
        why,
        deployment
          ? `${kubectl(context, MULTICLUSTER, `describe deployment/${NAME}`)}; then ${linkerd(target, 'check')}`
          : `install it with the lines that npm run certs prints; then ${linkerd(target, 'check')}`,
      ),
    ];
  }
  const service = await kube.read('v1', 'Service', NAME, MULTICLUSTER);
  const { type, externalIPs } = service?.spec ?? {};
  const waits =
    type === 'LoadBalancer' && !externalIPs && (service?.status?.loadBalancer?.ingress ?? []).length === 0;
  if (service && !waits) return [];
  return [
    problem(
      service ? `the Service ${NAME} waits for a load balancer's address` : `the Service ${NAME} is missing`,
      why,
      `${kubectl(context, MULTICLUSTER, `describe service/${NAME}`)} says more; then ${linkerd(target, 'check')}`,
    ),
  ];
}

/** What is first found, asking one after the other. */
async function firstOf<Key, Found>(keys: readonly Key[], find: (key: Key) => Promise<Found | undefined>) {
  for (const key of keys) {
    const found = await find(key);
    if (found) return found;
  }
  return undefined;
}
