import { AUTH, TLS } from './workload.ts';

/**
 * The beginning of every script. `nats` reads the password from its environment, so that is set for this one
 * process from the mounted file; when a mounted file changes, `nats` has to be started again to use it.
 */
export const PRELUDE = `
fingerprint() { cat ${AUTH}/* ${TLS}/* 2>/dev/null | sha256sum; }
sign_in() {
  used=$(fingerprint)
  NATS_USER=$(cat "$NATS_USER_FILE") NATS_PASSWORD=$(cat "$NATS_PASSWORD_FILE")
  export NATS_USER NATS_PASSWORD
}
usable() { kill -0 "$nats" 2>/dev/null && [ "$(fingerprint)" = "$used" ]; }
pause() { sleep 1 & wait $!; }
stop() {
  for _ in 1 2 3; do kill -0 "$nats" 2>/dev/null && pause; done
  kill "$nats" 2>/dev/null
  wait "$nats"
}
nats=
trap 'kill $nats 2>/dev/null; exit 0' TERM INT
`.trim();
