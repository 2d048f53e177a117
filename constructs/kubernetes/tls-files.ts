import type { Construct } from 'constructs';
import {
  Certificate,
  CertificateSpecPrivateKeyAlgorithm,
  CertificateSpecPrivateKeyRotationPolicy,
  CertificateSpecUsages,
  Issuer,
} from '../../imports/cert-manager.io.ts';
import type { CertManagerModel } from '../../model/certificates.ts';
import { ipBytes } from '../../model/ip-address.ts';
import { NATS_CA, NATS_ISSUER } from '../../model/names.ts';
import { RequiredSecret, tlsKeys, tlsSecret } from '../required-secret.ts';
import type * as k8s from './k8s.ts';
import { secretVolume } from './workload.ts';

/** cert-manager, as what makes the NATS certificates of a server and of the clients that run beside it. */
export interface CertificateMaker extends Omit<CertManagerModel, 'kind'> {
  /** What a certificate says, by its name. */
  readonly contentOf: (certificate: string) => CertificateContent;
}

export interface CertificateContent {
  readonly commonName: string;
  /** DNS names and IP addresses. */
  readonly names: readonly string[];
  readonly purposes: readonly ('serverAuth' | 'clientAuth')[];
}

export interface TlsFilesProps {
  readonly id: string;
  readonly namespace: string;
  /** Name of the volume. */
  readonly volume: string;
  /** Name of the Secret with the certificate and its key. */
  readonly secret: string;
  /** Name of the certificate. */
  readonly certificate: string;
  /** What it is for, in words. */
  readonly purpose: string;
  /** @default - it is minted */
  readonly maker: CertificateMaker | undefined;
}

const USAGES = {
  serverAuth: CertificateSpecUsages.SERVER_AUTH,
  clientAuth: CertificateSpecUsages.CLIENT_AUTH,
};

/**
 * A volume with a NATS certificate, its key, and the CA that verifies the other side, wherever the certificate comes from.
 * The CA comes apart from what cert-manager writes: that has one certificate in `ca.crt`, and so no room for two roots.
 */
export function tlsFiles(scope: Construct, props: TlsFilesProps): k8s.Volume {
  const { id, namespace, volume, secret, certificate, purpose, maker } = props;
  if (!maker) {
    tlsSecret(scope, { id, name: secret, namespace, certificate, purpose });
    return secretVolume(volume, secret);
  }
  const { commonName, names, purposes } = maker.contentOf(certificate);
  const addresses = names.filter((name) => ipBytes(name));
  new Certificate(scope, id, {
    metadata: { name: secret, namespace },
    spec: {
      secretName: secret,
      // nats-server before 2.14.5 refuses a certificate without a subject.
      commonName,
      dnsNames: names.filter((name) => !ipBytes(name)),
      ipAddresses: addresses.length > 0 ? addresses : undefined,
      duration: `${maker.duration}h`,
      renewBefore: `${maker.renewBefore}h`,
      privateKey: {
        algorithm: CertificateSpecPrivateKeyAlgorithm.ECDSA,
        size: 256,
        rotationPolicy: CertificateSpecPrivateKeyRotationPolicy.ALWAYS,
      },
      usages: [CertificateSpecUsages.DIGITAL_SIGNATURE, ...purposes.map((purpose) => USAGES[purpose])],
      issuerRef: maker.issuerRef,
    },
  });
  const files = (name: string, ...keys: string[]): k8s.VolumeProjection => ({
    secret: { name, items: keys.map((key) => ({ key, path: key })) },
  });
  return {
    name: volume,
    projected: {
      defaultMode: 0o440,
      sources: [files(secret, 'tls.crt', 'tls.key'), files(NATS_CA, 'ca.crt')],
    },
  };
}

/** What the certificates of a namespace have in common: the CA that all trust, and the issuer, unless it is the user's. */
export function certificateIssuer(
  scope: Construct,
  namespace: string,
  { intermediate }: CertificateMaker,
): void {
  new RequiredSecret(scope, 'ca-secret', {
    ...{ name: NATS_CA, namespace },
    purpose: 'CA that verifies NATS certificates',
    keys: { 'ca.crt': ({ natsCa }) => natsCa },
  });
  if (intermediate === undefined) return;
  new RequiredSecret(scope, 'issuer-secret', {
    ...{ name: NATS_ISSUER, namespace },
    purpose: 'CA with which cert-manager makes the certificates',
    keys: tlsKeys(intermediate),
  });
  new Issuer(scope, 'issuer', {
    metadata: { name: NATS_ISSUER, namespace },
    spec: { ca: { secretName: NATS_ISSUER } },
  });
}
