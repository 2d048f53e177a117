import { Construct } from 'constructs';
import type { Credentials } from '../model/credentials.ts';

export interface RequiredSecretProps {
  readonly name: string;
  readonly namespace: string;
  /** What it is for, as a person who has to provide it would want to read it. */
  readonly purpose: string;
  /** How the value of each key is made from the credentials. */
  readonly keys: Readonly<Record<string, (credentials: Credentials) => string>>;
}

/**
 * A Secret that the pods of a chart mount. It adds no object to the chart, because manifests are committed and a
 * Secret is not: whoever synthesizes finds it in the construct tree and writes it elsewhere, or names it to the
 * person who keeps it.
 */
export class RequiredSecret extends Construct implements RequiredSecretProps {
  readonly name: string;
  readonly namespace: string;
  readonly purpose: string;
  readonly keys: RequiredSecretProps['keys'];

  constructor(scope: Construct, id: string, props: RequiredSecretProps) {
    super(scope, id);
    this.name = props.name;
    this.namespace = props.namespace;
    this.purpose = props.purpose;
    this.keys = props.keys;
  }

  /** Every Secret that the constructs below a scope need, in the order of their creation. */
  static all(scope: Construct): RequiredSecret[] {
    return scope.node.findAll().filter((construct) => construct instanceof RequiredSecret);
  }
}

/** A Secret with a NATS certificate, its key and the CA that the other side's certificate must come from. */
export function tlsSecret(
  scope: Construct,
  props: { name: string; namespace: string; certificate: string; purpose: string },
): RequiredSecret {
  return new RequiredSecret(scope, 'tls-secret', {
    name: props.name,
    namespace: props.namespace,
    purpose: props.purpose,
    keys: {
      'tls.crt': (credentials) => credentials.certificate(props.certificate).crt,
      'tls.key': (credentials) => credentials.certificate(props.certificate).key,
      'ca.crt': (credentials) => credentials.natsCa,
    },
  });
}
