import { checkAddress, checkAlign, checkSize } from '../allocators/arguments.js';
import { checkBlock } from '../blocks/memory/unowned.js';
import type { Address, Allocator, RawAllocator } from '../types.js';
import { claimFault } from './claim-fault.js';
import { LiveBlocks } from './live-blocks.js';
import type { CachedStats, Magazines } from './magazines.js';
import { RawCached, raised, unkept } from './raw-cached.js';
import { at } from './table.js';
import { isExhaustion } from './unthrowing.js';

/**
 * An allocator with magazines in front: see {@link cached}.
 *
 * These functions are checked. Sizes and addresses are looked at as everywhere; that a block is live, was
 * allocated here and is of the size class that is claimed is found in a record of this object (1/16 of the
 * address space in which blocks lie). What is coarser than with the allocator behind: for blocks of up to `maxSize`
 * with alignments of up to 16, any `oldSize` of the right size class and any such alignment is accepted, both
 * being harmless. Larger blocks are checked by the allocator behind.
 */
export class CachedAllocator implements Allocator {
  readonly name: string;
  /** Without the checks and the record: a pair of calls that hits costs half. Shares the magazines. */
  readonly unsafe: RawAllocator;
  readonly #allocator: Allocator;
  readonly #magazines: Magazines;
  readonly #live = new LiveBlocks();
  /** Blocks that were shrunk in place, and are of a larger class, or of none. */
  readonly #shrunk = new Map<Address, Shrunk>();
  readonly #largest: number;
  readonly #rowOf: Uint8Array;
  readonly #rows: Int32Array;
  readonly #slots: Float64Array;
  readonly #hits: Float64Array;

  /** @internal use {@link cached} */
  constructor(name: string, allocator: Allocator, magazines: Magazines) {
    this.name = name;
    this.unsafe = new RawCached(magazines);
    this.#allocator = allocator;
    this.#magazines = magazines;
    const { table, hits } = magazines;
    this.#largest = table.largest;
    this.#rowOf = table.rowOf;
    this.#rows = table.rows;
    this.#slots = table.slots;
    this.#hits = hits;
  }

  /**
   * O(1); a batch now and then.
   * @param size bytes, 1 to 2^53 - 1
   * @param align bytes, a power of two, 1 to 2^30
   * @throws ERR_ALLOMORPH_OUT_OF_MEMORY, ERR_ALLOMORPH_INVALID_SIZE, ERR_ALLOMORPH_INVALID_ALIGNMENT,
   * ERR_ALLOMORPH_CLOSED
   */
  allocate(size: number, align: number): Address {
    if (!this.#isSmall(size, align)) return this.#pass(size, align);
    const row = this.#rowOf[(size + 15) >> 4] ?? 0;
    const rows = this.#rows;
    const last = (rows[row] ?? 0) - 1;
    if (last < (rows[row + 1] ?? 0)) return this.#miss(row, size, align);
    rows[row] = last;
    this.#hits[0] = (this.#hits[0] ?? 0) + 1;
    const address = this.#slots[last] ?? 0;
    const place = this.#live.placeFor(address);
    this.#live.bytes[place] = row + 1;
    return address as Address;
  }

  /**
   * Works after `close` too, for the blocks that are live still. O(1); a batch now and then.
   * @throws ERR_ALLOMORPH_UNKNOWN_BLOCK (freed already, or not from here), ERR_ALLOMORPH_FOREIGN_BLOCK,
   * ERR_ALLOMORPH_SIZE_MISMATCH, ERR_ALLOMORPH_ALIGNMENT_MISMATCH, ERR_ALLOMORPH_INVALID_…; the block is untouched then
   */
  deallocate(address: Address, oldSize: number, align: number): void {
    if (!this.#isSmall(oldSize, align)) {
      this.#passBack(address, oldSize, align);
      return;
    }
    const row = this.#rowOf[(oldSize + 15) >> 4] ?? 0;
    // Strings would be converted to numbers, and bigints throw an error of their own.
    const place = typeof address === 'number' ? this.#live.placeOf(address) : 0;
    if (this.#live.bytes[place] !== row + 1) {
      this.#deallocateShrunk(address, oldSize, align);
      return;
    }
    const rows = this.#rows;
    const top = rows[row] ?? 0;
    if (top < (rows[row + 2] ?? 0)) {
      this.#slots[top] = address;
      rows[row] = top + 1;
      this.#live.bytes[place] = 0;
    } else {
      this.#spill(row, address);
    }
  }

  /**
   * Within a size class nothing happens; between two of them the block is moved, or resized where it lies, by the
   * allocator behind.
   * @throws as `deallocate`, and ERR_ALLOMORPH_OUT_OF_MEMORY, ERR_ALLOMORPH_CLOSED: then the old block is intact
   */
  reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    checkSize(size);
    const shrunk = this.#unshrink(address, oldSize);
    if (shrunk === undefined) return this.#reallocate(address, oldSize, size, align);
    try {
      return this.#reallocate(address, shrunk.known, size, align);
    } catch (error) {
      this.#shrink(address, shrunk);
      throw error;
    }
  }

