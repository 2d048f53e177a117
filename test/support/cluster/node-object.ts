import type { ApiClient } from './api-client.ts';

/** Makes a node known, whose kubelet listens on a port of the loopback of this machine. */
export async function registerNode(api: ApiClient, name: string, address: string, kubeletPort: number) {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name } };
  await api.apply(node);
  await api.applyStatus(node, {
    addresses: [
      { type: 'InternalIP', address },
      // The only one that the API server dials; see `ApiServer`.
      { type: 'Hostname', address: '127.0.0.1' },
    ],
    conditions: [{ type: 'Ready', status: 'True' }],
    daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
  });
}
