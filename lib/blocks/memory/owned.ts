import type { Address, Allocator } from '../../types.js';

/**
 * A piece of an allocator's memory that this thread owns, and that JavaScript sees as one
 * ArrayBuffer.
 *
 * It goes back to the allocator once, by whichever comes first: `release`, the collector when
 * neither this object nor any view of its bytes is reachable, or the end of the thread.
 */
export interface OwnedMemory {
  /** Where it came from. Of the global allocator: the one that the choice settled on. */
  readonly allocator: Allocator;
  /** A multiple of `align`. Valid until `release`, `resize` or the collector. */
  readonly address: Address;
  /** Bytes asked for. */
  readonly size: number;
  /** Bytes that the allocator really set aside; >= `size`. */
  readonly usableSize: number;
  readonly align: number;
  /**
   * Whether the bytes are the allocator's. False where the runtime forbids ArrayBuffers over foreign
   * memory (Electron, builds with V8's sandbox): the ArrayBuffer then owns its bytes, `address` is
   * theirs, and the allocator is not used.
   */
  readonly external: boolean;
  /**
   * Its `size` bytes, made on first use and kept; not initialised unless zeroed. It can be neither
   * transferred nor shared with another thread; posting it copies.
   */
  readonly arrayBuffer: ArrayBuffer;
  /** Where the bytes begin in `arrayBuffer`: 0 unless `external` is false and `align` large. */
  readonly byteOffset: number;
  /** After `release`. Nothing but `release` is possible then. */
  readonly released: boolean;
  /** Sets the bytes from `start` to before `end` to 0. Both lie in 0 to `size`. */
  zero(start: number, end: number): void;
  /**
   * Gives it `size` bytes (an integer > 0), content kept up to the smaller size. Moves it if it
   * must. Views of before are detached when it moved or shrank; when it grew in place they stay.
   * `arrayBuffer` is a new one afterwards.
   * @throws ERR_ALLOMORPH_OUT_OF_MEMORY, and what an allocator written in JavaScript throws; then
   * size and content are as before, and so are the views unless it was to shrink
   */
  resize(size: number): void;
  /**
   * Detaches every view and gives the memory back at once. Does nothing the second time.
   *
   * One exception to "at once": memory that a program took away with `ArrayBuffer.prototype.transfer`
   * goes back when the collector finds the ArrayBuffer that has it now.
   */
  release(): void;
}
