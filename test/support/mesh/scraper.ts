/** A real Prometheus in the network of a meshed pod, so that the pod's proxy says who scrapes. */
import { NATS_BOX } from '../../../model/images.ts';
import type { KubeObject } from '../manifest.ts';
import { Prometheus } from '../monitoring/prometheus.ts';
import type { Group } from '../monitoring/promtool.ts';
import { scaled } from '../monitoring/scaled.ts';
import { type DiscoveredPod, targetsOf } from '../monitoring/targets.ts';
import { NetworkNamespace } from '../stage/network.ts';
import { kubectl, processesOf, sh } from './world.ts';

/** As examples/monitoring.ts names the scraper. */
const SCRAPERS = 'monitoring';

const POD = (account: string) => `
apiVersion: v1
kind: ServiceAccount
metadata: { name: ${account}, namespace: ${SCRAPERS} }
---
apiVersion: v1
kind: Pod
metadata: { name: ${account}, namespace: ${SCRAPERS} }
spec:
  serviceAccountName: ${account}
  terminationGracePeriodSeconds: 1
  containers: [{ name: prometheus, image: ${NATS_BOX}, command: [sleep, "3600"] }]
`;

/** Makes the pods of service accounts in the scraper's namespace. */
export function makeScrapers(context: string, accounts: readonly string[]) {
  const namespace = `
apiVersion: v1
kind: Namespace
metadata: { name: ${SCRAPERS}, annotations: { linkerd.io/inject: enabled } }
`;
  const pods = accounts.map((account) => `pod/${account}`).join(' ');
  sh(`kubectl --context ${context} apply -f - <<'Y'\n${[namespace, ...accounts.map(POD)].join('---')}\nY
kubectl --context ${context} -n ${SCRAPERS} wait ${pods} --for=condition=Ready --timeout=120s`);
}

/** Starts Prometheus as a service account, with the targets that the PodMonitors of its cluster name. */
export async function prometheusAs(context: string, account: string): Promise<Prometheus> {
  const [pid] = processesOf(context, account, 'prometheus', SCRAPERS);
  const host = new NetworkNamespace(`/proc/${pid}/ns/net`);
  const prometheus = await Prometheus.start(host, scaled(groupsOf(context)));
  prometheus.scrape(targetsOf(podsOf(context), list(context, 'podmonitors')));
  return prometheus;
}

/** The rules that the cluster has. */
export const groupsOf = (context: string): Group[] =>
  list(context, 'prometheusrules').flatMap(({ metadata, spec }) =>
    (spec as { groups: Group[] }).groups.map((group) => ({
      ...group,
      name: `${metadata.name}-${group.name}`,
    })),
  );

type LiveObject = KubeObject & { readonly status: { readonly podIP: string } };

const list = (context: string, kind: string) =>
  (JSON.parse(kubectl(context, 'get', kind, '-o', 'json')) as { items: LiveObject[] }).items;

const podsOf = (context: string): DiscoveredPod[] =>
  list(context, 'pods').map(({ metadata, spec, status }) => ({
    name: metadata.name,
    ip: status.podIP,
    labels: metadata.labels ?? {},
    props: {
      namespace: metadata.namespace ?? '',
      // A proxy is an init container that goes on running, and Prometheus looks at those too.
      template: { spec: { containers: [...(spec.initContainers ?? []), ...spec.containers] } },
    },
  }));
