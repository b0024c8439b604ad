import { AllomorphError } from '../errors/error.js';
import { copy, expectMemory } from '../native/copy.js';
import { messageOf } from '../support/message-of.js';
import { hex } from '../support/show.js';
import type { Address } from '../types.js';

interface Move {
  readonly from: Address;
  readonly to: Address;
  /** Bytes of the new block. */
  readonly size: number;
  readonly align: number;
  /** Bytes to copy. */
  readonly kept: number;
  /** Throws when the old block is no longer live: the allocator may have freed it as it was asked for the new one. */
  readonly expectOld?: () => void;
  /** Gives the old block back. */
  readonly freeOld: () => void;
  readonly freeNew: () => void;
}

/**
 * The second half of a reallocation that allocates, copies and deallocates.
 * @throws what refused the old block, which stays live; the new one is given back then. ERR_ALLOMORPH_BAD_ALLOCATOR when that
 * is refused, too
 */
export function move(blocks: Move): Address {
  const { from, to, size, kept, expectOld, freeOld, freeNew } = blocks;
  // Nor can what is no memory be given back.
  expectMemory(to, size);
  try {
    expectOld?.();
    copy(to, from, kept);
    freeOld();
  } catch (error) {
    try {
      freeNew();
    } catch {
      throw bothRefused(blocks, error);
    }
    throw error;
  }
  return to;
}

/** It has the address of the new block, which nobody else knows. */
function bothRefused({ from, to, size, align }: Move, cause: unknown): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_BAD_ALLOCATOR',
    `The block at ${hex(from)} was to be moved, and neither it nor the new one was taken back: ${messageOf(cause)}. Both are ` +
      `live: free the new one, too, of ${String(size)} bytes aligned to ${String(align)} at ${hex(to)}, ` +
      'by the allocator that gave it.',
    { address: to, size, align, from },
    { cause },
  );
}
