import type { Run } from './run.js';
import type { Tracked } from './leak-detection.js';

/** A piece of a run, and the Buffer over it that is handed out, or was last. */
export class Slot {
  readonly run: Run;
  /** Bytes from the start of the ArrayBuffer. */
  readonly offset: number;
  /** Handed out and not freed. */
  live = false;
  /**
   * Is handed out again when the same length is asked for: making a Buffer costs more than all the
   * rest. Undefined for one that leak detection watches, as nothing may keep that alive.
   */
  view: Buffer | undefined = undefined;
  /** Bytes of the view, where there is one. */
  length = 0;
  tracked: Tracked | undefined = undefined;
  /** The next free slot of the run. */
  next: Slot | undefined = undefined;

  constructor(run: Run, offset: number) {
    this.run = run;
    this.offset = offset;
  }
}
