import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { type KubeConfig, PortForward } from '@kubernetes/client-node';
import { Forbidden, KubeError } from './kube-client.ts';

/** A port of this machine's loopback that leads to one of a pod's. */
export interface Forward {
  readonly port: number;
  /** Why the last connection failed, where the cluster said so. */
  readonly failure: KubeError | undefined;
  close(): void;
}

/**
 * Leads to a port of a pod, as `kubectl port-forward` does. The kubelet dials within the pod, past the mesh and the
 * packet filters, so that no policy has to name the doctor.
 */
export async function forward(
  config: KubeConfig,
  namespace: string,
  pod: string,
  port: number,
): Promise<Forward> {
  const client = new PortForward(config);
  const sockets = new Set<Socket>();
  let failure: KubeError | undefined;
  const server = createServer((socket) => {
    sockets.add(socket);
    const fail = (why: KubeError) => {
      failure = why;
      socket.destroy();
    };
    const complaints = new Writable({
      write(chunk, _, done) {
        const text = String(chunk).trim();
        if (text) fail(new KubeError(text));
        done();
      },
    });
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    client.portForward(namespace, pod, [port], socket, complaints, socket).then(
      (connection) => {
        if (typeof connection === 'function') return;
        connection.onclose = () => socket.destroySoon();
        socket.on('close', () => connection.close());
      },
      (error) => fail(refusal(error, namespace, pod)),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get failure() {
      return failure;
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The client passes on what its web socket says, which is an event with a message. */
function refusal(error: unknown, namespace: string, pod: string): KubeError {
  const message = String((error as { message?: unknown }).message ?? error);
  if (message.endsWith(' 403')) return new Forbidden('get', 'pods/portforward', namespace);
  return new KubeError(message.endsWith(' 404') ? `there is no pod ${pod}` : message);
}
