import { metricNames } from 'allomorph/compare/document/index';
import type { Run } from 'allomorph/compare/document/run';
import { isDistinct, metricValues } from 'allomorph/compare/statistics/index';
import { choose } from 'allomorph/compare/verdict/choose';
import { seededRandom } from 'allomorph/support/random';
import { noisyRuns, type Noise } from '../support/noisy-runs.js';

/**
 * `PRINT=1 npx jest test/compare/statistics/simulation` prints the shares, in %, on which the limits in
 * lib/compare/statistics/distinct.ts rest. Seeded: they are the same each time.
 */
function print(text: string): void {
  if (process.env['PRINT'] !== undefined) process.stdout.write(`${text}\n`);
}

const percent = (share: number) => (100 * share).toFixed(1);

/** Whether any metric is distinct; the verdict counts no others. */
function differ(left: readonly Run[], right: readonly Run[]): boolean {
  return metricNames.some((metric) => {
    const [before, after] = [metricValues(metric, left), metricValues(metric, right)];
    return before.length > 0 && isDistinct(metric, after, before);
  });
}

describe('the same candidate under two names', () => {
  const shapes: (Omit<Noise, 'size'> & { name: string })[] = [
    { name: 'normal', shape: 'normal' },
    { name: 'log-normal', shape: 'normal', logarithmic: true },
    { name: 'heavy tails', shape: 'heavy', logarithmic: true },
    { name: '1 in 10 twice as large', shape: 'normal', outliers: 0.1 },
    { name: 'correlated', shape: 'normal', correlation: 0.7 },
  ];
  const comparisons = 1000;
  const runCounts = [4, 5, 6, 8, 10];

  test.each(shapes)('no difference: $name', ({ name, ...shape }) => {
    const random = seededRandom(4);
    for (const size of [0.02, 0.2]) {
      const shares = runCounts.map((runs) => {
        const twice = () => noisyRuns(runs, { ...shape, size }, random);
        const found = Array.from({ length: comparisons }, () => differ(twice(), twice()));
        return found.filter(Boolean).length / comparisons;
      });
      print(
        `${name}, noise ${percent(size)}: ${shares.map(percent).join(' ')} with 4 5 6 8 10 runs`,
      );
      // The rule aims at 3%; of 1,000 comparisons with that share, 4.2% is rare.
      expect(Math.max(...shares)).toBeLessThan(0.042);
    }
  });

  test('seven times over: what there is is kept', () => {
    const random = seededRandom(6);
    const noise: Noise = { shape: 'normal', size: 0.05, correlation: 0.5, outliers: 0.05 };
    for (const runs of [4, 5, 8]) {
      const changes = Array.from({ length: 300 }, () => {
        const candidate = (name: string) => ({ name, runs: noisyRuns(runs, noise, random) });
        const kept = candidate('kept');
        const others = Array.from('abcdefg', candidate);
        return choose([kept, ...others], true) !== kept;
      });
      const share = changes.filter(Boolean).length / changes.length;
      print(`seven others, noise 5%, ${runs} runs: ${percent(share)} recommend one of them`);
      expect(share).toBeLessThan(0.03);
    }
  });
});

describe('a real difference', () => {
  const random = seededRandom(8);
  /** How often a wall time that is less by so many times the noise is found. */
  const power = (times: number, runs: number, noise: Noise) => {
    const comparisons = 1000;
    const found = Array.from({ length: comparisons }, () => {
      const before = noisyRuns(runs, noise, random);
      const after = noisyRuns(runs, noise, random, { wallSeconds: 1 - times * noise.size });
      const [left, right] = [before, after].map((each) => metricValues('wallSeconds', each));
      return isDistinct('wallSeconds', right!, left!);
    });
    return found.filter(Boolean).length / comparisons;
  };

  test.each([
    [4, 4, 0.84],
    [5, 4, 0.97],
    [6, 4, 0.99],
    [4, 5, 0.94],
    [4, 6, 0.97],
    [3, 10, 0.95],
  ])('of %d times the noise, with %i runs: in at least %d', (times, runs, least) => {
    const share = power(times, runs, { shape: 'normal', size: 0.03 });
    print(`${times} times the noise, ${runs} runs: found in ${percent(share)}`);
    expect(share).toBeGreaterThan(least);
  });

  test('a run in ten that takes twice as long does not hide it for long', () => {
    const noise: Noise = { shape: 'normal', size: 0.02, outliers: 0.1 };
    const shares = [4, 5, 6, 8, 10].map((runs) => power(10, runs, noise));
    print(`20% less, noise 2% and outliers: ${shares.map(percent).join(' ')} with 4 5 6 8 10 runs`);
    expect(Math.min(...shares)).toBeGreaterThan(0.3);
  });
});
