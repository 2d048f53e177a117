#!/bin/sh
# Logs each message of a durable consumer at least once: `nats sub` acknowledges a message after it has written it to the
# log. What was not acknowledged when it ended is delivered again.

while :; do
  sign_in
  nats --inbox-prefix "$NATS_INBOX_PREFIX" sub --raw --translate "sed 's/^/✓ Received: /'" \
    --stream "$NATS_STREAM" --durable "$NATS_CONSUMER" &
  nats=$!
  while usable; do pause; done
  kill "$nats" 2>/dev/null
  wait "$nats"
  pause
done
