import { checkAlign } from '../allocators/arguments.js';
import { backendId, backendIdOf } from '../allocators/backend.js';
import { allocatorById } from '../allocators/by-id.js';
import { UnavailableAllocator } from '../allocators/unavailable.js';
import { undecided } from '../global/undecided.js';
import { addon } from '../native/load.js';
import type { Allocator } from '../types.js';
import { AdoptedMemory } from './memory/adopted.js';
import { ArrayMemory } from './memory/array.js';
import { BackendMemory } from './memory/backend.js';
import { checkLength } from './memory/length.js';
import { allowsExternal } from './memory/mode.js';
import type { OwnedMemory } from './memory/owned.js';

export type { OwnedMemory } from './memory/owned.js';

/**
 * Memory of an allocator, owned by this thread.
 * @param allocator native, composed or written in JavaScript; has passed `checkAllocator`
 * @param size bytes, 1 to 2^53 - 1
 * @param align bytes, a power of two, 1 to 2^30
 * @throws ERR_ALLOMORPH_OUT_OF_MEMORY, ERR_ALLOMORPH_INVALID_SIZE, ERR_ALLOMORPH_INVALID_ALIGNMENT, and
 * what an allocator written in JavaScript throws
 */
export function acquireMemory(allocator: Allocator, size: number, align: number): OwnedMemory {
  checkLength(size);
  checkAlign(align);
  if (allocator instanceof UnavailableAllocator) allocator.refuse();
  if (!allowsExternal()) return new ArrayMemory(allocator, size, align);
  // An allocation through the global allocator settles which one that is.
  const settled = allocator === undecided ? allocatorById(addon.freezeGlobal()) : allocator;
  // An own property only: what inherits from a native allocator may override its functions.
  const backend = Object.hasOwn(settled, backendId) ? backendIdOf(settled) : undefined;
  return backend === undefined
    ? AdoptedMemory.acquire(settled, size, align)
    : BackendMemory.acquire(settled, backend, size, align);
}
