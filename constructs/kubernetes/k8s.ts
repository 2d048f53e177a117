/**
 * The classes of Kubernetes' own kinds, as `cdk8s import k8s` makes them. This is the only import of that file: its path
 * is no public one, and another source of the classes would take its place here.
 */
export * from 'cdk8s-plus-28/lib/imports/k8s.js';
