import type { Allocator, LiveCounts } from '../types.js';

/** What every building block has beside the five functions. */
export interface ComposedAllocator extends Allocator, Disposable {
  /**
   * Blocks and usable bytes that are live. Of a building block over native allocators all of them, in the whole process;
   * of one in JavaScript those that came through its checked functions.
   */
  live(): LiveCounts;
  /**
   * Gives back what it occupies; from now on it refuses everything. Does nothing the second time.
   * @throws ERR_ALLOMORPH_BUSY while blocks of it are live or others use it: nothing has changed then
   */
  close(): void;
}
