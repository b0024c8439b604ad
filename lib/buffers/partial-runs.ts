import type { Run } from './run.js';

/** Lists: sixteenths of a run that are free, rounded up. */
const buckets = 16;

/**
 * The runs of a class that have both live and free slots, apart from the one that is allocated from.
 * The fullest comes first, so that the others get a chance to become empty. Everything is O(1).
 */
export class PartialRuns {
  readonly #heads: (Run | undefined)[] = new Array<Run | undefined>(buckets + 1).fill(undefined);
  /** Bit n: list n has a run. */
  #nonEmpty = 0;

  get isEmpty(): boolean {
    return this.#nonEmpty === 0;
  }

  /** Puts a run where it belongs after one of its slots was freed or taken. */
  update(run: Run): void {
    const bucket = Math.ceil(((run.slots - run.used) * buckets) / run.slots);
    if (bucket === run.bucket) return;
    if (run.bucket !== 0) this.remove(run);
    if (bucket === 0) return; // full
    const head = this.#heads[bucket];
    run.after = head;
    if (head !== undefined) head.before = run;
    this.#heads[bucket] = run;
    this.#nonEmpty |= 1 << bucket;
    run.bucket = bucket;
  }

  remove(run: Run): void {
    if (run.bucket === 0) return;
    if (run.before !== undefined) run.before.after = run.after;
    else this.#heads[run.bucket] = run.after;
    if (run.after !== undefined) run.after.before = run.before;
    if (this.#heads[run.bucket] === undefined) this.#nonEmpty &= ~(1 << run.bucket);
    run.bucket = 0;
    run.before = run.after = undefined;
  }

  /** The fullest of them, which stays where it is. */
  fullest(): Run | undefined {
    const lowest = this.#nonEmpty & -this.#nonEmpty;
    return lowest === 0 ? undefined : this.#heads[31 - Math.clz32(lowest)];
  }

  clear(): void {
    this.#heads.fill(undefined);
    this.#nonEmpty = 0;
  }
}
