import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { createCertificate, generateKey, keyPem } from '../../../certs/x509/certificate.ts';

/** What a server answers to a request. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** An HTTPS server for what a real API server does only when it is overloaded, or behind a proxy. */
export async function fakeApi(answer: (request: IncomingMessage) => ApiAnswer) {
  const key = generateKey();
  const now = Date.now();
  const certificate = createCertificate(
    {
      ...{ commonName: 'api.example.com', names: ['api.example.com', '127.0.0.1'], purposes: ['serverAuth'] },
      ...{ notBefore: new Date(now - 60_000), notAfter: new Date(now + 3_600_000) },
    },
    key,
  );
  const requests: IncomingMessage[] = [];
  const server = createServer({ key: keyPem(key), cert: certificate }, (request, response) => {
    requests.push(request);
    const { status, headers, body = {} } = answer(request);
    response.writeHead(status, headers).end(JSON.stringify(body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { requests, port, caData: Buffer.from(certificate).toString('base64'), stop: () => server.close() };
}

/** A proxy that leads every CONNECT to one port of this machine, whatever host it names. */
export async function fakeProxy(port: number) {
  const asked: string[] = [];
  const server = createTcpServer((socket) => {
    socket.once('data', (head) => {
      asked.push(String(head).split('\r\n')[0] ?? '');
      const onward = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
      for (const each of [socket, onward]) each.on('error', () => onward.destroy());
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port: own } = server.address() as AddressInfo;
  return { asked, url: `http://127.0.0.1:${own}`, stop: () => server.close() };
}
