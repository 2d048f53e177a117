import type { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { within } from '../kube/timeout.ts';

/** Milliseconds that a server has to close a connection. */
const LEAVING = 1000;

export interface Handshake {
  /** Port of this machine's loopback. */
  readonly port: number;
  /** Whether the server greets before TLS, as NATS does unless told otherwise. */
  readonly greets: boolean;
  /** PEM of the roots that the server's certificate may come from. @default - whether it is trusted is not told */
  readonly ca?: string | undefined;
  /** What is shown to the server, so that it logs no refusal. @default - nothing */
  readonly identity?: { readonly crt: string; readonly key: string } | undefined;
}

/** What a server shows. */
export interface Shown {
  readonly certificate: X509Certificate;
  /** Why the roots do not vouch for it. */
  readonly distrust: string | undefined;
}

/** The certificate that a nats-server really shows. */
export async function handshake({ port, greets, ca, identity }: Handshake): Promise<Shown> {
  const socket = connect(port, '127.0.0.1');
  let secured: TLSSocket | undefined;
  try {
    await once(socket, greets ? 'data' : 'connect');
    // What is wrong with the certificate is told, not thrown.
    secured = connectTls({
      ...{ socket, servername: 'localhost', rejectUnauthorized: false },
      ...{ ca, cert: identity?.crt, key: identity?.key },
    });
    await once(secured, 'secureConnect');
    const certificate = secured.getPeerX509Certificate();
    if (!certificate) throw new Error('the server shows no certificate');
    const { authorized, authorizationError } = secured;
    await leave(secured);
    return { certificate, distrust: ca && !authorized ? String(authorizationError) : undefined };
  } finally {
    secured?.destroy();
    socket.destroy();
  }
}

/** A server that is left before it has our half of the handshake logs an error, so that the end is its to see. */
async function leave(secured: TLSSocket) {
  secured.on('error', () => {}).resume();
  const closed = once(secured, 'close');
  secured.end();
  // A server to which nothing was shown refuses, which is no news; one that hangs is not waited for.
  await within(LEAVING, 'the server', closed).catch(() => {});
}
