import type { Samples } from '../document/index.js';

/** One look at a program and its descendants. Seconds from its start; bytes. */
export interface Sample {
  readonly seconds: number;
  readonly rss: number;
  /** Null: the page tables were not read this time. */
  readonly pss: number | null;
  readonly anonHugePages: number | null;
  readonly processes: number;
}

export function columns(series: readonly Sample[]): Samples {
  return {
    // More digits than the clock is worth would make the file half as long again.
    seconds: series.map(({ seconds }) => Math.round(seconds * 1e4) / 1e4),
    rssBytes: series.map(({ rss }) => rss),
    pssBytes: series.map(({ pss }) => pss),
    anonHugePagesBytes: series.map(({ anonHugePages }) => anonHugePages),
  };
}

/**
 * Averaged over time: each value holds until the next one, the first one from the start.
 * @param end seconds from the start of the program
 */
export function timeAverage(
  values: readonly (readonly [seconds: number, value: number])[],
  end: number,
): number | null {
  const [first] = values;
  if (first === undefined) return null;
  if (end <= 0) return first[1];
  let sum = 0;
  for (const [index, [seconds, value]] of values.entries()) {
    const from = index === 0 ? 0 : Math.min(seconds, end);
    const to = Math.min(values[index + 1]?.[0] ?? end, end);
    sum += value * Math.max(0, to - from);
  }
  return sum / end;
}
