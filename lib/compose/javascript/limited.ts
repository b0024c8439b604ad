import type { Written } from '../../define/checked-allocator.js';
import type { Address, RawAllocator } from '../../types.js';

/** native/compose/limited.c over an allocator in JavaScript. */
export class WrittenLimited implements Written {
  used = 0;
  readonly #behind: RawAllocator;
  readonly #limit: number;

  constructor(behind: RawAllocator, limit: number) {
    this.#behind = behind;
    this.#limit = limit;
  }

  allocate(size: number, align: number): Address {
    const bytes = size > this.#limit ? Infinity : this.usableSize(size, align);
    if (!this.#hasRoom(bytes)) return 0 as Address;
    return this.#reserving(bytes, () => {
      const address = this.#behind.allocate(size, align);
      return { result: address, kept: address === 0 ? 0 : bytes };
    });
  }

  deallocate(address: Address, oldSize: number, align: number): void {
    const bytes = this.usableSize(oldSize, align);
    this.#behind.deallocate(address, oldSize, align);
    this.used -= bytes;
  }

  reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    const before = this.usableSize(oldSize, align);
    const after = size > this.#limit ? Infinity : this.usableSize(size, align);
    if (!this.#hasRoom(after - before)) return 0 as Address;
    return this.#reserving(after - before, () => {
      const moved = this.#behind.reallocate(address, oldSize, size, align);
      return { result: moved, kept: moved === 0 ? 0 : after - before };
    });
  }

  reallocateInplace(address: Address, oldSize: number, size: number, align: number): number {
    const before = this.usableSize(oldSize, align);
    const after = size > this.#limit ? Infinity : this.usableSize(size, align);
    if (after > before && !this.#hasRoom(after - before)) return before;
    return this.#reserving(after - before, () => {
      const now = this.#behind.reallocateInplace(address, oldSize, size, align);
      return { result: now, kept: now - before };
    });
  }

  usableSize(size: number, align: number): number {
    return this.#behind.usableSize(size, align);
  }

  /**
   * Takes the bytes before the allocator behind is called, which may come back here; afterwards those that `call` kept.
   * What becomes less is free only then.
   */
  #reserving<Result>(bytes: number, call: () => { result: Result; kept: number }): Result {
    const reserved = Math.max(0, bytes);
    let kept = 0;
    this.used += reserved;
    try {
      const done = call();
      kept = done.kept;
      return done.result;
    } finally {
      this.used += kept - reserved;
    }
  }

  #hasRoom(bytes: number): boolean {
    return bytes <= 0 || bytes <= this.#limit - this.used;
  }
}
