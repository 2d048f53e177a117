/**
 * Logs each message of a durable consumer once and in order.
 *
 * `nats sub` writes each message to a file, named after its number in the stream, and acknowledges it then; the
 * consumer gives out one at a time. While the files are logged, `nats sub` is held, so that they cannot pile up.
 * The server may deliver again what was acknowledged shortly before it was killed: what is not after the last logged
 * message is left out. The last logged message is itself the record of how far the log is, and moving its file there
 * is one step, which no signal interrupts. The folders outlive the container but not the pod, so one that leaves
 * acknowledges its last message once more, which `nats sub` may not have come to.
 */
export const LOG_DURABLY = `
mkdir -p /tmp/spool /tmp/logged
in_order() { ls "$1" | sort -n; }
field() { rest=\${json##*"\\"$1\\":\\""}; printf '%s' "\${rest%%\\"*}"; }
last=$(in_order /tmp/logged | tail -n 1)
last=\${last:-0}
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
  return $some
}
leaving=
trap 'leaving=yes' TERM INT
until [ "$leaving" ]; do
  sign_in
  nats --inbox-prefix "$NATS_INBOX_PREFIX" sub --stream "$NATS_STREAM" --durable "$NATS_CONSUMER" \\
    --dump /tmp/spool >/dev/null & nats=$!
  until [ "$leaving" ] || ! usable; do log_spooled || { sleep 0.2 & wait $!; }; done
  kill -KILL "$nats" 2>/dev/null
  wait "$nats"
  log_spooled || [ "$leaving" ] || pause
done
if [ -f "/tmp/logged/$last" ]; then
  IFS= read -r json <"/tmp/logged/$last"
  sign_in
  nats --timeout 600ms --inbox-prefix "$NATS_INBOX_PREFIX" request "$(field Reply)" '' >/dev/null 2>&1
fi
`;
