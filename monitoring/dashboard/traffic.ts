import type { Panel } from './panel.ts';
import { CHOSEN, POD } from './panel-queries.ts';

const rate = (metric: string) => `sum by (cluster, pod) (rate(${metric}{${CHOSEN}}[$__rate_interval]))`;

/** What flows. */
export const traffic: readonly Panel[] = [
  {
    title: 'Publish rate',
    description:
      'Messages that clients send to each server, acknowledgements and requests of streams included.',
    unit: 'mps',
    queries: [[rate('nats_varz_in_client_msgs'), POD]],
  },
  {
    title: 'Receive rate',
    description: 'Messages that each server hands to clients.',
    unit: 'mps',
    queries: [[rate('nats_varz_out_client_msgs'), POD]],
  },
  {
    title: 'Latency between the clusters',
    description:
      'Round trip of each leaf link. nats-server measures it when the link is made and then each hour, so a line that stays flat says nothing about now.',
    unit: 's',
    queries: [[`max by (cluster, pod, name) (nats_leafz_conn_rtt{${CHOSEN}})`, `${POD} ↔ {{name}}`]],
  },
  {
    title: 'Slow consumers',
    description: 'Connections that a server cut off because they read too slowly.',
    unit: 'none',
    queries: [
      [`sum by (cluster, pod) (increase(nats_varz_slow_consumers{${CHOSEN}}[$__rate_interval]))`, POD],
    ],
  },
];
