import { type Place, refuse, shown } from '../checks.ts';
import { ipBytes } from '../ip-address.ts';
import type { Scraper } from '../scraper.ts';
import { ipVersion } from './check-address.ts';
import { isLabel, isSubdomain } from './qualified-name.ts';

export const NOT_A_CIDR = 'is not a network in CIDR notation; use for example 203.0.113.7/32';
export const NOT_NETWORKS = "is not a list of CIDRs; use for example ['203.0.113.7/32']";
export const notSaidWhence = (who: string) =>
  `nothing says where ${who} dials from; list its CIDRs, or write 'anywhere'`;
export const NOT_A_DNS_NAME = 'is not a DNS name; use for example prometheus';

/** A network in CIDR notation without host bits. All addresses at once have to be asked for as `'anywhere'`. */
export function checkCidr(at: Place, value: string, ipv6: boolean): string {
  const [address = '', prefix = '', ...rest] = String(value).split('/');
  const kind = ipVersion(address);
  const width = kind === 6 ? 128 : 32;
  if (kind === 0 || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > width) {
    refuse(at, `${shown(value)} ${NOT_A_CIDR}`);
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
    refuse(at, notSaidWhence(who));
  }
  if (networks === 'anywhere') return networks;
  if (!Array.isArray(networks)) refuse(at, `${shown(networks)} ${NOT_NETWORKS}`);
  for (const cidr of networks) checkCidr(at, cidr, ipv6);
  for (const width of [4, 16]) {
    if (coverEverything(networks, width)) {
      refuse(at, `${shown(networks)} is every address together; write 'anywhere' if that is meant`);
    }
  }
  return networks;
}

/** Whether networks leave out no address of those that are as many bytes wide. */
function coverEverything(networks: readonly string[], width: number): boolean {
  const ranges = networks.flatMap((cidr) => {
    const [address = '', prefix] = cidr.split('/');
    const bytes = ipBytes(address);
    if (bytes?.length !== width) return [];
    const first = BigInt(`0x${bytes.toString('hex')}`);
    return [{ first, end: first + (1n << BigInt(width * 8 - Number(prefix))) }];
  });
  let end = 0n;
  for (const range of ranges.sort((a, b) => (a.first < b.first ? -1 : 1))) {
    if (range.first > end) return false;
    if (range.end > end) end = range.end;
  }
  return end === 1n << BigInt(width * 8);
}

/** Who may read metrics. A service account's name may be longer than ours and have dots. */
export function checkScraper(at: Place, scraper: Scraper | undefined, ipv6: boolean): Scraper | undefined {
  if (scraper === undefined) return undefined;
  const place = (property: string) => ({ ...at, property: `${at.property}.${property}` });
  if ('networks' in scraper) {
    checkNetworks(place('networks'), scraper.networks, 'the scraper', ipv6);
    return scraper;
  }
  const { serviceAccount, namespace } = scraper;
  if (!isSubdomain(serviceAccount))
    refuse(place('serviceAccount'), `${shown(serviceAccount)} ${NOT_A_DNS_NAME}`);
  if (!isLabel(namespace)) refuse(place('namespace'), `${shown(namespace)} ${NOT_A_DNS_NAME}`);
  return scraper;
}
