import { addon } from '../native/load.js';
import { binary } from '../native/binaries.js';
import { installedLibraries } from '../allocators/installed.js';
import { jemalloc } from '../allocators/jemalloc.js';
import { isLoadable } from './loadable.js';

/** An allocator and how it can be used here. */
export interface AllocatorInfo {
  readonly name: string;
  /** Null where it cannot be told without loading the library. */
  readonly version: string | null;
  /** The library: for a built-in one, what is preloaded for a whole process. Null: part of the process. */
  readonly path: string | null;
  readonly builtIn: boolean;
  /**
   * Allocations made through this package: `setGlobalAllocator`, `ALLOMORPH_ALLOCATOR`. A library that is not built
   * in, with what `loadAllocator(path)` makes of it, unless verification finds it broken.
   */
  readonly inProcess: boolean;
  /** Everything the process allocates: `allomorph run --allocator`. */
  readonly wholeProcess: boolean;
}

/**
 * The built-in allocators, then those found in the library folders of this machine. Reads
 * directories, and of each library the tables that say what it exports; loads nothing.
 */
export function allocators(): AllocatorInfo[] {
  const installed = installedLibraries().map((library) => ({
    ...library,
    builtIn: false,
    inProcess: isLoadable(library.path),
    wholeProcess: true,
  }));
  return [...builtIn(), ...installed];
}

function builtIn(): AllocatorInfo[] {
  const libc = addon.libc();
  const preload = binary('liballomorph-jemalloc.so') ?? null;
  const list: AllocatorInfo[] = [
    {
      name: 'system',
      version: `${libc.name} ${libc.version}`.trim(),
      path: null,
      builtIn: true,
      inProcess: true,
      wholeProcess: process.platform === 'linux',
    },
  ];
  if (jemalloc.available) {
    list.push({
      name: 'jemalloc',
      version: jemalloc.version,
      path: preload,
      builtIn: true,
      inProcess: true,
      wholeProcess: preload !== null,
    });
  }
  return list;
}
