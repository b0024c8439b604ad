import type { Rule } from './finding.js';

/** Two preloaded allocators: only the first is used. */
export const preloadShadowed: Rule = ({ preload, malloc }) =>
  preload
    .filter(({ mapped, isMalloc, file }) => mapped === true && isMalloc && file !== malloc.library)
    // Our interposer stands before the one that it allocates from.
    .filter(({ file }) => !String(malloc.options?.['spec'] ?? '').endsWith(`:${file ?? ''}`))
    .map(({ file, from }) => ({
      id: 'preload-shadowed',
      severity: 'warning',
      title: 'A preloaded allocator is not the one in use',
      reason: 'Another malloc stands before it; the library costs memory and does nothing.',
      fix: 'Leave one allocator in LD_PRELOAD and /etc/ld.so.preload.',
      evidence: `${from} has ${file ?? ''}; malloc is that of ${malloc.library ?? 'an unknown place'}`,
    }));

/** An allocator for the whole machine. */
export const preloadSystemWide: Rule = ({ preload }) =>
  preload
    .filter(({ from, isMalloc }) => from === '/etc/ld.so.preload' && isMalloc)
    .map(({ entry }) => ({
      id: 'preload-system-wide',
      severity: 'warning',
      title: 'An allocator is preloaded into every program of the machine',
      reason:
        'Programs that load libraries with RTLD_DEEPBIND crash ("free(): invalid pointer", ' +
        'jemalloc#2419), and no variable keeps a program out of it.',
      fix: 'Remove the line; preload into the services that need it: allomorph run -- COMMAND….',
      evidence: `/etc/ld.so.preload has ${entry}`,
    }));

/** LD_PRELOAD set by hand is inherited by everything the program starts. */
export const preloadReachesChildren: Rule = ({ preload, process }) =>
  preload
    .filter(({ from, mapped, isMalloc }) => from === 'LD_PRELOAD' && mapped === true && isMalloc)
    .filter(() => !process.guarded)
    .map(({ entry }) => ({
      id: 'preload-reaches-children',
      severity: 'info',
      title: 'Every child process gets the preloaded allocator, too',
      reason:
        'Some crash with it: Chrome and other programs with an allocator of their own (jemalloc#520).',
      fix:
        'allomorph run keeps it from children that are not Node; or start such a child without ' +
        'LD_PRELOAD in its env.',
      evidence: `LD_PRELOAD has ${entry}, and the process was not started by allomorph run`,
    }));
