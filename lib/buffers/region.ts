import type { OwnedMemory } from '../blocks/owned-memory.js';

/**
 * Memory of the backend in the hands of a pool: a slab, or the block of one large buffer.
 *
 * While the system reads into it (`hold`), giving it back would let the system write into memory
 * of somebody else. `release` waits for that, and only for that.
 */
export class Region {
  readonly memory: OwnedMemory;
  readonly arrayBuffer: ArrayBuffer;
  /** Given up by the pool, as somebody took its bytes. */
  isLost = false;
  #held = 0;
  #released = false;

  constructor(memory: OwnedMemory) {
    this.memory = memory;
    this.arrayBuffer = memory.arrayBuffer;
  }

  get size(): number {
    return this.memory.size;
  }

  hold(): void {
    this.#held += 1;
  }

  letGo(): void {
    this.#held -= 1;
    if (this.#released && this.#held === 0) this.memory.release();
  }

  release(): void {
    this.#released = true;
    if (this.#held === 0) this.memory.release();
  }
}
