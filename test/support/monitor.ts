import type { Pod } from './stage/pod.ts';

type Server = Pick<Pod, 'exec'>;

const get = (server: Server, page: string) =>
  server.exec(['wget', '-q', '-O', '-', `http://127.0.0.1:8222/${page}`]);

/** What a server says on a page of its monitoring port, such as `jsz?streams=1`. */
export const monitor = async (server: Server, page: string) => JSON.parse((await get(server, page)).stdout);

/** Whether a server has caught up with the others. */
export const isHealthy = async (server: Server) => (await get(server, 'healthz')).code === 0;

/** Whether all have. */
export const areHealthy = async (servers: readonly Server[]) =>
  (await Promise.all(servers.map(isHealthy))).every(Boolean);
