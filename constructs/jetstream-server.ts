import * as k8s from 'cdk8s-plus-28/lib/imports/k8s.js';
import type { JetStream } from '../model/jetstream.ts';
import { storeBytes } from '../model/quantities.ts';
import type { ConfBlock } from './nats-config.ts';

/** Name of the volume that holds a server's streams, and where it is mounted. */
export const DATA = 'data';
export const STORE_DIR = '/data';

/** The `jetstream` block of `nats.conf`. Mirrors need domains that differ, and clusters' names do. */
export const jetStreamBlock = ({ storage, syncInterval }: JetStream, cluster: string): ConfBlock => ({
  store_dir: STORE_DIR,
  domain: cluster,
  max_file_store: storeBytes(storage.size),
  sync_interval: syncInterval ?? 'always',
});

/** One volume for each server, which stays when the server's pod goes. */
export const volumeClaim = (storage: JetStream['storage']): k8s.KubePersistentVolumeClaimProps => ({
  metadata: { name: DATA },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: storage.className,
    resources: { requests: { storage: k8s.Quantity.fromString(storage.size) } },
  },
});
