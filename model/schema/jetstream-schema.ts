import * as v from 'valibot';
import { NOT_A_SUBJECT, NOT_REPLICAS } from '../checks.ts';
import type { Consumer, JetStream, Stream } from '../jetstream.ts';
import {
  NOT_A_COUNT,
  NOT_A_DURATION,
  NOT_A_SIZE,
  NOT_A_STORAGE_CLASS,
  NOT_AN_ASSET_NAME,
  NOT_DELETABLE,
} from '../rules/check-jetstream.ts';
import { list, number, object, text, writtenOut } from './build.ts';
import type { Assert, Same } from './same.ts';

const NO_LOAD = 'is no load; use a number above 0';

export const STORAGE = object({
  size: text(NOT_A_SIZE),
  className: v.optional(text(NOT_A_STORAGE_CLASS)),
});

export const JETSTREAM = object(
  { storage: STORAGE, syncInterval: v.optional(text(NOT_A_DURATION)) },
  { storage: "has no storage; use for example { storage: { size: '10Gi' } }" },
);

export const EXPECTED_LOAD = object({
  messagesPerSecond: number(NO_LOAD),
  bytesPerMessage: number(NO_LOAD),
});

export const STREAM = object({
  name: text(NOT_AN_ASSET_NAME),
  subjects: list(text(NOT_A_SUBJECT), "['test.>']"),
  maxAge: text(NOT_A_DURATION),
  maxBytes: text(NOT_A_SIZE),
  replicas: v.optional(number(NOT_REPLICAS)),
  duplicateWindow: v.optional(text(NOT_A_DURATION)),
  expected: v.optional(EXPECTED_LOAD),
  allowDataLoss: v.optional(writtenOut()),
});

export const CONSUMER = object({
  name: text(NOT_AN_ASSET_NAME),
  stream: text(NOT_AN_ASSET_NAME),
  subject: v.optional(text(NOT_A_SUBJECT)),
  ackWait: v.optional(text(NOT_A_DURATION)),
  maxAckPending: v.optional(number(NOT_A_COUNT)),
  maxDeliver: v.optional(number(NOT_A_COUNT)),
});

export const streamNames = () => list(text(NOT_AN_ASSET_NAME), "['EVENTS']");

export const deletable = () => list(text(NOT_DELETABLE), "['OLD', 'EVENTS.audit']");

export type JetStreamIsWhole = Assert<Same<v.InferOutput<typeof JETSTREAM>, JetStream>>;
export type StreamIsWhole = Assert<Same<v.InferOutput<typeof STREAM>, Stream>>;
export type ConsumerIsWhole = Assert<Same<v.InferOutput<typeof CONSUMER>, Consumer>>;
