import type { PathLike } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { AllomorphError } from '../errors/error.js';
import { show } from '../support/show.js';
import type { Arena } from './arena.js';
import { closed } from './buffer-errors.js';

export interface PooledReadStreamOptions {
  /** Bytes of a chunk, an integer from 1 to 2^30; 65536. The last one is shorter. */
  readonly chunkSize?: number | undefined;
  /** The first byte to read; 0. */
  readonly start?: number | undefined;
  /** The last byte to read, inclusive as with `fs.createReadStream`; to the end. */
  readonly end?: number | undefined;
  /** Chunks to read ahead; 1. */
  readonly highWaterMark?: number | undefined;
  /** Destroys the stream. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The chunks of a file, as buffers of a pool.
 *
 * In object mode: a stream of bytes would put chunks together in buffers of its own, or cut them, and
 * neither could be given back.
 */
export class PooledReadStream extends Readable {
  readonly #arena: Arena;
  readonly #path: PathLike;
  readonly #chunkSize: number;
  #position: number;
  #remaining: number;
  #file: FileHandle | undefined;
  /** What is being read; undefined when nothing is. */
  #reading: Promise<void> | undefined;
  /** Chunks that were pushed, the last `readableLength` of which nobody has got yet. */
  #pushed: Buffer[] = [];

  /** @internal */
  constructor(arena: Arena, path: PathLike, options: PooledReadStreamOptions) {
    const { chunkSize = 65536, start = 0, end = Infinity, highWaterMark = 1, signal } = options;
    check('chunkSize', chunkSize, 1, 2 ** 30);
    check('start', start, 0, Number.MAX_SAFE_INTEGER);
    if (end !== Infinity) check('end', end, start - 1, Number.MAX_SAFE_INTEGER);
    check('highWaterMark', highWaterMark, 0, Number.MAX_SAFE_INTEGER);
    super({ objectMode: true, highWaterMark, ...(signal === undefined ? {} : { signal }) });
    this.#arena = arena;
    this.#path = path;
    this.#chunkSize = chunkSize;
    this.#position = start;
    this.#remaining = end - start + 1;
  }

  /**
   * Gives a chunk back to the pool.
   * @throws as `BufferPool.free`
   */
  release(chunk: Buffer): void {
    this.#arena.give(chunk);
  }

  override _construct(callback: (error?: Error | null) => void): void {
    open(this.#path).then((file) => {
      this.#file = file;
      callback();
    }, callback);
  }

  override _read(): void {
    this.#reading = this.#next().then(
      (chunk) => {
        this.#reading = undefined;
        this.#hand(chunk);
      },
      (error: unknown) => {
        this.#reading = undefined;
        this.destroy(error as Error);
      },
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const finish = async () => {
      await this.#reading;
      this.#forgetHandedOut();
      if (!this.#arena.isClosed) for (const chunk of this.#pushed) this.#arena.give(chunk);
      this.#pushed = [];
      await this.#file?.close();
    };
    finish().then(
      () => {
        callback(error);
      },
      (failure: unknown) => {
        callback(error ?? (failure as Error));
      },
    );
  }

  #hand(chunk: Buffer | null): void {
    if (this.destroyed) {
      if (chunk !== null && !this.#arena.isClosed) this.#arena.give(chunk);
      return;
    }
    if (chunk !== null) this.#pushed.push(chunk);
    this.push(chunk);
    this.#forgetHandedOut();
  }

  #forgetHandedOut(): void {
    this.#pushed = this.#pushed.slice(this.#pushed.length - this.readableLength);
  }

  /** Reads the next chunk; null at the end. */
  async #next(): Promise<Buffer | null> {
    const wanted = Math.min(this.#chunkSize, this.#remaining);
    if (wanted === 0 || this.#file === undefined) return null;
    const buffer = this.#arena.take(wanted);
    const { region } = this.#arena.liveSlot(buffer).run;
    region.hold();
    try {
      const count = await this.#fill(this.#file, buffer);
      if (this.#arena.isClosed) throw closed();
      if (count > 0) return this.#arena.resize(buffer, count);
      this.#arena.give(buffer);
      return null;
    } catch (error) {
      if (!this.#arena.isClosed) this.#arena.give(buffer);
      throw error;
    } finally {
      region.letGo();
    }
  }

  async #fill(file: FileHandle, buffer: Buffer): Promise<number> {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, this.#position);
    this.#position += bytesRead;
    this.#remaining -= bytesRead;
    return bytesRead;
  }
}

function check(name: string, value: unknown, least: number, most: number): void {
  if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) return;
  throw new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ARGUMENT',
    `${name} of a read stream must be an integer from ${String(least)} to ${String(most)}, got ${show(value)}.`,
    { [name]: value },
  );
}
