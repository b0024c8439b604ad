import type { LoadFigures } from '../document/run.js';
import { figures } from './figures.js';
import { numberAt, objectAt } from './json.js';
import type { Printed } from './printed.js';
import { sum } from './text.js';

/** `oha --output-format json`, or `--json` of older versions: seconds. */
export function oha({ objects }: Printed): LoadFigures | null {
  const report = objects.find((object) => 'requestsPerSec' in objectAt(object, 'summary'));
  if (report === undefined) return null;
  return figures('oha', {
    requestsPerSecond: numberAt(report, 'summary', 'requestsPerSec'),
    p50Seconds: numberAt(report, 'latencyPercentiles', 'p50'),
    p99Seconds: numberAt(report, 'latencyPercentiles', 'p99'),
    errors: sum(
      // At the end of its time it cuts off what is under way, which is nobody's failure.
      ...counts(objectAt(report, 'errorDistribution'), (error) => error !== cutOff),
      ...counts(objectAt(report, 'statusCodeDistribution'), (status) => !/^2\d\d$/.test(status)),
    ),
  });
}

const cutOff = 'aborted due to deadline';

function counts(distribution: object, counted: (name: string) => boolean): number[] {
  return Object.entries(distribution)
    .filter(([name]) => counted(name))
    .map(([, count]) => (typeof count === 'number' ? count : NaN));
}
