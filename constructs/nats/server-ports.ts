/** A port that a server listens at, and what it speaks there. */
export interface ServerPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: 'opaque' | 'HTTP/1';
}

/** Where clients connect, in the cluster. */
export const CLIENTS: ServerPort = { name: 'nats', port: 4222, protocol: 'opaque' };

/** Where MQTT devices connect. */
export const MQTT: ServerPort = { name: 'mqtt', port: 1883, protocol: 'opaque' };

/** Where a server tells about itself. */
export const MONITOR: ServerPort = { name: 'monitor', port: 8222, protocol: 'HTTP/1' };

/** Where an exporter beside a server shows the same as metrics. */
export const METRICS: ServerPort = { name: 'metrics', port: 7777, protocol: 'HTTP/1' };

/** Ports where the server speaks first, as Linkerd's annotation wants them: numbers only. */
export const opaquePorts = (ports: readonly ServerPort[]) => ({
  'config.linkerd.io/opaque-ports': ports
    .filter(({ protocol }) => protocol === 'opaque')
    .map(({ port }) => port)
    .join(','),
});
