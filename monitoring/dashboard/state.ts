import { EXPECTED_LEAF, linkedLeaves } from '../alerts/leaf-links.ts';
import type { Panel } from './panel.ts';
import { CHOSEN, POD } from './panel-queries.ts';

/** What is up. */
export const state: readonly Panel[] = [
  {
    title: 'Servers',
    description: 'Whether each NATS server answers and says that it is well. A pod that is gone has no line.',
    unit: 'none',
    shows: 'state',
    queries: [[`max by (cluster, pod) (nats_healthz_status_value{${CHOSEN}})`, POD]],
  },
  {
    title: 'Leaf connection status',
    description:
      'Whether each leaf cluster of the topology has a link to its broker cluster, as the brokers see it.',
    unit: 'none',
    shows: 'state',
    queries: [
      [
        `clamp_max(${linkedLeaves(CHOSEN)}, 1)\nor on (cluster, leaf)\n${EXPECTED_LEAF}{${CHOSEN}} * 0`,
        '{{cluster}} ← {{leaf}}',
      ],
    ],
  },
];
