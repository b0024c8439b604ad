import type { Written } from '../../define/checked-allocator.js';
import { AllomorphError } from '../../errors/error.js';
import type { Address, RawAllocator } from '../../types.js';

/** The calls of an allocator that have not returned. What it calls is the program's, which may close it there. */
export class Calls {
  #count = 0;

  during<Result>(call: () => Result): Result {
    this.#count += 1;
    try {
      return call();
    } finally {
      this.#count -= 1;
    }
  }

  /** The block of a call that has not returned is nowhere counted as live. @throws ERR_ALLOMORPH_BUSY */
  refuseWithin(allocator: { readonly name: string }): void {
    if (this.#count === 0) return;
    throw new AllomorphError(
      'ERR_ALLOMORPH_BUSY',
      `${allocator.name} cannot be closed: a call of it has not returned, and this is within it. Close it afterwards.`,
      { allocator: allocator.name, calls: this.#count },
    );
  }
}

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
