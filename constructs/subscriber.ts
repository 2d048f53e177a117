import type { Construct } from 'constructs';
import { ClientWorkload, type ClientWorkloadProps } from './client-workload.ts';

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
}

/** A workload that subscribes: it logs what it receives, unless `image` brings an application. */
export class Subscriber extends ClientWorkload {
  /** @throws InvalidInput if a name, the subject or the image cannot work */
  constructor(scope: Construct, id: string, props: SubscriberProps) {
    super(scope, id, props, {
      owner: 'Subscriber',
      defaultName: 'nats-subscriber',
      demonstration: LOG_EACH,
    });
  }
}
