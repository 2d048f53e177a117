/** The network between the nodes: a cable from each to a router, and one to this machine for its API server. */
import { spawnSync } from 'node:child_process';
import { clusters, namespaceOf, ROUTER } from './settings.ts';

/** Throws what the command says when it fails. */
export function ip(...args: string[]) {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.trim()}`);
}

/** Makes the namespaces and everything in them. */
export function layNetwork() {
  ip('netns', 'add', ROUTER);
  ip('netns', 'exec', ROUTER, 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
  for (const { name, address, gateway, control, controlPeer } of clusters) {
    const node = namespaceOf(name);
    ip('netns', 'add', node);
    ip('-n', node, 'link', 'set', 'lo', 'up');
    link([node, 'eth0', `${address}/24`], [ROUTER, name, `${gateway}/24`]);
    ip('-n', node, 'route', 'add', 'default', 'via', gateway);
    link([node, 'control', `${control}/30`], ['', node, `${controlPeer}/30`]);
  }
}

/** A cable between two places; one without a namespace is this machine itself. */
function link(...ends: [namespace: string, device: string, address: string][]) {
  const at = (namespace: string) => (namespace ? ['-n', namespace] : []);
  const [[near, nearDevice], [far, farDevice]] = ends as [(typeof ends)[0], (typeof ends)[0]];
  const peer = ['peer', 'name', farDevice, 'netns', far || String(process.pid)];
  ip(...at(near), 'link', 'add', nearDevice, 'type', 'veth', ...peer);
  for (const [namespace, device, address] of ends) {
    ip(...at(namespace), 'address', 'add', address, 'dev', device);
    ip(...at(namespace), 'link', 'set', device, 'up');
  }
}
