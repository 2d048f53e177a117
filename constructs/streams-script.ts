/**
 * Keeps the streams and consumers of one server as the files in $STREAMS describe them: `<stream>.stream.json`, with
 * `<stream>.allow-data-loss` beside it where that is allowed, and `<stream>.<consumer>.consumer.json`. Of what the
 * server has beside them it says so once, and with which command a person deletes it where `<name>.deletable` is there.
 *
 * A Job would do it once, but a Job never ends where Linkerd's proxy is no native sidecar, and nobody would make a
 * stream again that was lost with its volume.
 * @see https://linkerd.io/2/tasks/graceful-shutdown/
 */
export const KEEP_STREAMS = `
n() { nats --inbox-prefix "$NATS_INBOX_PREFIX" "$@" 2>&1; }
compact() { tr -d ' \\n' <"$1"; }
value() { compact "$2" | sed -n "s/.*\\"$1\\":\\"\\{0,1\\}\\([^\\",}]*\\).*/\\1/p"; }
subjects() {
  compact "$1" | sed -n 's/.*"subjects":\\[\\([^]]*\\)\\].*/\\1/p' | sed 's/\\\\u003e/>/g' | tr -d '"' | tr ',' '\\n'
}
lower() {
  for limit in max_age max_bytes max_msgs; do
    was=$(value $limit "$1") wanted=$(value $limit "$2")
    [ $((wanted > 0 && (was <= 0 || wanted < was))) = 0 ] || echo "$limit goes from $was down to $wanted"
  done
  was=$(value num_replicas "$1") wanted=$(value num_replicas "$2")
  [ $((wanted < was)) = 0 ] || echo "num_replicas goes from $was down to $wanted"
  subjects "$2" >/tmp/wanted-subjects
  subjects "$1" | grep -vxFf /tmp/wanted-subjects | sed 's/^/it no longer keeps /'
}
follows_origin() {
  api=$(value api "$2")
  [ "$api" ] || return 0
  nats --timeout 2s --inbox-prefix "$ORIGIN_INBOX_PREFIX" request --raw "$api.STREAM.INFO.$1" '' >/tmp/origin 2>&1
  ours=$(value last_seq /tmp/live) theirs=$(value last_seq /tmp/origin)
  [ "$theirs" ] && [ "$ours" -gt "$theirs" ] || return 0
  echo "mirror $1 is at message $ours, but the stream that it copies ends at $theirs, so that it gets nothing before" \\
    "$ours: see docs/operations.md, A stream that had to begin anew"
  return 1
}
keep_stream() {
  n request --raw '$JS.API.STREAM.INFO.'"$1" '' >/tmp/live
  if grep -q '"config"' /tmp/live; then
    follows_origin "$1" "$2" || return
    n stream edit "$1" --config "$2" --dry-run >/dev/null && return
    losses=$(lower /tmp/live "$2")
    if [ "$losses" ] && ! [ -e "$STREAMS/$1.allow-data-loss" ]; then
      echo "stream $1 stays as it is, because messages could be lost: $losses" | tr '\\n' ';'
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
keep_consumer() {
  n consumer add "$1" "$2" --config "$3" >/tmp/said && return
  echo "consumer $2 of stream $1: $(tail -n 1 /tmp/said)"
  return 1
}
names() {
  n request --raw "\\$JS.API.$1" '' | tr -d ' \\n' | sed -n "s/.*\\"$2\\":\\[\\([^]]*\\)\\].*/\\1/p" | tr -d '"' | tr , '\\n'
}
report() {
  if [ -e "$STREAMS/$2.deletable" ]; then
    remedy="delete it with: kubectl -n $NAMESPACE exec deploy/nats-streams -c nats-streams -- sh -c"
    remedy="$remedy 'NATS_USER=\\$(cat \\$NATS_USER_FILE) NATS_PASSWORD=\\$(cat \\$NATS_PASSWORD_FILE)"
    remedy="$remedy nats --inbox-prefix \\$NATS_INBOX_PREFIX $1 rm $(echo "$2" | tr . ' ') --force'"
  else
    remedy="it stays until somebody deletes it, which deletable: ['$2'] on the cluster allows"
  fi
  line="$1 $2 is on the server but not in the topology; $remedy"
  grep -qxF "$line" /tmp/reported && return
  echo "$line" | tee -a /tmp/reported
}
report_strays() {
  for stream in $(names STREAM.NAMES streams); do
    if ! [ -e "$STREAMS/$stream.stream.json" ]; then report stream "$stream"; continue; fi
    for consumer in $(names "CONSUMER.NAMES.$stream" consumers); do
      [ -e "$STREAMS/$stream.$consumer.consumer.json" ] || report consumer "$stream.$consumer"
    done
  done
}
keep_all() {
  result=0
  for file in "$STREAMS"/*.stream.json; do
    [ -e "$file" ] || continue
    stream=\${file##*/}
    keep_stream "\${stream%%.*}" "$file" || result=1
  done
  for file in "$STREAMS"/*.consumer.json; do
    [ -e "$file" ] || continue
    stream=\${file##*/} consumer=\${file%.consumer.json}
    keep_consumer "\${stream%%.*}" "\${consumer##*.}" "$file" || result=1
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
`;
