import { App, Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  LinkerdNamespace,
  NatsBroker,
  NatsStreams,
  type NatsStreamsProps,
} from '../../../constructs/index.ts';
import { InvalidInput } from '../../../model/checks.ts';
import type { JetStream, Stream } from '../../../model/jetstream.ts';

const EVENTS: Stream = { name: 'EVENTS', subjects: ['test.>'], maxAge: '30m', maxBytes: '1Gi' };
const STORAGE: JetStream = { storage: { size: '10Gi', className: 'fast' } };

/** The objects of a broker of three with its streams, by kind and name. */
function synthesized(jetStream: JetStream | undefined, streams: Omit<NatsStreamsProps, 'server'>) {
  const chart = new Chart(new App(), 'chart');
  const namespace = new LinkerdNamespace(chart, 'namespace');
  const address = '1.1.1.1';
  const server = new NatsBroker(chart, 'broker', {
    namespace,
    cluster: 'hub',
    address,
    replicas: 3,
    jetStream,
  });
  new NatsStreams(chart, 'streams', { server, ...streams });
  return new Map(chart.toJson().map((object) => [`${object.kind}/${object.metadata.name}`, object]));
}

const described = (streams: Omit<NatsStreamsProps, 'server'>) =>
  synthesized(STORAGE, streams).get('ConfigMap/nats-streams-config').data as Record<string, string>;

describe('a server with JetStream', () => {
  const objects = synthesized(STORAGE, { streams: [EVENTS] });

  it('keeps streams on a volume of its own, in a domain of its cluster’s name', () => {
    const config = objects.get('ConfigMap/nats-broker-config').data['nats.conf'];
    expect(config).toContain(
      [
        'jetstream: {',
        '  store_dir: "/data"',
        '  domain: "hub"',
        '  max_memory_store: 0',
        '  max_file_store: 9663676416',
        '  sync_interval: "always"',
        '}',
      ].join('\n'),
    );
    const { volumeClaimTemplates, template } = objects.get('StatefulSet/nats-broker').spec;
    expect(volumeClaimTemplates[0].spec).toMatchObject({
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'fast',
      resources: { requests: { storage: '10Gi' } },
    });
    expect(template.spec.containers[0].volumeMounts).toContainEqual({ mountPath: '/data', name: 'data' });
  });
});

describe('the controller of the streams', () => {
  it('is told every stream, on as many servers as there are', () => {
    expect(JSON.parse(described({ streams: [EVENTS] })['EVENTS.stream.json']!)).toMatchObject({
      name: 'EVENTS',
      subjects: ['test.>'],
      max_age: 1_800_000_000_000,
      max_bytes: 2 ** 30,
      num_replicas: 3,
      duplicate_window: 1_800_000_000_000,
    });
  });

  it('is told where a mirror comes from, and no subjects of it', () => {
    const mirror = JSON.parse(
      described({ mirrors: [{ stream: EVENTS, from: 'far' }] })['EVENTS.stream.json']!,
    );
    expect(mirror.mirror).toEqual({
      name: 'EVENTS',
      external: { api: '$JS.far.API', deliver: '_MIRROR.hub' },
    });
    expect(mirror).not.toHaveProperty('subjects');
    expect(mirror.num_replicas).toBe(3);
  });

  it('is told the durable consumers', () => {
    const consumers = [{ name: 'audit', stream: 'EVENTS', subject: 'test.a', maxAckPending: 5 }];
    const files = described({ streams: [EVENTS], consumers });
    expect(JSON.parse(files['EVENTS.audit.consumer.json']!)).toMatchObject({
      durable_name: 'audit',
      ack_policy: 'explicit',
      ack_wait: 10_000_000_000,
      max_ack_pending: 5,
      filter_subject: 'test.a',
    });
  });

  it('is told that messages may be lost only where that is written', () => {
    expect(described({ streams: [EVENTS] })).not.toHaveProperty('EVENTS.allow-data-loss');
    const files = described({ streams: [{ ...EVENTS, allowDataLoss: true }] });
    expect(files).toHaveProperty('EVENTS.allow-data-loss');
  });

  it.each<[string, JetStream | undefined, Omit<NatsStreamsProps, 'server'>, string]>([
    [
      'a server that keeps nothing',
      undefined,
      {},
      '`server`: nats-broker of hub keeps no streams; give it `jetStream`.',
    ],
    [
      'a stream on two servers',
      STORAGE,
      { streams: [{ ...EVENTS, replicas: 2 }] },
      '`streams[0].replicas`: 2 is not a number of 3 servers that can agree; use 1, 3 or 5, and no more than there are.',
    ],
    [
      'a consumer of no stream',
      STORAGE,
      { consumers: [{ name: 'a', stream: 'B' }] },
      '`consumers[0].stream`: "B" is no stream of this cluster; list it in `streams` or `mirrors` first.',
    ],
  ])('refuses %s', (_, jetStream, streams, message) => {
    expect(() => synthesized(jetStream, streams)).toThrow(new InvalidInput(`NatsStreams ${message}`));
  });
});
