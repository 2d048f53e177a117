import type { Resources, Topology } from '../model/topology.ts';

const same = (cpu: string, memory: string): Resources => ({
  requests: { cpu, memory },
  limits: { cpu, memory },
});

/**
 * What an operator says of pods: three brokers on nodes of their own, never two on one host, of QoS class Guaranteed, and
 * everything else on any Linux node.
 */
export const topology: Topology = {
  brokerCluster: {
    name: 'vm-a',
    address: '1.1.1.1',
    issuer: 'cluster-a-issuer',
    replicas: 3,
    pods: {
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      tolerations: [
        { key: 'dedicated', operator: 'Equal', value: 'nats', effect: 'NoSchedule' },
        {
          key: 'node.kubernetes.io/unreachable',
          operator: 'Exists',
          effect: 'NoExecute',
          tolerationSeconds: 60,
        },
      ],
      labels: { team: 'messaging' },
      annotations: { 'config.linkerd.io/proxy-log-level': 'warn' },
    },
    // Requests that are the limits, of every container and of Linkerd's proxy: Kubernetes calls such pods Guaranteed.
    resources: same('1', '1Gi'),
    serverPods: {
      proxyResources: same('1', '256Mi'),
      reloaderResources: same('50m', '32Mi'),
      exporterResources: same('100m', '128Mi'),
      priorityClassName: 'system-cluster-critical',
      spread: { hosts: 'required', zones: 'preferred' },
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              {
                matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'In', values: ['amd64', 'arm64'] }],
              },
            ],
          },
          preferredDuringSchedulingIgnoredDuringExecution: [
            {
              weight: 50,
              preference: { matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['3'] }] },
            },
          ],
        },
        podAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            {
              weight: 10,
              podAffinityTerm: {
                topologyKey: 'topology.kubernetes.io/zone',
                labelSelector: { matchLabels: { app: 'shop' } },
              },
            },
          ],
        },
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            {
              topologyKey: 'kubernetes.io/hostname',
              labelSelector: { matchExpressions: [{ key: 'load', operator: 'Exists' }] },
              namespaces: ['batch'],
            },
          ],
        },
      },
    },
    scraper: { serviceAccount: 'prometheus', namespace: 'monitoring' },
    monitoring: { kind: 'annotations' },
    publishers: [{ name: 'nats-publisher', subject: 'test.messages', pods: { tolerations: [] } }],
  },
  leafClusters: [
    {
      name: 'vm-b',
      address: '2.2.2.2',
      issuer: 'cluster-b-issuer',
      subscribers: [{ name: 'nats-subscriber', subject: 'test.messages' }],
    },
  ],
};
