import * as k8s from 'cdk8s-plus-28/lib/imports/k8s.js';
import { container } from './workload.ts';

/**
 * Watches the mounted Secrets and has nats-server read them again. The official reloader exits when a file is
 * missing (nats-io/nack#199) and its chart never tells it of a leaf's remote certificates, so this one compares
 * whole folders. It believes a reload only when the server's own `config_load_time` has moved, because a rejected
 * reload leaves the old configuration running and says so in the log alone; until then it tries again.
 */
const RELOAD = `
fingerprint() { for folder in "$@"; do cat "$folder"/*; done | sha256sum; }
loaded() { timeout 5 wget -q -O - http://127.0.0.1:8222/varz | grep '"config_load_time"'; }
trap 'exit 0' TERM INT
applied=
while :; do
  current=$(fingerprint "$@")
  before=$(loaded)
  if [ "$current" != "$applied" ] && [ -n "$before" ]; then
    kill -HUP "$(cat "$PID_FILE")"
    sleep 2 & wait $!
    if [ "$(loaded)" != "$before" ]; then
      applied=$current
      echo "nats-server runs on the current files"
    else
      echo "nats-server has not taken the changed files, see its log; trying again" >&2
    fi
  fi
  sleep 5 & wait $!
done
`.trim();

export interface ConfigReloaderProps {
  /** Image with a shell, the server's own. */
  readonly image: string;
  /** Folders whose files are watched. */
  readonly folders: readonly string[];
  readonly pidFile: string;
  readonly volumeMounts: k8s.VolumeMount[];
}

/** A sidecar that makes a changed Secret reach nats-server without a restart. It needs a shared process namespace. */
export function configReloader(props: ConfigReloaderProps): k8s.Container {
  return container({
    name: 'config-reloader',
    image: props.image,
    command: ['sh', '-c', RELOAD, 'config-reloader', ...props.folders],
    env: [{ name: 'PID_FILE', value: props.pidFile }],
    volumeMounts: props.volumeMounts,
    resources: {
      requests: { cpu: k8s.Quantity.fromString('5m'), memory: k8s.Quantity.fromString('16Mi') },
      limits: { cpu: k8s.Quantity.fromString('50m'), memory: k8s.Quantity.fromString('32Mi') },
    },
  });
}
