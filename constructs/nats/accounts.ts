import type { Credentials } from '../../model/credentials.ts';
import type { JetStream } from '../../model/jetstream.ts';
import { passwordName, SYSTEM_USER } from '../../model/names.ts';
import { passwordHashOf } from './password.ts';
import { type ConfBlock, type ConfValue, natsConfig, Variable } from './write-conf.ts';

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

/**
 * From so many users of the same permissions on, such as the leaves of a thousand shops, these are written once: a Secret has
 * room for a mebibyte.
 */
const MANY = 100;

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
  const { shared, permissionsOf } = permissions(admitted);
  return natsConfig({
    [APP_ACCOUNT]: {
      jetstream: jetStream && 'enabled',
      ...shared,
      users: admitted.map((user) =>
        entry(user, { allowed_connection_types: [user.connects], permissions: permissionsOf(user) }),
      ),
    },
    [SYSTEM_ACCOUNT]: { users: [entry({ name: SYSTEM_USER }, { allowed_connection_types: ['STANDARD'] })] },
  });
}

/** What each user may do, and what many of them may do alike, by the names that they refer to it by. */
function permissions(users: readonly NatsUser[]) {
  const written = new Map(users.map((user) => [user, allowed(user)]));
  const count = new Map<string, number>();
  for (const block of written.values()) {
    const text = JSON.stringify(block);
    count.set(text, (count.get(text) ?? 0) + 1);
  }
  const many = [...count].filter(([, times]) => times >= MANY).map(([text]) => text);
  const names = new Map(many.map((text, i) => [text, `permissions_${i + 1}`]));
  return {
    shared: Object.fromEntries([...names].map(([text, name]) => [name, JSON.parse(text) as ConfBlock])),
    permissionsOf(user: NatsUser): ConfValue {
      const block = written.get(user)!;
      const name = names.get(JSON.stringify(block));
      return name === undefined ? block : new Variable(name);
    },
  };
}

const allowed = (user: NatsUser): ConfBlock => ({
  publish: only([...(user.publish ?? []), ...(user.api?.publish ?? [])]),
  subscribe: only([...(user.subscribe ?? []), ...(user.api?.subscribe ?? [])]),
});

/** nats-server takes an empty list of allowed subjects for no restriction at all. */
function only(subjects: readonly string[]): ConfBlock {
  return subjects.length > 0 ? { allow: [...subjects] } : { deny: '>' };
}
