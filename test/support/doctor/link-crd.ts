/** The Link of Linkerd multicluster, as far as somebody reads it. */
export const linkCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'links.multicluster.linkerd.io' },
  spec: {
    group: 'multicluster.linkerd.io',
    scope: 'Namespaced',
    names: { kind: 'Link', singular: 'link', plural: 'links' },
    versions: [
      {
        ...{ name: 'v1alpha3', served: true, storage: true },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};
