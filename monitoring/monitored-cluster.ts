/** What alerts and dashboard have to know of a cluster. */
export interface MonitoredCluster {
  /** Name; value of the `cluster` label of every series. */
  readonly cluster: string;
  readonly namespace: string;
  /** StatefulSet and `app` label of the NATS servers, e.g. `nats-broker`. */
  readonly server: string;
  readonly role: 'broker' | 'leaf';
  /** Number of NATS servers. */
  readonly replicas: number;
  /** Of a broker cluster: the clusters that link to it. */
  readonly leaves: readonly string[];
  readonly brokerCluster: string;
  /** How many servers the broker has on other sites. */
  readonly otherServers: number;
  readonly jetStream: boolean;
  readonly streams: readonly KeptStream[];
  /** The copies of the broker cluster's streams. */
  readonly mirrors: readonly KeptStream[];
  /** Whether publishers run here. */
  readonly publishes: boolean;
  /** How many certificates cert-manager makes in the namespace. */
  readonly certManagerCertificates: number;
}

/** A stream or mirror that is kept here. */
export interface KeptStream {
  readonly name: string;
  /** How many servers keep it, those of other sites included. */
  readonly replicas: number;
}

/** A group of the Prometheus rules file format, evaluated in order. */
export interface RuleGroup<Rule = AlertRule> {
  readonly name: string;
  readonly rules: readonly Rule[];
}

/** An alerting rule of the Prometheus rules file format. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  /** How long `expr` has to hold, as a Prometheus duration. @default fires at once */
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A recording rule of the Prometheus rules file format. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}
