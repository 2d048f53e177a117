import type { Series } from '../series.ts';

/** What happens, and which alerts fire then. */
export interface Case {
  /** Completes the sentence "`alert` …". */
  readonly title: string;
  /** The alert that the case is about. */
  readonly alert: string;
  /** What differs from the healthy series. */
  readonly series: Series;
  /** Healthy series that are not there at all. @default - none */
  readonly missing?: readonly string[];
  /** Minutes after the start. */
  readonly at: readonly number[];
  /** `<cluster> <alert>` of every alert that fires at each of those times, as often as it does. */
  readonly firing: readonly string[];
}
