/** The Gateway API as far as Linkerd asks whether it is there. */
export const gatewayApi = ['HTTPRoute', 'GRPCRoute'].map((kind) => {
  const [group, singular] = ['gateway.networking.k8s.io', kind.toLowerCase()];
  const plural = `${singular}s`;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      // Without it the API server takes no definition of a group that belongs to Kubernetes.
      annotations: { 'api-approved.kubernetes.io': 'unapproved, for tests' },
    },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, singular, plural },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
});
