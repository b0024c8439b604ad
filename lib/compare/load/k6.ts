import type { LoadFigures } from '../document/run.js';
import { figures } from './figures.js';
import { numberAt, objectAt, type JsonObject } from './json.js';
import type { Printed } from './printed.js';

/**
 * k6's summary as JSON: `--summary-export=/dev/stdout`, or the data of `handleSummary`, which has
 * each metric's figures one level deeper. Milliseconds; the 99th percentile is there when
 * `--summary-trend-stats` asks for it.
 */
export function k6({ objects }: Printed): LoadFigures | null {
  const summary = objects.find((object) => 'http_reqs' in objectAt(object, 'metrics'));
  if (summary === undefined) return null;
  const metric = (name: string): JsonObject => {
    const found = objectAt(summary, 'metrics', name);
    return 'values' in found ? objectAt(found, 'values') : found;
  };
  const [requests, duration] = [metric('http_reqs'), metric('http_req_duration')];
  return figures('k6', {
    requestsPerSecond: numberAt(requests, 'rate'),
    p50Seconds: numberAt(duration, 'med') / 1e3,
    p99Seconds: numberAt(duration, 'p(99)') / 1e3,
    // A pass of "failed" is a request that has failed.
    errors: numberAt(metric('http_req_failed'), 'passes'),
  });
}
