import { BlockList, isIP } from 'node:net';

/**
 * The proxy through which kubectl would reach a server: that of `HTTPS_PROXY`, unless `NO_PROXY` names the host.
 * @param server such as `https://api.example.com:6443`
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
export function proxyFor(server: string, env: NodeJS.ProcessEnv): string | undefined {
  const { protocol, hostname, port } = new URL(server);
  const value = (name: string) => env[name] || env[name.toLowerCase()] || '';
  const proxy = value(protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const own = port || (protocol === 'https:' ? '443' : '80');
  if (!proxy || isLocal(host)) return undefined;
  const excepted = value('NO_PROXY')
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => covers(entry, host, own));
  if (excepted) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

const isLocal = (host: string) => host === 'localhost' || inNetwork('127.0.0.0/8', host) || host === '::1';

/** Whether one entry of `NO_PROXY` stands for a host: `*`, an address, a network, a domain, each perhaps with a port. */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === '' || entry === '*') return entry === '*';
  if (entry.includes('/')) return inNetwork(entry, host);
  const [, bracketed, plain = '', only] =
    isIP(entry) === 6 ? [entry, undefined, entry] : (/^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? []);
  const name = bracketed ?? plain;
  if (only !== undefined && only !== port) return false;
  if (isIP(host)) return name === host;
  const domain = name.replace(/^\*(?=\.)/, '');
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function inNetwork(network: string, host: string): boolean {
  const [address = '', bits] = network.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(host) === 0 || isIP(address) !== isIP(host)) return false;
  const list = new BlockList();
  try {
    list.addSubnet(address, Number(bits), family);
  } catch {
    return false;
  }
  return list.check(host, family);
}
