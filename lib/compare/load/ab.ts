import type { LoadFigures } from '../document/run.js';
import { figures } from './figures.js';
import type { Printed } from './printed.js';
import { numberIn, sum } from './text.js';

/** ApacheBench: percentiles in whole milliseconds. */
export function ab({ text }: Printed): LoadFigures | null {
  return figures('ab', {
    requestsPerSecond: numberIn(text, /^Requests per second: +([\d.]+) \[#\/sec\] \(mean\)$/m),
    p50Seconds: numberIn(text, /^ +50% +(\d+)$/m) / 1e3,
    p99Seconds: numberIn(text, /^ +99% +(\d+)$/m) / 1e3,
    errors: sum(failed(text), numberIn(text, /^Non-2xx responses: +(\d+)$/m)),
  });
}

/**
 * Without those of another length than the first response, which ab counts among the failed ones
 * unless it is told `-l`: documents of a service differ. It prints the kinds when there are any.
 */
function failed(text: string): number {
  const all = numberIn(text, /^Failed requests: +(\d+)$/m);
  return all - sum(numberIn(text, /^ +\(Connect: \d+, Receive: \d+, Length: (\d+), /m));
}
