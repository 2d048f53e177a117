/** Who may read metrics: a meshed service account, or addresses outside the mesh (those read in clear text). */
export type Scraper = MeshedScraper | OutsideScraper;

/** A Prometheus in the mesh. */
export interface MeshedScraper {
  /** Name of its service account, by which the policies know it. */
  readonly serviceAccount: string;
  /** Namespace of that service account. */
  readonly namespace: string;
}

/** A Prometheus outside the mesh. It reads in clear text. */
export interface OutsideScraper {
  /** CIDRs that it connects from, or `'anywhere'`, which opens the metrics to every address. */
  readonly networks: readonly string[] | 'anywhere';
}
