import type { LoadFigures } from '../document/run.js';
import { figures } from './figures.js';
import { numberAt, objectAt } from './json.js';
import type { Printed } from './printed.js';
import { sum } from './text.js';

/** `bombardier --format json`: microseconds; percentiles with `--latencies` only. */
export function bombardier({ objects }: Printed): LoadFigures | null {
  const report = objects.find((object) => 'timeTakenSeconds' in objectAt(object, 'result'));
  if (report === undefined) return null;
  const result = objectAt(report, 'result');
  const not2xx = ['req1xx', 'req3xx', 'req4xx', 'req5xx', 'others'];
  const errors = sum(...not2xx.map((kind) => numberAt(result, kind)));
  return figures('bombardier', {
    // Not the mean of its samples of 20 ms each, which is the larger the shorter the run was.
    requestsPerSecond: (numberAt(result, 'req2xx') + errors) / numberAt(result, 'timeTakenSeconds'),
    p50Seconds: numberAt(result, 'latency', 'percentiles', '50') / 1e6,
    p99Seconds: numberAt(result, 'latency', 'percentiles', '99') / 1e6,
    errors,
  });
}
