import type { KubeObject } from '../manifest.ts';

interface Container {
  readonly name: string;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
}

/** What discovery knows of a pod. */
export interface DiscoveredPod {
  readonly name: string;
  readonly ip: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly props: {
    readonly namespace: string;
    readonly template: { readonly spec: { readonly containers: readonly Container[] } };
  };
}

/** One entry of Prometheus's file-based service discovery. */
export interface Target {
  readonly targets: readonly [string];
  readonly labels: Readonly<Record<string, string>>;
}

interface Relabeling {
  readonly sourceLabels?: readonly string[];
  readonly targetLabel?: string;
  readonly replacement?: string;
}

interface PodMonitorSpec {
  readonly selector: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly podMetricsEndpoints: readonly {
    readonly port: string;
    readonly relabelings?: readonly Relabeling[];
  }[];
}

const POD_LABEL = '__meta_kubernetes_pod_label_';

/**
 * What the Prometheus Operator has Prometheus scrape for the PodMonitors among the objects of a cluster, of its pods. It
 * restates of the operator's rules what these PodMonitors use, and the labels that the operator adds itself.
 * @see https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMonitor
 */
export function targetsOf(pods: Iterable<DiscoveredPod>, objects: readonly KubeObject[]): Target[] {
  return objects
    .filter(({ kind }) => kind === 'PodMonitor')
    .map(({ spec }) => spec as PodMonitorSpec)
    .flatMap(({ selector, podMetricsEndpoints }) =>
      [...pods]
        .filter((pod) =>
          Object.entries(selector.matchLabels ?? {}).every(([label, value]) => pod.labels[label] === value),
        )
        .flatMap((pod) =>
          podMetricsEndpoints.flatMap(({ port, relabelings = [] }) => endpoint(pod, port, relabelings)),
        ),
    );
}

function endpoint(pod: DiscoveredPod, port: string, relabelings: readonly Relabeling[]): Target[] {
  return pod.props.template.spec.containers.flatMap((container) => {
    const found = container.ports?.find(({ name }) => name === port);
    if (!found) return [];
    const labels: Record<string, string> = {
      namespace: pod.props.namespace,
      pod: pod.name,
      container: container.name,
      endpoint: port,
    };
    for (const { sourceLabels, targetLabel, replacement } of relabelings) {
      if (!targetLabel) continue;
      const value = sourceLabels
        ? sourceLabels.map((source) => pod.labels[source.slice(POD_LABEL.length)]).join(';')
        : replacement;
      labels[targetLabel] = value ?? '';
    }
    return [{ targets: [`${pod.ip}:${found.containerPort}`], labels }];
  });
}
