import type { LoadFigures } from '../document/run.js';
import { figures } from './figures.js';
import { numberAt, type JsonObject } from './json.js';
import type { Printed } from './printed.js';

/** `autocannon --json`: milliseconds; the rate is the mean of its samples of one second each. */
export function autocannon({ objects }: Printed): LoadFigures | null {
  const report = objects.find(isReport);
  if (report === undefined) return null;
  return figures('autocannon', {
    requestsPerSecond: numberAt(report, 'requests', 'average'),
    p50Seconds: numberAt(report, 'latency', 'p50') / 1e3,
    p99Seconds: numberAt(report, 'latency', 'p99') / 1e3,
    // Timeouts are among its errors.
    errors: numberAt(report, 'errors') + numberAt(report, 'non2xx'),
  });
}

function isReport(object: JsonObject): boolean {
  return [
    numberAt(object, 'requests', 'average'),
    numberAt(object, 'latency', 'p50'),
    numberAt(object, 'errors'),
    numberAt(object, 'non2xx'),
  ].every(Number.isFinite);
}
