/** One size class of a pool. */
export interface SizeClassStats {
  /** Bytes of a slot: the capacity of a buffer of this class. */
  readonly size: number;
  /** Slots that are handed out. */
  readonly live: number;
  /** Slots of the class's runs that are not. */
  readonly free: number;
  /** Allocations, since the pool was made, that a run of the class had room for. */
  readonly hits: number;
  /** Those that a new run had to be taken for. */
  readonly misses: number;
}

/** What a pool holds. Bytes are whole slots: what a buffer occupies, not the length it was asked for with. */
export interface BufferPoolStats {
  /** Buffers that are handed out and not freed. */
  readonly live: { readonly buffers: number; readonly bytes: number };
  /** Of `live`, those above `maxSize`, which have a block of their own. */
  readonly large: { readonly buffers: number; readonly bytes: number };
  /** Slabs held. */
  readonly slabs: number;
  /** Bytes held of the backend: slabs and blocks of large buffers. This is what `limit` limits. */
  readonly bytes: number;
  /**
   * Slabs that cannot be returned, since at least one buffer in them is live: the bytes of these
   * slabs, and of the buffers that keep them. Far apart, they say that few buffers pin much memory.
   */
  readonly pinned: { readonly slabs: number; readonly bytes: number; readonly live: number };
  /** The most there has been since the pool was made. */
  readonly highWater: { readonly live: number; readonly bytes: number };
  /** Watched buffers that were forgotten, as far as the collector has found them (`leakDetection`). */
  readonly leaked: number;
  /** Classes that were used at least once, smallest first. */
  readonly classes: readonly SizeClassStats[];
}
