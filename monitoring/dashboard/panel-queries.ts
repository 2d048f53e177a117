/** Matcher of the clusters that are chosen at the top of the dashboard. */
export const CHOSEN = 'cluster=~"$cluster"';

/** Legend of a series of one server or proxy. */
export const POD = '{{cluster}} {{pod}}';

/** Legend of a series of one stream. */
export const STREAM = '{{cluster}} {{stream_name}}';
