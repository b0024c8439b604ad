import type { FaultKind } from '../native/addon.js';
import type { Allocator, LiveCounts } from '../types.js';

/** A block, and where it came from. */
export interface CheckedBlock {
  readonly address: number;
  /** Bytes, as it was asked for. */
  readonly size: number;
  readonly align: number;
  /** The JavaScript stack, without frames of this package: `file:line:column (function)` a line; undefined: `unsafe`, native code, or `stacks: false`. */
  readonly allocatedAt: string | undefined;
  /** Native return addresses, the innermost first: `module+0xoffset (symbol+0xoffset)`. */
  readonly nativeFrames: readonly string[];
}

/** One thing that is wrong with a block. */
export interface CheckedFault extends CheckedBlock {
  readonly kind: FaultKind;
  /** What is wrong, with which block, and where it came from. */
  readonly message: string;
  /** Of the first overwritten byte, from the start of the block; negative before it. */
  readonly offset: number;
  /** What the byte was overwritten with. */
  readonly value: number;
  /** Where the block was freed, as `allocatedAt`. */
  readonly freedAt: string | undefined;
  readonly nativeFreedFrames: readonly string[];
}

export interface CheckedStats {
  readonly liveBlocks: number;
  readonly liveBytes: number;
  readonly quarantinedBlocks: number;
  /** With the redzones or guard pages around the blocks. */
  readonly quarantinedBytes: number;
  /** Faulty blocks whose memory is kept until the allocator is closed. */
  readonly keptBlocks: number;
  /** Found so far by calls; what only `verify()` saw is not counted. */
  readonly faults: number;
  /** Allocations so far that got guard pages; 0 at level `'poison'`. */
  readonly guardedBlocks: number;
  /**
   * Allocations so far at level `'page-guard'` that were checked as `'poison'` does: those that `every` left out, and those for
   * which the system had no guard pages left.
   */
  readonly unguardedBlocks: number;
}

/**
 * See {@link checked}. Its five functions throw what they find:
 * ERR_ALLOMORPH_CORRUPTED for writes beyond a block or to a freed one, ERR_ALLOMORPH_UNKNOWN_BLOCK for a double free
 * and for addresses that are no block, ERR_ALLOMORPH_SIZE_MISMATCH and ERR_ALLOMORPH_ALIGNMENT_MISMATCH. A call that
 * throws has changed nothing. Damage of a live block is thrown once: then it can be freed.
 */
export interface CheckedAllocator extends Allocator, Disposable {
  readonly level: 'poison' | 'page-guard';
  /** All that is wrong now with live blocks and the quarantine; at most a thousand. O(blocks + quarantined bytes) */
  verify(): CheckedFault[];
  /** The blocks that are live. O(blocks) */
  leaks(): CheckedBlock[];
  stats(): CheckedStats;
  live(): LiveCounts;
  /**
   * Gives back everything it holds, the quarantine and faulty blocks too.
   * @throws ERR_ALLOMORPH_BUSY while blocks of it are live or others use it
   */
  close(): void;
}

/** What `stats()` says of one that was closed. */
export const nothing: CheckedStats = {
  liveBlocks: 0,
  liveBytes: 0,
  quarantinedBlocks: 0,
  quarantinedBytes: 0,
  keptBlocks: 0,
  faults: 0,
  guardedBlocks: 0,
  unguardedBlocks: 0,
};
