#!/bin/sh
# Logs each message. `nats sub` has sed put the tick before it and writes it to the log itself.

while :; do
  sign_in
  nats sub --raw --translate "sed 's/^/✓ Received: /'" -- "$NATS_SUBJECT" &
  nats=$!
  while usable; do pause; done
  kill "$nats" 2>/dev/null
  wait "$nats"
  pause
done
