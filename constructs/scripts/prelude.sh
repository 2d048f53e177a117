#!/bin/sh
# The beginning of every client's script. `nats` reads the password from its environment, so that is set for this one
# process from the mounted file; `nats` has to be started again to use another one.

fingerprint() { cat /etc/nats-auth/* /etc/nats-tls/* 2>/dev/null | sha256sum; }

sign_in() {
  used=$(fingerprint)
  NATS_USER=$(cat "$NATS_USER_FILE") NATS_PASSWORD=$(cat "$NATS_PASSWORD_FILE")
  export NATS_USER NATS_PASSWORD
}

# Whether the server takes what is mounted now, tried on a connection of its own.
accepted() (
  sign_in
  nats --timeout 2s rtt 1 2>/dev/null | grep -q '[0-9].*s$'
)

# A new password reaches client and server up to a minute or more apart, so a changed file is no reason to give up a
# connection that stands: only when the server takes the new one.
usable() {
  kill -0 "$nats" 2>/dev/null || return
  [ "$(fingerprint)" = "$used" ] || ! accepted
}

pause() {
  sleep 1 &
  wait $!
}

stop() {
  for _ in 1 2 3; do kill -0 "$nats" 2>/dev/null && pause; done
  kill "$nats" 2>/dev/null
  wait "$nats"
}

nats=
trap 'kill $nats 2>/dev/null; exit 0' TERM INT
