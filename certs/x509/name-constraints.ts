/** Name constraints of a CA (RFC 5280 4.2.1.10), as Go's crypto/x509 understands them. */
import { ipBytes } from '../../model/ip-address.ts';
import { type DerValue, derChildren } from './read-der.ts';

interface Subtrees {
  readonly dns: readonly string[];
  /** Address and mask, one after the other. */
  readonly ips: readonly Buffer[];
}

export interface NameConstraints {
  readonly permitted: Subtrees;
  readonly excluded: Subtrees;
  /** Whether they speak of directory names or the like, which Go does not check. */
  readonly others: boolean;
}

const PERMITTED = 0xa0;
const EXCLUDED = 0xa1;
const Kind = { mail: 0x81, dns: 0x82, uri: 0x86, ip: 0x87 } as const;

/** @param value - the extension's */
export function constraintsOf(value: DerValue | undefined): NameConstraints {
  const lists = derChildren(value);
  const bases = (tag: number) =>
    derChildren(lists.find(({ whole }) => whole[0] === tag)).map((subtree) => derChildren(subtree)[0]!);
  const subtrees = (tag: number): Subtrees => {
    const of = (kind: number) => bases(tag).filter(({ whole }) => whole[0] === kind);
    return {
      dns: of(Kind.dns).map(({ content }) => content.toString('latin1').toLowerCase()),
      ips: of(Kind.ip).map(({ content }) => content),
    };
  };
  const known: readonly number[] = Object.values(Kind);
  return {
    permitted: subtrees(PERMITTED),
    excluded: subtrees(EXCLUDED),
    others: [...bases(PERMITTED), ...bases(EXCLUDED)].some(({ whole }) => !known.includes(whole[0]!)),
  };
}

/** Whether a certificate with this DNS name or IP address is refused under the constraints. */
export function excludes({ permitted, excluded }: NameConstraints, name: string): boolean {
  const ip = ipBytes(name);
  if (ip) {
    const within = (range: Buffer) => contains(range, ip);
    return excluded.ips.some(within) || (permitted.ips.length > 0 && !permitted.ips.some(within));
  }
  const host = name.toLowerCase();
  return (
    excluded.dns.some((domain) => isBelow(host, domain) || covers(host, domain)) ||
    (permitted.dns.length > 0 && !permitted.dns.some((domain) => isBelow(host, domain)))
  );
}

function contains(range: Buffer, ip: Buffer): boolean {
  if (range.length !== 2 * ip.length) return false;
  return ip.every((byte, i) => (byte & range[ip.length + i]!) === (range[i]! & range[ip.length + i]!));
}

/** A domain with a dot in front does not hold itself, and the empty one holds every name. */
const isBelow = (host: string, domain: string) =>
  domain === '' || (domain.startsWith('.') ? host.endsWith(domain) : `.${host}`.endsWith(`.${domain}`));

/** Whether a wildcard stands for names of a domain that is excluded. */
const covers = (host: string, domain: string) =>
  host.startsWith('*.') && isBelow(domain.replace(/^\./, ''), host.slice(1));
