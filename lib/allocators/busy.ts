import { AllomorphError } from '../errors/error.js';
import { nameOf } from './name.js';

let hasCaches = false;

/** From now on, live blocks of an allocator may be freed ones that a cache in front of it keeps. */
export function noteCache(): void {
  hasCaches = true;
}

/** The error for an allocator that cannot be closed. @param blocks live ones; 0: it has users */
export function busy(allocator: { readonly name: string }, blocks: number): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_BUSY',
    `${nameOf(allocator)} cannot be closed: ${blocks > 0 ? liveBlocks(blocks) : hasUsers}`,
    { allocator: allocator.name, blocks },
  );
}

const hasUsers = 'another allocator, a cache or the global choice uses it. Close those first.';

function liveBlocks(count: number): string {
  const live =
    count === 1
      ? 'a block of it is live. Free it first.'
      : `${String(count)} of its blocks are live. Free them first.`;
  return hasCaches ? live + keptByCache : live;
}

/** The error for a cache that is to be closed by the allocator behind it, in the midst of a batch. */
export function busyInside(name: string): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_BUSY',
    `${name} cannot be closed by the allocator behind it, from which it is fetching blocks or to which it is giving some back. ` +
      'Close it when that call is over.',
    { allocator: name },
  );
}

const keptByCache =
  ' A cache in front of it (`cached`) keeps blocks that were freed: flush or close that.';
