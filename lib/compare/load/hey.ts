import type { LoadFigures } from '../document/run.js';
import { figures } from './figures.js';
import type { Printed } from './printed.js';
import { numberIn, sum, textIn } from './text.js';

/** hey's summary. Its relative oha writes a similar one, but "Response time distribution". */
export function hey({ text }: Printed): LoadFigures | null {
  if (!/^Summary:$/m.test(text) || !/^Latency distribution:$/m.test(text)) return null;
  return figures('hey', {
    requestsPerSecond: numberIn(text, /^ +Requests\/sec:\s+([\d.]+)$/m),
    p50Seconds: numberIn(text, /^ +50% in ([\d.]+) secs$/m),
    p99Seconds: numberIn(text, /^ +99% in ([\d.]+) secs$/m),
    errors: sum(
      ...listed(text, 'Error distribution').map(({ head }) => head),
      ...listed(text, 'Status code distribution')
        .filter(({ head }) => head < 200 || head > 299)
        .map(({ count }) => count),
    ),
  });
}

/** `  [404]\t300 responses`, `  [20]\tconnection refused`: the lines below a title. */
function listed(text: string, title: string): { head: number; count: number }[] {
  const lines = textIn(text, new RegExp(`^${title}:\\n((?: +\\[\\d+\\]\\s.*(?:\\n|$))*)`, 'm'));
  return [...lines.matchAll(/^ +\[(\d+)\]\s+(\d*)/gm)].map(([, head, count]) => ({
    head: Number(head),
    count: Number(count),
  }));
}
