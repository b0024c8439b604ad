import { checkAddress, checkAlign, checkSize } from '../allocators/arguments.js';
import { exhausted } from '../allocators/exhaustion.js';
import { checkMemory } from '../support/no-memory.js';
import type { Address, Allocator, LiveCounts, RawAllocator } from '../types.js';
import { absent, claimOf, known, type Claim } from './claim.js';
import { LiveRecord, type LiveBlock } from './live-record.js';
import { move } from './move.js';
import { checkAddressResult, checkInplaceResult, checkUsableResult } from './results.js';

/** The five functions as somebody wrote them in JavaScript. Exhaustion is 0. */
export interface Written extends RawAllocator {
  /** `reallocate` is only allocate, copy and deallocate: then each of them is looked at by itself. */
  readonly copiesToReallocate?: boolean;
}

/**
 * The checked functions over five that are written in JavaScript. What a caller says about a block is compared
 * with a record of the live ones; what the functions return is validated before anybody uses it. What they throw
 * passes through. In all these cases the record stays as it was.
 *
 * Belongs to its thread. O(log n) a call.
 */
export class CheckedAllocator implements Allocator {
  readonly name: string;
  readonly unsafe: RawAllocator;
  protected readonly record = new LiveRecord();
  readonly #written: Written;

  constructor(name: string, written: Written) {
    this.name = name;
    this.unsafe = written;
    this.#written = written;
  }

  /**
   * @param size bytes, 1 to 2^53 - 1
   * @param align bytes, a power of two, 1 to 2^30
   * @throws ERR_ALLOMORPH_OUT_OF_MEMORY, ERR_ALLOMORPH_INVALID_SIZE, ERR_ALLOMORPH_INVALID_ALIGNMENT,
   * ERR_ALLOMORPH_BAD_ALLOCATOR, and what the written function throws
   */
  allocate(size: number, align: number): Address {
    checkSize(size);
    checkAlign(align);
    // First, as it may throw: nothing is allocated then.
    const usable = this.#usableSize(size, align);
    const address = this.#written.allocate(size, align);
    if (address === 0) throw exhausted(this, size, align);
    checkAddressResult(this, 'allocate', this.record, { address, size, usable, align });
    this.record.add({ address, size, usable, align, sizeIsUsable: false });
    return address;
  }

  /**
   * @throws ERR_ALLOMORPH_UNKNOWN_BLOCK (freed already, or not from here), ERR_ALLOMORPH_FOREIGN_BLOCK,
   * ERR_ALLOMORPH_SIZE_MISMATCH, ERR_ALLOMORPH_ALIGNMENT_MISMATCH, ERR_ALLOMORPH_INVALID_…, and what the written
   * function throws; the block stays live then
   */
  deallocate(address: Address, oldSize: number, align: number): void {
    const block = this.#claim({ address, oldSize, align });
    this.#during(block, () => {
      this.#written.deallocate(address, known(block, oldSize), align);
      return undefined;
    });
  }

  /** @throws as `allocate` and `deallocate`: the old block stays live then */
  reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    checkSize(size);
    const block = this.#claim({ address, oldSize, align });
    const usable = this.#usableSize(size, align);
    if (this.#written.copiesToReallocate === true) {
      return this.#move(block, known(block, oldSize), size);
    }
    const now = this.#during(block, () => {
      const moved = this.#written.reallocate(address, known(block, oldSize), size, align);
      if (moved === 0) throw exhausted(this, size, align, known(block, oldSize));
      checkAddressResult(this, 'reallocate', this.record, { address: moved, size, usable, align });
      return { address: moved, size, usable, align, sizeIsUsable: false };
    });
    return now.address;
  }

  /**
   * Never moves and never throws for want of room: compare the result with `size`.
   * @throws as `deallocate`, and ERR_ALLOMORPH_BAD_ALLOCATOR
   */
  reallocateInplace(address: Address, oldSize: number, size: number, align: number): number {
    checkSize(size);
    const block = this.#claim({ address, oldSize, align });
    const expected = this.#usableSize(known(block, oldSize), align);
    const usable = this.#usableSize(size, align);
    const now = this.#during(block, () => {
      const result = this.#written.reallocateInplace(address, known(block, oldSize), size, align);
      checkInplaceResult(this, this.record, block, { size, result, expected });
      if (result < size) return block;
      const sizeIsUsable = usable !== result;
      return { address, size: sizeIsUsable ? result : size, usable: result, align, sizeIsUsable };
    });
    return now === block ? expected : now.usable;
  }

  /** @throws ERR_ALLOMORPH_INVALID_SIZE, ERR_ALLOMORPH_INVALID_ALIGNMENT, ERR_ALLOMORPH_BAD_ALLOCATOR */
  usableSize(size: number, align: number): number {
    checkSize(size);
    checkAlign(align);
    return this.#usableSize(size, align);
  }

  /** Blocks and usable bytes that came through these functions and are live. O(1) */
  live(): LiveCounts {
    return { blocks: this.record.blocks, bytes: this.record.bytes };
  }

  #usableSize(size: number, align: number): number {
    const usable = this.#written.usableSize(size, align);
    checkUsableResult(this, { size, align, usable });
    return usable;
  }

  #claim(claim: Claim): LiveBlock {
    checkAlign(claim.align);
    checkAddress(claim.address, claim.align);
    checkSize(claim.oldSize, 'oldSize');
    return claimOf(this, this.record, claim);
  }

  /** While its function runs, a block is nobody's; then it is what that gives, or what it was when it throws. */
  #during<Now extends LiveBlock | undefined>(block: LiveBlock, call: () => Now): Now {
    this.record.remove(block);
    let now: LiveBlock | undefined = block;
    try {
      const result = call();
      now = result;
      return result;
    } finally {
      if (now !== undefined) this.record.add(now);
    }
  }

  #move(block: LiveBlock, oldSize: number, size: number): Address {
    const { address, align } = block;
    const moved = this.allocate(size, align);
    try {
      checkMemory(this.name, moved, size, align);
    } catch (error) {
      // Nor can what is no memory be given back.
      this.record.remove(claimOf(this, this.record, { address: moved, oldSize: size, align }));
      throw error;
    }
    return move({
      ...{ from: address, to: moved, size, align, kept: Math.min(oldSize, size) },
      expectOld: () => {
        if (this.record.find(address) !== block) throw absent(this, { address, oldSize, align });
      },
      freeOld: () => {
        this.deallocate(address, oldSize, align);
      },
      freeNew: () => {
        this.deallocate(moved, size, align);
      },
    });
  }
}
