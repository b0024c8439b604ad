import { AllomorphError } from '../errors/error.js';
import type { ErrorCode } from '../errors/codes.js';
import type { Address, Allocator, RawAllocator } from '../types.js';

/** Stands where an allocator would be: it has a name, and refuses everything with the reason. */
export class UnavailableAllocator implements Allocator {
  readonly name: string;
  readonly #reason: string;
  readonly #code: ErrorCode;
  /** Refuses as well: that nothing is there is no misuse that could be left undefined. */
  readonly unsafe: RawAllocator;

  constructor(name: string, reason: string, code: ErrorCode = 'ERR_ALLOMORPH_UNAVAILABLE') {
    this.name = name;
    this.#reason = reason;
    this.#code = code;
    this.unsafe = this;
  }

  allocate(): Address {
    return this.refuse();
  }

  deallocate(): void {
    this.refuse();
  }

  reallocate(): Address {
    return this.refuse();
  }

  reallocateInplace(): number {
    return this.refuse();
  }

  usableSize(): number {
    return this.refuse();
  }

  /** @throws always */
  refuse(): never {
    throw new AllomorphError(this.#code, `${this.name} is not available: ${this.#reason}`, {
      allocator: this.name,
    });
  }
}
