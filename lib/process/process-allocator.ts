import { readFileSync } from 'node:fs';
import path from 'node:path';
import { addon } from '../native/load.js';
import { interposerSpec, mallocProvider, type MallocProvider } from './malloc-provider.js';

/** Which malloc this process really runs on. */
export interface ProcessAllocator extends MallocProvider {
  /**
   * `'default'`: the C library's own. `'preload'`: a library named in LD_PRELOAD when the
   * process started. `'linked'`: part of the executable or of a library it is linked with.
   */
  readonly source: 'default' | 'preload' | 'linked';
  /**
   * Options in effect as the allocator itself reports them; null where it cannot be asked. Of
   * `'allomorph-malloc'`, the interposer of `allomorph run`: `spec`, what it runs on.
   */
  readonly options: Readonly<Record<string, number | string | boolean>> | null;
  /** How all this is known, as a sentence. */
  readonly evidence: string;
}

/**
 * Which malloc this process really runs on: found out from where the symbol `malloc` resolves
 * to, not from the environment. That is what Node, its Buffers and every addon use; it is
 * independent of the global backend of this package.
 */
export function processAllocator(): ProcessAllocator {
  const provider = mallocProvider();
  const source = sourceOf(provider);
  const native = addon.jemalloc;
  const spec = interposerSpec();
  const options = native?.isProcessMalloc === true ? native.options() : null;
  return {
    ...provider,
    source,
    options: spec === null ? options : { spec },
    evidence:
      provider.library === null
        ? 'the symbol malloc could not be traced to a library'
        : `malloc resolves to ${provider.library}` +
          (provider.version === null ? '' : `, which reports version ${provider.version}`) +
          (spec === null ? '' : `, which runs on ${spec}`),
  };
}

function sourceOf({ library }: MallocProvider): ProcessAllocator['source'] {
  if (library === null || library === addon.libraryOfSymbol('abort')) return 'default';
  return preloadedNames().has(path.basename(library)) ? 'preload' : 'linked';
}

/** File names in LD_PRELOAD as the process was started, whatever became of the variable since. */
function preloadedNames(): Set<string> {
  let initial = process.env['LD_PRELOAD'] ?? '';
  try {
    const entries = readFileSync('/proc/self/environ', 'utf8').split('\0');
    initial += ` ${entries.find((entry) => entry.startsWith('LD_PRELOAD=')) ?? ''}`;
  } catch {
    // No /proc: the present value is all there is.
  }
  return new Set(
    initial
      .replace(/LD_PRELOAD=/g, '')
      .split(/[ :]+/)
      .filter(Boolean)
      .map((entry) => path.basename(entry)),
  );
}
