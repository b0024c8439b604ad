import type { Written } from '../../define/checked-allocator.js';
import { copy, expectMemory } from '../../native/copy.js';
import type { Address, RawAllocator } from '../../types.js';

export const chunkAlign = 16;

interface Chunk {
  readonly start: Address;
  readonly size: number;
  top: number;
  /** The first block since the chunk was empty; 0 when it is. */
  first: number;
}

interface Held {
  readonly behind: RawAllocator;
  /** Allocated from is the last one only. */
  chunks: Chunk[];
  /** Blocks. */
  live: number;
}

/** As a native one does that nobody can reach any more: the chunks go back when no block is live. */
const forgotten = new FinalizationRegistry(({ behind, chunks, live }: Held) => {
  if (live > 0) return;
  for (const { start, size } of chunks) behind.deallocate(start, size, chunkAlign);
});

/** native/compose/bump.c over an allocator in JavaScript. */
export class WrittenBump implements Written {
  readonly #behind: RawAllocator;
  readonly #chunkSize: number;
  readonly #held: Held;

  constructor(behind: RawAllocator, chunkSize: number) {
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

  deallocate(address: Address, oldSize: number): void {
    this.#held.live -= 1;
    if (this.#held.live === 0) this.reset();
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

  /** All blocks are gone; one chunk of the usual size is kept. */
  reset(): void {
    const kept = this.#held.chunks.find(({ size }) => size === this.#chunkSize);
    const others = this.#held.chunks.filter((chunk) => chunk !== kept);
    this.#held.live = 0;
    this.#held.chunks = kept === undefined ? [] : [{ ...kept, top: kept.start, first: 0 }];
    for (const chunk of others) this.#giveBack(chunk);
  }

  /** Gives all chunks back. */
  end(): void {
    for (const chunk of this.#held.chunks.splice(0)) this.#giveBack(chunk);
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

  #giveBack({ start, size }: Chunk): void {
    this.#behind.deallocate(start, size, chunkAlign);
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
    this.#giveBack(chunk);
  }
}
