#!/bin/sh
# Sends each message until the stream has acknowledged it, under the same id, so that the stream keeps it once. What is
# not acknowledged yet outlives a restart of the container, and of its machine, in /tmp/state.

run=$(cat /proc/sys/kernel/random/uuid) number=1 message=
if [ -f /tmp/state ]; then
  {
    read -r run
    read -r number
    IFS= read -r message
  } </tmp/state
fi

remember() {
  printf '%s\n' "$run" "$number" "$message" >/tmp/state.new
  sync /tmp/state.new
  mv /tmp/state.new /tmp/state
  sync /tmp
}

send() {
  sign_in
  nats --inbox-prefix "$NATS_INBOX_PREFIX" pub --jetstream --no-templates \
    --header "Nats-Msg-Id:$run-$number" -- "$NATS_SUBJECT" "$message" &
  nats=$!
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
