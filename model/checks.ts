import { AUTH_SECRET, DEFAULT_DENY } from './names.ts';
import { bytes, millicpu } from './quantities.ts';
import type { Resources } from './topology.ts';

/** A value that the user gave and that cannot work. The message alone tells what to write instead. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
}

/** Whether an error is what the user or the system refused, to be told in one message. Any other is a bug. */
export const isRefusal = (error: unknown): error is Error =>
  error instanceof InvalidInput || (error instanceof Error && 'syscall' in error);

/** Where a value stands: the construct, command or file, and the property in it. */
export interface Place {
  readonly owner: string;
  readonly property: string;
}

/** Throws the one message that a bad value gets: owner, property, what is wrong with it, and the remedy. */
export function refuse(at: Place, problem: string): never {
  throw new InvalidInput(`${at.owner} \`${at.property}\`: ${problem}.`);
}

/** How a value is shown in a message: on one line, quoted, and cut when it is long. */
export function shown(value: unknown): string {
  const text = (JSON.stringify(value) ?? String(value)).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, escaped);
  // Not between the two halves of one character.
  return text.length > 80 ? `${text.slice(0, 77).replace(/\p{Cs}$/u, '')}…"` : text;
}

/** What a terminal would take for a line end, an order of its own or another direction of reading. */
const escaped = (character: string) =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** What is wrong with a value of any other form or type than these. */
export const NOT_A_NAME =
  "is not a DNS label; use at most 52 lower-case letters, digits and '-', starting with a letter and ending with a letter or digit";
export const NOT_A_SUBJECT =
  "is not a NATS subject; use tokens without blanks joined by '.', such as test.messages";
export const NOT_AN_IMAGE =
  'is not pinned; use an image with a version or digest, such as nats:2.14.6-alpine';
export const NO_ALGORITHM =
  'has a digest without its algorithm; write sha256: and 64 hexadecimal digits after the @';
export const NOT_CPU = 'is no amount of CPU; use for example 500m or 2';
export const NOT_MEMORY = 'is no amount of memory; use for example 512Mi or 2Gi';
export const NOT_A_COMMAND = "is not a list of words; use for example ['/app/orders', '--verbose']";
export const NOT_A_WORD = "is not a word; write it in quotes, such as '--verbose'";
export const NOT_REPLICAS = 'is not a number of servers that can agree; use 1, 3 or 5';

/**
 * A name that Kubernetes takes for a Service (RFC 1035 label), short enough that a StatefulSet's pods still get
 * their `controller-revision-hash` label: at most 52 characters (kubernetes/kubernetes#64023).
 */
export function checkName(at: Place, value: string): string {
  if (typeof value !== 'string' || !/^[a-z]([-a-z0-9]{0,50}[a-z0-9])?$/.test(value)) {
    refuse(at, `${shown(value)} ${NOT_A_NAME}`);
  }
  return value;
}

/** Namespaces of Kubernetes and Linkerd: a policy of `deny` in them would stop the cluster's DNS, or Linkerd itself. */
export const isSystemNamespace = (value: string) =>
  value.startsWith('kube-') || ['linkerd', 'linkerd-multicluster', 'linkerd-cni'].includes(value);

/** The name of the namespace, which gets policies that deny whatever is not written down. */
export function checkNamespace(at: Place, value: string): string {
  checkName(at, value);
  if (value === 'default' || isSystemNamespace(value)) {
    refuse(
      at,
      `${shown(value)} is not for applications, and would be closed to everything else in it; use nats-system`,
    );
  }
  return value;
}

/** Containers that Linkerd adds to each pod, and the service account that each namespace has. */
const FOREIGN_NAMES = ['linkerd-proxy', 'linkerd-init', 'linkerd-network-validator', 'default'];

/**
 * The name of a workload. Objects are named after it, so it must not be what others are named: the namespace's own
 * policy, or a Secret with a user's password.
 */
export function checkWorkloadName(at: Place, value: string): string {
  checkName(at, value);
  if (value === DEFAULT_DENY || value.startsWith(AUTH_SECRET)) {
    refuse(at, `${shown(value)} is what another object is called; use a name such as orders`);
  }
  if (FOREIGN_NAMES.includes(value))
    refuse(at, `${shown(value)} is a name that Linkerd or Kubernetes uses itself; use a name such as orders`);
  return value;
}

