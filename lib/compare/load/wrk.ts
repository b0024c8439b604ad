import type { LoadFigures } from '../document/run.js';
import { figures } from './figures.js';
import type { Printed } from './printed.js';
import { numberIn, secondsIn, sum } from './text.js';

/** wrk and wrk2; percentiles are there with `--latency` only. */
export function wrk({ text }: Printed): LoadFigures | null {
  if (!/^Running \S+ test @ /m.test(text)) return null;
  const socketErrors = ['connect', 'read', 'write', 'timeout'].map((kind) =>
    numberIn(text, new RegExp(`^ +Socket errors:.*\\b${kind} (\\d+)`, 'm')),
  );
  return figures(/^ +Thread calibration: /m.test(text) ? 'wrk2' : 'wrk', {
    requestsPerSecond: numberIn(text, /^Requests\/sec: +([\d.]+)$/m),
    p50Seconds: secondsIn(text, /^ *50(?:\.000)?% +(\S+)$/m),
    p99Seconds: secondsIn(text, /^ *99(?:\.000)?% +(\S+)$/m),
    errors: sum(...socketErrors, numberIn(text, /^ +Non-2xx or 3xx responses: (\d+)$/m)),
  });
}
