import { clusters, hub } from '../clusters.ts';
import { ALWAYS, healthy, proxy, type Series, until60 } from '../series.ts';
import type { Case } from './case.ts';

const labels = (pod: string) => `namespace="nats-system",pod="${pod}"`;
const running = (pod: string) => `kube_pod_status_phase{${labels(pod)},phase="Running"}`;
const has = (kind: 'container' | 'init_container', pod: string) =>
  `kube_pod_${kind}_info{${labels(pod)},container="linkerd-proxy"}`;

/** What kube-state-metrics, which knows no clusters, says of pods with a proxy of either kind. */
const meshed: Series = {
  [running('nats-publisher-1')]: `1${ALWAYS}`,
  [has('container', 'nats-publisher-1')]: `1${ALWAYS}`,
  [running('nats-broker-0')]: `1${ALWAYS}`,
  [has('init_container', 'nats-broker-0')]: `1${ALWAYS}`,
};

const everywhere = clusters.map(({ cluster }) => `${cluster} LinkerdPodUnmeshed`).sort();

export const mesh: readonly Case[] = [
  {
    title: 'fires when a server is scraped and its proxy is not there',
    alert: 'LinkerdPodUnmeshed',
    series: { [proxy(hub, 1)]: until60(86_400) },
    at: [67],
    firing: ['vm-a LinkerdPodUnmeshed'],
  },
  {
    title: 'fires for any pod without a proxy, where kube-state-metrics is scraped',
    alert: 'LinkerdPodUnmeshed',
    series: { ...meshed, [running('nats-subscriber-1')]: `1${ALWAYS}` },
    at: [10],
    firing: everywhere,
  },
  {
    title: 'is silent for proxies of either kind, and for pods that do not run',
    alert: 'LinkerdPodUnmeshed',
    series: { ...meshed, [running('nats-subscriber-1')]: `0${ALWAYS}` },
    at: [10],
    firing: [],
  },
  {
    title: 'is silent where kube-state-metrics is not scraped',
    alert: 'LinkerdPodUnmeshed',
    series: healthy,
    at: [10],
    firing: [],
  },
];
