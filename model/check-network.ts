import { isIP } from 'node:net';
import { type Place, refuse, shown } from './checks.ts';
import { ipBytes } from './ip-address.ts';
import type { Scraper } from './topology.ts';

/** An address that others dial: IPv4, IPv6 or a DNS name. */
export function checkAddress(at: Place, value: string, ipv6: boolean): string {
  const kind = ipVersion(value);
  const remedy = 'use an IP address such as 203.0.113.7 or a DNS name such as nats.example.com';
  if (kind === 6 && !ipv6) refuse(at, `${shown(value)} is an IPv6 address; use IPv4, or set \`ipv6: true\``);
  if (ipBytes(value)?.every((byte) => byte === 0))
    refuse(at, `${shown(value)} is no address that others can dial; ${remedy}`);
  if (kind === 0 && !isDnsName(value))
    refuse(at, `${shown(value)} is neither an IP address nor a DNS name; ${remedy}`);
  return value;
}

/** 4, 6, or 0 for anything else. An address with a zone (`fe80::1%eth0`) means something on one machine only. */
const ipVersion = (value: string) => (String(value).includes('%') ? 0 : isIP(value));

function isDnsName(value: string): boolean {
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

/** A network in CIDR notation without host bits. All addresses at once have to be asked for as `'anywhere'`. */
export function checkCidr(at: Place, value: string, ipv6: boolean): string {
  const [address = '', prefix = '', ...rest] = String(value).split('/');
  const kind = ipVersion(address);
  const width = kind === 6 ? 128 : 32;
  if (kind === 0 || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > width) {
    refuse(at, `${shown(value)} is not a network in CIDR notation; use for example 203.0.113.7/32`);
  }
  if (kind === 6 && !ipv6) refuse(at, `${shown(value)} is an IPv6 network; use IPv4, or set \`ipv6: true\``);
  if (Number(prefix) === 0) refuse(at, `${shown(value)} is every address; write 'anywhere' if that is meant`);
  const host =
    BigInt(`0x${ipBytes(address)?.toString('hex')}`) & ((1n << BigInt(width - Number(prefix))) - 1n);
  if (host !== 0n) {
    refuse(
      at,
      `${shown(value)} has host bits set; clear them, or use ${address}/${width} for that one address`,
    );
  }
  return value;
}

/** Where somebody outside the mesh dials from. Saying nothing is not the same as saying everywhere. */
export function checkNetworks(
  at: Place,
  networks: readonly string[] | 'anywhere' | undefined,
  who: string,
  ipv6: boolean,
): readonly string[] | 'anywhere' {
  if (networks === undefined || networks.length === 0) {
    refuse(at, `nothing says where ${who} dials from; list its CIDRs, or write 'anywhere'`);
  }
  if (networks === 'anywhere') return networks;
  if (!Array.isArray(networks))
    refuse(at, `${shown(networks)} is not a list of CIDRs; use for example ['203.0.113.7/32']`);
  return networks.map((cidr) => checkCidr(at, cidr, ipv6));
}

/** Who may read metrics. A service account's name may be longer than ours and have dots. */
export function checkScraper(at: Place, scraper: Scraper | undefined, ipv6: boolean): Scraper | undefined {
  if (scraper === undefined) return undefined;
  const place = (property: string) => ({ ...at, property: `${at.property}.${property}` });
  if ('networks' in scraper) {
    checkNetworks(place('networks'), scraper.networks, 'the scraper', ipv6);
    return scraper;
  }
  for (const property of ['serviceAccount', 'namespace'] as const) {
    const value = scraper[property];
    if (!isDnsName(value))
      refuse(place(property), `${shown(value)} is not a DNS name; use for example prometheus`);
  }
  return scraper;
}
