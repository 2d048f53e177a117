import { checkSubject, type Place, refuse, shown } from '../checks.ts';
import type { Consumer, JetStream, Stream } from '../jetstream.ts';
import { bytes, seconds, storeBytes } from '../quantities.ts';
import { overlap } from '../subjects.ts';
import { isSubdomain } from './qualified-name.ts';

export const NOT_A_DURATION = 'is not a length of time; use a whole number and s, m, h or d, such as 24h';
export const NOT_A_SIZE = 'is not an amount of storage; use for example 10Gi';
export const NOT_A_STORAGE_CLASS = 'is not the name of a storage class; use for example local-path';
export const NOT_AN_ASSET_NAME = "is not a name; use at most 64 letters, digits, '-' and '_', such as EVENTS";
export const NOT_A_COUNT = 'is not a number of messages; use a whole number above 0, at most 1000000000';
export const NOT_DELETABLE = 'is no stream or consumer; use a name such as OLD or EVENTS.audit';

/** NATS counts nanoseconds in 63 bits. */
const LONGEST = '106751d';

/** NATS counts bytes in 63 bits, and a sum of them is exact here up to 2^53. */
const LARGEST = '4096Ti';

/** Messages of a consumer. */
const MOST = 1_000_000_000;

/** Streams on these need publishers that want no acknowledgement: the server answers there itself. */
const SERVER_SUBJECTS = ['$JS.>', '$JSC.>', '$NRG.>', '$SYS.>'];

/** The property of a place, one level down. */
export const within = (at: Place, property: string): Place => ({
  ...at,
  property: `${at.property}.${property}`,
});

/** A whole number and its unit: `90s`, `15m`, `24h`, `7d`. */
export function checkDuration(at: Place, value: string): string {
  if (typeof value !== 'string' || !/^[1-9]\d{0,8}[smhd]$/.test(value))
    refuse(at, `${shown(value)} ${NOT_A_DURATION}`);
  if (seconds(value) > seconds(LONGEST))
    refuse(at, `${shown(value)} is longer than NATS can count; use at most ${LONGEST}`);
  return value;
}

/** A whole number and its unit: `512Mi`, `10Gi`. */
export function checkSize(at: Place, value: string): string {
  if (typeof value !== 'string' || !/^[1-9]\d{0,8}(Ki|Mi|Gi|Ti)$/.test(value))
    refuse(at, `${shown(value)} ${NOT_A_SIZE}`);
  if (bytes(value) > bytes(LARGEST))
    refuse(at, `${shown(value)} is more than can be counted; use at most ${LARGEST}`);
  return value;
}

/** What servers keep streams on. */
export function checkJetStream(at: Place, jetStream: JetStream | undefined): JetStream | undefined {
  if (jetStream === undefined) return undefined;
  if (typeof jetStream !== 'object' || jetStream === null || !jetStream.storage) {
    refuse(at, "has no storage; use for example { storage: { size: '10Gi' } }");
  }
  checkSize(within(at, 'storage.size'), jetStream.storage.size);
  const { className } = jetStream.storage;
  if (className !== undefined && !isSubdomain(className))
    refuse(within(at, 'storage.className'), `${shown(className)} ${NOT_A_STORAGE_CLASS}`);
  if (jetStream.syncInterval !== undefined && jetStream.syncInterval !== 'always')
    checkDuration(within(at, 'syncInterval'), jetStream.syncInterval);
  return jetStream;
}

/** A name of a stream or consumer, which is a token of subjects and the name of a file. */
export function checkAssetName(at: Place, value: string): string {
  if (typeof value !== 'string' || !/^[A-Za-z0-9_-]{1,64}$/.test(value))
    refuse(at, `${shown(value)} ${NOT_AN_ASSET_NAME}`);
  return value;
}

/** A stream on so many servers. */
export function checkStream(at: Place, stream: Stream, servers: number): Stream {
  checkAssetName(within(at, 'name'), stream.name);
  if (!Array.isArray(stream.subjects) || stream.subjects.length === 0)
    refuse(within(at, 'subjects'), `${shown(stream.subjects)} names no subject; use for example ['test.>']`);
  for (const subject of stream.subjects) {
    checkSubject(within(at, 'subjects'), subject, 'allowed');
    const taken = SERVER_SUBJECTS.find((own) => overlap(own, subject));
    if (taken)
      refuse(
        within(at, 'subjects'),
        `${shown(subject)} takes in ${taken}, which belongs to the server, so that no server makes the stream; begin with a word, such as test.>`,
      );
  }
  checkDuration(within(at, 'maxAge'), stream.maxAge);
  checkSize(within(at, 'maxBytes'), stream.maxBytes);
  const { replicas, duplicateWindow } = stream;
  if (replicas !== undefined && (![1, 3, 5].includes(replicas) || replicas > servers)) {
    refuse(
      within(at, 'replicas'),
      `${shown(replicas)} is not a number of ${servers} servers that can agree; use 1, 3 or 5, and no more than there are`,
    );
  }
  if (duplicateWindow !== undefined) {
    checkDuration(within(at, 'duplicateWindow'), duplicateWindow);
    if (seconds(duplicateWindow) > seconds(stream.maxAge))
      refuse(
        within(at, 'duplicateWindow'),
        `${duplicateWindow} is longer than maxAge; use at most ${stream.maxAge}`,
      );
  }
  const load = Object.values(stream.expected ?? {});
  if (load.some((number) => !(number > 0 && Number.isFinite(number))))
    refuse(within(at, 'expected'), `${shown(stream.expected)} is no load; use numbers above 0`);
  return stream;
}

