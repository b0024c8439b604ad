import { AllomorphError } from '../errors/error.js';
import { backendIds, type NativeAddon } from '../native/addon.js';
import { addon } from '../native/load.js';
import type { LiveCounts } from '../types.js';
import { NativeAllocator } from './native-allocator.js';
import { UnavailableAllocator } from './unavailable.js';

/** Bytes, for the whole of this jemalloc (jemalloc(3), `stats.*`). */
export interface JemallocStats {
  /** In blocks handed out. */
  readonly allocated: number;
  /** In pages that hold at least one block; `active - allocated` is internal fragmentation. */
  readonly active: number;
  /** jemalloc's own bookkeeping. */
  readonly metadata: number;
  /** Resident at most: active pages, metadata and dirty pages not yet given back. */
  readonly resident: number;
  /** Address space of active extents. */
  readonly mapped: number;
  /** Address space that is kept for reuse and has no memory behind it. */
  readonly retained: number;
}

type NativeJemalloc = NonNullable<NativeAddon['jemalloc']>;

/** The parts of {@link jemalloc} beyond the five functions. */
export interface JemallocControl {
  /** Whether there is a jemalloc here. When false, everything else throws ERR_ALLOMORPH_UNAVAILABLE. */
  readonly available: boolean;
  /** `'5.3.0'`. */
  readonly version: string;
  /** Statistics, read afresh (the epoch is advanced first). Microseconds. */
  stats(): JemallocStats;
  /**
   * Gives all unused memory of all arenas back to the system now. Costs a system call for each
   * dirty extent, and page faults when the memory is needed again. An arena that another thread is purging
   * is waited for, some 250 milliseconds at most.
   */
  purge(): void;
  /** See {@link NativeAllocator.live}. */
  live(): LiveCounts;
}

class BoundJemalloc extends NativeAllocator implements JemallocControl {
  readonly available = true;
  readonly #native: NativeJemalloc;

  constructor(native: NativeJemalloc) {
    super(backendIds.jemalloc, 'jemalloc');
    this.#native = native;
  }

  get version(): string {
    return this.#native.version;
  }

  stats(): JemallocStats {
    const stats = this.#native.stats();
    if (stats !== null) return stats;
    throw new AllomorphError(
      'ERR_ALLOMORPH_UNAVAILABLE',
      `The jemalloc of this process (${this.version}) was built without statistics. ` +
        'Use a build with --enable-stats, which is the default, or `allomorph run`.',
    );
  }

  purge(): void {
    const errno = this.#native.purge();
    if (errno === 0) return;
    throw new AllomorphError(
      'ERR_ALLOMORPH_SYSTEM',
      `jemalloc refused to purge its arenas: errno ${String(errno)}.`,
      { errno },
    );
  }
}

class AbsentJemalloc extends UnavailableAllocator implements JemallocControl {
  readonly available = false;

  constructor() {
    super(
      'jemalloc',
      'allomorph was built without jemalloc and this process does not run on one. ' +
        'Build it again with ALLOMORPH_JEMALLOC unset (npm run build); ' +
        'check jemalloc.available before use.',
    );
  }

  get version(): string {
    return this.refuse();
  }

  stats(): JemallocStats {
    return this.refuse();
  }

  purge(): void {
    this.refuse();
  }

  live(): LiveCounts {
    return this.refuse();
  }
}

export type JemallocAllocator = BoundJemalloc | AbsentJemalloc;

/**
 * The vendored jemalloc, or the process's own when malloc itself is a jemalloc: a process has
 * one. This backend serves allocations made through this package; it does not change what Node
 * itself runs on (`allomorph run` does).
 */
export const jemalloc: JemallocAllocator =
  addon.jemalloc === null ? new AbsentJemalloc() : new BoundJemalloc(addon.jemalloc);
