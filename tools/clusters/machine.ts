/** What the machine has to offer, tried before anything is made. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { clusters, namespaceOf, ROUTER, STATE } from './settings.ts';

/** Commands by the Debian package that has them. */
const commands: Readonly<Record<string, readonly string[]>> = {
  conntrack: ['conntrack'],
  iproute2: ['ip'],
  ipset: ['ipset'],
  iptables: ['iptables'],
  'libcap2-bin': ['setcap'],
  openssl: ['openssl'],
  procps: ['sysctl'],
  'util-linux': ['nsenter', 'unshare', 'mount', 'setsid'],
  'xz-utils': ['xz'],
};

/** What kube-proxy, kube-router and the pods' network need of the kernel, in a network namespace of its own. */
const TRIAL = `
set -e
grep -qw overlay /proc/filesystems || { echo 'no overlayfs' >&2; exit 1; }
ip link add trial0 type veth peer name trial1
ip link add trial2 type bridge
sysctl -qw net.bridge.bridge-nf-call-iptables=1
ipset create trial hash:net
iptables -A FORWARD -m set --match-set trial src -m conntrack --ctstate NEW -m comment --comment trial -j REJECT
iptables -t nat -A POSTROUTING -m mark --mark 1 -m statistic --mode random --probability 0.5 -j MASQUERADE --random-fully
`;

/** Refuses to start where nothing could be made, nor removed. */
export function checkRights() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error('The clusters need Linux and root, for namespaces and control groups.');
  }
}

/** Refuses to touch network namespaces of our names that somebody else has made: ours come with a folder. */
export function checkOwn() {
  const [foreign] = existsSync(STATE) ? [] : ownNamespaces();
  if (foreign) {
    throw new Error(
      `The network namespace ${foreign} is there without ${STATE}, so it is not of these clusters; delete it with "ip netns delete ${foreign}".`,
    );
  }
}

/** Throws one line that says what is missing. */
export function checkMachine() {
  const absent = Object.entries(commands).filter(([, names]) => !names.every(isCommand));
  if (absent.length > 0) {
    throw new Error(`Commands are absent; install the packages ${absent.map(([name]) => name).join(' ')}.`);
  }
  const groups = ['cpu', 'cpuset', 'memory', 'pids', 'devices', 'freezer'];
  const without = groups.filter((name) => !existsSync(`/sys/fs/cgroup/${name}/cgroup.procs`));
  if (without.length > 0) {
    throw new Error(
      `The clusters need control groups of version 1; /sys/fs/cgroup has no ${without.join(', ')}. Name two clusters of your own instead.`,
    );
  }
  const trial = spawnSync('unshare', ['--net', '--mount', 'sh', '-c', TRIAL], { encoding: 'utf8' });
  if (trial.status !== 0) {
    throw new Error(`The kernel lacks what a node needs: ${trial.stderr.trim().split('\n')[0]}`);
  }
  const taken = clusters.flatMap(({ control, controlPeer }) => [control, controlPeer]).find(addressTaken);
  if (taken) {
    throw new Error(
      `${taken} is an address of this machine already; the clusters need 198.19.0.0/28 to reach them.`,
    );
  }
}

const isCommand = (name: string) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;

function addressTaken(address: string): boolean {
  const { stdout } = spawnSync('ip', ['-oneline', 'address', 'show', 'to', address], { encoding: 'utf8' });
  return stdout.trim() !== '';
}

/** The network namespaces of ours that exist. */
export function ownNamespaces(): string[] {
  const all = [...clusters.map(({ name }) => namespaceOf(name)), ROUTER];
  return all.filter((name) => existsSync(`/run/netns/${name}`));
}

/** Processes in the network namespace of a node; those of its pods are not among them. */
export function processesIn(namespace: string): number[] {
  const { stdout } = spawnSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean).map(Number);
}

/** PID 1 of a cluster's node, as this machine numbers it. @returns undefined if it is down */
export function nodeProcess(name: string): number | undefined {
  return processesIn(namespaceOf(name)).find((pid) => {
    try {
      return /^NSpid:\s.*\s1$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  });
}
