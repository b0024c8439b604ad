import { busyInside } from '../allocators/busy.js';
import { AllomorphError } from '../errors/error.js';
import { warnDeallocationFailed } from '../support/deallocation-failed.js';
import type { Address } from '../types.js';
import { Depths } from './depth.js';
import { Idle } from './idle.js';
import { blockAlign } from './size-classes.js';
import type { Source } from './source.js';
import { at, bottom, end, held, size, top, type Table } from './table.js';

/** Blocks that one refill fetches at most: beyond, the call's cost is spread thin already. */
const batch = { blocks: 64, bytes: 64 * 1024 };

/** What a cached allocator has done so far, and what it holds. */
export interface CachedStats {
  /** Allocations that a magazine served. */
  readonly hits: number;
  /** Allocations of cached sizes that found their magazine empty. */
  readonly misses: number;
  /** Batches fetched from the allocator behind. */
  readonly refills: number;
  /** Batches given back to it. */
  readonly flushes: number;
  /** Free blocks in the magazines now. They count as live in the allocator behind. */
  readonly blocks: number;
  /** Bytes of these blocks: at most `maxBytes`. */
  readonly bytes: number;
}

/**
 * Everything about the magazines but their use: the two doors pop and push by themselves, and come here when a
 * magazine is empty or full.
 */
export class Magazines {
  readonly table: Table;
  /** One number, in an array as a field would be a new heap number at each increment: hits. */
  readonly hits: Float64Array = new Float64Array(1);
  readonly source: Source;
  readonly #depths: Depths;
  readonly #idle: Idle;
  readonly #name: string;
  /** By row: whether it was refilled since it last was full. */
  readonly #refilled: Uint8Array;
  #misses = 0;
  #refills = 0;
  #flushes = 0;
  #closed = false;
  /** Batches that are on their way: one in JavaScript may lead to others. */
  #inside = 0;

  constructor(
    name: string,
    table: Table,
    source: Source,
    { maxBytes, idle }: { maxBytes: number; idle: number },
  ) {
    this.#name = name;
    this.table = table;
    this.source = source;
    this.#refilled = new Uint8Array(table.rows.length);
    this.#depths = new Depths(table, maxBytes, (row, blocks) => {
      this.#flush(row, blocks);
    });
    this.#idle = new Idle(this, idle);
  }

  /** A block from an empty magazine; 0 when memory is exhausted, and also after all magazines were emptied for it. */
  allocate(row: number): number {
    this.refuseClosed();
    this.#misses += 1;
    if (this.#depths.depth(row) === 0) this.#depths.grow(row);
    this.#idle.arm();
    this.#refilled[row] = 1;
    this.#refill(row, this.#batchOf(row));
    const found = this.#pop(row);
    if (found !== 0 || !this.release()) return found;
    this.#refill(row, 1);
    return this.#pop(row);
  }

  /** A block for a full magazine. */
  deallocate(row: number, address: number): void {
    this.#makeRoom(row);
    const { rows, slots } = this.table;
    const place = at(rows, row + top);
    // Straight through: a magazine of no depth, since the bytes are used elsewhere or it was closed; or an allocator written
    // in JavaScript has used this very cache meanwhile, and filled the room.
    if (place >= at(rows, row + end)) {
      this.source.door.deallocate(address as Address, at(rows, row + size), blockAlign);
      return;
    }
    slots[place] = address;
    rows[row + top] = place + 1;
  }

  flush(): void {
    this.#depths.reset();
  }

  flushIdle(): void {
    try {
      this.flush();
    } catch (error) {
      warnDeallocationFailed(this.#name, 'the blocks of idle magazines', error);
    }
  }

  /** For someone who found memory exhausted. @returns whether there was anything to give back */
  release(): boolean {
    if (held(this.table).blocks === 0) return false;
    this.flush();
    return true;
  }

  allocations(): number {
    return at(this.hits, 0) + this.#misses;
  }

  /** @throws ERR_ALLOMORPH_BUSY when a batch is on its way: its blocks would stay. Nothing has changed then */
  close(): void {
    if (this.#inside > 0) {
      if (this.#closed) return;
      throw busyInside(this.#name);
    }
    this.#closed = true;
    this.#idle.stop();
    this.flush();
    this.source.close();
  }

  refuseClosed(): void {
    if (!this.#closed) return;
    throw new AllomorphError(
      'ERR_ALLOMORPH_CLOSED',
      `${this.#name} is closed: its magazines were given back. Only deallocate, usableSize, stats, flush and ` +
        'close still work. Make a new one, or close it later.',
      { allocator: this.#name },
    );
  }

  stats(): CachedStats {
    return {
      hits: at(this.hits, 0),
      misses: this.#misses,
      refills: this.#refills,
      flushes: this.#flushes,
      ...held(this.table),
    };
  }

  /** Full again after a refill: its blocks go out and come back, and it is too shallow for them. Else they only come. */
  #makeRoom(row: number): void {
    if (this.#closed) return;
    const depth = this.#depths.depth(row);
    if ((depth === 0 || this.#refilled[row] === 1) && this.#depths.grow(row)) {
      this.#refilled[row] = 0;
      this.#idle.arm();
    } else if (depth > 0) {
      this.#refilled[row] = 0;
      this.#flush(row, (depth + 1) >> 1);
    }
  }

  #batchOf(row: number): number {
    const bytes = at(this.table.rows, row + size);
    const blocks = Math.min(batch.blocks, Math.floor(batch.bytes / bytes), this.#depths.depth(row));
    return Math.max(1, blocks);
  }

  #refill(row: number, blocks: number): void {
    this.#refills += 1;
    this.#inside += 1;
    try {
      this.source.refill(row, blocks);
    } finally {
      this.#inside -= 1;
    }
  }

  #flush(row: number, blocks: number): void {
    this.#flushes += 1;
    this.#inside += 1;
    try {
      this.source.flush(row, blocks);
    } finally {
      this.#inside -= 1;
    }
  }

  #pop(row: number): number {
    const { rows, slots } = this.table;
    const last = at(rows, row + top) - 1;
    if (last < at(rows, row + bottom)) return 0;
    rows[row + top] = last;
    return at(slots, last);
  }
}
