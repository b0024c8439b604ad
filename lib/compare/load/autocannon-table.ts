import type { LoadFigures } from '../document/run.js';
import { figures } from './figures.js';
import type { Printed } from './printed.js';
import { numberIn, secondsOf, sum, textIn } from './text.js';

/** autocannon without `--json`, which prints its tables to stderr. */
export function autocannonTable({ text }: Printed): LoadFigures | null {
  const latency = rowOf(text, 'Latency');
  return figures('autocannon', {
    requestsPerSecond: grouped(rowOf(text, 'Req/Sec').get('Avg') ?? ''),
    p50Seconds: secondsOf((latency.get('50%') ?? '').replace(' ', '')),
    p99Seconds: secondsOf((latency.get('99%') ?? '').replace(' ', '')),
    errors: sum(
      numberIn(text, /^\d+ 2xx responses, (\d+) non 2xx responses$/m),
      rounded(textIn(text, /^(\d+k?) errors \(\d+k? timeouts\)$/m)),
    ),
  });
}

/** The cells of a row by the heads of its table. */
function rowOf(text: string, name: string): ReadonlyMap<string, string> {
  let heads: readonly string[] = [];
  for (const line of text.split('\n')) {
    const cells = line.split('│').map((cell) => cell.trim());
    if (cells[1] === 'Stat') heads = cells;
    else if (cells[1] === name) return new Map(cells.map((cell, at) => [heads[at] ?? '', cell]));
  }
  return new Map();
}

/**
 * `'3,006.5'`. It is written in the locale of the environment, which is not known here: only the
 * form with commas between thousands and at most two decimals is taken, so that a German `3.006`
 * is no figure instead of one that is a thousand times too small.
 */
function grouped(number: string): number {
  return /^(?:\d{1,3}(?:,\d{3})*|\d+)(?:\.\d{1,2})?$/.test(number)
    ? Number(number.replaceAll(',', ''))
    : NaN;
}

/** From 1,000 up it prints no more than thousands: `'25k'`. */
function rounded(count: string): number {
  if (count === '') return NaN;
  return count.endsWith('k') ? Number(count.slice(0, -1)) * 1000 : Number(count);
}
