import * as k8s from 'cdk8s-plus-28/lib/imports/k8s.js';
import type { Construct } from 'constructs';
import { checkConsumer, checkDeletable, checkStream, consumerPath } from '../model/check-jetstream.ts';
import { refuse } from '../model/checks.ts';
import type { Consumer, Stream } from '../model/jetstream.ts';
import { STREAMS } from '../model/names.ts';
import { ClientWorkload } from './client-workload.ts';
import {
  ACCOUNT_INFO,
  consumerUpkeep,
  lookAround,
  originInfo,
  originReplies,
  removal,
  streamUpkeep,
} from './jetstream-api.ts';
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
  /**
   * Streams (`OLD`) and consumers (`EVENTS.audit`) that are described no more and that may be deleted by hand; the log
   * says with which command. @default - nobody may delete any
   */
  readonly deletable?: readonly string[];
}

const at = (property: string) => ({ owner: 'NatsStreams', property });

/**
 * A small Deployment that keeps the streams and durable consumers of a server as they are described: it makes what
 * is missing, changes what differs, and refuses a change by which messages could be lost. It is ready when all is
 * as described. What is described no more stays, with its messages, and is named in the log, until somebody deletes it.
 */
export class NatsStreams extends ClientWorkload {
  /** @throws InvalidInput if the server keeps no streams, or a stream or consumer cannot work */
  constructor(scope: Construct, id: string, props: NatsStreamsProps) {
    const { server, streams = [], mirrors = [], consumers = [], deletable = [] } = props;
    const all = [...streams, ...mirrors.map(({ stream }) => stream)];
    const names = all.map(({ name }) => name);
    if (!server.jetStream)
      refuse(at('server'), `${server.name} of ${server.cluster} keeps no streams; give it \`jetStream\``);
    for (const [i, stream] of streams.entries()) checkStream(at(`streams[${i}]`), stream, server.replicas);
    const known = new Set(names);
    for (const [i, consumer] of consumers.entries()) checkConsumer(at(`consumers[${i}]`), consumer, known);
    checkDeletable(at('deletable'), deletable, [...names, ...consumers.map(consumerPath)]);
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
          ...lookAround(names),
          ...mirrors.map(({ stream, from }) => originInfo(from, stream.name)),
          ...deletable.flatMap(removal),
        ],
        inboxes: mirrors.length > 0 ? [`${originReplies(server.cluster)}.>`] : [],
        env: [
          { name: 'STREAMS', value: FOLDER },
          { name: 'NAMESPACE', value: server.namespace.name },
          { name: 'ORIGIN_INBOX_PREFIX', value: originReplies(server.cluster) },
        ],
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
        ...deletable.map((name) => [`${name}.deletable`, 'true\n']),
        ...consumers.map((each) => [`${consumerPath(each)}.consumer.json`, consumerConfig(each)]),
      ]),
    });
  }
}
