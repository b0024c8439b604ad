import type { Address, RawAllocator } from '../types.js';
import type { Magazines } from './magazines.js';
import { blockAlign } from './size-classes.js';
import { at } from './table.js';

/**
 * The unchecked door of a cached allocator. `allocate` and `deallocate` are the hot path: a look into the table
 * of classes, and a pop or push. The numbers added to `row` are those of `Row` in table.ts, written
 * out as names imported from another module are looked up at each use.
 */
export class RawCached implements RawAllocator {
  readonly #magazines: Magazines;
  /** Where everything that has no magazine goes. */
  readonly #door: RawAllocator;
  readonly #largest: number;
  readonly #rowOf: Uint8Array;
  readonly #rows: Int32Array;
  readonly #slots: Float64Array;
  readonly #hits: Float64Array;

  constructor(magazines: Magazines) {
    const { table, source, hits } = magazines;
    this.#magazines = magazines;
    this.#door = source.door;
    this.#largest = table.largest;
    this.#rowOf = table.rowOf;
    this.#rows = table.rows;
    this.#slots = table.slots;
    this.#hits = hits;
  }

  allocate(size: number, align: number): Address {
    if (size <= this.#largest && align <= 16) {
      const row = this.#rowOf[(size + 15) >> 4] ?? 0;
      const rows = this.#rows;
      const last = (rows[row] ?? 0) - 1;
      if (last >= (rows[row + 1] ?? 0)) {
        rows[row] = last;
        this.#hits[0] = (this.#hits[0] ?? 0) + 1;
        return this.#slots[last] as Address;
      }
      return this.#magazines.allocate(row) as Address;
    }
    return this.#pass(size, align);
  }

  deallocate(address: Address, oldSize: number, align: number): void {
    if (oldSize <= this.#largest && align <= 16) {
      const row = this.#rowOf[(oldSize + 15) >> 4] ?? 0;
      const rows = this.#rows;
      const top = rows[row] ?? 0;
      if (top < (rows[row + 2] ?? 0)) {
        this.#slots[top] = address;
        rows[row] = top + 1;
      } else {
        this.#magazines.deallocate(row, address);
      }
    } else {
      this.#door.deallocate(address, oldSize, raised(align));
    }
  }

  reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    this.#magazines.refuseClosed();
    const before = this.usableSize(oldSize, align);
    const after = this.#isSmall(size, align) ? this.usableSize(size, align) : size;
    if (before === after && this.#isSmall(size, align)) return address;
    const known = this.#isSmall(oldSize, align) ? before : oldSize;
    const moved = this.#door.reallocate(address, known, after, raised(align));
    if (moved !== 0 || !this.#magazines.release()) return moved;
    return this.#door.reallocate(address, known, after, raised(align));
  }

  reallocateInplace(address: Address, oldSize: number, size: number, align: number): number {
    this.#magazines.refuseClosed();
    if (this.#isSmall(oldSize, align)) return this.usableSize(oldSize, align);
    return this.#door.reallocateInplace(
      address,
      oldSize,
      unkept(size, align, this.#largest),
      raised(align),
    );
  }

  usableSize(size: number, align: number): number {
    if (!this.#isSmall(size, align)) return this.#door.usableSize(size, raised(align));
    return at(this.#rows, at(this.#rowOf, (size + 15) >> 4) + 3);
  }

  #isSmall(size: number, align: number): boolean {
    return size <= this.#largest && align <= blockAlign;
  }

  #pass(size: number, align: number): Address {
    this.#magazines.refuseClosed();
    const address = this.#door.allocate(size, raised(align));
    if (address !== 0 || !this.#magazines.release()) return address;
    return this.#door.allocate(size, raised(align));
  }
}

/** One alignment for all blocks that ask for 16 or less: with another size, they may come from a magazine. */
export function raised(align: number): number {
  return align < blockAlign ? blockAlign : align;
}

/**
 * What a block without a magazine is shrunk to in place: never to a size that has one, as its usable size may be
 * smaller than that of the class.
 */
export function unkept(size: number, align: number, largest: number): number {
  return align <= blockAlign ? Math.max(size, largest + 1) : size;
}
