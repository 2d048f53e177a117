/** What holds where the topology says nothing, each decided here and nowhere else. */
import type { Consumer, ConsumerModel, JetStream, JetStreamModel, Stream, StreamModel } from './jetstream.ts';
import type { LeafLink } from './leaf-link.ts';
import type { Monitoring, MonitoringModel } from './monitoring.ts';
import { seconds } from './quantities.ts';
import type { Resources } from './topology.ts';

/** Of a nats-server. */
export const SERVER_RESOURCES: Resources = {
  requests: { cpu: '100m', memory: '128Mi' },
  limits: { cpu: '500m', memory: '512Mi' },
};

/** Of a publisher, a subscriber, or the controller of the streams. */
export const CLIENT_RESOURCES: Resources = {
  requests: { cpu: '50m', memory: '64Mi' },
  limits: { cpu: '200m', memory: '256Mi' },
};

/** What Grafana's sidecar looks for, as its chart has it. */
export const DASHBOARD_LABELS: Readonly<Record<string, string>> = { grafana_dashboard: '1' };

/** What is left of a leaf's volume for what it keeps for MQTT devices. */
export const MQTT_STORAGE = '256Mi';

/** How a leaf and the broker meet. */
export const LINK: LeafLink = { kind: 'nats-tls' };

/** What servers keep streams on, with every choice made. */
export const jetStreamModel = ({ storage, syncInterval }: JetStream): JetStreamModel => ({
  storage: { size: storage.size, className: storage.className },
  syncInterval: syncInterval ?? 'always',
});

/** How many of so many servers keep each message of a stream or mirror. */
export const copies = (servers: number) => Math.min(servers, 3);

/** A stream on so many servers, with every choice made. */
export const streamModel = (stream: Stream, servers: number): StreamModel => ({
  name: stream.name,
  subjects: stream.subjects,
  maxAge: stream.maxAge,
  maxBytes: stream.maxBytes,
  replicas: stream.replicas ?? copies(servers),
  duplicateWindow: stream.duplicateWindow ?? (seconds(stream.maxAge) < seconds('1h') ? stream.maxAge : '1h'),
  expected: stream.expected,
  allowDataLoss: stream.allowDataLoss,
});

/** A durable consumer with every choice made. */
export const consumerModel = (consumer: Consumer): ConsumerModel => ({
  name: consumer.name,
  stream: consumer.stream,
  subject: consumer.subject,
  ackWait: consumer.ackWait ?? '10s',
  maxAckPending: consumer.maxAckPending ?? 1,
  maxDeliver: consumer.maxDeliver,
});

/** How metrics are found, with every choice made. */
export const monitoringModel = (monitoring: Monitoring): MonitoringModel =>
  monitoring.kind === 'annotations'
    ? monitoring
    : {
        kind: monitoring.kind,
        labels: monitoring.labels,
        dashboardLabels: monitoring.dashboardLabels ?? DASHBOARD_LABELS,
        runbook: monitoring.runbook,
      };
