import type { Resources } from '../../model/topology.ts';
import { script } from '../scripts/read-script.ts';
import type * as k8s from './k8s.ts';
import { resourceRequirements } from './resources.ts';
import { container } from './workload.ts';

export interface ConfigReloaderProps {
  /** Image with a shell, the server's own. */
  readonly image: string;
  /** Folders whose files are watched. */
  readonly folders: readonly string[];
  readonly pidFile: string;
  readonly volumeMounts: k8s.VolumeMount[];
  readonly resources: Resources;
}

/**
 * A sidecar that makes a changed Secret reach nats-server without a restart. It needs a shared process namespace. The
 * official reloader exits when a file is missing (nats-io/nack#199) and its chart never tells it of a leaf's remote
 * certificates.
 */
export function configReloader(props: ConfigReloaderProps): k8s.Container {
  return container({
    name: 'config-reloader',
    image: props.image,
    command: ['sh', '-c', script('reload'), 'config-reloader', ...props.folders],
    env: [{ name: 'PID_FILE', value: props.pidFile }],
    volumeMounts: props.volumeMounts,
    resources: resourceRequirements(props.resources),
  });
}
