import { isIP } from 'node:net';
import type { Resources } from './topology.ts';

/** A value that the user gave and that cannot work. The message alone tells what to write instead. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
}

/** Where a value stands: the construct, command or file, and the property in it. */
export interface Place {
  readonly owner: string;
  readonly property: string;
}

/** Throws the one message that a bad value gets: owner, property, what is wrong with it, and the remedy. */
export function refuse(at: Place, problem: string): never {
  throw new InvalidInput(`${at.owner} \`${at.property}\`: ${problem}.`);
}

/** How a value is shown in a message: quoted, and cut when it is long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…"` : text;
}

/**
 * A name that Kubernetes takes for a Service (RFC 1035 label), short enough that a StatefulSet's pods still get
 * their `controller-revision-hash` label: at most 52 characters (kubernetes/kubernetes#64023).
 */
export function checkName(at: Place, value: string): string {
  if (!/^[a-z]([-a-z0-9]{0,50}[a-z0-9])?$/.test(value)) {
    refuse(
      at,
      `${shown(value)} is not a DNS label; use at most 52 lower-case letters, digits and '-', starting with a letter and ending with a letter or digit`,
    );
  }
  return value;
}

/** A port of the NodePort range that Kubernetes uses unless told otherwise. */
export function checkNodePort(at: Place, value: number, example: number): number {
  if (!Number.isInteger(value) || value < 30000 || value > 32767) {
    refuse(at, `${shown(value)} is outside the NodePort range 30000-32767; use ${example}`);
  }
  return value;
}

/** An address that others dial: IPv4, IPv6 or a DNS name. */
export function checkAddress(at: Place, value: string, ipv6: boolean): string {
  const kind = isIP(value);
  const remedy = 'use an IP address such as 203.0.113.7 or a DNS name such as nats.example.com';
  if (kind === 6 && !ipv6) refuse(at, `${shown(value)} is an IPv6 address; use IPv4, or set \`ipv6: true\``);
  if (['0.0.0.0', '::'].includes(value))
    refuse(at, `${shown(value)} is no address that others can dial; ${remedy}`);
  if (kind === 0 && !isDnsName(value))
    refuse(at, `${shown(value)} is neither an IP address nor a DNS name; ${remedy}`);
  return value;
}

function isDnsName(value: string): boolean {
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
  const [address = '', prefix = '', ...rest] = value.split('/');
  const kind = isIP(address);
  const width = kind === 6 ? 128 : 32;
  if (kind === 0 || rest.length > 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > width) {
    refuse(at, `${shown(value)} is not a network in CIDR notation; use for example 203.0.113.7/32`);
  }
  if (kind === 6 && !ipv6) refuse(at, `${shown(value)} is an IPv6 network; use IPv4, or set \`ipv6: true\``);
  if (Number(prefix) === 0) refuse(at, `${shown(value)} is every address; write 'anywhere' if that is meant`);
  const host = addressBits(address) & ((1n << BigInt(width - Number(prefix))) - 1n);
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
  return networks === 'anywhere' ? networks : networks.map((cidr) => checkCidr(at, cidr, ipv6));
}

function addressBits(address: string): bigint {
  if (isIP(address) === 4) return address.split('.').reduce((bits, byte) => (bits << 8n) | BigInt(byte), 0n);
  // The URL parser writes any IPv6 form, an embedded IPv4 part included, as plain groups of hexadecimal digits.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (part: string | undefined) => (part ? part.split(':') : []);
  const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail)];
  return all.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

/**
 * A subject that NATS takes and that belongs to the application: no blanks or control characters, no empty token,
 * wildcards only as whole tokens, at most 255 characters. Subjects that start with `$` belong to the server, and
 * `_INBOX` carries other clients' replies.
 * @see https://docs.nats.io/nats-concepts/subjects
 */
export function checkSubject(at: Place, value: string, wildcards: 'allowed' | 'refused'): string {
  const tokens = value.split('.');
  if (value === '' || /[\s\p{C}]/u.test(value) || tokens.includes('')) {
    refuse(
      at,
      `${shown(value)} is not a NATS subject; use tokens without blanks joined by '.', such as test.messages`,
    );
  }
  if (value.length > 255) refuse(at, `${shown(value)} has ${value.length} characters; use at most 255`);
  if (value.startsWith('$') || tokens[0] === '_INBOX') {
    refuse(at, `${shown(value)} is reserved by NATS; use a subject of your own, such as test.messages`);
  }
  for (const [i, token] of tokens.entries()) {
    if (!/[*>]/.test(token)) continue;
    if (wildcards === 'refused')
      refuse(at, `${shown(value)} has a wildcard; name one subject, such as test.messages`);
    if (token.length > 1 || (token === '>' && i < tokens.length - 1)) {
      refuse(
        at,
        `${shown(value)} misplaces a wildcard; '*' stands for one whole token and '>' for all at the end`,
      );
    }
  }
  return value;
}

/** A container image that names a version or a digest, so that the same manifest always runs the same bytes. */
export function checkImage(at: Place, value: string): string {
  if (
    !/^[a-z0-9][a-z0-9._:/-]*(:[\w][\w.-]*|@sha256:[0-9a-f]{64})$/.test(value) ||
    value.endsWith(':latest')
  ) {
    refuse(
      at,
      `${shown(value)} is not pinned; use an image with a version or digest, such as nats:2.14.5-alpine`,
    );
  }
  return value;
}

/** CPU and memory as Kubernetes takes them: whole numbers with an optional unit. */
export function checkResources(at: Place, { requests, limits }: Resources): Resources {
  for (const { cpu, memory } of [requests, limits]) {
    if (!/^[1-9]\d*m?$/.test(cpu)) refuse(at, `${shown(cpu)} is no amount of CPU; use for example 500m or 2`);
    if (!/^[1-9]\d*([KMG]i)?$/.test(memory)) {
      refuse(at, `${shown(memory)} is no amount of memory; use for example 512Mi or 2Gi`);
    }
  }
  return { requests, limits };
}

/** How many servers share one broker: a majority must be able to survive the loss of the rest. */
export function checkReplicas(at: Place, value: number): number {
  if (![1, 3, 5].includes(value))
    refuse(at, `${shown(value)} is not a number of servers that can agree; use 1, 3 or 5`);
  return value;
}
