import * as v from 'valibot';
import type { CertManager } from '../certificates.ts';
import { NOT_A_GROUP, NOT_AN_ISSUER, NOT_HOURS } from '../rules/check-cert-manager.ts';
import { choice, object, text } from './build.ts';
import type { Assert, Same } from './same.ts';

export const ISSUER_REF = object({
  name: text(NOT_AN_ISSUER),
  kind: v.optional(choice('Issuer', 'ClusterIssuer')),
  group: v.optional(text(NOT_A_GROUP)),
});

export const CERT_MANAGER = object({
  kind: v.literal('cert-manager'),
  issuerRef: v.optional(ISSUER_REF),
  duration: v.optional(text(NOT_HOURS)),
  renewBefore: v.optional(text(NOT_HOURS)),
});

export type CertManagerIsWhole = Assert<Same<v.InferOutput<typeof CERT_MANAGER>, CertManager>>;
