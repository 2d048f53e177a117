/** What one panel shows, without what Grafana wants of every panel. */
export interface Panel {
  readonly title: string;
  /** What the numbers mean and where they end, for whoever opens the panel's corner. */
  readonly description: string;
  /** Name of a unit of Grafana's, such as `reqps`, `bytes` or `s`. */
  readonly unit: string;
  /** PromQL and how each series is named in the legend. */
  readonly queries: readonly (readonly [expr: string, legend: string])[];
  /** `bars` compares what holds now, `state` shows 1 and 0 as up and down. @default 'lines' */
  readonly shows?: 'lines' | 'bars' | 'state';
  /** Below the first value the panel turns red, below the second orange. @default - no colours */
  readonly low?: readonly [red: number, orange: number];
}

const TYPES = { lines: 'timeseries', bars: 'bargauge', state: 'state-timeline' } as const;

const COLUMNS = 2;
const WIDTH = 24 / COLUMNS;
const HEIGHT = 8;

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** The panel in Grafana's words, in its place of the grid. */
export function grafanaPanel(panel: Panel, index: number): object {
  const { title, description, unit, queries, shows = 'lines', low } = panel;
  return {
    id: index + 1,
    type: TYPES[shows],
    title,
    description,
    datasource: DATASOURCE,
    gridPos: {
      x: (index % COLUMNS) * WIDTH,
      y: Math.floor(index / COLUMNS) * HEIGHT,
      w: WIDTH,
      h: HEIGHT,
    },
    fieldConfig: { defaults: { unit, ...colours(shows, low) }, overrides: [] },
    ...(shows === 'bars' && { options: { orientation: 'horizontal', displayMode: 'basic' } }),
    targets: queries.map(([expr, legendFormat], i) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + i),
      datasource: DATASOURCE,
      expr,
      legendFormat,
      // Bars compare the present, so the past is not asked for.
      instant: shows === 'bars',
      range: shows !== 'bars',
    })),
  };
}

function colours(shows: Panel['shows'], low: Panel['low']): object {
  if (shows === 'state') {
    const word = (text: string, color: string) => ({ text, color });
    return {
      mappings: [{ type: 'value', options: { 0: word('down', 'red'), 1: word('up', 'green') } }],
      color: { mode: 'thresholds' },
      thresholds: { mode: 'absolute', steps: [step(null, 'red'), step(1, 'green')] },
    };
  }
  if (!low) return {};
  const steps = [step(null, 'red'), step(low[0], 'orange'), step(low[1], 'green')];
  return { color: { mode: 'thresholds' }, thresholds: { mode: 'absolute', steps } };
}

/** A colour from a value on; null is the lowest. */
const step = (value: number | null, color: string) => ({ value, color });
