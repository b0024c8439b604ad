import type { Written } from '../../define/checked-allocator.js';
import { copy, expectMemory } from '../../native/copy.js';
import { warnDeallocationFailed } from '../../support/deallocation-failed.js';
import type { Address } from '../../types.js';
import type { Door } from './door.js';

export const chunkAlign = 16;

interface Chunk {
  readonly start: Address;
  readonly size: number;
  top: number;
  /** The first block since the chunk was empty; 0 when it is. */
  first: number;
  /** That the allocator behind did not take it back has been said. */
  wasTold?: true;
}

interface Held {
  readonly behind: Door;
  /** Allocated from is the last one only. One that the allocator behind has refused is among them, empty. */
  chunks: Chunk[];
  /** Blocks. */
  live: number;
}

/** As a native one does that nobody can reach any more: the chunks go back when no block is live. */
const forgotten = new FinalizationRegistry((held: Held) => {
  if (held.live === 0) tellRefusals(held, giveBack(held, held.chunks.splice(0)));
});

/** native/compose/bump.c over an allocator in JavaScript. */
export class WrittenBump implements Written {
  readonly #behind: Door;
  readonly #chunkSize: number;
  readonly #held: Held;

  constructor(behind: Door, chunkSize: number) {
    this.#behind = behind;
    this.#chunkSize = chunkSize;
    this.#held = { behind, chunks: [], live: 0 };
    forgotten.register(this, this.#held);
  }

  /** Bytes of the chunks. */
  held(): number {
    return this.#held.chunks.reduce((sum, { size }) => sum + size, 0);
  }

  allocate(size: number, align: number): Address {
    let address = this.#place(size, align);
    if (address === 0 && this.#addChunk(size, align)) address = this.#place(size, align);
    if (address !== 0) this.#held.live += 1;
    return address;
  }

  /** Never throws: a chunk that the allocator behind refuses stays, and the block is gone all the same. */
  deallocate(address: Address, oldSize: number): void {
    this.#held.live -= 1;
    if (this.#held.live === 0) tellRefusals(this.#held, this.#empty());
    else if (this.#isLast(address, oldSize)) this.#pop(address);
  }

  reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    if (this.#resizeLast(address, oldSize, size) || size <= oldSize) return address;
    expectMemory(address, oldSize);
    const moved = this.allocate(size, align);
    if (moved === 0) return moved;
    try {
      copy(moved, address, oldSize);
    } catch (error) {
      this.deallocate(moved, size);
      throw error;
    }
    this.deallocate(address, oldSize);
    return moved;
  }

  reallocateInplace(address: Address, oldSize: number, size: number): number {
    return this.#resizeLast(address, oldSize, size) ? size : oldSize;
  }

  usableSize(size: number): number {
    return size;
  }

  /**
   * All blocks are gone; one chunk of the usual size is kept.
   * @throws what the allocator behind threw first, afterwards; chunks that it refused stay
   */
  reset(): void {
    throwFirst(this.#empty());
  }

  /**
   * Gives all chunks back.
   * @throws as `reset`
   */
  end(): void {
    throwFirst(giveBack(this.#held, this.#held.chunks.splice(0)));
  }

  #empty(): Refusal[] {
    const usual = this.#held.chunks.filter(({ size }) => size === this.#chunkSize);
    const kept = usual.at(-1); // those that were refused come first
    const others = this.#held.chunks.filter((chunk) => chunk !== kept);
    this.#held.live = 0;
    this.#held.chunks = kept === undefined ? [] : [emptied(kept)];
    return giveBack(this.#held, others);
  }

  #place(size: number, align: number): Address {
    const chunk = this.#held.chunks.at(-1);
    if (chunk === undefined) return 0 as Address;
    const address = Math.ceil(chunk.top / align) * align;
    if (address + size > chunk.start + chunk.size) return 0 as Address;
    if (chunk.first === 0) chunk.first = address;
    chunk.top = address + size;
    return address as Address;
  }

  #addChunk(size: number, align: number): boolean {
    const needed = size + (align > chunkAlign ? align - chunkAlign : 0);
    if (needed > Number.MAX_SAFE_INTEGER) return false;
    const bytes = Math.max(needed, this.#chunkSize);
    const start = this.#behind.allocate(bytes, chunkAlign);
    if (start !== 0) this.#held.chunks.push({ start, size: bytes, top: start, first: 0 });
    return start !== 0;
  }

  #isLast(address: Address, size: number): boolean {
    const chunk = this.#held.chunks.at(-1);
    return chunk !== undefined && address >= chunk.start && address + size === chunk.top;
  }

  #resizeLast(address: Address, oldSize: number, size: number): boolean {
    const chunk = this.#held.chunks.at(-1);
    if (chunk === undefined || !this.#isLast(address, oldSize)) return false;
    if (address + size > chunk.start + chunk.size) return false;
    chunk.top = address + size;
    return true;
  }

  #pop(address: Address): void {
    const chunk = this.#held.chunks.at(-1);
    if (chunk === undefined) return;
    chunk.top = address;
    if (address !== chunk.first) return;
    chunk.top = chunk.start;
    chunk.first = 0;
    if (chunk.size === this.#chunkSize) return;
    this.#held.chunks.pop();
    tellRefusals(this.#held, giveBack(this.#held, [chunk]));
  }
}

interface Refusal {
  readonly chunk: Chunk;
  readonly error: unknown;
}

/** What is refused comes before all others, where it is tried again with them. */
function giveBack(held: Held, chunks: readonly Chunk[]): Refusal[] {
  const refusals: Refusal[] = [];
  for (const each of chunks) {
    try {
      held.behind.deallocate(each.start, each.size, chunkAlign);
    } catch (error) {
      const chunk = emptied(each);
      held.chunks.unshift(chunk);
      refusals.push({ chunk, error });
    }
  }
  return refusals;
}

function emptied(chunk: Chunk): Chunk {
  return { ...chunk, top: chunk.start, first: 0 };
}

function throwFirst(refusals: readonly Refusal[]): void {
  if (refusals.length > 0) throw refusals[0]?.error;
}

/** Once of each chunk. */
function tellRefusals({ behind }: Held, refusals: readonly Refusal[]): void {
  for (const { chunk, error } of refusals) {
    if (chunk.wasTold === true) continue;
    chunk.wasTold = true;
    warnDeallocationFailed(behind.name, `a chunk of ${String(chunk.size)} bytes of a bump`, error);
  }
}
