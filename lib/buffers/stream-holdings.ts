import { close } from 'node:fs';
import { promisify } from 'node:util';
import { forAll } from '../support/for-all.js';
import type { Arena } from './arena.js';

const closeFile = promisify(close);

/**
 * What a read stream would leave behind when the program forgets it: its file, and the chunks that nobody has got.
 * A plain descriptor, as a FileHandle that the collector has to close is an error that ends the program (Node 26).
 *
 * Knows nothing of its stream, so that it does not keep it.
 */
export class StreamHoldings {
  /** The descriptor; undefined before it is open, and once it is closed. */
  file: number | undefined;
  /** Chunks in the queue that nobody has got yet. What a program puts back (`unshift`) is the program's. */
  readonly queued = new Set<unknown>();
  readonly #arena: Arena;

  constructor(arena: Arena, stream: object) {
    this.#arena = arena;
    forgotten.register(stream, this, this);
  }

  /** Gives a chunk back, which the closing of the pool may have done before. */
  give(chunk: unknown): void {
    this.queued.delete(chunk);
    if (!this.#arena.isClosed) this.#arena.give(chunk as Buffer);
  }

  /** @throws when a chunk cannot be freed; the file is closed and the others are freed all the same */
  async end(): Promise<void> {
    forgotten.unregister(this);
    const { file } = this;
    this.file = undefined; // first, as the number may be another file's as soon as it is closed
    try {
      forAll(this.queued, (chunk) => {
        this.give(chunk);
      });
    } finally {
      if (file !== undefined) await closeFile(file);
    }
  }
}

/** While the system reads, the stream is kept: nothing of it is under way here. */
const forgotten = new FinalizationRegistry<StreamHoldings>((holdings) => {
  holdings.end().catch(() => undefined); // there is nobody to tell
});
