import { AllomorphError } from '../errors/error.js';
import { backendIds } from '../native/addon.js';
import { addon } from '../native/load.js';
import { NativeAllocator } from './native-allocator.js';

/** What glibc says about its heap (mallinfo2(3)), in bytes unless said otherwise. */
export interface SystemStats {
  /** In blocks that are in use. */
  readonly allocated: number;
  /** Free inside the arenas: held, not given back. */
  readonly free: number;
  /** Of `free`, what lies at the top of the main arena, where trimming is easy. */
  readonly releasable: number;
  /** Taken from the system for the arenas. */
  readonly arena: number;
  /** Taken from the system by mmap, one region for each large block. */
  readonly mapped: number;
  /** How many such regions there are. */
  readonly mappedBlocks: number;
}

/** The process's own `malloc`, `realloc` and `free`. */
export class SystemAllocator extends NativeAllocator {
  /**
   * Statistics of the C library's heap, for the whole process: everything that uses malloc, not
   * only this package. O(arenas); takes each arena's lock for a moment.
   * @throws ERR_ALLOMORPH_UNAVAILABLE where the C library has no mallinfo2 (musl, macOS, Windows,
   * glibc before 2.33), or when the process runs on another malloc than the C library's
   */
  stats(): SystemStats {
    refuseReplacedMalloc('stats');
    return addon.system.stats() ?? unavailable('stats', 'mallinfo2');
  }

  /**
   * Gives free memory of all arenas back to the system (malloc_trim(3)). Walks every arena under
   * its lock: milliseconds on a large heap.
   * @returns whether any memory was given back
   * @throws ERR_ALLOMORPH_UNAVAILABLE as `stats`
   */
  trim(): boolean {
    refuseReplacedMalloc('trim');
    return addon.system.trim() ?? unavailable('trim', 'malloc_trim');
  }
}

export const system = new SystemAllocator(backendIds.system, 'system');

// In such a process mallinfo2 and malloc_trim still exist, but speak of a heap that nobody uses.
function refuseReplacedMalloc(method: string): void {
  if (process.platform !== 'linux') return;
  const provider = addon.libraryOfSymbol('malloc');
  if (provider === addon.libraryOfSymbol('__libc_start_main') || provider === null) return;
  throw new AllomorphError(
    'ERR_ALLOMORPH_UNAVAILABLE',
    `system.${method}() speaks of the C library's heap, but malloc of this process comes from ${provider}. ` +
      (addon.jemalloc?.isProcessMalloc === true
        ? 'Use jemalloc.stats() and jemalloc.purge().'
        : "Ask that library's own interface."),
    { malloc: provider },
  );
}

function unavailable(method: string, call: string): never {
  const libc = addon.libc();
  throw new AllomorphError(
    'ERR_ALLOMORPH_UNAVAILABLE',
    `system.${method}() needs ${call}, which ${`${libc.name} ${libc.version}`.trim()} does not have. ` +
      'process.memoryUsage().rss works everywhere.',
    { libc },
  );
}
