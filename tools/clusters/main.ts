/**
 * `npm run clusters -- up | down | status | build`: real Kubernetes clusters of one node each, in network namespaces of this
 * machine. Between the nodes there is a router without any other way out.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { down } from './down.ts';
import { equip } from './equipment.ts';
import { writeKubeconfig } from './identities.ts';
import { checkMachine, checkOwn, checkRights, nodeProcess } from './machine.ts';
import { layNetwork } from './network.ts';
import { configure, ready, start } from './node.ts';
import { clusters, KUBECONFIG, STATE, stateOf } from './settings.ts';

async function up() {
  checkRights();
  if (clusters.some(({ name }) => nodeProcess(name))) {
    throw new Error('The clusters are up already; run "npm run clusters -- down" first.');
  }
  await removeAll();
  checkMachine();
  const equipment = equip();
  // A run that is interrupted leaves nothing behind.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void down().finally(() => process.exit(1)));
  }
  // From now on the namespaces are ours.
  mkdirSync(STATE);
  try {
    layNetwork();
    for (const cluster of clusters) configure(cluster, equipment);
    writeKubeconfig(
      KUBECONFIG,
      clusters.map(({ name, control }) => ({
        ...{ name, server: `https://${control}:6443`, pki: join(stateOf(name), 'pki'), user: 'admin' },
      })),
    );
    for (const cluster of clusters) start(cluster, equipment);
    await sleep(500);
    await Promise.all(clusters.map((cluster) => ready(cluster, equipment)));
  } catch (error) {
    await down();
    throw error;
  }
  console.log(`export KUBECONFIG=${KUBECONFIG}`);
}

/** Also what a killed run has left. */
async function removeAll() {
  checkRights();
  checkOwn();
  await down();
}

function status() {
  for (const { name } of clusters) {
    const pid = nodeProcess(name);
    console.log(
      pid ? `${name}: up, its node is process ${pid}, logs in ${stateOf(name)}/log` : `${name}: down`,
    );
  }
  if (clusters.some(({ name }) => nodeProcess(name))) console.log(`export KUBECONFIG=${KUBECONFIG}`);
}

const commands: Readonly<Record<string, () => void | Promise<void>>> = {
  up,
  down: removeAll,
  status,
  build: () => void equip(),
};
const command = commands[process.argv[2] ?? ''];
if (!command || process.argv.length > 3) {
  console.error('usage: npm run clusters -- up | down | status | build');
  process.exitCode = 2;
} else {
  try {
    await command();
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
