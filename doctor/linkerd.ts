/** Namespace of Linkerd's control plane. */
export const LINKERD = 'linkerd';
