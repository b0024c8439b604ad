import { median } from 'simple-statistics';
import { fewestRuns, spreadLimits } from 'allomorph/compare/statistics/distinct';
import { leastRankSumP, rankSumTest } from 'allomorph/compare/statistics/rank-sum-test';
import { pooledSpread } from 'allomorph/compare/statistics/spread';
import { seededRandom } from 'allomorph/support/random';
import { noisyValue, type Noise } from '../support/noisy-runs.js';

const noises: Noise[] = [
  { shape: 'normal', size: 0.05 },
  { shape: 'normal', size: 0.2, logarithmic: true },
  { shape: 'heavy', size: 0.05 },
  { shape: 'normal', size: 0.05, outliers: 0.1 },
  { shape: 'normal', size: 0.2, outliers: 0.2, logarithmic: true },
];
const comparisons = 4000;
const perMetric = 0.006;

/**
 * How many spreads the medians of the same thing twice are apart, in all but 0.6% of comparisons that
 * the rank-sum test finds significant too; the greatest over the shapes of noise.
 */
function neededLimit(runs: number): number {
  const random = seededRandom(runs);
  const needed = noises.map((noise) => {
    const values = () => Array.from({ length: runs }, () => noisyValue(noise, random));
    const distances = Array.from({ length: comparisons }, () => {
      const [left, right] = [values(), values()];
      const distance = Math.abs(median(left) - median(right)) / pooledSpread(left, right);
      const significant = Math.max(0.01, leastRankSumP(runs, runs));
      // The test costs more than the spreads; below 1 the answer does not matter.
      return distance >= 1 && rankSumTest(left, right) <= significant ? distance : 0;
    });
    return distances.sort((a, b) => b - a)[Math.floor(perMetric * comparisons)]!;
  });
  return Math.max(...needed);
}

test.each(spreadLimits.map((limit, index) => [fewestRuns + index, limit]))(
  'for %i runs, %d spreads are enough',
  (runs, limit) => {
    expect(neededLimit(runs)).toBeLessThan(limit * 1.03); // what so many comparisons cannot tell
  },
);
