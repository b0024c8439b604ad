import type { Sample } from './suite.js';

/** Does the operation `count` times. The result only keeps the work from being optimised away. */
export type Loop = (count: number) => unknown;

/** Long enough that the clock, an interrupt or a small collection no longer shows. */
const targetNanoseconds = 300e6;

/** Runs in the child process: warms the loop up, times it once and prints the sample. */
export function timeAndPrint(loop: Loop): void {
  process.stdout.write(`${JSON.stringify(time(loop))}\n`);
}

function time(loop: Loop): Sample {
  // The doubling warms up as well: the optimised code is in place long before the last round.
  let count = 1000;
  let elapsed = elapsedIn(loop, count);
  while (elapsed < targetNanoseconds / 2) {
    count *= 2;
    elapsed = elapsedIn(loop, count);
  }
  const operations = Math.ceil((count * targetNanoseconds) / elapsed);
  return { nanoseconds: elapsedIn(loop, operations), operations };
}

function elapsedIn(loop: Loop, count: number): number {
  const start = process.hrtime.bigint();
  loop(count);
  return Number(process.hrtime.bigint() - start);
}
