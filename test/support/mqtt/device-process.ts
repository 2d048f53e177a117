/** The process of a `Device`, run in its network namespace. It ends with its parent. */
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';

export type Request =
  | { readonly kind: 'connect'; readonly options: IClientOptions }
  | { readonly kind: 'subscribe'; readonly filter: string; readonly qos: 0 | 1 | 2 }
  | {
      readonly kind: 'publish';
      readonly topic: string;
      readonly text: string;
      readonly qos: 0 | 1 | 2;
      readonly retain: boolean;
    }
  | { readonly kind: 'shown'; readonly options: IClientOptions }
  | { readonly kind: 'leave' };

/** An answer to a request, or a message that has come. */
export type Report =
  | { readonly answer: string }
  | { readonly topic: string; readonly text: string; readonly qos: number }
  | { readonly closed: true };

const tell = (report: Report) => process.send?.(report);
let client: MqttClient | undefined;

process.on('disconnect', () => process.exit());
process.on('message', async (request: Request) => {
  tell({ answer: await answer(request).catch((error: Error) => `failed: ${error.message}`) });
});

async function answer(request: Request): Promise<string> {
  switch (request.kind) {
    case 'connect':
      return enter(request.options);
    case 'subscribe': {
      const [granted] = await client!.subscribeAsync(request.filter, { qos: request.qos });
      return `granted ${granted!.qos}`;
    }
    case 'publish':
      await client!.publishAsync(request.topic, request.text, { qos: request.qos, retain: request.retain });
      return 'published';
    case 'shown':
      return shown(request.options);
    case 'leave':
      await client!.endAsync();
      return 'left';
  }
}

/** Whether it is let in, and why not. */
const enter = (options: IClientOptions): Promise<string> =>
  new Promise((resolve, reject) => {
    client = connect({ ...options, reconnectPeriod: 0, connectTimeout: 10_000 });
    client.on('message', (topic, payload, { qos }) => tell({ topic, text: payload.toString(), qos }));
    client.on('connect', ({ sessionPresent }) => resolve(`connected${sessionPresent ? ' again' : ''}`));
    client.on('error', reject);
    client.on('close', () => {
      tell({ closed: true });
      reject(new Error('the server closed the connection'));
    });
  });

/** SHA-256 of the certificate that a server shows. */
const shown = ({ host, port, ca, cert, key }: IClientOptions): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connectTls({ host, port: port!, ca, cert, key } as ConnectionOptions, () => {
      resolve(socket.getPeerX509Certificate()!.fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });
