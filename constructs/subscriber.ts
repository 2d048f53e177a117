import type { Construct } from 'constructs';
import { checkAssetName } from '../model/rules/check-jetstream.ts';
import { ClientWorkload, type ClientWorkloadProps } from './client-workload.ts';
import { consumerUse } from './nats/jetstream-api.ts';

export interface SubscriberProps extends ClientWorkloadProps {
  /** Name of the Deployment, its `app` label and its service account. @default 'nats-subscriber' */
  readonly name?: string;
  /** Subject that it subscribes to; the wildcards `*` and `>` are allowed. */
  readonly subject: string;
  /** Stream of its server that it reads, with acknowledgements. @default - none: it subscribes to the subject */
  readonly stream?: string;
  /** The durable consumer that it reads the stream from. `NatsStreams` creates it. @default - its own name */
  readonly consumer?: string;
}

/** A workload that subscribes: it logs what it receives, or is your own application when `image` is given. */
export class Subscriber extends ClientWorkload {
  /** @throws InvalidInput if a name, the subject or the image is invalid */
  constructor(scope: Construct, id: string, props: SubscriberProps) {
    const defaultName = 'nats-subscriber';
    const role = { owner: 'Subscriber', defaultName, subject: props.subject } as const;
    if (props.stream === undefined) {
      super(scope, id, props, { ...role, script: 'subscribe' });
      return;
    }
    checkAssetName({ owner: 'Subscriber', property: 'stream' }, props.stream);
    const consumer = props.consumer ?? props.name ?? defaultName;
    checkAssetName({ owner: 'Subscriber', property: 'consumer' }, consumer);
    super(scope, id, props, {
      ...role,
      script: 'subscribe-durable',
      api: consumerUse(props.server.natsCluster, props.stream, consumer),
      env: [
        { name: 'NATS_STREAM', value: props.stream },
        { name: 'NATS_CONSUMER', value: consumer },
      ],
    });
  }
}
