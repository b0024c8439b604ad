/** What is compared. All but requestsPerSecond are better when they are lower. */
export const metricNames = [
  'peakRssBytes',
  'meanRssBytes',
  'lastRssBytes',
  'wallSeconds',
  'cpuSeconds',
  'requestsPerSecond',
  'p50Seconds',
  'p99Seconds',
] as const;
export type MetricName = (typeof metricNames)[number];

/** What the runs of a candidate say of one metric, in its unit. */
export interface Outcome {
  /** One for each run that has the figure, in the order of the runs. */
  readonly values: readonly number[];
  readonly median: number;
  /** First and third quartile. */
  readonly quartiles: readonly [low: number, high: number];
  readonly min: number;
  readonly max: number;
  /** Null for the baseline itself, and where it has no figure. */
  readonly difference: Difference | null;
}

/** Of this candidate to the baseline, relative to it: -0.25 is a quarter less. */
export interface Difference {
  /** Of the medians. */
  readonly relative: number;
  /** Bootstrap confidence interval of `relative`. */
  readonly interval: readonly [low: number, high: number];
  /** False: inside the noise; to be shown as none. */
  readonly distinct: boolean;
}
