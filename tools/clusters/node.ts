/** Starts a node, and waits until it is of use. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Equipment } from './equipment.ts';
import { makeIdentities } from './identities.ts';
import { BUSYBOX_IMAGE, COREDNS_IMAGE, LOCAL_PATH_IMAGE } from './images.ts';
import { nodeProcess } from './machine.ts';
import { KUBECONFIG, namespaceOf, type Settings, stateOf } from './settings.ts';

const here = import.meta.dirname;

/** Writes its certificates and the settings of its parts. */
export function configure(cluster: Settings, { packages }: Equipment) {
  const state = stateOf(cluster.name);
  for (const folder of ['log', 'etcd', 'net.d']) mkdirSync(join(state, folder), { recursive: true });
  makeIdentities(cluster, state);
  const values: Readonly<Record<string, string>> = {
    ...{ ...cluster, state, packages, namespace: namespaceOf(cluster.name), pause: BUSYBOX_IMAGE },
    ...{ busybox: BUSYBOX_IMAGE, coredns: COREDNS_IMAGE, localPath: LOCAL_PATH_IMAGE },
  };
  for (const file of readdirSync(join(here, 'etc'))) {
    const text = readFileSync(join(here, 'etc', file), 'utf8').replace(
      /@(\w+)@/g,
      (_, name) => values[name]!,
    );
    writeFileSync(join(state, file.endsWith('.conflist') ? 'net.d' : '', file), text);
  }
}

/** Its first process goes on when this one ends. */
export function start({ name, address, pods, nodePods, services }: Settings, { path, archive }: Equipment) {
  const [state, namespace] = [stateOf(name), namespaceOf(name)];
  const log = openSync(join(state, 'log', 'start.log'), 'w');
  const unshare = ['unshare', '--mount', '--uts', '--ipc', '--pid', '--fork', '--mount-proc', '--kill-child'];
  spawn('nsenter', [`--net=/run/netns/${namespace}`, ...unshare, 'bash', join(here, 'node.sh')], {
    // A home of its own, or kubectl keeps what it has learned in the working folder.
    env: { PATH: path, HOME: state, name, address, pods, nodePods, services, state, namespace, archive },
    detached: true,
    stdio: ['ignore', log, log],
  }).unref();
}

/** Throws the end of its logs when it does not get there. */
export async function ready({ name }: Settings, { path }: Equipment) {
  const deadline = Date.now() + 300_000;
  const kubectl = (...args: string[]) =>
    spawnSync('kubectl', ['--kubeconfig', KUBECONFIG, '--context', name, ...args], {
      env: { ...process.env, PATH: path },
      encoding: 'utf8',
    });
  const until = async (what: string, ...args: string[]) => {
    for (;;) {
      const { status, stderr } = kubectl(...args);
      if (status === 0) return;
      if (!nodeProcess(name)) throw new Error(`${name} has ended before ${what}.\n${lastLogs(name)}`);
      if (Date.now() > deadline) {
        throw new Error(`${name}: gave up waiting for ${what}: ${stderr.trim()}\n${lastLogs(name)}`);
      }
      await sleep(300);
    }
  };
  await until('its API server', 'get', '--raw', '/readyz');
  await until('what it comes with', 'apply', '-f', join(stateOf(name), 'addons.yaml'));
  await until('its node', 'wait', `node/${name}`, '--for=condition=Ready', '--timeout=10s');
  await until('DNS and storage', '-n', 'kube-system', 'rollout', 'status', 'deployment', '--timeout=10s');
  console.log(`${name}: ready`);
}

/** The end of every log of a node. */
function lastLogs(name: string): string {
  const folder = join(stateOf(name), 'log');
  if (!existsSync(folder)) return 'It has no logs: somebody has taken the clusters down meanwhile.';
  const tail = (file: string) => readFileSync(join(folder, file), 'utf8').trimEnd().split('\n').slice(-3);
  return readdirSync(folder)
    .flatMap((file) => [`== ${file}`, ...tail(file)])
    .join('\n');
}