/** The command of a container, which runs without a shell. */
export function checkCommand(at: Place, value: readonly string[]): readonly string[] {
  if (!Array.isArray(value) || value.length === 0 || value.some((word) => typeof word !== 'string')) {
    refuse(at, `${shown(value)} ${NOT_A_COMMAND}`);
  }
  return value;
}

/** Refuses what is no list. TypeScript would say so, but synth runs without it. */
export function checkList(at: Place, value: unknown, example: string): void {
  if (value !== undefined && !Array.isArray(value))
    refuse(at, `${shown(value)} is not a list; use for example ${example}`);
}

/** A port of the NodePort range that Kubernetes uses unless told otherwise. */
export function checkNodePort(at: Place, value: number, example: number): number {
  if (!Number.isInteger(value) || value < 30000 || value > 32767) {
    refuse(at, `${shown(value)} is outside the NodePort range 30000-32767; use ${example}`);
  }
  return value;
}

/**
 * A subject that NATS takes and that belongs to the application: no blanks or control characters, no empty token,
 * wildcards only as whole tokens, at most 255 characters. Subjects that start with `$` belong to the server, `_INBOX`
 * and `_MIRROR` carry other clients' replies and mirrors, and `_DOCTOR` the message of `npm run doctor`.
 * @see https://docs.nats.io/nats-concepts/subjects
 */
export function checkSubject(at: Place, value: string, wildcards: 'allowed' | 'refused'): string {
  const tokens = String(value).split('.');
  if (typeof value !== 'string' || value === '' || /[\s\p{C}]/u.test(value) || tokens.includes('')) {
    refuse(at, `${shown(value)} ${NOT_A_SUBJECT}`);
  }
  if (value.length > 255) refuse(at, `${shown(value)} has ${value.length} characters; use at most 255`);
  if (value.startsWith('-'))
    refuse(
      at,
      `${shown(value)} begins with '-', as the options of a command do; use a subject such as test.messages`,
    );
  if (value.startsWith('$') || /^_(INBOX|MIRROR|DOCTOR)/.test(value)) {
    refuse(at, `${shown(value)} is reserved; use a subject of your own, such as test.messages`);
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

/** The subjects that a client may use beside its own. */
export function checkSubjects(at: Place, values: readonly string[] = []): void {
  checkList(at, values, "['test.messages']");
  for (const value of values) checkSubject(at, value, 'allowed');
}

/** A container image that names a version or a digest, so that the same manifest always runs the same bytes. */
export function checkImage(at: Place, value: string): string {
  if (/@(?!\w+:)/.test(value)) refuse(at, `${shown(value)} ${NO_ALGORITHM}`);
  if (
    !/^[a-z0-9][a-z0-9._:/-]*(:[\w][\w.-]*|@sha256:[0-9a-f]{64})$/.test(value) ||
    value.endsWith(':latest')
  ) {
    refuse(at, `${shown(value)} ${NOT_AN_IMAGE}`);
  }
  return value;
}

/** CPU and memory as Kubernetes takes them: whole numbers with an optional unit, requests within limits. */
export function checkResources(at: Place, { requests, limits }: Resources): Resources {
  for (const amounts of [requests, limits]) {
    const { cpu, memory } = amounts ?? {};
    if (!/^[1-9]\d*m?$/.test(cpu)) refuse(at, `${shown(cpu)} ${NOT_CPU}`);
    if (!/^[1-9]\d*([KMG]i)?$/.test(memory)) refuse(at, `${shown(memory)} ${NOT_MEMORY}`);
  }
  for (const [property, amount] of [
    ['cpu', millicpu],
    ['memory', bytes],
  ] as const) {
    const [low, high] = [requests[property], limits[property]];
    if (amount(low) > amount(high)) {
      refuse(
        at,
        `requests ${shown(low)} of ${property}, above the limit of ${shown(high)}; raise the limit or request less`,
      );
    }
  }
  return { requests, limits };
}

/** How many servers share one broker: a majority must be able to survive the loss of the rest. */
export function checkReplicas(at: Place, value: number): number {
  if (![1, 3, 5].includes(value)) refuse(at, `${shown(value)} ${NOT_REPLICAS}`);
  return value;
}
