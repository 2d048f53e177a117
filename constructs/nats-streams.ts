import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { checkConsumer, checkStream } from '../model/check-jetstream.ts';
import { refuse } from '../model/checks.ts';
import type { Consumer, Stream } from '../model/jetstream.ts';
import { STREAMS } from '../model/names.ts';
import { ClientWorkload } from './client-workload.ts';
import { ACCOUNT_INFO, consumerUpkeep, streamUpkeep } from './jetstream-api.ts';
import { consumerConfig, type Mirror, mirrorConfig, streamConfig } from './jetstream-config.ts';
import type { NatsServer } from './nats-server.ts';
import { KEEP_STREAMS } from './streams-script.ts';
import { readOnly } from './workload.ts';

const FOLDER = '/etc/nats-streams';

export interface NatsStreamsProps {
  /** The server whose streams they are. It needs `jetStream`. */
  readonly server: NatsServer;
  /** @default - none */
  readonly streams?: readonly Stream[];
  /** Copies of the streams of another cluster. @default - none */
  readonly mirrors?: readonly Mirror[];
  /** Durable consumers of any of them. @default - none */
  readonly consumers?: readonly Consumer[];
}

const at = (property: string) => ({ owner: 'NatsStreams', property });

/**
 * A small Deployment that keeps the streams and durable consumers of a server as they are described: it makes what
 * is missing, changes what differs, and refuses a change by which messages could be lost. It is ready when all is
 * as described. Streams that are described no more stay, with their messages, until somebody deletes them.
 */
export class NatsStreams extends ClientWorkload {
  /** @throws InvalidInput if the server keeps no streams, or a stream or consumer cannot work */
  constructor(scope: Construct, id: string, props: NatsStreamsProps) {
    const { server, streams = [], mirrors = [], consumers = [] } = props;
    const all = [...streams, ...mirrors.map(({ stream }) => stream)];
    if (!server.jetStream)
      refuse(at('server'), `${server.name} of ${server.cluster} keeps no streams; give it \`jetStream\``);
    for (const [i, stream] of streams.entries()) checkStream(at(`streams[${i}]`), stream, server.replicas);
    const known = new Set(all.map(({ name }) => name));
    for (const [i, consumer] of consumers.entries()) checkConsumer(at(`consumers[${i}]`), consumer, known);
    const config = `${STREAMS}-config`;
    super(
      scope,
      id,
      { server, user: STREAMS },
      {
        owner: 'NatsStreams',
        defaultName: STREAMS,
        script: KEEP_STREAMS,
        api: [
          ACCOUNT_INFO,
          ...all.flatMap(({ name }) => streamUpkeep(name)),
          ...consumers.flatMap(consumerUpkeep),
        ],
        env: [{ name: 'STREAMS', value: FOLDER }],
        files: {
          volume: { name: 'streams', configMap: { name: config } },
          mount: readOnly('streams', FOLDER),
        },
        ready: ['test', '-f', '/tmp/ready'],
      },
    );
    new k8s.KubeConfigMap(this, 'config', {
      metadata: { name: config, namespace: server.namespace.name },
      data: Object.fromEntries([
        ...streams.map((stream) => [`${stream.name}.stream.json`, streamConfig(stream, server.replicas)]),
        ...mirrors.map((mirror) => [
          `${mirror.stream.name}.stream.json`,
          mirrorConfig(mirror, server.cluster),
        ]),
        ...all
          .filter(({ allowDataLoss }) => allowDataLoss)
          .map(({ name }) => [`${name}.allow-data-loss`, 'true\n']),
        ...consumers.map((each) => [`${each.stream}.${each.name}.consumer.json`, consumerConfig(each)]),
      ]),
    });
  }
}
