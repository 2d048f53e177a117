/** What containers may use. */

import { bytes, millicpu } from '../../model/quantities.ts';
import type { Resources } from '../../model/topology.ts';
import * as k8s from './k8s.ts';

/** The proxy beside a client. */
export const PROXY_RESOURCES: Resources = {
  requests: { cpu: '50m', memory: '64Mi' },
  limits: { cpu: '100m', memory: '128Mi' },
};

export const RELOADER_RESOURCES: Resources = {
  requests: { cpu: '5m', memory: '16Mi' },
  limits: { cpu: '50m', memory: '32Mi' },
};

export const EXPORTER_RESOURCES: Resources = {
  requests: { cpu: '10m', memory: '32Mi' },
  limits: { cpu: '100m', memory: '128Mi' },
};

/** The proxy beside a server: with less CPU than its server it would be the limit of what the server can do. */
export function serverProxyResources({ limits: { cpu } }: Resources): Resources {
  const { requests, limits } = PROXY_RESOURCES;
  return millicpu(cpu) > millicpu(limits.cpu) ? { requests, limits: { ...limits, cpu } } : PROXY_RESOURCES;
}

/** Requests and limits as the Kubernetes API wants them. */
export function resourceRequirements({ requests, limits }: Resources): k8s.ResourceRequirements {
  const quantities = ({ cpu, memory }: Resources['limits']) => ({
    cpu: k8s.Quantity.fromString(cpu),
    memory: k8s.Quantity.fromString(memory),
  });
  return { requests: quantities(requests), limits: quantities(limits) };
}

/** Four fifths of a container's limit, in bytes, so that Go collects before the kernel kills. */
export const goMemoryLimit = (limit: string) => String(Math.floor(bytes(limit) * 0.8));
