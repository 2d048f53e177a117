import { certificates, resources } from './dashboard/limits.ts';
import { grafanaPanel, type Panel } from './dashboard/panel.ts';
import { state } from './dashboard/state.ts';
import { streams } from './dashboard/streams.ts';
import { traffic } from './dashboard/traffic.ts';

/** Grafana finds the dashboard by this when it is loaded again, in place of a second one. */
const UID = 'nats-mtls';

/** The JSON of Grafana 10 and newer. */
const SCHEMA_VERSION = 39;

/** In the order in which an operator looks: what is down, what flows, what runs out. */
export const panels: readonly Panel[] = [...state, ...traffic, ...streams, ...certificates, ...resources];

/**
 * One Grafana dashboard for all clusters, to be chosen at its top, of every Prometheus data source.
 * @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
export function dashboard(): object {
  return {
    uid: UID,
    title: 'NATS and Linkerd across clusters',
    tags: ['nats', 'linkerd'],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' },
        {
          name: 'cluster',
          label: 'Cluster',
          type: 'query',
          datasource: { type: 'prometheus', uid: '${datasource}' },
          query: 'label_values(nats_healthz_status_value, cluster)',
          refresh: 2,
          sort: 1,
          multi: true,
          includeAll: true,
          allValue: '.+',
          current: { text: 'All', value: '$__all' },
        },
      ],
    },
    panels: panels.map(grafanaPanel),
  };
}
