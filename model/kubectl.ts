/** A kubectl command for a person to copy. The kubectl context of a cluster is taken to be its name. */
export const kubectl = (context: string, namespace: string, command: string) =>
  `kubectl --context ${context} -n ${namespace} ${command}`;
