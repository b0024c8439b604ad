import { exhausted } from '../allocators/exhaustion.js';
import { nameOf } from '../allocators/name.js';
import { Use } from '../allocators/use.js';
import { AllomorphError } from '../errors/error.js';
import { warnDeallocationFailed } from '../support/deallocation-failed.js';
import { forAll } from '../support/for-all.js';
import { show } from '../support/show.js';
import type { Address, Allocator } from '../types.js';
import { blockAlign } from './size-classes.js';
import type { Source } from './source.js';
import { at, bottom, deepestOf, rowLength, size as sizeOf, top, type Table } from './table.js';
import { Unthrowing } from './unthrowing.js';

/** Magazines over an allocator that is written in JavaScript: a batch is a loop over its checked functions. */
export class CalledSource implements Source {
  readonly door: Unthrowing;
  readonly #allocator: Allocator;
  readonly #table: Table;
  readonly #use: Use;

  constructor(allocator: Allocator, table: Table) {
    this.#allocator = allocator;
    this.#table = table;
    this.#use = new Use(this, allocator);
    this.door = new Unthrowing(allocator);
  }

  refill(row: number, blocks: number): void {
    const { rows, slots } = this.#table;
    const bytes = at(rows, row + sizeOf);
    // What the allocator calls may use this very cache: nothing is assumed to last over a call, and
    // the room of the magazine is the limit.
    const room = at(rows, row + bottom) + deepestOf(bytes);
    for (let got = 0; got < blocks && at(rows, row + top) < room; got++) {
      const address = this.door.allocate(bytes, blockAlign);
      if (address === 0) return;
      this.#check(address);
      const place = at(rows, row + top);
      if (place === room) {
        this.door.deallocate(address, bytes, blockAlign);
        return;
      }
      slots[place] = address;
      rows[row + top] = place + 1;
    }
  }

  flush(row: number, blocks: number): void {
    const { rows, slots } = this.#table;
    const from = at(rows, row + bottom);
    const end = at(rows, row + top);
    // There may be fewer than there were when they were counted: the allocator may have used this very cache in between.
    const to = Math.min(from + blocks, end);
    const oldest = slots.slice(from, to);
    slots.copyWithin(from, to, end);
    rows[row + top] = end - oldest.length;
    const bytes = at(rows, row + sizeOf);
    forAll(oldest, (address) => {
      try {
        this.#allocator.deallocate(address as Address, bytes, blockAlign);
      } catch (error) {
        this.#keep(row, address);
        throw error;
      }
    });
  }

  /** What was refused is handed out again, or offered again with the next batch. */
  #keep(row: number, address: number): void {
    const { rows, slots } = this.#table;
    const place = at(rows, row + top);
    if (place === at(rows, row + bottom) + deepestOf(at(rows, row + sizeOf))) return; // filled meanwhile
    slots[place] = address;
    rows[row + top] = place + 1;
  }

  close(): void {
    this.#use.end();
  }

  /** The allocator's own error says more than ours could. */
  exhausted(size: number, align: number): AllomorphError {
    return this.door.reason ?? exhausted(this.#allocator, size, align);
  }

  leave(address: Address, oldSize: number, size: number): Address {
    return this.#allocator.reallocate(address, oldSize, size, blockAlign);
  }

  enter(address: Address, oldSize: number, size: number): Address {
    return this.#allocator.reallocate(address, oldSize, size, blockAlign);
  }

  #check(address: number): void {
    if (Number.isSafeInteger(address) && address > 0 && address % blockAlign === 0) return;
    throw new AllomorphError(
      'ERR_ALLOMORPH_INVALID_ADDRESS',
      `${nameOf(this.#allocator)}.allocate returned ${show(address)}, which is no address of a block aligned to ` +
        `${String(blockAlign)}. The allocator is at fault: it must return a positive multiple of the alignment.`,
      { address, align: blockAlign },
    );
  }
}

/**
 * Gives back the blocks of magazines that were forgotten without `close`. What is held here must not lead to
 * the cached allocator itself, which would never be forgotten then.
 */
export const forgotten = new FinalizationRegistry(
  ({ allocator, table }: { readonly allocator: Allocator; readonly table: Table }) => {
    const { rows, slots } = table;
    for (let row = 0; row < rows.length; row += rowLength) {
      const blocks = slots.subarray(at(rows, row + bottom), at(rows, row + top));
      try {
        giveBack(allocator, blocks, at(rows, row + sizeOf));
      } catch (error) {
        warnDeallocationFailed(nameOf(allocator), 'the blocks of forgotten magazines', error);
      }
    }
  },
);

/** All of them, also when one is refused; then the first refusal is thrown. */
function giveBack(allocator: Allocator, blocks: Float64Array, bytes: number): void {
  forAll(blocks, (address) => {
    allocator.deallocate(address as Address, bytes, blockAlign);
  });
}
