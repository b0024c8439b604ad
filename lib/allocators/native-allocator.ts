import { addon } from '../native/load.js';
import type { Address, Allocator, LiveCounts, RawAllocator } from '../types.js';
import { checkAddress, checkAlign, checkSize } from './arguments.js';
import { backendId, closedBackend } from './backend.js';
import { blockFault, type Claim } from './block-errors.js';
import { closedDoor } from './close-doors.js';
import { exhausted } from './exhaustion.js';
import { nameOf } from './name.js';
import { RawBackend } from './raw-backend.js';

const { frame, checked } = addon;

/**
 * A native backend behind the checked five functions.
 *
 * Every block allocated here is recorded natively, process-wide, so that freeing a foreign or
 * freed address, or with a wrong size or alignment, is an error. That costs 16 to 32 bytes a
 * block and about 15 ns a pair of calls (npm run bench -- abi); `unsafe` has neither.
 */
export class NativeAllocator implements Allocator {
  readonly name: string;
  readonly unsafe: RawAllocator;
  /** Private and read before the frame is touched: no tampering and no proxy may steer a call. */
  #id: number;
  readonly #raw: RawBackend;
  declare readonly [backendId]: number;

  constructor(id: number, name: string) {
    this.name = name;
    this.#raw = new RawBackend(id);
    this.unsafe = this.#raw;
    this.#id = id;
    Object.defineProperty(this, backendId, { value: id, configurable: true });
  }

  /**
   * @param size bytes, 1 to 2^53 - 1
   * @param align bytes, a power of two, 1 to 2^30
   * @throws ERR_ALLOMORPH_OUT_OF_MEMORY, ERR_ALLOMORPH_INVALID_SIZE, ERR_ALLOMORPH_INVALID_ALIGNMENT
   */
  allocate(size: number, align: number): Address {
    checkSize(size);
    checkAlign(align);
    frame[4] = this.#id;
    frame[0] = size;
    frame[1] = align;
    checked.allocate();
    const address = frame[0];
    if (address === 0) throw this.#exhausted(size, align);
    return address as Address;
  }

  /**
   * @throws ERR_ALLOMORPH_UNKNOWN_BLOCK (freed already, or not from here), ERR_ALLOMORPH_FOREIGN_BLOCK,
   * ERR_ALLOMORPH_SIZE_MISMATCH, ERR_ALLOMORPH_ALIGNMENT_MISMATCH, ERR_ALLOMORPH_INVALID_…; the block is untouched then
   */
  deallocate(address: Address, oldSize: number, align: number): void {
    checkAlign(align);
    checkAddress(address, align);
    checkSize(oldSize, 'oldSize');
    frame[4] = this.#id;
    frame[0] = address;
    frame[1] = oldSize;
    frame[2] = align;
    checked.deallocate();
    const fault = frame[0];
    if (fault !== 0) throw this.#fault(fault, { address, oldSize, align });
  }

  /**
   * @throws as `deallocate`, and ERR_ALLOMORPH_OUT_OF_MEMORY: then the old block is intact
   */
  reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    checkAlign(align);
    checkAddress(address, align);
    checkSize(oldSize, 'oldSize');
    checkSize(size);
    frame[4] = this.#id;
    frame[0] = address;
    frame[1] = oldSize;
    frame[2] = size;
    frame[3] = align;
    checked.reallocate();
    const result = frame[0];
    if (result > 0) return result as Address;
    if (result === 0) throw this.#exhausted(size, align, oldSize);
    throw this.#fault(result, { address, oldSize, align });
  }

  /**
   * Never moves and never throws for want of room: compare the result with `size`.
   * @throws as `deallocate`
   */
  reallocateInplace(address: Address, oldSize: number, size: number, align: number): number {
    checkAlign(align);
    checkAddress(address, align);
    checkSize(oldSize, 'oldSize');
    checkSize(size);
    frame[4] = this.#id;
    frame[0] = address;
    frame[1] = oldSize;
    frame[2] = size;
    frame[3] = align;
    checked.reallocateInplace();
    const result = frame[0];
    if (result > 0) return result;
    throw this.#fault(result, { address, oldSize, align });
  }

  /** @throws ERR_ALLOMORPH_INVALID_SIZE, ERR_ALLOMORPH_INVALID_ALIGNMENT */
  usableSize(size: number, align: number): number {
    checkSize(size);
    checkAlign(align);
    const usable = this.#raw.usableSize(size, align);
    if (usable === 0) this.#refuseClosed();
    return usable;
  }

  /**
   * Blocks and bytes of this backend that are allocated and not freed, through any door of this
   * package, in the whole process. Always on: each thread counts for itself, without a locked
   * instruction. Exact when no other thread is inside an allocation; O(threads). None once it is closed.
   */
  live(): LiveCounts {
    return this.#id === closedBackend ? { blocks: 0, bytes: 0 } : addon.live(this.#id);
  }

  /**
   * From now on both doors reach nothing, by whatever function of them was kept: the id may be another allocator's.
   * Never throws.
   */
  protected static closeId(allocator: NativeAllocator): void {
    allocator.#id = closedBackend;
    RawBackend.close(allocator.#raw);
  }

  #exhausted(size: number, align: number, oldSize?: number): Error {
    this.#refuseClosed();
    return exhausted(this, size, align, oldSize);
  }

  #fault(fault: number, claim: Claim): Error {
    this.#refuseClosed();
    return blockFault(fault, this, claim);
  }

  /** Asked where a call failed, as every one does on a closed allocator: so the others do not pay for it. */
  #refuseClosed(): void {
    if (this.#id === closedBackend) closedDoor(nameOf(this)).refuse();
  }
}
