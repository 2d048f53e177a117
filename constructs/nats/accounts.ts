import type { Credentials } from '../../model/credentials.ts';
import type { JetStream } from '../../model/jetstream.ts';
import { passwordName, SYSTEM_USER } from '../../model/names.ts';
import { passwordHashOf } from './password.ts';
import { type ConfBlock, natsConfig } from './write-conf.ts';

/** The account of every application; nats-server keeps its own events in another. */
export const APP_ACCOUNT = 'APP';
export const SYSTEM_ACCOUNT = 'SYS';

/** Subjects that a user may use. NATS denies every other subject. */
export interface Permissions {
  /** Subjects that it may publish to. @default - none */
  readonly publish?: readonly string[];
  /** Subjects that it may subscribe to. @default - none */
  readonly subscribe?: readonly string[];
}

/** Somebody whom a server knows. */
export interface NatsUser extends Permissions {
  readonly name: string;
  /** Key of its password. @default - that of a user of the cluster */
  readonly password?: string;
  /** How it may connect: as a client, as a leaf, or as a device. */
  readonly connects: 'STANDARD' | 'LEAFNODE' | 'MQTT';
  /** Subjects of our own and of JetStream, which no user of the topology may name. @default - none */
  readonly api?: Permissions | undefined;
}

/** Whose accounts they are. */
export interface AccountsOwner {
  readonly cluster: string;
  readonly jetStream: JetStream | undefined;
}

/** The accounts of one server, as the file that its `nats.conf` includes. It holds hashes, and no password. */
export function accountsFile(
  { cluster, jetStream }: AccountsOwner,
  users: readonly NatsUser[],
  credentials: Credentials,
): string {
  const keyOf = ({ name, password }: Pick<NatsUser, 'name' | 'password'>) =>
    password ?? passwordName(cluster, name);
  const entry = (user: Pick<NatsUser, 'name' | 'password'>, rest: ConfBlock): ConfBlock => ({
    user: user.name,
    password: passwordHashOf(credentials, keyOf(user)),
    ...rest,
  });
  const admitted = users.filter((user) => !credentials.revoked?.has(keyOf(user)));
  return natsConfig({
    [APP_ACCOUNT]: {
      jetstream: jetStream && 'enabled',
      users: admitted.map((user) =>
        entry(user, {
          allowed_connection_types: [user.connects],
          permissions: {
            publish: only([...(user.publish ?? []), ...(user.api?.publish ?? [])]),
            subscribe: only([...(user.subscribe ?? []), ...(user.api?.subscribe ?? [])]),
          },
        }),
      ),
    },
    [SYSTEM_ACCOUNT]: { users: [entry({ name: SYSTEM_USER }, { allowed_connection_types: ['STANDARD'] })] },
  });
}

/** nats-server takes an empty list of allowed subjects for no restriction at all. */
function only(subjects: readonly string[]): ConfBlock {
  return subjects.length > 0 ? { allow: [...subjects] } : { deny: '>' };
}
