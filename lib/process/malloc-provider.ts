import { isAllocatorFile, kindOfFile } from '../allocators/installed.js';
import { addon } from '../native/load.js';

/** Which library `malloc` of this process resolves to, and what it says it is. */
export interface MallocProvider {
  /** `'jemalloc'`, `'mimalloc'`, `'glibc'`, `'musl'`, …, or `'unknown'`. */
  readonly name: string;
  /** As the allocator itself reports it; null where it has no way to. */
  readonly version: string | null;
  /** Absolute path of the library or executable that holds `malloc`. */
  readonly library: string | null;
}

/** A malloc that can be recognised by a function it exports beside malloc. */
interface Signature {
  name: string;
  symbol: string;
  version: () => string | null;
}

const interposer = { name: 'allomorph-malloc', symbol: 'allomorph_malloc_spec' } as const;

const signatures: readonly Signature[] = [
  { ...interposer, version: () => null },
  {
    name: 'jemalloc',
    symbol: 'mallctl',
    version: () => (addon.jemalloc?.isProcessMalloc === true ? addon.jemalloc.version : null),
  },
  { name: 'mimalloc', symbol: 'mi_version', version: mimallocVersion },
  { name: 'tcmalloc', symbol: 'tc_version', version: tcmallocVersion },
];

/**
 * Asks the process, not its environment: the address of `malloc` tells its library, and a
 * function beside it in the same library tells the allocator.
 */
export function mallocProvider(): MallocProvider {
  const library = addon.libraryOfSymbol('malloc');
  for (const { name, symbol, version } of signatures) {
    if (library !== null && addon.libraryOfSymbol(symbol) === library) {
      return { name, version: version(), library };
    }
  }
  const libc = addon.libc();
  if (library !== null && library === addon.libraryOfSymbol('abort')) {
    return { name: libc.name, version: libc.version === '' ? null : libc.version, library };
  }
  // Others say nothing of themselves; their file name does.
  const known = library !== null && isAllocatorFile(library);
  return { name: known ? kindOfFile(library) : 'unknown', version: null, library };
}

/** What our interposer runs this process on; null: `malloc` is not the interposer's. */
export function interposerSpec(): string | null {
  const library = addon.libraryOfSymbol('malloc');
  const isInterposed = library !== null && addon.libraryOfSymbol(interposer.symbol) === library;
  return isInterposed ? addon.callVersionString(interposer.symbol) : null;
}

/** "gperftools 2.10" -> "2.10". */
function tcmallocVersion(): string | null {
  return addon.callVersionString('tc_version')?.replace(/^\D+/, '') ?? null;
}

function mimallocVersion(): string | null {
  const number = addon.callVersion('mi_version');
  if (number === null) return null;
  // 209 is 2.0.9, mimalloc.h: MI_MALLOC_VERSION.
  return `${String(Math.trunc(number / 100))}.${String(Math.trunc(number / 10) % 10)}.${String(number % 10)}`;
}
