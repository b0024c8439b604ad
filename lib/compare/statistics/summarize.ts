import { median, quantile } from 'simple-statistics';

export interface Summary {
  readonly median: number;
  /** First and third quartile: half of the values lie between them. */
  readonly quartiles: readonly [low: number, high: number];
  readonly min: number;
  readonly max: number;
}

/** @param values at least one */
export function summarize(values: readonly number[]): Summary {
  const copy = [...values];
  return {
    median: median(copy),
    quartiles: [quantile(copy, 0.25), quantile(copy, 0.75)],
    min: Math.min(...copy),
    max: Math.max(...copy),
  };
}
