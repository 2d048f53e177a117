#!/bin/sh
# Writes a line a second to one long-lived `nats pub`, which reconnects by itself and keeps what was written in the
# meantime. (`nats pub --count` cannot do it: it shows a progress bar and counts to an end.)

trap '' PIPE
rm -f /tmp/messages
mkfifo /tmp/messages

connect() {
  sign_in
  nats pub --no-templates --force-stdin --send-on newline -- "$NATS_SUBJECT" </tmp/messages &
  nats=$!
  exec 3>/tmp/messages
}

connect
number=1
while :; do
  usable || {
    exec 3>&-
    stop
    connect
  }
  echo "Message #$number - Published at $(date -u +%Y-%m-%dT%H:%M:%SZ)" >&3 && number=$((number + 1))
  pause
done
