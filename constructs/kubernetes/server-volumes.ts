import type { JetStreamModel } from '../../model/jetstream.ts';
import { storeBytes } from '../../model/quantities.ts';
import { type RoutesProps, SITE_TAG } from '../nats/routes.ts';
import type { ConfBlock } from '../nats/write-conf.ts';
import * as k8s from './k8s.ts';

/** Name of the volume that holds a server's streams, and where it is mounted. */
export const DATA = 'data';
export const STORE_DIR = '/data';

/** The `jetstream` block of `nats.conf`. Mirrors need domains that differ, and clusters' names do. */
export const jetStreamBlock = (
  { storage, syncInterval }: JetStreamModel,
  { cluster, sites }: Pick<RoutesProps, 'cluster' | 'sites'>,
): ConfBlock => ({
  store_dir: STORE_DIR,
  domain: sites?.natsCluster ?? cluster,
  unique_tag: sites && SITE_TAG,
  // Otherwise the server offers three quarters of its memory to streams, and no stream of ours is kept there.
  max_memory_store: 0,
  max_file_store: storeBytes(storage.size),
  sync_interval: syncInterval,
});

/** One volume for each server, which stays when the server's pod goes. */
export const volumeClaim = (storage: JetStreamModel['storage']): k8s.KubePersistentVolumeClaimProps => ({
  metadata: { name: DATA },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: storage.className,
    resources: { requests: { storage: k8s.Quantity.fromString(storage.size) } },
    volumeMode: 'Filesystem',
  },
});

/**
 * Writes out what the API server adds to a claim, which the typed property cannot say. The server holds all claims as
 * one value, so that a server-side apply that leaves something out conflicts.
 */
export class StatefulSet extends k8s.KubeStatefulSet {
  override toJson() {
    const { spec, ...object } = super.toJson();
    const volumeClaimTemplates = spec.volumeClaimTemplates?.map((claim: object) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      ...claim,
      status: { phase: 'Pending' },
    }));
    return { ...object, spec: { ...spec, ...(volumeClaimTemplates && { volumeClaimTemplates }) } };
  }
}
