import { summarize } from '../../lib/compare/statistics/summarize.js';

export { summarize, type Summary } from '../../lib/compare/statistics/summarize.js';

/**
 * Quartiles of the ratio taken round by round: samples of one round were taken within seconds of
 * each other, so that slow changes of the machine's speed cancel out.
 */
export function ratioQuartiles(
  samples: readonly number[],
  reference: readonly number[],
): readonly [number, number] {
  const rounds = Math.min(samples.length, reference.length);
  const ratios = Array.from(
    { length: rounds },
    (_, round) => (samples[round] ?? NaN) / (reference[round] ?? NaN),
  );
  return summarize(ratios).quartiles;
}
