import { median } from 'simple-statistics';
import { metricNames, type MetricName } from '../document/index.js';
import type { Difference, Outcome } from '../document/metrics.js';
import type { Run } from '../document/run.js';
import { isDistinct } from './distinct.js';
import { relativeInterval } from './interval.js';
import { metricValues } from './metric-values.js';
import { summarize } from './summarize.js';

/**
 * What the runs of one candidate say, by metric.
 * @param baseline the runs of the baseline; null when this candidate is the baseline
 */
export function outcomesOf(
  runs: readonly Run[],
  baseline: readonly Run[] | null,
): Partial<Record<MetricName, Outcome>> {
  const outcomes: Partial<Record<MetricName, Outcome>> = {};
  for (const metric of metricNames) {
    const values = metricValues(metric, runs);
    if (values.length === 0) continue;
    outcomes[metric] = {
      values,
      ...summarize(values),
      difference: baseline && differenceOf(metric, values, metricValues(metric, baseline)),
    };
  }
  return outcomes;
}

function differenceOf(
  metric: MetricName,
  values: readonly number[],
  baseline: readonly number[],
): Difference | null {
  const reference = baseline.length === 0 ? 0 : median([...baseline]);
  if (reference === 0) return null; // nothing can be relative to it
  return {
    relative: median([...values]) / reference - 1,
    interval: relativeInterval(values, baseline),
    distinct: isDistinct(metric, values, baseline),
  };
}
