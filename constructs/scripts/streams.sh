#!/bin/sh
# Keeps the streams and consumers of one server as the files in $STREAMS describe them: `<stream>.stream.json`, with
# `<stream>.allow-data-loss` beside it where that is allowed, and `<stream>.<consumer>.consumer.json`. Of what the server
# has beside them it says so once, and with which command a person deletes it where `<name>.deletable` is there.
#
# A Job would do it once, but nobody would make a stream again that was lost with its volume.

n() { nats --inbox-prefix "$NATS_INBOX_PREFIX" "$@" 2>&1; }

tell() { n request --raw "\$JS.API.$1" "$2"; }

ask() { tell "$1" ''; }

# What a change from the stream in $1 to the configuration in $2 could lose, a line for each.
losses() {
  jq --raw-output --slurpfile files "$2" '
    .config as $is | $files[0] as $wanted |
    (
      ("max_age", "max_bytes", "max_msgs") |
      select($wanted[.] > 0 and ($is[.] <= 0 or $wanted[.] < $is[.]))
    ),
    (
      "num_replicas" | select($wanted[.] < $is[.])
    ) | "\(.) goes from \($is[.]) down to \($wanted[.])"
  ' "$1"
  jq --raw-output --slurpfile files "$2" '
    (.config.subjects // []) - ($files[0].subjects // []) | .[] | "it no longer keeps \(.)"
  ' "$1"
}

# Whether the mirror $1, described in $2 and as it is in /tmp/live, is not ahead of the stream that it copies.
follows_origin() {
  api=$(jq --raw-output '.mirror.external.api // empty' "$2")
  [ "$api" ] || return 0
  nats --timeout 2s --inbox-prefix "$ORIGIN_INBOX_PREFIX" request --raw "$api.STREAM.INFO.$1" '' >/tmp/origin 2>&1
  ours=$(jq .state.last_seq /tmp/live) theirs=$(jq '.state.last_seq // empty' /tmp/origin 2>/dev/null)
  [ "$theirs" ] && [ "$ours" -gt "$theirs" ] || return 0
  echo "mirror $1 is at message $ours, but the stream that it copies ends at $theirs, so that it gets nothing before" \
    "$ours: see docs/operations.md, A stream that had to begin anew"
  return 1
}

keep_stream() {
  ask "STREAM.INFO.$1" >/tmp/live
  if jq --exit-status .config /tmp/live >/dev/null 2>&1; then
    follows_origin "$1" "$2" || return
    n stream edit "$1" --config "$2" --dry-run >/dev/null && return
    lost=$(losses /tmp/live "$2")
    if [ "$lost" ] && ! [ -e "$STREAMS/$1.allow-data-loss" ]; then
      echo "stream $1 stays as it is, because messages could be lost: $lost" | tr '\n' ';'
      echo ' set allowDataLoss: true on the stream if that is meant'
      return 1
    fi
    n stream edit "$1" --config "$2" --force >/tmp/said && echo "stream $1 is changed" && return
  elif grep -q 'stream not found' /tmp/live; then
    n stream add "$1" --config "$2" >/tmp/said && echo "stream $1 is made" && return
  else
    cp /tmp/live /tmp/said
  fi
  echo "stream $1: $(tail -n 1 /tmp/said)"
  return 1
}

# Has a copy of the stream $1 leave a server that is to keep none, one copy at a time, and not while another is behind.
# NATS makes the new copy before it gives the old one up. Under load one of the copies is always some messages behind.
leave_servers() {
  jq --exit-status '.leave[0]' "$STREAMS/placement.json" >/dev/null 2>&1 || return 0
  ask "STREAM.INFO.$1" >/tmp/live
  from=$(jq --raw-output --slurpfile placement "$STREAMS/placement.json" '
    [.cluster.leader, .cluster.replicas[]?.name] as $on | ($on - ($on - $placement[0].leave))[0] // empty
  ' /tmp/live)
  [ "$from" ] || return 0
  if jq --exit-status '
    (.cluster.replicas | length) == .config.num_replicas - 1 and
    all(.cluster.replicas[]; (.current or (.lag > 0 and .lag < 1000)) and (.offline | not))
  ' /tmp/live >/dev/null; then
    tell "ACCOUNT.STREAM.MOVE.APP.$1" "{\"server\":\"$from\"}" >/tmp/said
    if jq --exit-status .config /tmp/said >/dev/null 2>&1; then
      echo "stream $1 leaves $from"
    else
      echo "stream $1 cannot leave $from: $(jq --raw-output '.error.description // .' /tmp/said 2>/dev/null || tail -n 1 /tmp/said)"
    fi
  fi
  return 1
}

keep_consumer() {
  n consumer add "$1" "$2" --config "$3" >/tmp/said && return
  echo "consumer $2 of stream $1: $(tail -n 1 /tmp/said)"
  return 1
}

report() {
  if [ -e "$STREAMS/$2.deletable" ]; then
    remedy="delete it with: kubectl -n $NAMESPACE exec deploy/nats-streams -c nats-streams -- sh -c"
    remedy="$remedy 'NATS_USER=\$(cat \$NATS_USER_FILE) NATS_PASSWORD=\$(cat \$NATS_PASSWORD_FILE)"
    remedy="$remedy nats --inbox-prefix \$NATS_INBOX_PREFIX $1 rm $(echo "$2" | tr . ' ') --force'"
  else
    remedy="it stays until somebody deletes it, which deletable: ['$2'] on the cluster allows"
  fi
  line="$1 $2 is on the server but not in the topology; $remedy"
  grep -qxF "$line" /tmp/reported && return
  echo "$line" | tee -a /tmp/reported
}

report_strays() {
  for stream in $(ask STREAM.NAMES | jq --raw-output '.streams[]?' 2>/dev/null); do
    # nats-server's own, for the devices that speak MQTT to it.
    case $stream in \$MQTT_*) continue ;; esac
    if ! [ -e "$STREAMS/$stream.stream.json" ]; then
      report stream "$stream"
      continue
    fi
    for consumer in $(ask "CONSUMER.NAMES.$stream" | jq --raw-output '.consumers[]?' 2>/dev/null); do
      [ -e "$STREAMS/$stream.$consumer.consumer.json" ] || report consumer "$stream.$consumer"
    done
  done
}

keep_all() {
  result=0
  for file in "$STREAMS"/*.stream.json; do
    [ -e "$file" ] || continue
    stream=$(basename "$file" .stream.json)
    { keep_stream "$stream" "$file" && leave_servers "$stream"; } || result=1
  done
  for file in "$STREAMS"/*.consumer.json; do
    [ -e "$file" ] || continue
    name=$(basename "$file" .consumer.json)
    keep_consumer "$(echo "$name" | cut -d . -f 1)" "$(echo "$name" | cut -d . -f 2)" "$file" || result=1
  done
  return $result
}

rm -f /tmp/ready
: >/tmp/reported
while :; do
  sign_in
  if keep_all; then touch /tmp/ready; else rm -f /tmp/ready; fi
  report_strays
  for _ in 1 2 3 4 5 6 7 8 9 10; do pause; done
done
