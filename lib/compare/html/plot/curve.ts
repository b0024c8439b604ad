import { median } from 'simple-statistics';
import type { Run, Samples } from '../../document/index.js';

/** What the runs of one candidate say together about one moment. Seconds and bytes. */
export interface Point {
  readonly seconds: number;
  /** Of all samples of all runs around this moment: none falls outside of the band. */
  readonly low: number;
  readonly high: number;
  /** Null where half of the runs, or more, were not going on: there it would jump. */
  readonly median: number | null;
}

/** More than a plot has room for would only make the page larger. */
const most = 200;

/** Runs look at different times and take differently long, so they are read at common moments. */
export function curveOf(runs: readonly Run[]): readonly Point[] {
  const all = runs.map(({ samples }) => samples).filter(({ seconds }) => seconds.length > 0);
  if (all.length === 0) return [];
  const start = Math.min(...all.map(({ seconds }) => seconds[0] ?? 0));
  const end = Math.max(...all.map(({ seconds }) => seconds.at(-1) ?? 0));
  const longest = Math.max(...all.map(({ seconds }) => seconds.length));
  const steps = end > start ? Math.min(most, Math.max(1, longest - 1)) : 0;
  const step = steps === 0 ? 0 : (end - start) / steps;
  return Array.from({ length: steps + 1 }, (_, index) =>
    pointAt(all, start + index * step, step / 2),
  ).filter((point) => point !== null);
}

function pointAt(all: readonly Samples[], seconds: number, around: number): Point | null {
  const values = all.map((samples) => valueAt(samples, seconds)).filter((value) => value !== null);
  const near = all.flatMap((samples) => between(samples, seconds - around, seconds + around));
  const seen = [...values, ...near];
  if (seen.length === 0) return null;
  return {
    seconds,
    low: Math.min(...seen),
    high: Math.max(...seen),
    median: values.length * 2 > all.length ? median(values) : null,
  };
}

/** On the straight line between two samples; null before the first and after the last. */
function valueAt({ seconds, rssBytes }: Samples, moment: number): number | null {
  const next = firstFrom(seconds, moment);
  const [after, value] = [seconds[next], rssBytes[next]];
  if (after === undefined || value === undefined) return atEnd({ seconds, rssBytes }, moment);
  const [before, previous] = [seconds[next - 1], rssBytes[next - 1]];
  if (before === undefined || previous === undefined) return after === moment ? value : null;
  return previous + ((value - previous) * (moment - before)) / (after - before);
}

/** The common axis ends where the longest run does, but for an error of the last bit. */
function atEnd(
  { seconds, rssBytes }: Pick<Samples, 'seconds' | 'rssBytes'>,
  moment: number,
): number | null {
  const last = seconds.at(-1) ?? 0;
  return moment - last <= 1e-9 * moment ? (rssBytes.at(-1) ?? null) : null;
}

function between({ seconds, rssBytes }: Samples, from: number, to: number): readonly number[] {
  return rssBytes.slice(firstFrom(seconds, from), firstFrom(seconds, to));
}

/** The index of the first that is not before `moment`, by halving: samples are in order. */
function firstFrom(seconds: readonly number[], moment: number): number {
  let [low, high] = [0, seconds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((seconds[middle] ?? 0) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}
