import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { PrometheusRule } from '../imports/monitoring.coreos.com.ts';
import { refuse } from '../model/checks.ts';
import { DASHBOARD_LABELS } from '../model/defaults.ts';
import type { OperatorOptions } from '../model/monitoring.ts';
import { checkOperatorOptions } from '../model/rules/check-monitoring.ts';
import { alertGroups } from '../monitoring/alerts.ts';
import { dashboard } from '../monitoring/dashboard.ts';
import type { KeptStream, MonitoredCluster } from '../monitoring/monitored-cluster.ts';
import * as k8s from './kubernetes/k8s.ts';
import { podMonitor } from './kubernetes/pod-monitor.ts';
import { prometheusRule } from './kubernetes/prometheus-rule.ts';
import { appLabel } from './kubernetes/workload.ts';
import { PROXY_ADMIN } from './mesh/linkerd.ts';
import { METRICS } from './nats/server-ports.ts';
import type { NatsServer } from './nats-server.ts';

export interface NatsMonitoringProps extends OperatorOptions {
  /** The servers to monitor. They need `monitoring: 'prometheus-operator'`. */
  readonly server: NatsServer;
  /** The cluster of the broker that the leaf connects to. @default - its own cluster: the server is the broker */
  readonly brokerCluster?: string;
  /** For a broker: the leaf clusters that connect to it. @default - none */
  readonly leaves?: readonly string[];
  /** The streams of this cluster or, on one of several sites, of all sites. @default - none */
  readonly streams?: readonly KeptStream[];
  /** The mirrors of the broker's streams. @default - none */
  readonly mirrors?: readonly KeptStream[];
  /** Whether publishers run here, so that an alert fires when no message arrives. @default false */
  readonly publishes?: boolean;
  /**
   * How many certificates cert-manager makes in the namespace, so that alerts fire when it does not make or renew one.
   * Prometheus has to scrape cert-manager for them. @default 0
   */
  readonly certManagerCertificates?: number;
}

/**
 * PodMonitors for a cluster's NATS servers and Linkerd proxies, alerts, and a Grafana dashboard. They are separate charts,
 * because not every cluster has the CRDs of the Prometheus Operator.
 * @see https://prometheus-operator.dev/docs/developer/getting-started/
 */
export class NatsMonitoring extends Construct {
  /** @throws InvalidInput if the server has no exporter, or a label or the runbook's URL is invalid */
  constructor(scope: Construct, id: string, props: NatsMonitoringProps) {
    super(scope, id);
    const { server, labels, dashboardLabels = DASHBOARD_LABELS, runbook } = props;
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
    podMonitor(scraping, { ...scraped, name: 'linkerd-proxy', pods: {}, port: PROXY_ADMIN.name });

    const rules = prometheusRule({ name, namespace, labels }, alertGroups(monitored(props), runbook));
    new PrometheusRule(new Chart(this, 'alerts'), 'rules', rules);

    new k8s.KubeConfigMap(new Chart(this, 'dashboard'), 'dashboard', {
      metadata: {
        name: 'nats-dashboard',
        namespace,
        labels: dashboardLabels,
        // Grafana writes its variables as Flux does.
        annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' },
      },
      data: { 'nats.json': `${JSON.stringify(dashboard(), undefined, 2)}\n` },
    });
  }
}

const at = (property: string) => ({ owner: 'NatsMonitoring', property });

function monitored(props: NatsMonitoringProps): MonitoredCluster {
  const { server, brokerCluster = server.natsCluster } = props;
  return {
    cluster: server.cluster,
    namespace: server.namespace.name,
    server: server.name,
    role: brokerCluster === server.natsCluster ? 'broker' : 'leaf',
    replicas: server.replicas,
    leaves: props.leaves ?? [],
    brokerCluster,
    otherServers: server.sites ? server.sites.servers.length - server.replicas : 0,
    jetStream: server.jetStream !== undefined,
    streams: props.streams ?? [],
    mirrors: props.mirrors ?? [],
    publishes: props.publishes ?? false,
    certManagerCertificates: props.certManagerCertificates ?? 0,
  };
}
