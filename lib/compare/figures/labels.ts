import type { MetricName } from '../document/metrics.js';

/** How each metric is called in a sentence. */
export const labels: Readonly<Record<MetricName, string>> = {
  peakRssBytes: 'peak RSS',
  meanRssBytes: 'mean RSS',
  lastRssBytes: 'last RSS',
  wallSeconds: 'wall time',
  cpuSeconds: 'CPU time',
  requestsPerSecond: 'requests/s',
  p50Seconds: 'p50',
  p99Seconds: 'p99',
};

export function higherIsBetter(metric: MetricName): boolean {
  return metric === 'requestsPerSecond';
}
