/** `npm run bench`, second half: messages across the hop between two clusters, on real servers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { topology as plaintext } from '../examples/plaintext.ts';
import { part } from '../test/support/parts.ts';
import { topology as secure } from '../topology.ts';
import { machine } from './machine.ts';
import { median } from './measure.ts';
import { HOP, Pair } from './pair.ts';

const ROUNDS = 7;
const LOADS = [
  { messages: 300_000, size: 128 },
  { messages: 50_000, size: 1024 },
] as const;
const folder = mkdtempSync(join(tmpdir(), 'nats-bench-'));
const say = (line: string) => console.error(line);

interface Figures {
  /** Messages a second, by load and round. */
  readonly throughput: number[][];
  /** Milliseconds, by round. */
  readonly latency: number[];
}

/** Both pairs in every round, so that whatever else the machine does meets both alike. */
async function compare() {
  const figures = { secure: empty(), plaintext: empty() };
  for (let round = 1; round <= ROUNDS; round++) {
    say(`hop: round ${round} of ${ROUNDS}`);
    // Who is first changes, because the second finds the machine warm.
    const order = round % 2 ? (['secure', 'plaintext'] as const) : (['plaintext', 'secure'] as const);
    for (const name of order) await measure(name === 'secure' ? secure : plaintext, figures[name]);
  }
  print(figures.secure, figures.plaintext);
}

const empty = (): Figures => ({ throughput: LOADS.map(() => []), latency: [] });

async function measure(topology: typeof secure, figures: Figures) {
  const pair = await Pair.start(topology, mkdtempSync(join(folder, 'pair-')));
  try {
    for (const [i, { messages, size }] of LOADS.entries())
      figures.throughput[i]!.push(await pair.throughput(messages, size));
    figures.latency.push(await pair.latency());
  } finally {
    await pair.stop();
  }
}

function print(tls: Figures, plain: Figures) {
  console.log(`\nMessages across the hop on ${machine()}; median of ${ROUNDS} interleaved rounds.\n`);
  console.log('| | mutual TLS | plain text | ratio | aim |');
  console.log('|---|---|---|---|---|');
  const row = (what: string, a: number[], b: number[], digits: number, aim: string) => {
    const [x, y] = [median(a), median(b)];
    console.log(`| ${what} | ${x.toFixed(digits)} | ${y.toFixed(digits)} | ${(x / y).toFixed(2)} | ${aim} |`);
  };
  for (const [i, { size }] of LOADS.entries())
    row(`messages a second, ${size} B`, tls.throughput[i]!, plain.throughput[i]!, 0, 'at least 0.8');
  row('median latency in ms, 128 B, 1,000 a second', tls.latency, plain.latency, 3, 'at most 1.3');
}

/** How long the leaf takes to notice that the link is down, and to be back once it is up. */
async function reconnect() {
  const pair = await Pair.start(secure, mkdtempSync(join(folder, 'pair-')));
  const timed = async (work: Promise<unknown>) => {
    const start = performance.now();
    await work;
    return `${((performance.now() - start) / 1000).toFixed(1)} s`;
  };
  console.log('\n| link | noticed after | joined again, after it healed |');
  console.log('|---|---|---|');
  try {
    for (const [what, breakLink] of [
      ['cut', pair.nodePorts.cut],
      ['silent', pair.nodePorts.silence],
    ] as const) {
      say(`reconnect: ${what} link${what === 'silent' ? ', which takes about a minute' : ''}`);
      await breakLink(HOP);
      const noticed = await timed(pair.left());
      await pair.nodePorts.heal(HOP);
      console.log(`| ${what} | ${noticed} | ${await timed(pair.joined())} |`);
    }
  } finally {
    await pair.stop();
  }
}

const absent = (['namespaces', 'nats-server', 'nats'] as const).filter((name) => !part(name));
if (absent.length > 0) {
  console.log(`\nThe hop was not measured: ${absent.join(', ')} absent; run "npm run tools".`);
} else {
  try {
    await compare();
    await reconnect();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
