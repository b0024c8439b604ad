import { median } from 'simple-statistics';
import type { MetricName } from '../document/metrics.js';
import { leastRankSumP, rankSumTest } from './rank-sum-test.js';
import { pooledSpread } from './spread.js';

/** With fewer on either side nothing is distinct: 3 runs are all beyond 3 others 1 time in 10 by chance. */
export const fewestRuns = 4;

/**
 * Of five metrics tested at 1%, one is significant by chance in at most 5% of comparisons of the same
 * with the same, whatever the shape of the noise. 4 runs against 4 do not get below 2/70; there, all of
 * one must lie beyond all of the other, and the limit in spreads does the rest.
 */
const significant = 0.01;

/**
 * By how many spreads the medians must differ, from 4 runs on; after the last entry the limit falls
 * with the square root of the number of runs. It is what 0.6% of the differences of the same with the
 * same exceed in the worst of five shapes of noise (test/compare/statistics/limits.test.ts), and more
 * where the rank-sum test alone leaves five independent metrics above 3% together.
 *
 * With it, `PRINT=1 npx jest test/compare/statistics/simulation` says: of comparisons of the same with
 * the same, 3.1% at most have any distinct metric (4 to 10 runs, noise of 2% and 20%). A difference of 4
 * times the noise is found in 87% with 4 runs, 97% with 5, 99% with 6; of 5 times, in 98% with 4.
 */
export const spreadLimits = [3.4, 2.8, 2.6, 2.3, 2, 1.9, 1.8] as const;

/** Of the baseline's median. Less is nobody's reason to change anything. */
const relevant = 0.02;

/** In the unit of the metric. Less is the grain of what is measured. */
const grains: Readonly<Record<MetricName, number>> = {
  peakRssBytes: 1e6,
  meanRssBytes: 1e6,
  lastRssBytes: 1e6,
  wallSeconds: 0.005,
  cpuSeconds: 0.005,
  requestsPerSecond: 1,
  p50Seconds: 0.0001,
  p99Seconds: 0.0001,
};

/**
 * Whether the medians differ by more than noise explains: by what matters (2%, and the grain), by a
 * multiple of the spread of the runs, and significantly in the rank-sum test.
 */
export function isDistinct(
  metric: MetricName,
  values: readonly number[],
  baseline: readonly number[],
): boolean {
  const runs = Math.min(values.length, baseline.length);
  if (runs < fewestRuns) return false;
  const reference = median([...baseline]);
  const distance = Math.abs(median([...values]) - reference);
  return (
    distance >= Math.max(grains[metric], relevant * Math.abs(reference)) &&
    distance >= spreadLimit(runs) * pooledSpread(values, baseline) &&
    isSignificant(values, baseline)
  );
}

function spreadLimit(runs: number): number {
  const most = fewestRuns + spreadLimits.length - 1;
  const listed = spreadLimits[Math.min(runs, most) - fewestRuns] ?? Infinity;
  return listed * Math.sqrt(Math.min(1, most / runs));
}

function isSignificant(values: readonly number[], baseline: readonly number[]): boolean {
  const least = leastRankSumP(values.length, baseline.length);
  return rankSumTest(values, baseline) <= Math.max(significant, least);
}
