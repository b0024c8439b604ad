import type { LoadFigures } from '../document/run.js';

/** What a parser has read; NaN for what was not printed. */
export interface Read {
  readonly requestsPerSecond: number;
  readonly p50Seconds: number;
  readonly p99Seconds: number;
  readonly errors: number;
}

/** Null without a rate: then it was no report, or one of nothing. */
export function figures(generator: string, read: Read): LoadFigures | null {
  const { requestsPerSecond, p50Seconds, p99Seconds, errors } = read;
  if (!Number.isFinite(requestsPerSecond) || requestsPerSecond < 0) return null;
  return {
    generator,
    requestsPerSecond,
    p50Seconds: latency(p50Seconds),
    p99Seconds: latency(p99Seconds),
    errors: Number.isFinite(errors) ? errors : 0,
  };
}

/** Generators that count in milliseconds print 0 for less than one, and for no request at all. */
function latency(seconds: number): number | null {
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null;
}
