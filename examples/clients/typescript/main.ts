/** A NATS client that reads its Secret again whenever it connects. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type NatsConnection, usernamePasswordAuthenticator } from '@nats-io/transport-node';

const subject = process.env.NATS_SUBJECT ?? 'orders.created';

const path = (name: string) => join(process.env.NATS_FOLDER ?? '/etc/nats', name);
const read = (name: string) => readFileSync(path(name), 'utf8').trim();

const options = () => ({
  servers: read('url'),
  // Called at every connect.
  authenticator: usernamePasswordAuthenticator(
    () => read('username'),
    () => read('password'),
  ),
  inboxPrefix: `_INBOX_${read('username')}`,
  // Files are read at every connect. A leaf has no TLS of its own: there the mesh encrypts.
  ...(existsSync(path('tls.crt')) && {
    tls: { caFile: path('ca.crt'), certFile: path('tls.crt'), keyFile: path('tls.key') },
  }),
  timeout: 5000,
  maxReconnectAttempts: -1,
  // The new password may reach the server a minute before it reaches this pod.
  ignoreAuthErrorAbort: true,
});

async function firstConnection(): Promise<NatsConnection> {
  for (;;) {
    try {
      return await connect(options());
    } catch (error) {
      console.log(`Not connected: ${(error as Error).message}`);
      await sleep(1000);
    }
  }
}

const connection = await firstConnection();
let connected = true;
console.log('Connected');

async function followStatus() {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') {
      connected = false;
      console.log('Disconnected');
    } else if (status.type === 'reconnect') {
      connected = true;
      console.log('Connected again');
    } else if (status.type === 'error') {
      console.log(`Error: ${status.error.message}`);
    }
  }
}
void followStatus();

connection.subscribe(subject, {
  callback: (error, message) => {
    if (error === null) console.log(`Received: ${message.string()}`);
  },
});

for (let number = 1; ; ) {
  // What is published while it is not connected would be lost.
  if (connected) connection.publish(subject, `Message #${number++}`);
  await sleep(1000);
}
