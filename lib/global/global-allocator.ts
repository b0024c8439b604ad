import { allocatorById } from '../allocators/by-id.js';
import { addon } from '../native/load.js';
import type { Allocator } from '../types.js';
import { undecided } from './undecided.js';

/**
 * The global allocator. Reading it does not freeze the choice; the first allocation through it
 * does.
 *
 * While nothing has been chosen, this is an object that follows the choice: it may be read
 * early and kept, and its first allocation settles on the default, `system`. Afterwards it is
 * the chosen allocator itself.
 */
export function globalAllocator(): Allocator {
  const state = addon.globalState();
  const decided = state.source !== 'default' || state.frozen;
  return decided ? allocatorById(state.effective) : undecided;
}
