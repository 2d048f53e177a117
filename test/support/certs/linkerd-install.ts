import { join } from 'node:path';
import { type Result, run } from '../command.ts';
import { needed } from '../parts.ts';

/**
 * Has the real CLI judge and render what is minted, without a cluster.
 * @param files - within the folder: the anchors, the issuer's certificate, and its key
 */
export function linkerdInstall(folder: string, files: readonly [string, string, string]): Promise<Result> {
  const [anchors, certificate, key] = files.map((file) => join(folder, file)) as [string, string, string];
  return run([
    ...[needed('linkerd'), 'install', '--ignore-cluster'],
    ...['--identity-trust-anchors-file', anchors],
    ...['--identity-issuer-certificate-file', certificate],
    ...['--identity-issuer-key-file', key],
  ]);
}
