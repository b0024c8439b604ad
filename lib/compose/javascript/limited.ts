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
    const address = this.#behind.allocate(size, align);
    if (address !== 0) this.used += bytes;
    return address;
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
    const moved = this.#behind.reallocate(address, oldSize, size, align);
    if (moved !== 0) this.used += after - before;
    return moved;
  }

  reallocateInplace(address: Address, oldSize: number, size: number, align: number): number {
    const before = this.usableSize(oldSize, align);
    const after = size > this.#limit ? Infinity : this.usableSize(size, align);
    if (after > before && !this.#hasRoom(after - before)) return before;
    const now = this.#behind.reallocateInplace(address, oldSize, size, align);
    this.used += now - before;
    return now;
  }

  usableSize(size: number, align: number): number {
    return this.#behind.usableSize(size, align);
  }

  #hasRoom(bytes: number): boolean {
    return bytes <= 0 || bytes <= this.#limit - this.used;
  }
}
