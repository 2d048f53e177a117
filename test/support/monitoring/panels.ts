import { panels } from '../../../monitoring/dashboard.ts';

/** Every query of the dashboard, with Grafana's variables filled in for all clusters. */
export const queries = panels.flatMap(({ title, queries }) =>
  queries.map(([expr]) => ({
    title,
    expr: expr.replaceAll('$cluster', '.+').replaceAll('$__rate_interval', '1m'),
  })),
);
