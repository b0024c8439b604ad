import { allocatorById } from '../allocators/by-id.js';
import { addon } from '../native/load.js';
import type { Address, Allocator, RawAllocator } from '../types.js';

/** What is called before anything is chosen: follows the choice, and settles it by allocating. */
function effective(): Allocator {
  return allocatorById(addon.globalState().effective);
}

function settled(): Allocator {
  return allocatorById(addon.freezeGlobal());
}

class Following implements RawAllocator {
  readonly #door: (allocator: Allocator) => RawAllocator;
  #settled: RawAllocator | undefined;

  constructor(door: (allocator: Allocator) => RawAllocator) {
    this.#door = door;
  }

  allocate(size: number, align: number): Address {
    // Only a success settles: a refused size or alignment has allocated nothing.
    if (this.#settled === undefined) {
      this.#door(effective()).usableSize(size, align);
      this.#settled = this.#door(settled());
    }
    return this.#settled.allocate(size, align);
  }

  deallocate(address: Address, oldSize: number, align: number): void {
    this.#door(effective()).deallocate(address, oldSize, align);
  }

  reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    return this.#door(effective()).reallocate(address, oldSize, size, align);
  }

  reallocateInplace(address: Address, oldSize: number, size: number, align: number): number {
    return this.#door(effective()).reallocateInplace(address, oldSize, size, align);
  }

  usableSize(size: number, align: number): number {
    return this.#door(effective()).usableSize(size, align);
  }
}

class Undecided extends Following implements Allocator {
  readonly unsafe: RawAllocator = new Following((allocator) => allocator.unsafe);

  constructor() {
    super((allocator) => allocator);
  }

  get name(): string {
    return effective().name;
  }
}

export const undecided: Allocator = new Undecided();
