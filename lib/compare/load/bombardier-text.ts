import type { LoadFigures } from '../document/run.js';
import { figures } from './figures.js';
import type { Printed } from './printed.js';
import { numberIn, secondsIn, sum } from './text.js';

/** bombardier's plain text; percentiles with `--latencies` only. */
export function bombardierText({ text }: Printed): LoadFigures | null {
  if (!/^Statistics +Avg +Stdev +Max *$/m.test(text)) return null;
  const not2xx = ['1xx', '3xx', '4xx', '5xx', 'others'];
  return figures('bombardier', {
    requestsPerSecond: numberIn(text, /^ +Reqs\/sec +([\d.]+) /m),
    p50Seconds: secondsIn(text, /^ +50% +(\S+)$/m),
    p99Seconds: secondsIn(text, /^ +99% +(\S+)$/m),
    errors: sum(...not2xx.map((kind) => numberIn(text, new RegExp(`\\b${kind} - (\\d+)`)))),
  });
}
