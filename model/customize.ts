import type { ApiObject } from 'cdk8s';

/**
 * Changes what synth has made of a cluster, before it is written.
 * @see https://cdk8s.io/docs/latest/basics/escape-hatches/
 */
export type Customize = (objects: readonly ApiObject[], cluster: string) => void;
