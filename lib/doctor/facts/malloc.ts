import path from 'node:path';
import { specVariable } from '../../process/names.js';
import type { Binary } from './binary.js';
import type { MallocFacts, PreloadEntry, ProcessFacts } from './facts.js';
import { confOptions } from '../../process/settings/jemalloc-conf.js';

/**
 * Which malloc another process runs on: the first that the dynamic linker finds in its order,
 * which is the executable, the preloaded libraries, then what these are linked with, level by level.
 * What was loaded later (dlopen) does not count: the C library never calls it.
 */
export function mallocOf(
  { executable, libc, isStatic }: ProcessFacts,
  preload: readonly PreloadEntry[],
  mapped: readonly Binary[],
): MallocFacts {
  const program = mapped.find((binary) => binary.path === executable);
  if (isStatic) return unknown('the executable is linked statically: its malloc is its own');
  if (program === undefined) return unknown('the maps of the process cannot be read');
  const preloaded = preload.flatMap(
    (entry) => mapped.find((binary) => entry.mapped === true && binary.path === entry.file) ?? [],
  );
  const order = searchOrder([program, ...preloaded], mapped);
  const provider = order.find((binary) => binary.exportsMalloc);
  if (provider === undefined) return unknown('none of its libraries defines malloc');
  const isLibc = isLibcFile(provider.path);
  return {
    name: isLibc ? libc.name : (provider.embedded[0]?.name ?? 'unknown'),
    version: isLibc ? libc.version : null,
    library: provider.path,
    source: isLibc ? 'default' : preloaded.includes(provider) ? 'preload' : 'linked',
    options: null,
    confVariable: provider.confVariables[0] ?? null,
    evidence: `${provider.path} is the first in the order of the dynamic linker that defines malloc`,
  };
}

/** The options that a process gave its jemalloc or our interposer; the process itself can have changed them since. */
export function withConfiguration(
  malloc: MallocFacts,
  environment: Readonly<Record<string, string>>,
  systemConf: string | undefined,
  threads: readonly string[],
): MallocFacts {
  if (malloc.name === 'allomorph-malloc') {
    return { ...malloc, options: { spec: environment[specVariable] ?? '' } };
  }
  if (malloc.name !== 'jemalloc') return malloc;
  const own = malloc.confVariable === null ? undefined : environment[malloc.confVariable];
  const options = confOptions([systemConf, own].filter((conf) => conf !== undefined).join(','));
  // A running thread proves it, however it came to be switched on.
  if (threads.includes('jemalloc_bg_thd')) options['background_thread'] = true;
  return { ...malloc, options };
}

export function isLibcFile(file: string): boolean {
  return /^(?:libc\.so\.6|libc-[\d.]+\.so|ld-musl-.*|libc\.musl-.*|libc\.so)$/.test(
    path.posix.basename(file),
  );
}

function unknown(evidence: string): MallocFacts {
  return {
    name: 'unknown',
    version: null,
    library: null,
    source: 'unknown',
    options: null,
    confVariable: null,
    evidence,
  };
}

function searchOrder(first: readonly Binary[], mapped: readonly Binary[]): Binary[] {
  const order = [...first];
  // Grows while it is walked: breadth first, as the dynamic linker does.
  for (const binary of order) {
    for (const name of binary.elf.needed) {
      const found = mapped.find(
        ({ elf, path: file }) => elf.soname === name || path.posix.basename(file) === name,
      );
      if (found !== undefined && !order.includes(found)) order.push(found);
    }
  }
  return order;
}
