import type { Construct } from 'constructs';
import { ClientWorkload, type ClientWorkloadProps } from './client-workload.ts';

/**
 * Writes a line a second to one long-lived `nats pub`, which reconnects by itself and keeps what was written in the
 * meantime. (`nats pub --count` cannot do it: it shows a progress bar and counts to an end.)
 */
const EVERY_SECOND = `
trap '' PIPE
rm -f /tmp/messages
mkfifo /tmp/messages
connect() {
  sign_in
  nats pub --no-templates --force-stdin --send-on newline "$NATS_SUBJECT" </tmp/messages & nats=$!
  exec 3>/tmp/messages
}
connect
number=1
while :; do
  usable || { exec 3>&-; stop; connect; }
  echo "Message #$number - Published at $(date -u +%Y-%m-%dT%H:%M:%SZ)" >&3 && number=$((number + 1))
  pause
done
`;

export interface PublisherProps extends ClientWorkloadProps {
  /** @default 'nats-publisher' */
  readonly name?: string;
  /** Subject that it publishes to, without wildcards. */
  readonly subject: string;
}

/** A workload that publishes: every second a numbered message with the time, unless `image` brings an application. */
export class Publisher extends ClientWorkload {
  /** @throws InvalidInput if a name, the subject or the image cannot work */
  constructor(scope: Construct, id: string, props: PublisherProps) {
    super(scope, id, props, {
      owner: 'Publisher',
      defaultName: 'nats-publisher',
      demonstration: EVERY_SECOND,
    });
  }
}
