/** What allocators and the dynamic linker read. */
const relevant =
  /^(?:MALLOC_|GLIBC_TUNABLES$|MIMALLOC_|TCMALLOC_|LD_PRELOAD$|LD_LIBRARY_PATH$|ALLOMORPH_(?!GUARD))|MALLOC_CONF$/;

/** The variables worth showing. */
export function allocatorVariables(
  environment: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment)
      .filter(([name]) => relevant.test(name))
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}

/** How jemalloc spells a configuration variable: `MALLOC_CONF` behind any prefix. */
export function isConfVariable(name: string): boolean {
  return name.endsWith('MALLOC_CONF');
}

/** What reads a variable. */
export interface Readers {
  /** Allocators whose code is in the process or in an addon that it may load. */
  readonly allocators: ReadonlySet<string>;
  /** jemalloc configuration variables by which these are configured. */
  readonly confVariables: ReadonlySet<string>;
  /** The malloc of the process. */
  readonly malloc: string;
}

/** Set variables that none of the readers reads: misspelt, or meant for another allocator. */
export function unreadVariables(
  environment: Readonly<Record<string, string>>,
  readers: Readers,
): string[] {
  return Object.keys(environment).filter((name) => {
    if (isConfVariable(name)) return !readers.confVariables.has(name);
    if (name.startsWith('MIMALLOC_')) return !readers.allocators.has('mimalloc');
    if (name.startsWith('TCMALLOC_')) return !readers.allocators.has('tcmalloc');
    // Only glibc's own malloc has these, and only while it is the one in use.
    if (name.startsWith('MALLOC_')) return readers.malloc !== 'glibc';
    if (name === 'GLIBC_TUNABLES') {
      const tunables = (environment[name] ?? '').split(':');
      return tunables.every((tunable) => tunable.startsWith('glibc.malloc.'))
        ? readers.malloc !== 'glibc'
        : false;
    }
    return false;
  });
}
