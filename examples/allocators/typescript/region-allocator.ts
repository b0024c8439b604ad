import { defineAllocator, system, type Address, type Allocator } from 'allomorph';
import { Buddy } from './buddy';

/** The smallest block: a cache line. Large enough that the tables stay a seventh of the region at most. */
const unit = 64;

/** One block of `system`, cut up in JavaScript. */
export interface RegionAllocator extends Disposable {
  readonly allocator: Allocator;
  /** Gives the region back, whatever is still allocated in it. */
  readonly close: () => void;
}

/**
 * An allocator that knows every block of its region: all its work is arithmetic on typed arrays, without a native call, and
 * what it uses can never exceed the region. Sizes and alignments become the next power of two.
 * Belongs to the thread that made it.
 * @param bytes of the region: a power of two from 4 KiB to 1 GiB, also the largest block and the largest alignment
 */
export function createRegionAllocator(bytes = 64 * 1024 * 1024): RegionAllocator {
  if (!Number.isInteger(Math.log2(bytes)) || bytes < 4096 || bytes > 2 ** 30) {
    throw new RangeError(
      `bytes must be a power of two from 4096 to 2 ** 30, got ${String(bytes)}.`,
    );
  }
  const region = system.allocate(bytes, bytes);
  const buddy = new Buddy(Math.log2(bytes / unit) + 1);

  /** Same for every old size from the requested to the usable one. */
  const orderOf = (size: number, align: number): number => {
    const larger = Math.max(size, align);
    return larger <= unit ? 0 : 32 - Math.clz32((larger - 1) / unit);
  };
  const unitOf = (address: Address): number => (address - region) / unit;
  const usableSize = (size: number, align: number): number =>
    // Larger than the region: never a block, and beyond 2^37 no number of 32 bits.
    Math.max(size, align) > bytes ? size : unit * 2 ** orderOf(size, align);

  const allocator = defineAllocator({
    name: 'region',
    allocate(size, align) {
      if (Math.max(size, align) > bytes) return 0;
      const found = buddy.take(orderOf(size, align));
      return found < 0 ? 0 : region + found * unit;
    },
    deallocate(address, oldSize, align) {
      buddy.give(unitOf(address), orderOf(oldSize, align));
    },
    reallocateInplace(address, oldSize, size, align) {
      if (Math.max(size, align) > bytes) return usableSize(oldSize, align);
      const order = orderOf(oldSize, align);
      const wanted = orderOf(size, align);
      if (wanted < order) buddy.shrink(unitOf(address), order, wanted);
      else if (!buddy.grow(unitOf(address), order, wanted)) return usableSize(oldSize, align);
      return usableSize(size, align);
    },
    usableSize,
  });

  let open = true;
  const close = (): void => {
    if (open) system.deallocate(region, bytes, bytes);
    open = false;
  };
  return { allocator, close, [Symbol.dispose]: close };
}
