/** What decides which allocator a process runs on, and how that one is configured. */
const ofAllocators =
  /^(?:ALLOMORPH_.*|LD_PRELOAD|(?:.*_)?MALLOC_CONF|GLIBC_TUNABLES|MALLOC_.*_|MALLOC_ARENA_MAX|MIMALLOC_.*|TCMALLOC_.*)$/;

/** The caller's environment without what would change what a case measures, then the case's own. */
export function childEnvironment(own: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const callers = Object.entries(process.env).filter(([name]) => !ofAllocators.test(name));
  return { ...Object.fromEntries(callers), ...own };
}
