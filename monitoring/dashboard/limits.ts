import { CERTIFICATE_END } from '../alerts/certificates.ts';
import type { Panel } from './panel.ts';
import { CHOSEN, POD } from './panel-queries.ts';

const DAY = 86_400;

/** What ends if nobody renews it. */
export const certificates: readonly Panel[] = [
  {
    title: 'Certificates: time left',
    description:
      'NATS certificates, Linkerd issuers and both roots as they were minted, and the issuers that Linkerd uses now. Those of Linkerd need its control plane to be scraped.',
    unit: 's',
    shows: 'bars',
    low: [14 * DAY, 60 * DAY],
    queries: [
      [
        `min by (cluster, kind, name) (${CERTIFICATE_END}{${CHOSEN}}) - time()`,
        '{{cluster}} {{kind}} {{name}}',
      ],
      ['min by (cluster) (issuer_cert_ttl_seconds)', '{{cluster}} issuer in use'],
    ],
  },
  {
    title: 'Proxy certificates: time left',
    description: "The 24-hour certificates of Linkerd's proxies, which are renewed before 7 hours are left.",
    unit: 's',
    low: [4 * 3600, 6 * 3600],
    queries: [
      [
        `min by (cluster, pod) (control_identity_cert_expiration_timestamp_seconds{${CHOSEN}} > 0) - time()`,
        POD,
      ],
    ],
  },
];

const limit = (resource: string) =>
  `max by (cluster, pod) (kube_pod_container_resource_limits{resource="${resource}",container="nats",cluster=~"$cluster|"})`;

/** What a server uses. */
export const resources: readonly Panel[] = [
  {
    title: 'CPU',
    description:
      'Of each server, as a share of one core. The limits come from kube-state-metrics, where it is scraped.',
    unit: 'percent',
    queries: [
      [`max by (cluster, pod) (nats_varz_cpu{${CHOSEN}})`, POD],
      [`${limit('cpu')} * 100`, `${POD} limit`],
    ],
  },
  {
    title: 'Memory',
    description:
      'Resident memory of each server. The limits come from kube-state-metrics, where it is scraped.',
    unit: 'bytes',
    queries: [
      [`max by (cluster, pod) (nats_varz_mem{${CHOSEN}})`, POD],
      [limit('memory'), `${POD} limit`],
    ],
  },
];
