/**
 * Many leaves of one broker, as light as the protocol allows: each signs in with its own certificate and password, answers
 * pings, and dials again two seconds after it has lost its connection, as a leaf does. Prints how many are in whenever that
 * changes, at most ten times a second. `bench/fleet.ts` runs it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { leafUser, passwordName } from '../model/names.ts';

const [host = '', port = '', issued = '', broker = '', count = ''] = process.argv.slice(2);
const RECONNECT = 2000;
/** Handshakes that are under way at a time, as the clusters' own clocks spread them. */
const AT_ONCE = 200;

const passwords = JSON.parse(readFileSync(join(issued, 'passwords.json'), 'utf8')) as Record<string, string>;
const ca = readFileSync(join(issued, 'nats-ca.crt'));
const file = (name: string) => readFileSync(join(issued, name));

let joined = 0;
let dialling = 0;
const waiting: (() => void)[] = [];

function next() {
  while (dialling < AT_ONCE) {
    const dial = waiting.shift();
    if (!dial) return;
    dialling += 1;
    dial();
  }
}

function leaf(cluster: string) {
  const user = leafUser(cluster);
  const [cert, key] = [file(`${cluster}-nats-leaf.crt`), file(`${cluster}-nats-leaf.key`)];
  const dial = () => {
    let isIn = false;
    let isDialling = true;
    const dialled = () => {
      if (isDialling) dialling -= 1;
      isDialling = false;
      next();
    };
    const socket = connect({ host, port: Number(port), ca, cert, key, servername: '' }, () => {
      const pass = passwords[passwordName(broker, user)];
      const name = `${cluster}-nats-leaf-0`;
      const said = { user, pass, name, server_id: name, tls_required: true, headers: true };
      socket.write(`CONNECT ${JSON.stringify(said)}\r\nLS+ prices.changed\r\nPING\r\n`);
    });
    socket.setEncoding('latin1').on('data', (text: string) => {
      if (text.includes('PING')) socket.write('PONG\r\n');
      if (isIn || !text.includes('PONG')) return;
      isIn = true;
      joined += 1;
      dialled();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      if (isIn) joined -= 1;
      dialled();
      setTimeout(() => {
        waiting.push(dial);
        next();
      }, RECONNECT);
    });
  };
  waiting.push(dial);
}

for (let i = 1; i <= Number(count); i += 1) leaf(`shop-${i}`);
next();

let shown = -1;
setInterval(() => {
  if (joined !== shown) console.log(joined);
  shown = joined;
}, 100);
