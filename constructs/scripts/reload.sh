#!/bin/sh
# Watches the folders that it is given and has nats-server read their files again. It compares whole folders, because a
# mounted Secret changes by a link. It believes a reload only when the server's own `config_load_time` has moved: a
# rejected reload leaves the old configuration running and says so in the log alone. Until then it tries again.

fingerprint() { for folder in "$@"; do cat "$folder"/*; done | sha256sum; }
loaded() { timeout 5 wget -q -O - http://127.0.0.1:8222/varz | grep '"config_load_time"'; }

trap 'exit 0' TERM INT
applied=
while :; do
  current=$(fingerprint "$@")
  before=$(loaded)
  if [ "$current" != "$applied" ] && [ -n "$before" ]; then
    kill -HUP "$(cat "$PID_FILE")"
    sleep 2 &
    wait $!
    if [ "$(loaded)" != "$before" ]; then
      applied=$current
      echo "nats-server runs on the current files"
    else
      echo "nats-server has not taken the changed files, see its log; trying again" >&2
    fi
  fi
  sleep 5 &
  wait $!
done
