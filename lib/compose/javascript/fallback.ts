import type { Written } from '../../define/checked-allocator.js';
import { move } from '../../define/move.js';
import { expectMemory } from '../../native/copy.js';
import type { Address, RawAllocator } from '../../types.js';

/** native/compose/fallback.c, where one of the two is written in JavaScript. */
export class WrittenFallback implements Written {
  readonly #first: RawAllocator;
  readonly #second: RawAllocator;
  /** The live blocks of the second. */
  readonly #ofSecond = new Set<Address>();

  constructor(first: RawAllocator, second: RawAllocator) {
    this.#first = first;
    this.#second = second;
  }

  allocate(size: number, align: number): Address {
    const address = this.#first.allocate(size, align);
    return address === 0 ? this.#allocateFromSecond(size, align) : address;
  }

  deallocate(address: Address, oldSize: number, align: number): void {
    const owner = this.#owner(address);
    this.#leaving(address, () => {
      owner.deallocate(address, oldSize, align);
    });
  }

  reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    const owner = this.#owner(address);
    const isOfSecond = owner === this.#second;
    const moved = this.#leaving(address, () => owner.reallocate(address, oldSize, size, align));
    if (isOfSecond) this.#ofSecond.add(moved === 0 ? address : moved);
    return moved === 0 ? this.#move(address, oldSize, size, align) : moved;
  }

  reallocateInplace(address: Address, oldSize: number, size: number, align: number): number {
    const owner = this.#owner(address);
    const before = this.usableSize(oldSize, align);
    const now = owner.reallocateInplace(address, oldSize, size, align);
    if (now < size) return before;
    const unchanged = now === owner.usableSize(oldSize, align);
    return unchanged && size <= before ? before : now;
  }

  usableSize(size: number, align: number): number {
    return Math.min(this.#first.usableSize(size, align), this.#second.usableSize(size, align));
  }

  #owner(address: Address): RawAllocator {
    return this.#ofSecond.has(address) ? this.#second : this.#first;
  }

  /** Forgets whose block it is before the call that ends it, in which its memory may become another one. */
  #leaving<Result>(address: Address, call: () => Result): Result {
    const wasOfSecond = this.#ofSecond.delete(address);
    try {
      return call();
    } catch (error) {
      if (wasOfSecond) this.#ofSecond.add(address);
      throw error;
    }
  }

  #allocateFromSecond(size: number, align: number): Address {
    const address = this.#second.allocate(size, align);
    if (address !== 0) this.#ofSecond.add(address);
    return address;
  }

  /** To the other one. */
  #move(address: Address, oldSize: number, size: number, align: number): Address {
    const kept = Math.min(oldSize, size);
    expectMemory(address, kept);
    const moved = this.#ofSecond.has(address)
      ? this.#first.allocate(size, align)
      : this.#allocateFromSecond(size, align);
    if (moved === 0) return moved;
    return move({
      ...{ from: address, to: moved, size, align, kept },
      freeOld: () => {
        this.deallocate(address, oldSize, align);
      },
      freeNew: () => {
        this.deallocate(moved, size, align);
      },
    });
  }
}
