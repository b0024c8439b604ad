import type { MetricName } from '../document/index.js';
import type { Run } from '../document/run.js';

/** One value for each run that has the figure, in the order of the runs. */
export function metricValues(metric: MetricName, runs: readonly Run[]): number[] {
  const figure = figures[metric];
  return runs.flatMap((run) => figure(run) ?? []);
}

const figures: Readonly<Record<MetricName, (run: Run) => number | null | undefined>> = {
  peakRssBytes: (run) => run.peakRssBytes,
  meanRssBytes: (run) => run.meanRssBytes,
  lastRssBytes: (run) => run.lastRssBytes,
  wallSeconds: (run) => run.wallSeconds,
  cpuSeconds: (run) => run.userSeconds + run.systemSeconds,
  requestsPerSecond: (run) => run.load?.requestsPerSecond,
  p50Seconds: (run) => run.load?.p50Seconds,
  p99Seconds: (run) => run.load?.p99Seconds,
};
