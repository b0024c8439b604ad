import { changeBetween, type Change } from './change.js';
import type { Contender } from './contender.js';

/** What memory × time must be saved at least, before anything is changed for it. */
export const leastGain = 0.05;
/** What peak RSS, wall time, CPU time, requests/s or p99 may become worse at most. */
export const mostCost = 0.1;

/**
 * The rule. Only distinct differences count; others are none.
 *
 * 1. memory is the geometric mean of peak, mean and last RSS; time that of wall and CPU time, or under
 *    load that of CPU time per request, time per request and p99. What counts is memory × time: what
 *    clouds bill as GB-seconds.
 * 2. A change is worth it when it saves at least 5% of that, and makes none of peak RSS, wall time, CPU
 *    time, requests/s and p99 more than 10% worse.
 * 3. Of the candidates to which a change is worth it, the best is the one with the least memory × time.
 * 4. It gives way to a simpler one from which the change to it would not be worth it.
 *
 * @param contenders the reference first, then the simplest first
 */
export function choose<T extends Contender>(
  [reference, ...others]: readonly [T, ...T[]],
  wallCounts: boolean,
): T {
  const change = (from: T, to: T) => changeBetween(from.runs, to.runs, wallCounts);
  const better = others
    .map((contender) => ({ contender, change: change(reference, contender) }))
    .filter((each) => isWorthIt(each.change));
  const [first, ...rest] = better;
  if (first === undefined) return reference;
  const best = rest.reduce(
    (least, each) => (product(each.change) < product(least.change) ? each : least),
    first,
  ).contender;
  const simpler = better.find(
    ({ contender }) => contender === best || !isWorthIt(change(contender, best)),
  );
  return simpler?.contender ?? best;
}

export function isWorthIt(change: Change): boolean {
  return product(change) <= 1 - leastGain && !isTooDear(change);
}

export function isTooDear({ dearest }: Change): boolean {
  return dearest > 1 + mostCost;
}

export function product({ memory, time }: Change): number {
  return memory * time;
}
