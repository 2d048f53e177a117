import type { Construct } from 'constructs';
import { AUTH_SECRET, certificateName, DEFAULT_USER, passwordName } from '../../model/names.ts';
import { passwordOf } from '../nats/password.ts';
import type { NatsServer } from '../nats-server.ts';
import { RequiredSecret, type RequiredSecretProps } from '../required-secret.ts';
import type * as k8s from './k8s.ts';
import { tlsFiles } from './tls-files.ts';
import { AUTH, readOnly, secretVolume, TLS } from './workload.ts';

export interface ClientAccessProps {
  readonly server: NatsServer;
  /** Name of the workload. */
  readonly name: string;
  /** Its NATS user. */
  readonly user: string;
  readonly passwordInEnvironment: boolean;
}

/** What a pod needs to reach a server and to sign in. */
export interface ClientAccess {
  readonly volumes: readonly k8s.Volume[];
  readonly mounts: readonly k8s.VolumeMount[];
  readonly env: readonly k8s.EnvVar[];
}

/** The Secrets with which a client signs in, mounted, and the variables by which it finds them. */
export function clientAccess(scope: Construct, props: ClientAccessProps): ClientAccess {
  const { server, name, user } = props;
  const namespace = server.namespace.name;
  const secret = user === DEFAULT_USER ? AUTH_SECRET : `${AUTH_SECRET}-${user}`;
  new RequiredSecret(scope, 'auth-secret', {
    name: secret,
    namespace,
    purpose: `user name and password of ${name}`,
    keys: signInKeys(server, user),
  });
  const certificate = server.clientTls ? clientCertificate(scope, props) : undefined;
  return {
    volumes: [secretVolume('auth', secret), ...(certificate?.volumes ?? [])],
    mounts: [readOnly('auth', AUTH), ...(certificate?.mounts ?? [])],
    env: [
      { name: 'NATS_URL', value: server.clientUrl },
      { name: 'NATS_USER_FILE', value: `${AUTH}/username` },
      { name: 'NATS_PASSWORD_FILE', value: `${AUTH}/password` },
      ...(props.passwordInEnvironment
        ? [fromSecret('NATS_USER', secret, 'username'), fromSecret('NATS_PASSWORD', secret, 'password')]
        : []),
      ...(certificate?.env ?? []),
    ],
  };
}

/** A NATS user's name and password, as keys of a Secret. */
export const signInKeys = ({ cluster }: NatsServer, user: string): RequiredSecretProps['keys'] => ({
  username: () => user,
  password: (credentials) => passwordOf(credentials, passwordName(cluster, user)),
});

function clientCertificate(scope: Construct, { server, name }: ClientAccessProps): ClientAccess {
  const volume = tlsFiles(scope, {
    ...{ id: 'tls-secret', namespace: server.namespace.name, volume: 'tls', secret: `${name}-tls` },
    certificate: certificateName(server.cluster, name),
    purpose: `client certificate of ${name}`,
    maker: server.certificates,
  });
  return {
    volumes: [volume],
    mounts: [readOnly('tls', TLS)],
    env: [
      { name: 'NATS_CERT', value: `${TLS}/tls.crt` },
      { name: 'NATS_KEY', value: `${TLS}/tls.key` },
      { name: 'NATS_CA', value: `${TLS}/ca.crt` },
    ],
  };
}

const fromSecret = (name: string, secret: string, key: string): k8s.EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key } },
});
