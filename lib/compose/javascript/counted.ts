import type { Written } from '../../define/checked-allocator.js';
import type { Address, RawAllocator } from '../../types.js';

/** native/compose/counted.c over an allocator in JavaScript. */
export class WrittenCounted implements Written {
  readonly counts = {
    allocate: 0,
    deallocate: 0,
    reallocate: 0,
    reallocateInplace: 0,
    usableSize: 0,
    failed: 0,
    liveBlocks: 0,
    liveBytes: 0,
    peakBytes: 0,
    totalBytes: 0,
  };
  readonly #behind: RawAllocator;

  constructor(behind: RawAllocator) {
    this.#behind = behind;
  }

  allocate(size: number, align: number): Address {
    this.counts.allocate += 1;
    const address = this.#behind.allocate(size, align);
    if (address === 0) {
      this.counts.failed += 1;
    } else {
      this.counts.liveBlocks += 1;
      this.#resized(0, this.#usable(size, align));
    }
    return address;
  }

  deallocate(address: Address, oldSize: number, align: number): void {
    this.counts.deallocate += 1;
    this.#behind.deallocate(address, oldSize, align);
    this.counts.liveBlocks -= 1;
    this.#resized(this.#usable(oldSize, align), 0);
  }

  reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    this.counts.reallocate += 1;
    const moved = this.#behind.reallocate(address, oldSize, size, align);
    if (moved === 0) this.counts.failed += 1;
    else this.#resized(this.#usable(oldSize, align), this.#usable(size, align));
    return moved;
  }

  reallocateInplace(address: Address, oldSize: number, size: number, align: number): number {
    this.counts.reallocateInplace += 1;
    const now = this.#behind.reallocateInplace(address, oldSize, size, align);
    this.#resized(this.#usable(oldSize, align), now);
    return now;
  }

  usableSize(size: number, align: number): number {
    this.counts.usableSize += 1;
    return this.#usable(size, align);
  }

  /** For our own arithmetic: no call that counts. */
  #usable(size: number, align: number): number {
    return this.#behind.usableSize(size, align);
  }

  #resized(before: number, after: number): void {
    const { counts } = this;
    counts.liveBytes += after - before;
    counts.totalBytes += Math.max(0, after - before);
    counts.peakBytes = Math.max(counts.peakBytes, counts.liveBytes);
  }
}
