/** A kubectl command for a person to copy. The kubectl context of a cluster is taken to be its name. */
export const kubectl = (context: string, namespace: string, command: string) =>
  `kubectl --context ${context} -n ${namespace} ${command}`;

/** The command that takes folders of manifests to a cluster. */
export const applyLine = (context: string, ...folders: readonly string[]) =>
  `kubectl --context ${context} apply ${folders.map((folder) => `-f ${folder}`).join(' ')}`;
