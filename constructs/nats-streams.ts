import type { Construct } from 'constructs';
import { refuse } from '../model/checks.ts';
import { consumerModel, copies, streamModel } from '../model/defaults.ts';
import type { Consumer, Stream } from '../model/jetstream.ts';
import { STREAMS } from '../model/names.ts';
import type { PodOptions } from '../model/pod-options.ts';
import { checkConsumer, checkDeletable, checkStream, consumerPath } from '../model/rules/check-jetstream.ts';
import { placementOn } from '../model/sites.ts';
import type { Resources } from '../model/topology.ts';
import { ClientWorkload } from './client-workload.ts';
import * as k8s from './kubernetes/k8s.ts';
import { readOnly } from './kubernetes/workload.ts';
import {
  ACCOUNT_INFO,
  consumerReconcile,
  lookAround,
  originInfo,
  originReplies,
  removal,
  streamMove,
  streamReconcile,
} from './nats/jetstream-api.ts';
import { consumerConfig, type Mirror, mirrorConfig, streamConfig } from './nats/jetstream-config.ts';
import type { NatsServer } from './nats-server.ts';

const FOLDER = '/etc/nats-streams';

export interface NatsStreamsProps {
  /** The server that stores the streams. It needs `jetStream`. */
  readonly server: NatsServer;
  /** Streams to create. @default - none */
  readonly streams?: readonly Stream[];
  /** Mirrors of streams of another cluster. @default - none */
  readonly mirrors?: readonly Mirror[];
  /** Durable consumers of these streams and mirrors. @default - none */
  readonly consumers?: readonly Consumer[];
  /**
   * Streams (`OLD`) and consumers (`EVENTS.audit`) that are no longer described and that a person may delete. The log
   * prints the command. @default - nothing may be deleted
   */
  readonly deletable?: readonly string[];
  /** Resources of the container. @default - 50m / 64Mi requested, 200m / 256Mi at most */
  readonly resources?: Resources;
  /** Where its pod runs, its labels, and the resources of its proxy. @default - any node */
  readonly pods?: PodOptions;
}

const at = (property: string) => ({ owner: 'NatsStreams', property });

/** File that tells the controller which servers of a broker with sites are to keep streams. */
export const PLACEMENT_FILE = 'placement.json';

/**
 * A controller for the streams and durable consumers of a server: a small Deployment that creates what is missing,
 * updates what differs, and refuses an update that could lose messages. It is ready when everything is as described. A
 * stream that is no longer described stays, with its messages; the log names it until a person deletes it.
 */
export class NatsStreams extends ClientWorkload {
  /** Holds the streams and consumers as JSON. */
  readonly configMap: k8s.KubeConfigMap;

  /** @throws InvalidInput if the server has no JetStream, or a stream or consumer is invalid */
  constructor(scope: Construct, id: string, props: NatsStreamsProps) {
    const { server, mirrors = [], deletable = [] } = props;
    if (!server.jetStream)
      refuse(at('server'), `${server.name} of ${server.cluster} keeps no streams; give it \`jetStream\``);
    const streams = (props.streams ?? []).map((stream, i) =>
      streamModel(checkStream(at(`streams[${i}]`), stream, server.servers), server.servers),
    );
    const all = [...streams, ...mirrors.map(({ stream }) => stream)];
    const names = all.map(({ name }) => name);
    const known = new Set(names);
    const consumers = (props.consumers ?? []).map((consumer, i) =>
      consumerModel(checkConsumer(at(`consumers[${i}]`), consumer, known)),
    );
    checkDeletable(at('deletable'), deletable, [...names, ...consumers.map(consumerPath)]);
    const placement = server.sites && placementOn(server.sites.servers);
    const config = `${STREAMS}-config`;
    super(
      scope,
      id,
      { server, user: STREAMS, resources: props.resources, pods: props.pods },
      {
        owner: 'NatsStreams',
        defaultName: STREAMS,
        script: 'streams',
        api: [
          ACCOUNT_INFO,
          ...all.flatMap(({ name }) => streamReconcile(name)),
          ...consumers.flatMap(consumerReconcile),
          ...(placement && placement.leave.length > 0 ? all.map(({ name }) => streamMove(name)) : []),
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
    this.configMap = new k8s.KubeConfigMap(this, 'config', {
      metadata: { name: config, namespace: server.namespace.name },
      data: Object.fromEntries([
        ...streams.map((stream) => [`${stream.name}.stream.json`, streamConfig(stream)]),
        ...mirrors.map((mirror) => [
          `${mirror.stream.name}.stream.json`,
          mirrorConfig(mirror, server.cluster, copies(server.replicas)),
        ]),
        ...all
          .filter(({ allowDataLoss }) => allowDataLoss)
          .map(({ name }) => [`${name}.allow-data-loss`, 'true\n']),
        ...deletable.map((name) => [`${name}.deletable`, 'true\n']),
        ...(placement ? [[PLACEMENT_FILE, `${JSON.stringify(placement)}\n`]] : []),
        ...consumers.map((each) => [`${consumerPath(each)}.consumer.json`, consumerConfig(each)]),
      ]),
    });
  }
}
