import type { PathLike } from 'node:fs';
import { Arena } from './arena.js';
import { PooledReadStream, type PooledReadStreamOptions } from './file-stream.js';
import { settingsOf, type BufferPoolOptions } from './options.js';
import { readFile } from './read-file.js';
import type { BufferPoolStats } from './stats.js';
import { wipe } from './wipe.js';

/**
 * Buffers out of a few large blocks of an allocator, given back by hand.
 *
 * A pool belongs to its thread. Free every buffer that it hands out, once, when neither the program nor
 * the system uses it any more: from then on its bytes are somebody else's, and the Buffer object itself
 * may be handed out again. docs/buffers.md says when a pool pays and when it does not.
 */
export class BufferPool {
  readonly #arena: Arena;
  readonly #zero: boolean;

  /**
   * Takes no memory yet.
   * @throws ERR_ALLOMORPH_INVALID_ARGUMENT
   */
  constructor(options: BufferPoolOptions = {}) {
    const settings = settingsOf(options);
    this.#arena = new Arena(settings);
    this.#zero = settings.zero;
  }

  /**
   * A Buffer of zeros. O(size)
   * @param size bytes, an integer from 0 to 2^32. Above `maxSize` it gets a block of its own
   * @throws ERR_ALLOMORPH_INVALID_SIZE, ERR_ALLOMORPH_CLOSED, ERR_ALLOMORPH_OUT_OF_MEMORY (the
   * backend has no more, or `limit` is reached); nothing has changed then
   */
  alloc(size: number): Buffer {
    const buffer = this.#arena.take(size);
    wipe(buffer);
    return buffer;
  }

  /**
   * A Buffer of exactly `size` bytes that hold whatever was there before: secrets of buffers freed
   * earlier, too, unless the pool has `scrub` or `zero`. Starts at a multiple of 16. O(1)
   * @throws as `alloc`
   */
  allocUnsafe(size: number): Buffer {
    const buffer = this.#arena.take(size);
    if (this.#zero) wipe(buffer);
    return buffer;
  }

  /**
   * Takes a buffer back. O(1), or O(size) with `scrub`
   * @param buffer the very object that this pool handed out
   * @throws ERR_ALLOMORPH_FOREIGN_BUFFER (a slice, a copy, another pool's), ERR_ALLOMORPH_FREED,
   * ERR_ALLOMORPH_CLOSED; nothing has changed then
   */
  free(buffer: Buffer): void {
    this.#arena.give(buffer);
  }

  /**
   * How many bytes a live buffer could have without moving; >= its length. O(1)
   * @throws as `free`
   */
  capacity(buffer: Buffer): number {
    return this.#arena.liveSlot(buffer).run.capacity;
  }

  /**
   * Gives a live buffer another length, without moving it. O(1)
   * @param length bytes, an integer from 0 to its capacity; bytes beyond the length of before hold
   * anything, unless the pool has `zero`
   * @returns another Buffer over the same memory. The one before counts as freed: free this one
   * @throws as `free`, and ERR_ALLOMORPH_INVALID_SIZE
   */
  resize(buffer: Buffer, length: number): Buffer {
    return this.#arena.resize(buffer, length);
  }

  /**
   * A file in one buffer of this pool. What the process may read but cannot know the size of
   * (/proc, pipes) is read too.
   * @throws what `fs.readFile` throws, and as `alloc`
   */
  readFile(path: PathLike): Promise<Buffer> {
    return readFile(this.#arena, path);
  }

  /**
   * A Readable over a file whose chunks are buffers of this pool: free each, with `stream.release` or
   * `free`. Chunks that were read but not yet handed out are freed by the stream when it is destroyed.
   * @throws ERR_ALLOMORPH_INVALID_ARGUMENT; the stream emits what reading throws
   */
  createReadStream(path: PathLike, options: PooledReadStreamOptions = {}): PooledReadStream {
    return new PooledReadStream(this.#arena, path, options);
  }

  /** O(bytes held / 16 KiB) at worst. Of a closed pool: what it did. */
  stats(): BufferPoolStats {
    return this.#arena.stats();
  }

  /**
   * Returns every empty slab, and asks the system allocator or jemalloc to give what they keep of freed
   * memory back to the system, which may take milliseconds. Live buffers stay where they are and pin
   * their slabs.
   * @returns bytes returned to the backend
   */
  trim(): number {
    return this.#arena.trim();
  }

  /**
   * Returns everything to the backend. Buffers that are live are detached: they have length 0 from now
   * on, so that nothing reads or writes memory that is no longer theirs. Memory that `readFile` or a
   * stream of this pool reads into goes back, with the rest of its slab, when the system has finished; other native calls must be
   * over, as with `free`. Does nothing the second time.
   * @returns the buffers that were live, and the bytes they occupied
   */
  close(): { readonly buffers: number; readonly bytes: number } {
    return this.#arena.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
