import { createHash } from 'node:crypto';

/** The annotation by which pods are rolled when their `nats.conf` is another. */
export const CONFIG_CHECKSUM = 'checksum/nats.conf';

export const configChecksum = (config: string) => createHash('sha256').update(config).digest('hex');
