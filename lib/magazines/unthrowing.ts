import type { AllomorphError } from '../errors/error.js';
import type { Address, Allocator, RawAllocator } from '../types.js';

/** The checked functions of an allocator, but for exhaustion, which is 0 as through an unsafe door. */
export class Unthrowing implements RawAllocator {
  readonly #allocator: Allocator;
  /** What the allocator said when it was last exhausted. */
  reason: AllomorphError | undefined;

  constructor(allocator: Allocator) {
    this.#allocator = allocator;
  }

  allocate(size: number, align: number): Address {
    try {
      return this.#allocator.allocate(size, align);
    } catch (error) {
      return this.#exhausted(error);
    }
  }

  deallocate(address: Address, oldSize: number, align: number): void {
    this.#allocator.deallocate(address, oldSize, align);
  }

  reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    try {
      return this.#allocator.reallocate(address, oldSize, size, align);
    } catch (error) {
      return this.#exhausted(error);
    }
  }

  reallocateInplace(address: Address, oldSize: number, size: number, align: number): number {
    return this.#allocator.reallocateInplace(address, oldSize, size, align);
  }

  usableSize(size: number, align: number): number {
    return this.#allocator.usableSize(size, align);
  }

  #exhausted(error: unknown): Address {
    if (!isExhaustion(error)) throw error;
    this.reason = error;
    return 0 as Address;
  }
}

/** Whether an error says that memory, or a limit on it, is used up. */
export function isExhaustion(error: unknown): error is AllomorphError {
  // By the code: an allocator may throw the error of another copy of this package.
  return (error as { code?: unknown } | null | undefined)?.code === 'ERR_ALLOMORPH_OUT_OF_MEMORY';
}
