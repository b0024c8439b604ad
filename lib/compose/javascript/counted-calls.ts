import type { Calls } from '../../allocators/calls.js';
import type { Written } from '../../define/checked-allocator.js';
import type { Address, RawAllocator } from '../../types.js';

/** The five functions of a building block, with each call counted. */
export class CountedCalls implements Written {
  readonly #block: RawAllocator;
  readonly #calls: Calls;

  constructor(block: RawAllocator, calls: Calls) {
    this.#block = block;
    this.#calls = calls;
  }

  allocate(size: number, align: number): Address {
    return this.#calls.during(() => this.#block.allocate(size, align));
  }

  deallocate(address: Address, oldSize: number, align: number): void {
    this.#calls.during(() => {
      this.#block.deallocate(address, oldSize, align);
    });
  }

  reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    return this.#calls.during(() => this.#block.reallocate(address, oldSize, size, align));
  }

  reallocateInplace(address: Address, oldSize: number, size: number, align: number): number {
    return this.#calls.during(() => this.#block.reallocateInplace(address, oldSize, size, align));
  }

  usableSize(size: number, align: number): number {
    return this.#calls.during(() => this.#block.usableSize(size, align));
  }
}
