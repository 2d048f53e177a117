import { isIP, isIPv4 } from 'node:net';

/** The 4 or 16 bytes of an IP address in network order; undefined for anything else, such as a DNS name. */
export function ipBytes(address: string): Buffer | undefined {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  if (!isIP(address) || address.includes('%')) return undefined;
  // URL writes every spelling the same way: lower case, hexadecimal, one `::`.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string) => (text ? text.split(':') : []);
  const first = groups(head);
  const last = groups(tail ?? '');
  const zeros = Array<string>(8 - first.length - last.length).fill('0');
  const hex = [...first, ...zeros, ...last].map((group) => group.padStart(4, '0')).join('');
  return Buffer.from(hex, 'hex');
}