  #reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    const small = this.#isSmall(oldSize, align);
    if (small) this.#expectLive(address, oldSize, align);
    else this.#expectNone(address, oldSize, align);
    this.#magazines.refuseClosed();
    const staysSmall = this.#isSmall(size, align);
    if (small && staysSmall && this.#row(oldSize) === this.#row(size)) return address;
    if (small) this.#live.bytes[this.#live.placeOf(address)] = 0;
    let moved: Address;
    try {
      moved = this.#retry(() => this.#resize(address, oldSize, size, align));
    } catch (error) {
      if (small) this.#stillLive(address, this.#row(oldSize));
      throw error;
    }
    if (staysSmall) {
      const place = this.#live.placeFor(moved);
      this.#live.bytes[place] = this.#row(size) + 1;
    }
    return moved;
  }

  /**
   * Never moves and never throws for want of room: compare the result with `size`. A block of a size class keeps it.
   * Afterwards any size from `size` to the result is right as `oldSize`; through `unsafe` only the result is.
   * @throws as `deallocate`, and ERR_ALLOMORPH_CLOSED
   */
  reallocateInplace(address: Address, oldSize: number, size: number, align: number): number {
    checkSize(size);
    const shrunk = this.#unshrink(address, oldSize);
    let usable = 0;
    try {
      usable = this.#resizeInplace(address, shrunk?.known ?? oldSize, size, align);
      return usable;
    } finally {
      if (shrunk !== undefined && usable < size) {
        // What the allocator behind returned is what it takes from now on, also when it is too little.
        const known = usable === 0 ? shrunk.known : usable;
        this.#shrink(address, { ...shrunk, usable: known, known });
      }
    }
  }

  #resizeInplace(address: Address, oldSize: number, size: number, align: number): number {
    const small = this.#isSmall(oldSize, align);
    if (small) this.#expectLive(address, oldSize, align);
    else this.#expectNone(address, oldSize, align);
    this.#magazines.refuseClosed();
    if (small) return this.#stay(address, oldSize, size, align);
    const wanted = unkept(size, align, this.#largest);
    const usable = this.#allocator.reallocateInplace(address, oldSize, wanted, raised(align));
    if (usable >= wanted && wanted > size) {
      this.#shrink(address, { size, usable, known: usable, state: 0 });
    }
    return usable;
  }

  /** A block of a class keeps it, also when a smaller one would do. */
  #stay(address: Address, oldSize: number, size: number, align: number): number {
    const [row, usable] = [this.#row(oldSize), this.#capacity(oldSize)];
    if (this.#isSmall(size, align) && this.#row(size) < row) {
      this.#shrink(address, { size, usable, known: usable, state: row + 1 });
    }
    return usable;
  }

  /**
   * The size of the class, up to `maxSize` and alignment 16; beyond, what the allocator behind says.
   * @throws ERR_ALLOMORPH_INVALID_SIZE, ERR_ALLOMORPH_INVALID_ALIGNMENT
   */
  usableSize(size: number, align: number): number {
    if (this.#isSmall(size, align)) return this.#capacity(size);
    checkSize(size);
    checkAlign(align);
    return this.#allocator.usableSize(size, raised(align));
  }

  /**
   * Gives all free blocks back to the allocator behind, whose live counts then are those of the blocks in use. The
   * magazines begin anew, shallow, with the next call. O(free blocks).
   */
  flush(): void {
    this.#magazines.flush();
  }

  /** O(size classes). */
  stats(): CachedStats {
    return this.#magazines.stats();
  }

  /**
   * Gives all free blocks back; from now on nothing can be allocated or resized. Blocks that are live stay so:
   * `deallocate` still takes them, and gives them back at once. The allocator behind can be closed as soon as none is left. A
   * second call does nothing.
   * @throws ERR_ALLOMORPH_BUSY when the allocator behind calls it, from inside a batch that is fetched or given back. Nothing
   * has changed then
   */
  close(): void {
    this.#magazines.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Whether there is a magazine for it. False also for what is no size or no alignment. */
  #isSmall(size: number, align: number): boolean {
    // The type first: bitwise operators throw on a bigint or a symbol. Short, as V8 inlines only so
    // much code into one function, and an address that is passed to another one is a heap number.
    return (
      typeof size === 'number' &&
      (size | 0) === size &&
      size > 0 &&
      size <= this.#largest &&
      (align === 16 || isBelow16(align))
    );
  }

  #row(size: number): number {
    return at(this.#rowOf, (size + 15) >> 4);
  }

  #capacity(size: number): number {
    return at(this.#rows, this.#row(size) + 3);
  }

  #miss(row: number, size: number, align: number): Address {
    const address = this.#magazines.allocate(row);
    if (address === 0) throw this.#magazines.source.exhausted(size, align);
    const place = this.#live.placeFor(address);
    this.#live.bytes[place] = row + 1;
    return address as Address;
  }

