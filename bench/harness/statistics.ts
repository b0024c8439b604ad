import { median, quantile } from 'simple-statistics';

export interface Summary {
  readonly median: number;
  /** First and third quartile: half of the samples lie between them. */
  readonly quartiles: readonly [number, number];
  readonly min: number;
  readonly max: number;
}

/** @param samples at least one */
export function summarize(samples: readonly number[]): Summary {
  const values = [...samples];
  return {
    median: median(values),
    quartiles: [quantile(values, 0.25), quantile(values, 0.75)],
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

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
