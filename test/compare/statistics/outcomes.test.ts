import fc from 'fast-check';
import { median } from 'simple-statistics';
import { isDistinct, outcomesOf, summarize } from 'allomorph/compare/statistics/index';
import { relativeInterval } from 'allomorph/compare/statistics/interval';
import { leastRankSumP, rankSumTest } from 'allomorph/compare/statistics/rank-sum-test';
import { pooledSpread } from 'allomorph/compare/statistics/spread';
import { seededRandom } from 'allomorph/support/random';
import { noisyRuns, noisyValue, type Noise } from '../support/noisy-runs.js';

const noise: Noise = { shape: 'normal', size: 0.02 };
const positive = fc.double({ min: 1, max: 1e6, noNaN: true });
const sample = (minLength = 1) => fc.array(positive, { minLength, maxLength: 10 });

test('a summary has the quartiles of R and numpy', () => {
  expect(summarize([4, 1, 3, 2, 10])).toEqual({ median: 3, quartiles: [2, 4], min: 1, max: 10 });
  expect(summarize([7])).toEqual({ median: 7, quartiles: [7, 7], min: 7, max: 7 });
});

describe('outcomes', () => {
  const random = seededRandom(1);
  const baseline = noisyRuns(5, noise, random);
  const other = noisyRuns(5, noise, random, { lastRssBytes: 0.5, cpuSeconds: 1.3 });

  test('CPU time is user and system time; without load its metrics are absent', () => {
    const outcomes = outcomesOf(baseline, null);
    expect(Object.keys(outcomes)).toEqual([
      'peakRssBytes',
      'meanRssBytes',
      'lastRssBytes',
      'wallSeconds',
      'cpuSeconds',
    ]);
    const [first] = baseline;
    expect(outcomes.cpuSeconds!.values[0]).toBe(first!.userSeconds + first!.systemSeconds);
    expect(outcomes.cpuSeconds!.difference).toBeNull();
  });

  test('differences are relative to the baseline, the same each time', () => {
    const outcomes = outcomesOf(other, baseline);
    const { difference } = outcomes.lastRssBytes!;
    expect(difference!.relative).toBeCloseTo(-0.5, 1);
    expect(difference!.distinct).toBe(true);
    expect(outcomes.cpuSeconds!.difference).toMatchObject({ distinct: true });
    expect(outcomes.peakRssBytes!.difference).toMatchObject({ distinct: false });
    expect(outcomesOf(other, baseline)).toEqual(outcomes);
  });

  test('figures that a load generator did not print are left out', () => {
    const runs = noisyRuns(5, noise, random, {}, true);
    const silent = runs.map((run) => ({ ...run, load: { ...run.load!, p99Seconds: null } }));
    const some = [...runs.slice(0, 2), ...silent.slice(2)];
    expect(outcomesOf(runs, silent).p99Seconds!.difference).toBeNull();
    expect(outcomesOf(silent, runs)).not.toHaveProperty('p99Seconds');
    expect(outcomesOf(some, runs).p99Seconds!.values).toHaveLength(2);
    expect(outcomesOf(some, runs).p99Seconds!.difference).toMatchObject({ distinct: false });
  });

  test('nothing is relative to nothing', () => {
    const still = baseline.map((run) => ({ ...run, userSeconds: 0, systemSeconds: 0 }));
    expect(outcomesOf(other, still).cpuSeconds!.difference).toBeNull();
    expect(outcomesOf(other, []).cpuSeconds!.difference).toBeNull();
    expect(outcomesOf([], baseline)).toEqual({});
  });
});

