/** What containers may use. Types only. */

/** CPU and memory as Kubernetes quantities. */
export interface Amounts {
  /** A whole number of CPUs, or thousandths of one: `2` or `500m`. */
  readonly cpu: string;
  /** A whole number of bytes, or with a unit `Ki`, `Mi` or `Gi`: `512Mi`. */
  readonly memory: string;
}

/** CPU and memory of a container. */
export interface Resources {
  /** What the scheduler reserves. */
  readonly requests: Amounts;
  /** What the container may use at most. */
  readonly limits: Amounts;
}
