import { PartialRuns } from './partial-runs.js';
import type { Run } from './run.js';
import type { ClassShape } from './size-classes.js';

/** One size class of a pool at work. */
export class SizeClass {
  readonly size: number;
  readonly runSize: number;
  readonly slots: number;
  /** Where the class stands among the classes of its pool; they ascend. */
  readonly index: number;
  /** What is allocated from. Not among `partial`; never gives itself back when it becomes empty. */
  current: Run | undefined = undefined;
  readonly partial = new PartialRuns();
  allocations = 0;
  /** Allocations that a new run was needed for. */
  misses = 0;

  constructor({ size, runSize, slots }: ClassShape, index: number) {
    this.size = size;
    this.runSize = runSize;
    this.slots = slots;
    this.index = index;
  }
}
