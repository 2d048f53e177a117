import type { ContainerSpec } from '../manifest.ts';
import { needed } from '../parts.ts';
import type { Pod } from './pod.ts';

/** Whether a container's readiness probe passes just now; HTTP comes from the node, as it does from a kubelet. */
export async function passes(spec: ContainerSpec, pod: Pod): Promise<boolean> {
  const probe = spec.readinessProbe;
  if (!pod.container(spec.name).running) return false;
  if (probe?.exec) return (await pod.exec(probe.exec.command, { container: spec.name })).code === 0;
  if (!probe?.httpGet)
    throw new Error(`Container \`${spec.name}\`: only exec and httpGet probes can be run here.`);
  const { port, path = '/' } = probe.httpGet;
  const url = `http://${pod.ip}:${portNumber(port, [spec])}${path}`;
  const get = [needed('namespaces'), 'wget', '-q', '-O', '-', url];
  return (await pod.props.node.run(get, { timeout: 2000 })).code === 0;
}

/** The number of a container port that is given by number or by name. */
export function portNumber(port: number | string, containers: readonly ContainerSpec[]): number {
  if (typeof port === 'number') return port;
  const found = containers.flatMap(({ ports }) => ports ?? []).find(({ name }) => name === port);
  if (!found) throw new Error(`No container has a port named \`${port}\`.`);
  return found.containerPort;
}
