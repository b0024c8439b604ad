import { geometricMean, median } from 'simple-statistics';
import type { MetricName } from '../document/metrics.js';
import type { Run } from '../document/run.js';
import { isDistinct, metricValues } from '../statistics/index.js';

/** What a change from one candidate to another does, as factors: 0.8 is a fifth less, 1 no difference. */
export interface Change {
  /** Geometric mean of peak, mean and last RSS. */
  readonly memory: number;
  /** Geometric mean of what `timeFactors` lists. */
  readonly time: number;
  /** The greatest of peak RSS and the factors of time: more than 1 is a cost. */
  readonly dearest: number;
}

/** @param wallCounts false where the plan decides how long a run lasts */
export function changeBetween(
  from: readonly Run[],
  to: readonly Run[],
  wallCounts: boolean,
): Change {
  const factor = (metric: MetricName) => distinctFactor(metric, from, to);
  const peak = factor('peakRssBytes');
  const times = timeFactors(factor, hasLoad(from) && hasLoad(to), wallCounts);
  return {
    memory: geometricMean([peak, factor('meanRssBytes'), factor('lastRssBytes')]),
    time: geometricMean(times),
    dearest: Math.max(peak, ...times),
  };
}

/**
 * Under load, CPU time counts per request: whoever answers more requests in the same time may use
 * more of it.
 */
function timeFactors(
  factor: (metric: MetricName) => number,
  load: boolean,
  wallCounts: boolean,
): number[] {
  const cpu = factor('cpuSeconds');
  if (load) {
    const requests = factor('requestsPerSecond');
    return [cpu / requests, 1 / requests, factor('p99Seconds')];
  }
  return wallCounts ? [cpu, factor('wallSeconds')] : [cpu];
}

const hasLoad = (runs: readonly Run[]) => runs.some(({ load }) => load !== null);

function distinctFactor(metric: MetricName, from: readonly Run[], to: readonly Run[]): number {
  const before = metricValues(metric, from);
  const after = metricValues(metric, to);
  if (!isDistinct(metric, after, before)) return 1;
  const reference = median(before);
  // Neither grows from nothing nor shrinks to nothing by a factor that could be weighed.
  return reference === 0 ? 1 : Math.max(median(after) / reference, Number.EPSILON);
}
