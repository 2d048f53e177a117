import { createServer as createTcpServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Identity } from '../nats-wire.ts';

/** With all that makes a leaf take it for a broker's leaf listener. */
const GREETING = `INFO ${JSON.stringify({
  server_id: 'IMPOSTOR',
  version: '2.14.6',
  proto: 1,
  headers: true,
  max_payload: 1048576,
  auth_required: true,
  client_id: 1,
  leafnode_urls: ['1.1.1.1:30722'],
})}\r\n`;

/** A server that greets like a broker and keeps all that it is told. */
export class Impostor {
  /** What it was told, outside of TLS or, with an identity, within it. */
  told = '';
  private readonly server;

  constructor(port: number, identity: Identity | undefined) {
    const welcome = (socket: Socket) => {
      socket.on('error', () => {}).on('data', (bytes) => (this.told += bytes.toString('latin1')));
      socket.write(GREETING);
    };
    this.server = identity ? createTlsServer(identity, welcome) : createTcpServer(welcome);
    this.server.listen(port);
  }

  close() {
    this.server.close();
  }
}
