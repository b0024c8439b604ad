import { checkMemory } from '../support/no-memory.js';
import type { Address, Allocator, LiveCounts } from '../types.js';
import { CheckedAllocator, type Written } from './checked-allocator.js';
import { checkDefinition, type AllocatorDefinition } from './definition.js';
import { move } from './move.js';

export type { AllocatorDefinition } from './definition.js';

/** See {@link defineAllocator}. */
export interface DefinedAllocator extends Allocator {
  /** Blocks and usable bytes that came through the checked functions and are live. O(1) */
  live(): LiveCounts;
}

/**
 * An allocator written in JavaScript: your functions behind `unsafe`, and the checked functions over them.
 *
 * The checked functions look at what callers say (double free, foreign block, wrong size or alignment) and at what your
 * functions return: an address is a multiple of the alignment and overlaps no live block, `usableSize` is at
 * least the size, a resize in place reports what the block has. A broken rule is `ERR_ALLOMORPH_BAD_ALLOCATOR`, which
 * names it with the values; whether memory is at an address cannot be seen. What your functions throw passes through,
 * and the record of live blocks is as before; where a derived `reallocate` cannot give either block back, the error tells of the
 * new one. O(log n) a call.
 *
 * It serves `Block`, `BufferPool`, `cached` and the building blocks; the global allocator has to be native.
 *
 * @throws ERR_ALLOMORPH_INVALID_ARGUMENT
 */
export function defineAllocator(definition: AllocatorDefinition): DefinedAllocator {
  const checked = checkDefinition(definition);
  return new CheckedAllocator(checked.name, new Defined(checked));
}

/** The definition, with what is missing derived. */
class Defined implements Written {
  readonly copiesToReallocate: boolean;
  readonly #definition: AllocatorDefinition;

  constructor(definition: AllocatorDefinition) {
    this.#definition = definition;
    this.copiesToReallocate = definition.reallocate === undefined;
  }

  allocate(size: number, align: number): Address {
    return this.#definition.allocate(size, align) as Address;
  }

  deallocate(address: Address, oldSize: number, align: number): void {
    this.#definition.deallocate(address, oldSize, align);
  }

  reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    if (this.#definition.reallocate !== undefined) {
      return this.#definition.reallocate(address, oldSize, size, align) as Address;
    }
    const moved = this.allocate(size, align);
    if (moved === 0) return moved;
    checkMemory(this.#definition.name, moved, size, align);
    return move({
      ...{ from: address, to: moved, size, align, kept: Math.min(oldSize, size) },
      freeOld: () => {
        this.deallocate(address, oldSize, align);
      },
      freeNew: () => {
        this.deallocate(moved, size, align);
      },
    });
  }

  reallocateInplace(address: Address, oldSize: number, size: number, align: number): number {
    return this.#definition.reallocateInplace === undefined
      ? this.usableSize(oldSize, align)
      : this.#definition.reallocateInplace(address, oldSize, size, align);
  }

  usableSize(size: number, align: number): number {
    return this.#definition.usableSize === undefined
      ? size
      : this.#definition.usableSize(size, align);
  }
}
