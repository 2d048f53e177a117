import * as v from 'valibot';
import {
  NOT_A_RECIPIENT,
  NOT_A_STORE,
  NOT_AN_INTERVAL,
  NOT_RECIPIENTS,
  SOPS_EXAMPLE,
} from '../rules/check-secrets.ts';
import type { SopsSecrets, StoreSecrets } from '../secrets.ts';
import { choice, kinds, listElse, object, text } from './build.ts';
import type { Assert, Same } from './same.ts';

export const SOPS = object({
  kind: v.literal('sops'),
  recipients: listElse(text(NOT_A_RECIPIENT), NOT_RECIPIENTS),
});

export const STORE = object({
  name: text(NOT_A_STORE),
  kind: v.optional(choice('SecretStore', 'ClusterSecretStore')),
});

export const EXTERNAL_SECRETS = object({
  kind: v.literal('external-secrets'),
  store: STORE,
  refreshInterval: v.optional(text(NOT_AN_INTERVAL)),
  separator: v.optional(choice('/', '--')),
});

const word = choice('file', 'external');
const described = kinds([SOPS, EXTERNAL_SECRETS], SOPS_EXAMPLE);

/** Told apart by its form, so that what is wrong with an object is said of the object. */
export const SECRETS = v.lazy((input) => (typeof input === 'object' && input !== null ? described : word));

export type SopsIsWhole = Assert<Same<v.InferOutput<typeof SOPS>, SopsSecrets>>;
export type StoreIsWhole = Assert<Same<v.InferOutput<typeof EXTERNAL_SECRETS>, StoreSecrets>>;
