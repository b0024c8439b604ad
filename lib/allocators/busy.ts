import { AllomorphError } from '../errors/error.js';

let hasCaches = false;

/** From now on, live blocks of an allocator may be freed ones that a cache in front of it keeps. */
export function noteCache(): void {
  hasCaches = true;
}

/** The error for an allocator that cannot be closed. @param blocks live ones; 0: it has users */
export function busy(allocator: { readonly name: string }, blocks: number): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_BUSY',
    `${allocator.name} cannot be closed: ` +
      (blocks > 0
        ? `${String(blocks)} of its blocks are live. Free them first.${hasCaches ? keptByCache : ''}`
        : 'another allocator, a cache or the global choice uses it. Close those first.'),
    { allocator: allocator.name, blocks },
  );
}

const keptByCache =
  ' A cache in front of it (`cached`) keeps blocks that were freed: flush or close that.';
