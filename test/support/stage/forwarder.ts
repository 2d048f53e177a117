/**
 * The process behind `TcpPorts`, run in the network of their addresses: TCP from there to whoever answers, such as pods.
 * It takes rules from its parent, answers each when it is in force, and ends with its parent.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** `open` passes bytes on; `cut` ends every connection and refuses new ones; `silent` keeps them and passes nothing. */
export type Mode = 'open' | 'cut' | 'silent';

/** All that holds for one port of one address. */
export interface Rule {
  readonly address: string;
  readonly port: number;
  readonly mode: Mode;
  /** Milliseconds that every byte takes on its way. */
  readonly delay: number;
  /** Who answers, in turn; where there is nobody, connections are refused. */
  readonly targets: readonly { readonly host: string; readonly port: number }[];
}

class Port {
  private readonly server: Server = createServer({ allowHalfOpen: true }, (client) => this.accept(client));
  private readonly pairs = new Set<readonly [Socket, Socket?]>();
  private turn = 0;

  constructor(private rule: Rule) {}

  async apply(rule: Rule) {
    const before = this.rule.mode;
    this.rule = rule;
    if (rule.mode === 'cut') this.end();
    else if (rule.mode !== before) for (const pair of this.pairs) this.flow(pair);
    const listens = rule.mode !== 'cut' && rule.targets.length > 0;
    if (listens && !this.server.listening) {
      await once(this.server.listen(rule.port, rule.address), 'listening');
    } else if (!listens && this.server.listening) {
      this.server.close();
    }
  }

  private accept(client: Socket) {
    const { targets, mode } = this.rule;
    const target = mode === 'open' && targets[this.turn++ % targets.length];
    const pair = target
      ? ([client, connect({ ...target, allowHalfOpen: true })] as const)
      : ([client] as const);
    this.pairs.add(pair);
    for (const socket of pair) {
      // Whatever breaks one side breaks the other, but in silence nobody learns of it.
      socket.on('error', () => {}).on('close', () => this.rule.mode === 'open' && this.drop(pair));
    }
    this.flow(pair);
  }

  private flow(pair: readonly [Socket, Socket?]) {
    const [client, target] = pair;
    if (this.rule.mode === 'silent') {
      client.unpipe().pause();
      target?.unpipe().pause();
    } else if (!target || client.destroyed || target.destroyed) {
      this.drop(pair);
    } else {
      this.pass(client, target);
      this.pass(target, client);
    }
  }

  private pass(from: Socket, to: Socket) {
    const { delay } = this.rule;
    if (delay === 0) from.pipe(to);
    // Otherwise it holds small messages back for another 40 milliseconds.
    else from.pipe(late(delay)).pipe(to.setNoDelay());
  }

  private end() {
    for (const pair of this.pairs) this.drop(pair);
  }

  private drop(pair: readonly [Socket, Socket?]) {
    this.pairs.delete(pair);
    for (const socket of pair) socket?.destroy();
  }
}

/** Passes on what it gets, in its order, some time later. */
const late = (delay: number) =>
  new Transform({
    highWaterMark: 1 << 24,
    transform(chunk, _, done) {
      setTimeout(() => this.push(chunk), delay);
      done();
    },
    flush(done) {
      setTimeout(done, delay);
    },
  });

const ports = new Map<string, Port>();

process.on('disconnect', () => process.exit());
process.on('message', async (rule: Rule) => {
  const key = `${rule.address}:${rule.port}`;
  const port = ports.get(key) ?? new Port(rule);
  ports.set(key, port);
  await port.apply(rule);
  process.send?.(rule.port);
});
