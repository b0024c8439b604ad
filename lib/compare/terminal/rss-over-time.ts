import { median } from 'simple-statistics';
import type { Run, Samples } from '../document/run.js';

/**
 * The resident memory of a candidate on a common axis of time: for each of `steps` equal parts of
 * `seconds`, the median over its runs of the greatest memory in that part, in bytes; null when half of
 * the runs had ended.
 */
export function rssOverTime(
  runs: readonly Run[],
  seconds: number,
  steps: number,
): (number | null)[] {
  const end = typicalEnd(runs);
  return Array.from({ length: steps }, (_, step) => {
    const from = (step / steps) * seconds;
    if (from > end) return null;
    const to = ((step + 1) / steps) * seconds;
    const values = runs.flatMap(({ samples }) => greatest(samples, from, to) ?? []);
    return values.length === 0 ? null : median(values);
  });
}

/** When half of the runs had ended, in seconds from their start. */
export function typicalEnd(runs: readonly Run[]): number {
  const ends = runs.flatMap(({ samples }) => samples.seconds.at(-1) ?? []);
  return ends.length === 0 ? 0 : median(ends);
}

/** Of the samples between, or of the last one before; null when the run had ended. */
function greatest({ seconds, rssBytes }: Samples, from: number, to: number): number | null {
  const last = seconds.at(-1);
  if (last === undefined || from > last) return null;
  const inside = rssBytes.filter((_, index) => {
    const time = seconds[index] ?? NaN;
    return time >= from && time < to;
  });
  if (inside.length > 0) return Math.max(...inside);
  const before = seconds.filter((time) => time < from).length - 1;
  return rssBytes[Math.max(0, before)] ?? null;
}
