import { fstat, open, read, type PathLike } from 'node:fs';
import { addAbortSignal, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { AllomorphError } from '../errors/error.js';
import { checkOptions } from '../support/options.js';
import { show } from '../support/show.js';
import type { Arena } from './arena.js';
import { closed } from './buffer-errors.js';
import { rememberCaller, type Here } from './leak-detection.js';
import { StreamHoldings } from './stream-holdings.js';

const openFile = promisify(open);
const statOf = promisify(fstat);
const readFrom = promisify(read);

export interface PooledReadStreamOptions {
  /** Bytes of a chunk, an integer from 1 to 2^30; 65536. The last one is shorter. */
  readonly chunkSize?: number | undefined;
  /** The first byte to read; 0. */
  readonly start?: number | undefined;
  /** The last byte to read, inclusive as with `fs.createReadStream`; to the end. */
  readonly end?: number | undefined;
  /** Chunks to read ahead, at least 1; 1. */
  readonly highWaterMark?: number | undefined;
  /** Destroys the stream. */
  readonly signal?: AbortSignal | undefined;
}

const names = ['chunkSize', 'start', 'end', 'highWaterMark', 'signal'] as const;

/** What stands for a chunk that nobody got. */
const nothing = Buffer.alloc(0);

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
  /** Null: read on from where the file is, which is all that pipes and terminals can. */
  #position: number | null;
  readonly #start: number | undefined;
  #remaining: number;
  readonly #holdings: StreamHoldings;
  /** What is being read; undefined when nothing is. */
  #reading: Promise<void> | undefined;
  /** What is allocated in the call is reported as allocated where the stream was made. */
  readonly #here: Here;

  /** @internal */
  constructor(arena: Arena, path: PathLike, options: PooledReadStreamOptions) {
    checkOptions('createReadStream', options, names);
    const { chunkSize = 65536, start, end = Infinity, highWaterMark = 1, signal } = options;
    check('chunkSize', chunkSize, 1, 2 ** 30);
    const first = start ?? 0;
    check('start', first, 0, Number.MAX_SAFE_INTEGER);
    if (end !== Infinity) check('end', end, first - 1, Number.MAX_SAFE_INTEGER);
    check('highWaterMark', highWaterMark, 1, Number.MAX_SAFE_INTEGER);
    if (signal !== undefined && !isSignal(signal)) throw noSignal(signal);
    super({ objectMode: true, highWaterMark });
    this.#arena = arena;
    this.#holdings = new StreamHoldings(arena, this);
    this.#path = path;
    this.#chunkSize = chunkSize;
    this.#position = first;
    this.#start = start;
    this.#remaining = end - first + 1;
    this.#here = rememberCaller(arena.leaks);
    // Last, as one that is aborted already destroys the stream now.
    if (signal !== undefined) addAbortSignal(signal, this);
  }

  /**
   * Gives a chunk back to the pool.
   * @throws as `BufferPool.free`
   */
  release(chunk: Buffer): void {
    this.#arena.give(chunk);
  }

  /**
   * In flowing mode Node calls it and drops the result, which is for the listeners of 'data'. Without any
   * (`resume()` alone), the chunk goes back to the pool, and what is returned must not reach its memory.
   *
   * Once it is destroyed, what is queued goes back, and is nobody's to read: Node's own would still return it.
   */
  override read(size?: number): ReturnType<Readable['read']> {
    if (this.destroyed) return null;
    const chunk: unknown = super.read(size);
    const { queued } = this.#holdings;
    if (!queued.delete(chunk) || this.readableFlowing !== true) return chunk;
    try {
      this.#holdings.give(chunk);
    } catch (error) {
      this.destroy(error as Error);
    }
    return nothing;
  }

  /** A chunk may be emitted without having been in the queue. */
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (event === 'data' && this.listenerCount(event) > 0) this.#holdings.queued.delete(values[0]);
    return super.emit(event, ...values);
  }

  /** @throws ERR_ALLOMORPH_INVALID_ARGUMENT: strings leave nothing that could be freed */
  override setEncoding(encoding: BufferEncoding): never {
    throw new AllomorphError(
      'ERR_ALLOMORPH_INVALID_ARGUMENT',
      `setEncoding(${show(encoding)}) is not possible on a read stream of a pool: its chunks are Buffers to be freed. ` +
        'Decode them with a TextDecoder, or use fs.createReadStream.',
      { encoding },
    );
  }

  override _construct(callback: (error?: Error | null) => void): void {
    this.#open().then(() => {
      callback();
    }, callback);
  }

  async #open(): Promise<void> {
    const file = await openFile(this.#path, 'r');
    this.#holdings.file = file;
    if (this.#start === undefined && !(await statOf(file)).isFile()) this.#position = null;
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
      await this.#holdings.end();
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
    if (chunk !== null) this.#holdings.queued.add(chunk);
    if (this.destroyed) {
      if (chunk !== null) this.#holdings.give(chunk);
      return;
    }
    // Not from the promise, whose rejection would be what a listener throws: with the streams of Node that is an uncaught
    // exception. Destroyed meanwhile, the chunk is given back with what is queued.
    process.nextTick(() => {
      if (!this.destroyed) this.push(chunk);
    });
  }

  /** Reads the next chunk; null at the end. */
  async #next(): Promise<Buffer | null> {
    const wanted = Math.min(this.#chunkSize, this.#remaining);
    const { file } = this.#holdings;
    if (wanted === 0 || file === undefined) return null;
    const buffer = this.#here(() => this.#arena.take(wanted));
    const { region } = this.#arena.liveSlot(buffer).run;
    region.hold();
    try {
      const count = await this.#fill(file, buffer);
      if (this.#arena.isClosed) throw closed();
      if (count > 0) return this.#here(() => this.#arena.resize(buffer, count));
      this.#arena.give(buffer);
      return null;
    } catch (error) {
      if (!this.#arena.isClosed) this.#arena.give(buffer);
      throw error;
    } finally {
      region.letGo();
    }
  }

  async #fill(file: number, buffer: Buffer): Promise<number> {
    const { bytesRead } = await readFrom(file, buffer, 0, buffer.length, this.#position);
    if (this.#position !== null) this.#position += bytesRead;
    this.#remaining -= bytesRead;
    return bytesRead;
  }
}

/** By asking it, as it will be asked: an object may have the prototype and be no signal. */
function isSignal(signal: AbortSignal): boolean {
  try {
    return typeof Reflect.get(AbortSignal.prototype, 'aborted', signal) === 'boolean';
  } catch {
    return false;
  }
}

function noSignal(signal: unknown): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ARGUMENT',
    `signal of a read stream must be an AbortSignal, got ${show(signal)}.`,
    { signal },
  );
}

function check(name: string, value: unknown, least: number, most: number): void {
  if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) return;
  throw new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ARGUMENT',
    `${name} of a read stream must be an integer from ${String(least)} to ${String(most)}, got ${show(value)}.`,
    { [name]: value },
  );
}
