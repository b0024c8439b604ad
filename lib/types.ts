declare const addressBrand: unique symbol;

/**
 * The address of a block, as a number: user-space addresses fit in 2^53 on every
 * supported platform, and numbers are what keeps the hot paths fast. 0 is the
 * null address; only `unsafe` functions ever return it.
 */
export type Address = number & { readonly [addressBrand]: true };

/**
 * The exact five-function ABI, unchecked. Sizes and alignments are bytes.
 *
 * Undefined behaviour, up to a crash: size 0, an alignment that is not a power of
 * two, an address that this allocator did not hand out or that was freed, values
 * that are not integers.
 */
export interface RawAllocator {
  /** @returns the address of at least `size` bytes aligned to `align`, or 0 when memory is exhausted. */
  allocate(size: number, align: number): Address;
  /**
   * Gives a block back.
   * @param oldSize any value from the size asked for up to the usable size
   * @param align the alignment it was allocated with
   */
  deallocate(address: Address, oldSize: number, align: number): void;
  /**
   * Resizes a block, moving it if need be. Content is kept up to min(oldSize, size), alignment too.
   * @returns the address, which may be another one; 0 when memory is exhausted: then the old block is intact.
   */
  reallocate(address: Address, oldSize: number, size: number, align: number): Address;
  /**
   * Resizes a block without moving it.
   * @returns the usable size the block now has. It succeeded if and only if that is >= `size`.
   * From here on pass this value as `oldSize`: after a shrink that the allocator could not do
   * in place, a smaller one would be wrong.
   */
  reallocateInplace(address: Address, oldSize: number, size: number, align: number): number;
  /** @returns the size that a block from `allocate(size, align)` can really hold; >= `size`. Pure. */
  usableSize(size: number, align: number): number;
}

/** Blocks and bytes that are allocated and not yet freed. */
export interface LiveCounts {
  /** Number of blocks. */
  readonly blocks: number;
  /** Usable bytes: what these blocks really occupy. */
  readonly bytes: number;
}

/**
 * The same five functions, checked: bad input, a foreign or freed block and exhausted memory
 * throw {@link AllomorphError}, and a call that throws has changed nothing.
 *
 * A block belongs to the door it came through: free what the checked functions allocated with
 * the checked functions, and what `unsafe` allocated with `unsafe`.
 */
export interface Allocator extends RawAllocator {
  /** `'system'`, `'jemalloc'`, … */
  readonly name: string;
  /** The exact ABI of this backend. */
  readonly unsafe: RawAllocator;
}
