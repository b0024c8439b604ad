import { allocatorById } from '../allocators/by-id.js';
import { addon } from '../native/load.js';
import type { Address, Allocator, RawAllocator } from '../types.js';

/** What is called before anything is chosen: follows the choice, and settles it by allocating. */
class Following implements RawAllocator {
  readonly #door: (allocator: Allocator) => RawAllocator;
  /** Set once the choice can no longer change: asking the registry costs ten times a call. */
  #decided: RawAllocator | undefined;

  constructor(door: (allocator: Allocator) => RawAllocator) {
    this.#door = door;
  }

  #current(): RawAllocator {
    if (this.#decided !== undefined) return this.#decided;
    const state = addon.globalState();
    const current = this.#door(allocatorById(state.effective));
    if (state.frozen || state.source !== 'default') this.#decided = current;
    return current;
  }

  allocate(size: number, align: number): Address {
    // Bad input is refused before anything is settled: nothing was allocated.
    this.#decided ??= this.#settle(size, align);
    return this.#decided.allocate(size, align);
  }

  #settle(size: number, align: number): RawAllocator {
    this.#current().usableSize(size, align);
    return this.#door(allocatorById(addon.freezeGlobal()));
  }

  deallocate(address: Address, oldSize: number, align: number): void {
    this.#current().deallocate(address, oldSize, align);
  }

  reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    return this.#current().reallocate(address, oldSize, size, align);
  }

  reallocateInplace(address: Address, oldSize: number, size: number, align: number): number {
    return this.#current().reallocateInplace(address, oldSize, size, align);
  }

  usableSize(size: number, align: number): number {
    return this.#current().usableSize(size, align);
  }
}

class Undecided extends Following implements Allocator {
  readonly unsafe: RawAllocator = new Following((allocator) => allocator.unsafe);

  constructor() {
    super((allocator) => allocator);
  }

  get name(): string {
    return allocatorById(addon.globalState().effective).name;
  }
}

export const undecided: Allocator = new Undecided();
