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

/**
 * Sends each message until the stream has acknowledged it, under the same id, so that the stream keeps it once. What
 * is not acknowledged yet outlives a restart of the container, and of its machine, in `/tmp/state`.
 */
const UNTIL_ACKNOWLEDGED = `
run=$(cat /proc/sys/kernel/random/uuid) number=1 message=
if [ -f /tmp/state ]; then { read -r run; read -r number; IFS= read -r message; } </tmp/state; fi
remember() {
  printf '%s\\n' "$run" "$number" "$message" >/tmp/state.new
  sync /tmp/state.new
  mv /tmp/state.new /tmp/state
  sync /tmp
}
send() {
  sign_in
  nats --inbox-prefix "$NATS_INBOX_PREFIX" pub --jetstream --no-templates \\
    --header "Nats-Msg-Id:$run-$number" "$NATS_SUBJECT" "$message" & nats=$!
  wait "$nats"
}
while :; do
  [ "$message" ] || message="Message #$number - Published at $(date -u +%Y-%m-%dT%H:%M:%SZ)"
  remember
  until send; do pause; done
  number=$((number + 1)) message=
  remember
  pause
done
`;

export interface PublisherProps extends ClientWorkloadProps {
  /** @default 'nats-publisher' */
  readonly name?: string;
  /** Subject that it publishes to, without wildcards. */
  readonly subject: string;
  /** Stream that keeps the subject, and acknowledges each message. @default - messages are sent and forgotten */
  readonly stream?: string;
}

/** A workload that publishes: every second a numbered message with the time, unless `image` brings an application. */
export class Publisher extends ClientWorkload {
  /** @throws InvalidInput if a name, the subject or the image cannot work */
  constructor(scope: Construct, id: string, props: PublisherProps) {
    super(scope, id, props, {
      owner: 'Publisher',
      defaultName: 'nats-publisher',
      subject: props.subject,
      script: props.stream === undefined ? EVERY_SECOND : UNTIL_ACKNOWLEDGED,
      // Publishing to the subject is all that it asks; the acknowledgement comes to its inbox.
      api: props.stream === undefined ? undefined : [],
    });
  }
}
