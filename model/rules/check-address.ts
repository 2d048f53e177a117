import { isIP } from 'node:net';
import { checkList, type Place, refuse, shown } from '../checks.ts';
import { ipBytes } from '../ip-address.ts';

const REMEDY = 'use an IP address such as 203.0.113.7 or a DNS name such as nats.example.com';

export const NOT_AN_ADDRESS = `is neither an IP address nor a DNS name; ${REMEDY}`;

/** How many addresses a broker may have: a leaf tries one after the other, a second or more for each. */
const MOST_ADDRESSES = 16;

/** An address that others dial: IPv4, IPv6 or a DNS name. */
export function checkAddress(at: Place, value: string, ipv6: boolean): string {
  const kind = ipVersion(value);
  if (kind === 6 && !ipv6) refuse(at, `${shown(value)} is an IPv6 address; use IPv4, or set \`ipv6: true\``);
  if (ipBytes(value)?.every((byte) => byte === 0))
    refuse(at, `${shown(value)} is no address that others can dial; ${REMEDY}`);
  if (kind === 0 && !isDnsName(value)) refuse(at, `${shown(value)} ${NOT_AN_ADDRESS}`);
  return value;
}

/** An address and others at which the same is reached, each listed once. The first is the one it is known by. */
export function checkAddresses(
  at: (property: string) => Place,
  address: string,
  further: readonly string[] = [],
  ipv6: boolean,
): readonly string[] {
  checkAddress(at('address'), address, ipv6);
  checkList(at('furtherAddresses'), further, "['nats.example.com']");
  if (further.length >= MOST_ADDRESSES) {
    refuse(
      at('furtherAddresses'),
      `has ${further.length} addresses, which leaves would try one after the other; list at most ${MOST_ADDRESSES - 1}`,
    );
  }
  const seen = new Map([[spelled(address), 'address']]);
  for (const [i, value] of further.entries()) {
    const property = `furtherAddresses[${i}]`;
    const text = spelled(checkAddress(at(property), value, ipv6));
    const first = seen.get(text);
    if (first) refuse(at(property), `${shown(value)} is listed already, as \`${first}\`; leave it out`);
    seen.set(text, property);
  }
  return [address, ...further];
}

/** Whether two addresses are one, however they are written. */
export const sameAddress = (a: string, b: string) => spelled(a) === spelled(b);

/** One of the ways to write an address. */
const spelled = (address: string) => ipBytes(address)?.toString('hex') ?? address.toLowerCase();

/** 4, 6, or 0 for anything else. An address with a zone (`fe80::1%eth0`) means something on one machine only. */
export const ipVersion = (value: string) => (String(value).includes('%') ? 0 : isIP(value));

export function isDnsName(value: string): boolean {
  if (typeof value !== 'string') return false;
  const labels = value.split('.');
  const lastIsNumeric = /^\d+$/.test(labels.at(-1) ?? '');
  return (
    value.length <= 253 &&
    !lastIsNumeric &&
    labels.every((label) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/i.test(label))
  );
}

/** The CIDR that holds one IP address and nothing else. */
export const hostCidr = (address: string) => `${address}/${isIP(address) === 6 ? 128 : 32}`;

/** The networks that hold some addresses and nothing else; what a DNS name stands for can be anywhere. */
export const networksOf = (addresses: readonly string[]): readonly string[] | 'anywhere' =>
  addresses.every((address) => isIP(address)) ? addresses.map(hostCidr) : 'anywhere';
