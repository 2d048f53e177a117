/**
 * Logs each message of a durable consumer once and in order.
 *
 * `nats sub` writes each message to a file, named after its number in the stream, and acknowledges it then; the
 * consumer gives out one at a time. While the files are logged, `nats sub` is held, so that they cannot pile up. The
 * last logged message is itself the record of how far the log is, and moving its file there is one step, which no
 * signal interrupts.
 *
 * The server may deliver again what was acknowledged shortly before it was killed: what is not after the last logged
 * message is left out. The other way round, a message may be acknowledged and its file gone, when the machine loses
 * power: where more is acknowledged than logged, the consumer is set back (nats-io/nats-server#7489), and what was logged
 * since the record last reached the disk is logged again. The record
 * outlives the container but not the pod. A pod that leaves therefore acknowledges its last message once more, which
 * `nats sub` may not have come to, and a new pod records where it begins.
 */
export const LOG_DURABLY = `
mkdir -p /tmp/spool /tmp/logged
in_order() { ls "$1" | sort -n; }
field() { rest=\${json##*"\\"$1\\":\\""}; printf '%s' "\${rest%%\\"*}"; }
request() { nats --timeout "$1" --inbox-prefix "$NATS_INBOX_PREFIX" request --raw "$2" "$3" 2>&1 | tr -d ' \\n'; }
consumer() { request 5s "\\$JS.API.CONSUMER.$1.$NATS_STREAM.$NATS_CONSUMER" "$2"; }
begin() {
  sign_in
  acknowledged=$(consumer INFO '' | sed -n 's/.*"ack_floor":{"consumer_seq":[0-9]*,"stream_seq":\\([0-9]*\\).*/\\1/p')
  [ "$acknowledged" ] || return
  last=$(in_order /tmp/logged | tail -n 1)
  if [ -z "$last" ]; then last=$acknowledged; : >"/tmp/logged/$last"; sync /tmp/logged; fi
  rm -f $(grep -L '}$' /tmp/spool/* 2>/dev/null)
  log_spooled
  [ "$acknowledged" -le "$last" ] || consumer RESET "{\\"seq\\":$((last + 1))}" | grep -q reset_seq
}
log_spooled() {
  some=1
  kill -STOP "$nats" 2>/dev/null
  for file in $(in_order /tmp/spool); do
    number=\${file%.json} json=
    if [ "$number" -gt "$last" ]; then
      IFS= read -r json <"/tmp/spool/$file"
      case $json in *'}') ;; *) break ;; esac
      echo "✓ Received: $(field Data | base64 -d)"
      mv "/tmp/spool/$file" "/tmp/logged/$number"
      rm -f "/tmp/logged/$last"
      last=$number some=0
    else
      rm "/tmp/spool/$file"
    fi
  done
  kill -CONT "$nats" 2>/dev/null
  [ $some = 1 ] || sync /tmp/logged
  return $some
}
leaving=
trap 'leaving=yes' TERM INT
until begin; do [ "$leaving" ] && exit; pause; done
until [ "$leaving" ]; do
  sign_in
  nats --inbox-prefix "$NATS_INBOX_PREFIX" sub --stream "$NATS_STREAM" --durable "$NATS_CONSUMER" \\
    --dump /tmp/spool >/dev/null & nats=$!
  until [ "$leaving" ] || ! usable; do log_spooled || { sleep 0.2 & wait $!; }; done
  kill "$nats" 2>/dev/null
  for _ in 1 2 3 4; do kill -0 "$nats" 2>/dev/null && sleep 0.1; done
  kill -KILL "$nats" 2>/dev/null
  wait "$nats"
  log_spooled || [ "$leaving" ] || pause
done
if [ -s "/tmp/logged/$last" ]; then
  IFS= read -r json <"/tmp/logged/$last"
  sign_in
  request 600ms "$(field Reply)" '' >/dev/null
fi
`;
