import { Construct } from 'constructs';
import type { Credentials } from '../model/credentials.ts';

export interface RequiredSecretProps {
  readonly name: string;
  readonly namespace: string;
  /** What it is for, in words for the person who has to provide it. */
  readonly purpose: string;
  /** How to make the value of each key from the credentials. */
  readonly keys: Readonly<Record<string, (credentials: Credentials) => string>>;
  /** Service account of the pods that sign in with it, where no manifest has them. @default - they are in the manifests */
  readonly usedBy?: string | undefined;
}

/**
 * A Secret that the pods of a chart mount. It adds no object to the chart, because manifests are committed and Secrets
 * are not. The code that synthesizes finds it in the construct tree and writes it to another file, or lists it for the
 * person who has to provide it.
 */
export class RequiredSecret extends Construct implements RequiredSecretProps {
  readonly name: string;
  readonly namespace: string;
  readonly purpose: string;
  readonly keys: RequiredSecretProps['keys'];
  readonly usedBy: string | undefined;

  constructor(scope: Construct, id: string, props: RequiredSecretProps) {
    super(scope, id);
    this.name = props.name;
    this.namespace = props.namespace;
    this.purpose = props.purpose;
    this.keys = props.keys;
    this.usedBy = props.usedBy;
  }

  /** What Kubernetes calls a Secret with these keys. */
  get type(): 'kubernetes.io/tls' | 'Opaque' {
    return 'tls.key' in this.keys ? 'kubernetes.io/tls' : 'Opaque';
  }

  /** Every Secret that the constructs below a scope need, in the order of creation. */
  static all(scope: Construct): RequiredSecret[] {
    return scope.node.findAll().filter((construct) => construct instanceof RequiredSecret);
  }
}

/** A Secret with a NATS certificate, its key, and the CA that verifies the other side. */
export function tlsSecret(
  scope: Construct,
  props: { name: string; namespace: string; certificate: string; purpose: string; id?: string },
): RequiredSecret {
  return new RequiredSecret(scope, props.id ?? 'tls-secret', {
    name: props.name,
    namespace: props.namespace,
    purpose: props.purpose,
    keys: tlsKeys(props.certificate),
  });
}

/** A NATS certificate, its key, and the CA that verifies the other side, as keys of a Secret. */
export const tlsKeys = (certificate: string): RequiredSecretProps['keys'] => ({
  'tls.crt': (credentials) => credentials.certificate(certificate).crt,
  'tls.key': (credentials) => credentials.certificate(certificate).key,
  'ca.crt': (credentials) => credentials.natsCa,
});
