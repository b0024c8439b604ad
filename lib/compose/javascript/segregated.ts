import type { Written } from '../../define/checked-allocator.js';
import { move } from '../../define/move.js';
import { expectMemory } from '../../native/copy.js';
import type { Address, RawAllocator } from '../../types.js';

/** native/compose/segregated.c, where one of the two is written in JavaScript. */
export class WrittenSegregated implements Written {
  readonly #threshold: number;
  readonly #small: RawAllocator;
  readonly #large: RawAllocator;

  constructor(threshold: number, small: RawAllocator, large: RawAllocator) {
    this.#threshold = threshold;
    this.#small = small;
    this.#large = large;
  }

  allocate(size: number, align: number): Address {
    return this.#owner(size).allocate(size, align);
  }

  deallocate(address: Address, oldSize: number, align: number): void {
    this.#owner(oldSize).deallocate(address, oldSize, align);
  }

  reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    const [from, to] = [this.#owner(oldSize), this.#owner(size)];
    if (this.#isSmall(oldSize) === this.#isSmall(size)) {
      return from.reallocate(address, oldSize, size, align);
    }
    const kept = Math.min(oldSize, size);
    expectMemory(address, kept);
    const moved = to.allocate(size, align);
    if (moved === 0) return moved;
    return move({
      ...{ from: address, to: moved, size, align, kept },
      freeOld: () => {
        from.deallocate(address, oldSize, align);
      },
      freeNew: () => {
        to.deallocate(moved, size, align);
      },
    });
  }

  reallocateInplace(address: Address, oldSize: number, size: number, align: number): number {
    if (!this.#isSmall(oldSize)) {
      const kept = Math.max(size, this.#threshold + 1);
      return this.#large.reallocateInplace(address, oldSize, kept, align);
    }
    if (!this.#isSmall(size)) return this.usableSize(oldSize, align);
    const now = this.#small.reallocateInplace(address, oldSize, size, align);
    return Math.min(now, this.#threshold);
  }

  usableSize(size: number, align: number): number {
    const usable = this.#owner(size).usableSize(size, align);
    return this.#isSmall(size) ? Math.min(usable, this.#threshold) : usable;
  }

  #isSmall(size: number): boolean {
    return size <= this.#threshold;
  }

  #owner(size: number): RawAllocator {
    return this.#isSmall(size) ? this.#small : this.#large;
  }
}
