/** Two real clusters: what passes through them, and what happens to them. */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeProcess } from '../../../tools/clusters/machine.ts';
import { namespaceOf, ROUTER } from '../../../tools/clusters/settings.ts';
import { type CommandOptions, run } from '../command.ts';
import { CONTEXTS, env, kubectl, NAMESPACE, sh } from './clusters.ts';

export { addresses, areOwn, kubectl, MESH_PARTS, NAMESPACE, onOwn, sh } from './clusters.ts';
export { installed, Project } from './project.ts';

/** The same beside what else this process does. */
export async function inBackground(script: string): Promise<void> {
  const options = { env: env() as Record<string, string>, timeout: 400_000 };
  const { code, stdout, stderr } = await run(['bash', '-euo', 'pipefail', '-c', script], options);
  if (code !== 0) throw new Error(`${script}\nexited with ${code}:\n${stdout}${stderr}`);
}

/** What the subscriber has logged of each message, in its order: the number, and when it was published. */
function logged(context: string) {
  // While its container is not there yet, it has logged nothing.
  const log = sh(
    `kubectl --context ${context} -n ${NAMESPACE} logs -l app=nats-subscriber -c nats-subscriber --tail=-1 2>/dev/null || true`,
  );
  return [...log.matchAll(/Message #(\d+) - Published at (\S+)/g)].map(([, number, published]) => ({
    number: Number(number),
    published: published!,
  }));
}

/** Numbers of the messages that the subscriber has logged. */
export const received = (context: string): number[] => logged(context).map(({ number }) => number);

/** Waits for `count` messages more. Throws with the pods and their logs where they do not come. */
export async function messagesFlow(context: string, count = 3, seconds = 120): Promise<void> {
  // A publisher that was restarted begins with number one.
  const last = logged(context).at(-1)?.published ?? '';
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(500)) {
    if (logged(context).filter(({ published }) => published > last).length >= count) return;
  }
  throw new Error(`No ${count} messages came within ${seconds} s.\n${explanation()}`);
}

/** How many messages are missing between the first and the last that came after `since`. */
export function lost(context: string, since: number): number {
  const numbers = new Set(received(context).filter((number) => number >= since));
  return Math.max(...numbers) - Math.min(...numbers) + 1 - numbers.size;
}

/** How many messages an event loses, counted from before it until they flow again. */
export async function lostDuring(context: string, event: () => unknown): Promise<number> {
  await messagesFlow(context);
  const since = received(context).at(-1) ?? 0;
  await event();
  await messagesFlow(context, 5, 180);
  const count = lost(context, since);
  console.log(`lost: ${count}`);
  return count;
}

/** Waits until the servers of a cluster have read what was applied after a moment. */
export async function serversTook(context: string, server: string, since: string): Promise<void> {
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; await sleep(1_000)) {
    const log = kubectl(
      context,
      'logs',
      '-l',
      `app=${server}`,
      '-c',
      'config-reloader',
      `--since-time=${since}`,
    );
    if (log.includes('runs on the current files')) return;
  }
  throw new Error(`${context}: ${server} has not read its files again.\n${explanation()}`);
}

/** The pods of both clusters and the end of their logs. */
export function explanation(): string {
  return CONTEXTS.map((context) => {
    const logs = kubectl(context, 'get', 'pods', '-o', 'name').split('\n').filter(Boolean);
    const tails = logs.map((pod) =>
      kubectl(context, 'logs', pod, '--all-containers', '--prefix', '--tail=5'),
    );
    return [`== ${context}`, kubectl(context, 'get', 'pods', '-o', 'wide'), ...tails].join('\n');
  }).join('\n');
}

/** What runs programs in a container, as pods of the other tests do. @param pod - such as `deploy/nats-publisher` */
export const inPod = (context: string, pod: string, container: string) => ({
  exec: (argv: readonly string[], options: CommandOptions = {}) =>
    run(['kubectl', '--context', context, '-n', NAMESPACE, 'exec', pod, '-c', container, '--', ...argv], {
      ...{ env: env() as Record<string, string>, ...options },
    }),
});

/** Drops every packet between the clusters. */
export const cutLink = () => sh(`ip netns exec ${ROUTER} iptables -I FORWARD -j DROP`);
export const repairLink = () => sh(`ip netns exec ${ROUTER} iptables -D FORWARD -j DROP`);

/** Processes of a container, by the container's id in their control group, as this machine numbers them. */
export function processesOf(context: string, pod: string, container: string, namespace = NAMESPACE) {
  const path = `{.status.containerStatuses[?(@.name=="${container}")].containerID}{.status.initContainerStatuses[?(@.name=="${container}")].containerID}`;
  const id = kubectl(context, '-n', namespace, 'get', 'pod', pod, '-o', `jsonpath=${path}`).replace(
    /^.*\/\//,
    '',
  );
  if (!id) throw new Error(`${context}: ${pod} has no container ${container}.`);
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && belongs(pid, id));
}

function belongs(pid: number, id: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(id);
  } catch {
    return false;
  }
}

/** What passes while `during` runs on every interface of a node, or on the loopback of the pod of a process. */
export async function capture(where: { node: string } | { loopbackOf: number }, during: () => unknown) {
  const enter =
    'node' in where
      ? `--net=/run/netns/${namespaceOf(where.node)}`
      : `--net=/proc/${where.loopbackOf}/ns/net`;
  // etcd has the manifests in clear, on the loopback of the node itself.
  const filter = 'node' in where ? ['-i', 'any', 'not port 2379'] : ['-i', 'lo'];
  const tcpdump = spawn('nsenter', [enter, 'tcpdump', '-n', '-U', '-s', '0', '-w', '-', ...filter], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  tcpdump.stdout.on('data', (chunk) => chunks.push(chunk));
  await new Promise((listening) => tcpdump.stderr.once('data', listening));
  await during();
  const ended = new Promise((resolve) => tcpdump.once('close', resolve));
  tcpdump.kill('SIGINT');
  await ended;
  return Buffer.concat(chunks);
}

/** Runs a command on a node, in its network. */
export function onNode(context: string, script: string): string {
  const pid = nodeProcess(context);
  if (!pid) throw new Error(`${context} is down.`);
  return spawnSync('nsenter', ['-t', String(pid), '-n', 'sh', '-c', script], { env: env(), encoding: 'utf8' })
    .stdout;
}
