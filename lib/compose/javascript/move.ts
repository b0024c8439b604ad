import { copy, expectMemory } from '../../native/copy.js';
import type { Address } from '../../types.js';

interface Move {
  readonly from: Address;
  readonly to: Address;
  /** Bytes of the new block. */
  readonly size: number;
  /** Bytes to copy. */
  readonly kept: number;
  /** Gives the old block back. */
  readonly freeOld: () => void;
  readonly freeNew: () => void;
}

/**
 * The second half of a reallocation that allocates, copies and deallocates.
 * @throws what refused the old block, which stays live; the new one is given back then
 */
export function move({ from, to, size, kept, freeOld, freeNew }: Move): Address {
  // Nor can what is no memory be given back.
  expectMemory(to, size);
  try {
    copy(to, from, kept);
    freeOld();
  } catch (error) {
    freeNew();
    throw error;
  }
  return to;
}
