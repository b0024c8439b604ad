import { AllomorphError } from '../errors/error.js';
import type { Address, Allocator } from '../types.js';
import { currentSite, trackSites, unwatch, watch } from './forgotten.js';
import { freedError } from './memory/freed.js';
import type { OwnedMemory } from './memory/owned.js';
import { settingsOf, type BlockOptions } from './options.js';
import { acquireMemory } from './owned-memory.js';

/** `private` is a word of TypeScript only. */
const constructorKey = Symbol('Block');

/** Keeps a block for as long as any view of its bytes, which knows only its ArrayBuffer. */
const blockOf = new WeakMap<ArrayBuffer, Block>();

/**
 * Memory of an allocator with an owner: this thread. `free` it once, in a `finally` block; or declare it
 * with `using` (Node 24, TypeScript 5.2).
 *
 * After `free`, every view of it has length 0: JavaScript cannot reach freed memory. A block that is
 * forgotten is freed by the collector, with a warning; what a thread leaves is freed when it ends.
 * It cannot be sent to another thread.
 */
export class Block {
  readonly #allocator: Allocator;
  readonly #align: number;
  readonly #zero: boolean;
  readonly #external: boolean;
  /** Where it was allocated, if that was tracked. */
  readonly #site: string | undefined;
  #memory: OwnedMemory | undefined;
  #bytes: Buffer | undefined;

  /**
   * With `free` about 1 µs; 4 µs when `bytes` is used. For many buffers, use a pool.
   * @param size bytes, 1 to `buffer.constants.MAX_LENGTH`
   * @throws ERR_ALLOMORPH_OUT_OF_MEMORY, ERR_ALLOMORPH_INVALID_SIZE, ERR_ALLOMORPH_INVALID_ALIGNMENT,
   * ERR_ALLOMORPH_INVALID_ARGUMENT, and what an allocator written in JavaScript throws
   */
  static allocate(size: number, options: BlockOptions = {}): Block {
    const { allocator, align, zero } = settingsOf(options);
    const memory = acquireMemory(allocator, size, align);
    if (zero) memory.zero(0, size);
    return new Block(constructorKey, memory, zero, currentSite());
  }

  /**
   * Whether blocks allocated from now on in this thread remember where, for the warning about
   * forgotten ones and for errors. Costs some microseconds a block. `ALLOMORPH_TRACK_BLOCKS=1` turns it
   * on from the start.
   * @throws ERR_ALLOMORPH_INVALID_ARGUMENT when `on` is neither true nor false
   */
  static trackForgotten(on = true): void {
    trackSites(on);
  }

  private constructor(key: symbol, memory: OwnedMemory, zero: boolean, site: string | undefined) {
    if (key !== constructorKey) throw notConstructible();
    this.#allocator = memory.allocator;
    this.#align = memory.align;
    this.#external = memory.external;
    this.#memory = memory;
    this.#zero = zero;
    this.#site = site;
    watch(this, site);
  }

  get allocator(): Allocator {
    return this.#allocator;
  }

  get align(): number {
    return this.#align;
  }

  /** False: the bytes are V8's and the allocator is not used; see docs/buffers.md. */
  get external(): boolean {
    return this.#external;
  }

  get freed(): boolean {
    return this.#memory?.released ?? true;
  }

  /**
   * Where the bytes are; another address after a `resize` that moved.
   * @throws ERR_ALLOMORPH_FREED
   */
  get address(): Address {
    return this.#live('address').address;
  }

  /**
   * Bytes asked for.
   * @throws ERR_ALLOMORPH_FREED
   */
  get size(): number {
    return this.#live('size').size;
  }

  /**
   * Bytes that the allocator set aside; >= `size`.
   * @throws ERR_ALLOMORPH_FREED
   */
  get usableSize(): number {
    return this.#live('usableSize').usableSize;
  }

  /**
   * The bytes, as a Buffer of length `size`: the same one until `resize`. Its length becomes 0 when the
   * block is freed, moves or shrinks. No asynchronous operation may be using it then.
   * @throws ERR_ALLOMORPH_FREED
   */
  get bytes(): Buffer {
    const memory = this.#live('bytes');
    this.#bytes ??= this.#makeBytes(memory);
    return this.#bytes;
  }

  /**
   * Gives the block `size` bytes; content is kept up to the smaller of both sizes. In place where the
   * allocator can. Views of before are detached when it moved or shrank; while it grows in place they
   * stay, at their old length.
   * @throws as `allocate`, and ERR_ALLOMORPH_FREED, ERR_ALLOMORPH_BUSY; size and content are as before then
   */
  resize(size: number): this {
    const memory = this.#live('resize');
    const before = memory.size;
    try {
      memory.resize(size);
    } finally {
      // Also when it threw: a shrink that failed has detached them.
      if (memory.size !== before || this.#bytes?.length === 0) this.#bytes = undefined;
      // By the size it has now: whatever was thrown, no old byte may show.
      if (this.#zero && memory.size > before) memory.zero(before, memory.size);
    }
    return this;
  }

  /**
   * Detaches every view and gives the memory back, now.
   * @throws ERR_ALLOMORPH_FREED when that happened before
   */
  free(): void {
    const memory = this.#live('free');
    try {
      memory.release();
    } finally {
      // Also when an allocator in JavaScript threw; not when it was busy with this block.
      if (memory.released) this.#forget();
    }
  }

  /** `free`, for `using`; does nothing when the block is freed already. */
  [Symbol.dispose](): void {
    if (!this.freed) this.free();
  }

  #forget(): void {
    this.#memory = undefined;
    this.#bytes = undefined;
    unwatch(this);
  }

  #makeBytes(memory: OwnedMemory): Buffer {
    const array = memory.arrayBuffer;
    blockOf.set(array, this);
    return Buffer.from(array, memory.byteOffset, memory.size);
  }

  #live(use: string): OwnedMemory {
    // Released, and not yet forgotten here: an allocator in JavaScript is taking it back.
    if (this.#memory?.released === false) return this.#memory;
    throw freedError(this.#site === undefined ? 'The block' : `The block of ${this.#site}`, use);
  }
}

function notConstructible(): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ARGUMENT',
    'A Block cannot be made with `new`. Use Block.allocate(size, { align, allocator, zero }).',
  );
}
