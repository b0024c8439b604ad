import type { AllomorphError } from '../errors/error.js';
import type { Address, RawAllocator } from '../types.js';

/** Where the blocks of magazines come from: one allocator, in batches. All with alignment `blockAlign`. */
export interface Source {
  /** Puts `blocks` blocks on a magazine that has the room; fewer, or none, when memory is exhausted. */
  refill(row: number, blocks: number): void;
  /** Gives the `blocks` oldest of a magazine back, which holds at least as many. */
  flush(row: number, blocks: number): void;
  /** The door through which the blocks come, one by one. Exhaustion is 0. */
  readonly door: RawAllocator;
  /** Ends the use of the allocator. What is given back afterwards still arrives. Does nothing the second time. */
  close(): void;
  /** Why `door` or `refill` found memory exhausted. */
  exhausted(size: number, align: number): AllomorphError;
  /**
   * Makes a block of a magazine one of the allocator's checked functions, with another size.
   * @throws ERR_ALLOMORPH_OUT_OF_MEMORY: the block is intact then
   */
  leave(address: Address, oldSize: number, size: number): Address;
  /**
   * The reverse.
   * @throws as the allocator's `reallocate`; nothing has changed then
   */
  enter(address: Address, oldSize: number, size: number): Address;
}
