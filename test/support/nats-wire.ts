/**
 * The NATS protocol by hand, because a client library would not send what an attacker sends.
 * @see https://docs.nats.io/reference/reference-protocols/nats-protocol
 */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface Identity {
  /** PEM of the certificate, followed by those between it and its root. */
  readonly cert: string;
  readonly key: string;
}

export interface Attempt {
  readonly host: string;
  readonly port: number;
  /** How TLS is spoken: not at all, after the server's greeting, or from the first byte, as the leaf listener wants. */
  readonly tls: 'none' | 'upgrade' | 'first';
  /** PEM of the CA that the server's certificate has to come from. */
  readonly ca?: string;
  /** The client certificate. @default - none is offered */
  readonly identity?: Identity;
  /** What the CONNECT says. */
  readonly connect: object;
  /** Further lines of the protocol. @default - none */
  readonly lines?: readonly string[];
  /** Ends the attempt when the answers match. @default - when the server has answered the PING after all lines */
  readonly until?: string;
}

/** What the server said, but for a greeting before TLS, and how the connection failed, if it did. */
export interface Outcome {
  readonly answers: string;
  readonly error: string;
}

const PATIENCE = 10_000;

/** Connects, says everything, and tells how the server answered. It never throws. */
export function attempt(options: Attempt): Promise<Outcome> {
  const { host, port, tls, connect, lines = [], until = 'PONG\r\n' } = options;
  const done = new RegExp(until);
  return new Promise((resolve) => {
    const tcp = connectTcp(port, host);
    let answers = '';
    let error = '';
    const end = () => {
      clearTimeout(timer);
      tcp.destroy();
      resolve({ answers, error });
    };
    const failed = (cause: Error) => {
      error ||= cause.message;
    };
    const speak = (socket: Socket) => {
      socket.setEncoding('utf8').on('data', (text) => {
        answers += text;
        if (done.test(answers)) end();
      });
      socket.write(
        `CONNECT ${JSON.stringify(connect)}\r\n${lines.map((line) => `${line}\r\n`).join('')}PING\r\n`,
      );
    };
    const secure = () => {
      const { ca, identity } = options;
      const socket = connectTls({ socket: tcp, host, ca, ...identity }, () => speak(socket));
      socket.on('error', failed).on('close', end);
    };
    const timer = setTimeout(() => {
      error ||= 'no answer in time';
      end();
    }, PATIENCE);
    tcp.on('error', failed).on('close', end);
    if (tls === 'upgrade') tcp.once('data', secure);
    else tcp.once('connect', () => (tls === 'first' ? secure() : speak(tcp)));
  });
}
