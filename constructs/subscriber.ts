import type { Construct } from 'constructs';
import { checkAssetName } from '../model/check-jetstream.ts';
import { ClientWorkload, type ClientWorkloadProps } from './client-workload.ts';
import { LOG_DURABLY } from './durable-subscriber-script.ts';
import { consumerUse } from './jetstream-api.ts';

/** Logs each message. The pipe is opened for reading and writing, so that it outlives one `nats sub` after another. */
const LOG_EACH = `
rm -f /tmp/received
mkfifo /tmp/received
while IFS= read -r message; do echo "✓ Received: $message"; done <>/tmp/received &
while :; do
  sign_in
  nats sub --raw "$NATS_SUBJECT" >/tmp/received & nats=$!
  while usable; do pause; done
  kill "$nats" 2>/dev/null
  wait "$nats"
  pause
done
`;

export interface SubscriberProps extends ClientWorkloadProps {
  /** @default 'nats-subscriber' */
  readonly name?: string;
  /** Subject that it subscribes to; the wildcards `*` and `>` are allowed. */
  readonly subject: string;
  /** Stream of its server that it reads instead, each message until it has acknowledged it. @default - none */
  readonly stream?: string;
  /** The durable consumer that it reads the stream from; `NatsStreams` makes it. @default - its own name */
  readonly consumer?: string;
}

/** A workload that subscribes: it logs what it receives, unless `image` brings an application. */
export class Subscriber extends ClientWorkload {
  /** @throws InvalidInput if a name, the subject or the image cannot work */
  constructor(scope: Construct, id: string, props: SubscriberProps) {
    const defaultName = 'nats-subscriber';
    const role = { owner: 'Subscriber', defaultName, subject: props.subject } as const;
    if (props.stream === undefined) {
      super(scope, id, props, { ...role, script: LOG_EACH });
      return;
    }
    checkAssetName({ owner: 'Subscriber', property: 'stream' }, props.stream);
    const consumer = props.consumer ?? props.name ?? defaultName;
    checkAssetName({ owner: 'Subscriber', property: 'consumer' }, consumer);
    super(scope, id, props, {
      ...role,
      script: LOG_DURABLY,
      api: consumerUse(props.stream, consumer),
      env: [
        { name: 'NATS_STREAM', value: props.stream },
        { name: 'NATS_CONSUMER', value: consumer },
      ],
      // Messages that are written down and not logged yet.
      scratch: '256Mi',
    });
  }
}
