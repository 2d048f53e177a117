import { createHash } from 'node:crypto';

/** Key in the ConfigMap of a server, and name of the file that its pods see. */
export const CONFIG_FILE = 'nats.conf';

/** The annotation by which pods are rolled when their `nats.conf` is another. */
export const CONFIG_CHECKSUM = `checksum/${CONFIG_FILE}`;

export const configChecksum = (config: string) => createHash('sha256').update(config).digest('hex');