/** What a stream's limits leave of it after the longest time that a cluster may be cut off. */
export function checkPartition(at: Place, stream: Stream, longest: string): void {
  if (seconds(stream.maxAge) < seconds(longest)) {
    refuse(
      within(at, 'maxAge'),
      `${stream.maxAge} is shorter than longestPartition, so that a cluster cut off for that long would miss messages; use at least ${longest}`,
    );
  }
  if (!stream.expected) return;
  const { messagesPerSecond, bytesPerMessage } = stream.expected;
  // The server stores a record header, the subject and the id with each message.
  const needed = Math.ceil(messagesPerSecond * (bytesPerMessage + 100) * seconds(longest));
  if (bytes(stream.maxBytes) < needed) {
    refuse(
      within(at, 'maxBytes'),
      `${stream.maxBytes} holds less than the expected load of ${longest}; use at least ${Math.ceil(needed / bytes('1Mi'))}Mi`,
    );
  }
}

/**
 * What all streams of a server may grow to has to fit its volume, because each server may have to keep every one.
 * @param devices what is left to those of MQTT
 */
export function checkRoom(
  at: Place,
  streams: readonly Stream[],
  { storage }: JetStream,
  devices: string | undefined,
): void {
  const ofDevices = devices === undefined ? 0 : bytes(devices);
  const needed = streams.reduce((sum, { maxBytes }) => sum + bytes(maxBytes), ofDevices);
  if (needed <= storeBytes(storage.size)) return;
  const size = Math.ceil(needed / 0.9 / bytes('1Gi'));
  refuse(
    within(at, 'storage.size'),
    `${storage.size} is too small for the maxBytes of all streams here${devices === undefined ? '' : ` and the ${devices} of \`mqtt.storage\``}; use at least ${size}Gi, or lower them`,
  );
}

/** A durable consumer of one of the streams. */
export function checkConsumer(at: Place, consumer: Consumer, streams: ReadonlySet<string>): Consumer {
  checkAssetName(within(at, 'name'), consumer.name);
  checkKnownStream(within(at, 'stream'), consumer.stream, streams);
  if (consumer.subject !== undefined) checkSubject(within(at, 'subject'), consumer.subject, 'allowed');
  if (consumer.ackWait !== undefined) checkDuration(within(at, 'ackWait'), consumer.ackWait);
  for (const property of ['maxAckPending', 'maxDeliver'] as const) {
    const value = consumer[property];
    if (value !== undefined && (!Number.isInteger(value) || value < 1 || value > MOST))
      refuse(within(at, property), `${shown(value)} ${NOT_A_COUNT}`);
  }
  return consumer;
}

/** A consumer's place: its stream and its name. */
export const consumerPath = ({ stream, name }: Consumer) => `${stream}.${name}`;

/** Streams and consumers that may be deleted, none of which is `described`. */
export function checkDeletable(at: Place, names: readonly string[], described: readonly string[]): void {
  if (!Array.isArray(names))
    refuse(at, `${shown(names)} is not a list; use for example ['OLD', 'EVENTS.audit']`);
  for (const name of names) {
    if (typeof name !== 'string' || !/^[\w-]{1,64}(\.[\w-]{1,64})?$/.test(name))
      refuse(at, `${shown(name)} ${NOT_DELETABLE}`);
    if (described.includes(name))
      refuse(at, `${shown(name)} would be made again at once; take it out of the topology first`);
  }
}

/** A stream by its name. */
export function checkKnownStream(at: Place, name: string, streams: ReadonlySet<string>): void {
  if (streams.has(name)) return;
  const known =
    streams.size > 0 ? `use ${[...streams].join(' or ')}` : 'list it in `streams` or `mirrors` first';
  refuse(at, `${shown(name)} is no stream of this cluster; ${known}`);
}