  /** A block for a full magazine. */
  #spill(row: number, address: Address): void {
    this.#live.bytes[this.#live.placeOf(address)] = 0;
    try {
      this.#magazines.deallocate(row, address);
    } catch (error) {
      this.#stillLive(address, row);
      throw error;
    }
  }

  /**
   * After a call that was to end a block and failed. The block is not live while it lasts: an allocator behind that is
   * written in JavaScript may call this cache meanwhile, and must not free it a second time.
   */
  #stillLive(address: Address, row: number): void {
    const place = this.#live.placeFor(address);
    // Unless the allocator behind freed it nevertheless, and it was handed out again.
    if (this.#live.bytes[place] === 0) this.#live.bytes[place] = row + 1;
  }

  #passBack(address: Address, oldSize: number, align: number): void {
    if (this.#stateOf(address) === shrunkState) {
      this.#deallocateShrunk(address, oldSize, align);
      return;
    }
    this.#expectNone(address, oldSize, align);
    this.#allocator.deallocate(address, oldSize, raised(align));
  }

  /** @throws what is wrong with the claim, when it is not about a block that was shrunk in place */
  #deallocateShrunk(address: Address, oldSize: number, align: number): void {
    const shrunk = this.#unshrink(address, oldSize);
    if (shrunk === undefined) throw this.#fault(address, oldSize, align);
    try {
      this.deallocate(address, shrunk.known, align);
    } catch (error) {
      this.#shrink(address, shrunk);
      throw error;
    }
  }

  /** From now on any size from the one asked for to the usable one is right for the block. */
  #shrink(address: Address, shrunk: Shrunk): void {
    // First the place: finding it may replace the bytes.
    const place = this.#live.placeFor(address);
    this.#live.bytes[place] = shrunkState;
    this.#shrunk.set(address, shrunk);
  }

  /** Makes a block that was shrunk in place what it was before, when the claim about it is right. */
  #unshrink(address: Address, oldSize: number): Shrunk | undefined {
    if (this.#shrunk.size === 0) return undefined;
    const shrunk = this.#shrunk.get(address);
    if (shrunk === undefined) return undefined;
    if (!(oldSize >= shrunk.size && oldSize <= shrunk.usable)) return undefined;
    this.#shrunk.delete(address);
    this.#live.bytes[this.#live.placeOf(address)] = shrunk.state;
    return shrunk;
  }

  #pass(size: number, align: number): Address {
    checkSize(size);
    checkAlign(align);
    this.#magazines.refuseClosed();
    return this.#retry(() => this.#allocateBehind(size, raised(align)));
  }

  #allocateBehind(size: number, align: number): Address {
    return checkBlock(this.#allocator, this.#allocator.allocate(size, align), align);
  }

  /** Sizes without a magazine, on either side, are blocks of the allocator's checked functions. */
  #resize(address: Address, oldSize: number, size: number, align: number): Address {
    const { source } = this.#magazines;
    const fromClass = this.#isSmall(oldSize, align);
    const toClass = this.#isSmall(size, align);
    if (!fromClass && !toClass) {
      return this.#allocator.reallocate(address, oldSize, size, raised(align));
    }
    if (!fromClass) return source.enter(address, oldSize, this.#capacity(size));
    if (!toClass) return source.leave(address, this.#capacity(oldSize), size);
    const moved = source.door.reallocate(
      address,
      this.#capacity(oldSize),
      this.#capacity(size),
      raised(align),
    );
    if (moved === 0) throw source.exhausted(size, align);
    return moved;
  }

  /** Before it fails for want of memory, the magazines give theirs back. */
  #retry(use: () => Address): Address {
    try {
      return use();
    } catch (error) {
      if (!isExhaustion(error) || !this.#magazines.release()) throw error;
      return use();
    }
  }

  #expectLive(address: Address, oldSize: number, align: number): void {
    if (this.#stateOf(address) === this.#row(oldSize) + 1) return;
    throw this.#fault(address, oldSize, align);
  }

  /** Refuses a block of a size class that is claimed to have none. */
  #expectNone(address: Address, oldSize: number, align: number): void {
    checkAlign(align);
    checkAddress(address, align);
    checkSize(oldSize, 'oldSize');
    if (this.#stateOf(address) !== 0) throw this.#fault(address, oldSize, align);
  }

  #stateOf(address: Address): number {
    return typeof address === 'number' ? at(this.#live.bytes, this.#live.placeOf(address)) : 0;
  }

  #fault(address: Address, oldSize: number, align: number): Error {
    checkAlign(align);
    checkAddress(address, align);
    checkSize(oldSize, 'oldSize');
    const state = this.#stateOf(address);
    const usable = state === 0 ? undefined : at(this.#rows, state - 1 + 3);
    const capacity = state === shrunkState ? this.#shrunk.get(address)?.usable : usable;
    return claimFault(this, this.#allocator, { address, oldSize, align }, capacity);
  }
}

/** In the record of live blocks, where no row is: see `#shrunk`. */
const shrunkState = 255;

/** A block whose owner may claim any size from `size` to `usable`. */
interface Shrunk {
  readonly size: number;
  readonly usable: number;
  /** What it really is: the size that the allocator behind was told, or that of the class. */
  readonly known: number;
  /** What the record of live blocks says of it otherwise. */
  readonly state: number;
}

function isBelow16(align: number): boolean {
  return align === 8 || align === 4 || align === 2 || align === 1;
}
