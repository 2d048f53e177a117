import { resolve } from 'node:path';
import { clientsFolder } from '../model/names.ts';
import { shellWord, shownPath } from './shown-path.ts';

/**
 * Where synth writes unless a call says otherwise: `CDK8S_OUTDIR`, or `dist`. An empty variable is what CI systems
 * make of one that is not set.
 */
export const outputFolder = () => resolve(process.env.CDK8S_OUTDIR || 'dist');

/** A cluster's folder as a message or a command names it. @param output - @default - that of `outputFolder` */
export const clusterFolder = (cluster: string, output = outputFolder()) =>
  `${shellWord(shownPath(output))}/${cluster}`;

/**
 * The folders of a cluster's clients, one for each namespace, as a command names them.
 * @param output - @default - that of `outputFolder`
 */
export const clientFolders = (cluster: string, namespaces: Iterable<string>, output = outputFolder()) =>
  [...new Set(namespaces)].map(
    (namespace) => `${clusterFolder(cluster, output)}/${clientsFolder(namespace)}`,
  );
