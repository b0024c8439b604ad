import { forAll } from '../support/for-all.js';
import { at, bottom, deepestOf, end, rowLength, size, top, type Table } from './table.js';

/** A magazine that is used for the first time gets this depth, in blocks and in bytes. */
const first = { blocks: 64, bytes: 16 * 1024 };

/**
 * How deep each magazine is. All depths together stay within a number of bytes, so that what is held
 * does too. A magazine is given depth when it is used, and double when it turns out to be too shallow;
 * when no bytes are left for that, the others are made shallower in turn.
 */
export class Depths {
  readonly #table: Table;
  /** Gives blocks back that no longer fit. */
  readonly #flush: (row: number, blocks: number) => void;
  #spare: number;
  #next = 0;

  /** @param bytes that all magazines together may come to hold */
  constructor(table: Table, bytes: number, flush: (row: number, blocks: number) => void) {
    this.#table = table;
    this.#spare = bytes;
    this.#flush = flush;
  }

  depth(row: number): number {
    const { rows } = this.#table;
    return at(rows, row + end) - at(rows, row + bottom);
  }

  /** @returns whether the magazine is deeper now */
  grow(row: number): boolean {
    const bytes = at(this.#table.rows, row + size);
    const depth = this.depth(row);
    const wanted =
      depth === 0
        ? Math.max(1, Math.min(first.blocks, Math.floor(first.bytes / bytes)))
        : Math.min(2 * depth, deepestOf(bytes));
    if (wanted <= depth) return false;
    this.#take((wanted - depth) * bytes, row);
    // Asked again: an allocator written in JavaScript may have used this very cache as it took the others' blocks.
    const now = this.depth(row);
    const more = Math.max(0, Math.min(wanted - now, Math.floor(this.#spare / bytes)));
    this.#set(row, now + more);
    return more > 0;
  }

  /** Makes all magazines empty and of no depth; they start anew with their next use. Throws the first refusal, afterwards. */
  reset(): void {
    const { length } = this.#table.rows;
    const rows = Array.from({ length: Math.ceil(length / rowLength) }, (_, row) => row * rowLength);
    forAll(rows, (row) => {
      this.#set(row, 0);
    });
  }

  /** Halves other magazines in turn until so many bytes are spare, or all have had their turn. */
  #take(bytes: number, except: number): void {
    const { length } = this.#table.rows;
    for (let seen = 0; seen < length && this.#spare < bytes; seen += rowLength) {
      const row = this.#next;
      this.#next = (row + rowLength) % length;
      if (row !== except) this.#set(row, this.depth(row) >> 1);
    }
  }

  #set(row: number, depth: number): void {
    const { rows } = this.#table;
    this.#spare -= (depth - this.depth(row)) * at(rows, row + size);
    const last = at(rows, row + bottom) + depth;
    rows[row + end] = last;
    const excess = at(rows, row + top) - last;
    if (excess > 0) this.#flush(row, excess);
  }
}
