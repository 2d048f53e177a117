import { Chart } from 'cdk8s';
import * as k8s from 'cdk8s-plus-28/lib/imports/k8s.js';
import { Construct } from 'constructs';
import { PrometheusRule } from '../imports/monitoring.coreos.com.ts';
import { checkOperatorOptions } from '../model/check-monitoring.ts';
import { refuse } from '../model/checks.ts';
import type { OperatorOptions } from '../model/monitoring.ts';
import { alertGroups } from '../monitoring/alerts.ts';
import { dashboard } from '../monitoring/dashboard.ts';
import type { MonitoredCluster } from '../monitoring/monitored-cluster.ts';
import { PROXY_METRICS } from './linkerd-namespace.ts';
import type { NatsServer } from './nats-server.ts';
import { podMonitor } from './pod-monitor.ts';
import { prometheusRule } from './prometheus-rule.ts';
import { METRICS } from './server-ports.ts';
import { appLabel } from './workload.ts';

export interface NatsMonitoringProps extends OperatorOptions {
  /** The servers to watch, made with `monitoring: 'prometheus-operator'`. */
  readonly server: NatsServer;
  /** The cluster of the broker that the server is joined to. @default - its own, because it is the broker */
  readonly brokerCluster?: string;
  /** Of a broker: the clusters that are joined to it. @default - none */
  readonly leaves?: readonly string[];
  /** Names of the streams kept here. @default - none */
  readonly streams?: readonly string[];
  /** Names of the copies of the broker's streams. @default - none */
  readonly mirrors?: readonly string[];
  /** Whether publishers run here, so that silence is a fault. @default false */
  readonly publishes?: boolean;
}

/**
 * What the Prometheus Operator has to know to scrape a cluster's NATS servers and Linkerd proxies, the alerts, and a
 * dashboard for Grafana. They are charts of their own, because not every cluster has the operator's kinds.
 * @see https://prometheus-operator.dev/docs/developer/getting-started/
 */
export class NatsMonitoring extends Construct {
  /** @throws InvalidInput if the operator cannot scrape the server, or a label or the runbook's address cannot work */
  constructor(scope: Construct, id: string, props: NatsMonitoringProps) {
    super(scope, id);
    const { server, labels, dashboardLabels = { grafana_dashboard: '1' }, runbook } = props;
    checkOperatorOptions(at, props);
    if (server.monitoring !== 'prometheus-operator') {
      refuse(
        at('server'),
        `the Prometheus Operator cannot scrape ${server.name}; make it with \`monitoring: 'prometheus-operator'\``,
      );
    }
    const { name } = server;
    const namespace = server.namespace.name;

    const scraping = new Chart(this, 'scraping');
    const scraped = { namespace, labels, cluster: server.cluster };
    podMonitor(scraping, { ...scraped, name, pods: appLabel(name), port: METRICS.name });
    podMonitor(scraping, { ...scraped, name: 'linkerd-proxy', pods: {}, port: PROXY_METRICS });

    const rules = prometheusRule({ name, namespace, labels }, alertGroups(monitored(props), runbook));
    new PrometheusRule(new Chart(this, 'alerts'), 'rules', rules);

    new k8s.KubeConfigMap(new Chart(this, 'dashboard'), 'dashboard', {
      metadata: { name: 'nats-dashboard', namespace, labels: dashboardLabels },
      data: { 'nats.json': `${JSON.stringify(dashboard(), undefined, 2)}\n` },
    });
  }
}

const at = (property: string) => ({ owner: 'NatsMonitoring', property });

function monitored(props: NatsMonitoringProps): MonitoredCluster {
  const { server, brokerCluster = server.cluster } = props;
  return {
    cluster: server.cluster,
    namespace: server.namespace.name,
    server: server.name,
    role: brokerCluster === server.cluster ? 'broker' : 'leaf',
    replicas: server.replicas,
    leaves: props.leaves ?? [],
    brokerCluster,
    jetStream: server.jetStream !== undefined,
    streams: props.streams ?? [],
    mirrors: props.mirrors ?? [],
    publishes: props.publishes ?? false,
  };
}