describe('distinct', () => {
  test('never with fewer than four runs on a side', () => {
    expect(isDistinct('wallSeconds', [1, 1, 1], [9, 9, 9, 9, 9])).toBe(false);
    expect(isDistinct('wallSeconds', [9, 9, 9, 9, 9], [1, 1, 1])).toBe(false);
    expect(isDistinct('wallSeconds', [1, 1, 1, 1], [9, 9, 9, 9])).toBe(true);
  });

  test('never below what matters', () => {
    const seconds = [10, 10, 10, 10];
    const less = (share: number) => seconds.map((value) => value * (1 - share));
    expect(isDistinct('wallSeconds', less(0.019), seconds)).toBe(false);
    expect(isDistinct('wallSeconds', less(0.021), seconds)).toBe(true);
    const small = [10e6, 10e6, 10e6, 10e6];
    expect(isDistinct('lastRssBytes', [9.1e6, 9.1e6, 9.1e6, 9.1e6], small)).toBe(false);
    expect(isDistinct('lastRssBytes', [8.9e6, 8.9e6, 8.9e6, 8.9e6], small)).toBe(true);
  });

  test('of 4 and 4 runs, only when all of one are beyond all of the other', () => {
    const before = [10, 10.1, 10.2, 10.3];
    expect(isDistinct('wallSeconds', [8, 8.1, 8.2, 8.3], before)).toBe(true);
    expect(isDistinct('wallSeconds', [8, 8.1, 8.2, 10.1], before)).toBe(false);
  });

  test('one slow run of either side is left out of the spread, from five runs on', () => {
    const before = [10, 10.1, 10.2, 10.3, 20];
    expect(isDistinct('wallSeconds', [8, 8.1, 8.2, 8.3, 8.4], before)).toBe(true);
  });

  test('whatever the unit, and whichever side is called the baseline', () => {
    fc.assert(
      fc.property(sample(4), sample(4), fc.double({ min: 1, max: 50 }), (left, right, scale) => {
        const scaled = (values: number[]) => values.map((value) => value * 1e6 * scale);
        const plain = isDistinct('peakRssBytes', scaled(left), scaled(right));
        const twice = isDistinct('peakRssBytes', scaled(scaled(left)), scaled(scaled(right)));
        expect(twice || !plain).toBe(true);
        const [low, high] = [median(left), median(right)].sort((a, b) => a - b);
        if (high! > low! * 1.03) {
          expect(isDistinct('peakRssBytes', scaled(right), scaled(left))).toBe(plain);
        }
      }),
    );
  });

  test('what is distinct has an interval without 0', () => {
    const random = seededRandom(2);
    for (let count = 0; count < 70; count++) {
      const runs = 4 + (count % 7);
      const wide: Noise = { shape: 'normal', size: 0.1, outliers: 0.1 };
      const values = (factor: number) =>
        Array.from({ length: runs }, () => factor * noisyValue(wide, random));
      const [left, right] = [values(1), values(0.7)];
      const [low, high] = relativeInterval(right, left);
      if (isDistinct('wallSeconds', right, left)) expect(low * high).toBeGreaterThan(0);
    }
  });
});

test('95 of 100 intervals contain the true difference, also with few runs', () => {
  const random = seededRandom(3);
  for (const runs of [4, 8]) {
    const values = () => Array.from({ length: runs }, () => noisyValue(noise, random));
    const covered = Array.from({ length: 150 }, () => {
      const [low, high] = relativeInterval(values(), values());
      return low <= 0 && high >= 0;
    });
    // With a share of 95%, 92% of 150 is the least that is not rare.
    expect(covered.filter(Boolean).length).toBeGreaterThanOrEqual(0.92 * 150);
  }
});

describe('the rank-sum test', () => {
  test('is exact: the p values of published tables', () => {
    expect(rankSumTest([1, 2, 3, 4], [5, 6, 7, 8])).toBeCloseTo(2 / 70, 10);
    expect(rankSumTest([1, 2, 3, 5], [4, 6, 7, 8])).toBeCloseTo(4 / 70, 10);
    expect(rankSumTest([6, 7, 8, 9, 10], [1, 2, 3, 4, 5])).toBeCloseTo(2 / 252, 10);
    expect(rankSumTest([1, 2], [3])).toBeCloseTo(2 / 3, 10);
    expect(leastRankSumP(4, 5)).toBeCloseTo(2 / 126, 10);
  });

  test('of equal values is 1', () => {
    expect(rankSumTest([5, 5, 5, 5], [5, 5, 5, 5])).toBe(1);
  });

  test('is the same from both sides, and never below its least', () => {
    fc.assert(
      fc.property(sample(), sample(), (left, right) => {
        const p = rankSumTest(left, right);
        expect(rankSumTest(right, left)).toBeCloseTo(p, 10);
        expect(p).toBeGreaterThanOrEqual(Math.min(1, leastRankSumP(left.length, right.length)));
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
  });
});

test('the spread leaves out a tenth of the distances, the largest', () => {
  expect(pooledSpread([1, 2, 3, 4], [2, 2, 2, 2])).toBeCloseTo(Math.sqrt(5 / 8), 10);
  expect(pooledSpread([0, 1, 2, 3, 4], [1, 1, 1, 1, 99])).toBeCloseTo(Math.sqrt(10 / 9), 10);
});
