import { backendId, backendIdOf } from '../allocators/backend.js';
import { checkAllocator } from '../allocators/check-allocator.js';
import { UnavailableAllocator } from '../allocators/unavailable.js';
import { AllomorphError } from '../errors/error.js';
import { undecided } from '../global/undecided.js';
import { globalBehind } from '../native/addon.js';
import { addon } from '../native/load.js';
import { show } from '../support/show.js';
import type { Allocator } from '../types.js';

/**
 * The address of an allocator's `allomorph_abi` (`allomorph.h`), for an addon that allocates from it:
 * `reinterpret_cast<const allomorph_abi*>(value)` of the BigInt's 64 bits. It is valid for the life of the process;
 * the allocator cannot be closed any more.
 *
 * Of `globalAllocator()` while nothing is chosen, it is a table that follows the choice, and settles it with the first
 * allocation. O(1)
 *
 * @param allocator a native one
 * @throws ERR_ALLOMORPH_NOT_NATIVE for one written in JavaScript, ERR_ALLOMORPH_UNAVAILABLE,
 * ERR_ALLOMORPH_CLOSED, ERR_ALLOMORPH_INVALID_ARGUMENT
 */
export function abiTable(allocator: Allocator): bigint {
  if (allocator === undecided) return addon.abiTable(globalBehind);
  if (allocator instanceof UnavailableAllocator) allocator.refuse();
  checkAllocator(allocator);
  if (allocator.unsafe instanceof UnavailableAllocator) allocator.unsafe.refuse();
  // An own property only: what inherits from a native allocator may override its functions.
  const id = Object.hasOwn(allocator, backendId) ? backendIdOf(allocator) : undefined;
  if (id !== undefined) return addon.abiTable(id);
  throw new AllomorphError(
    'ERR_ALLOMORPH_NOT_NATIVE',
    `The allocator ${show(allocator.name)} has no table of C functions: it is written in JavaScript, or keeps blocks ` +
      'in this thread, and native code calls from any thread. Pass the native allocator that it stands in front of.',
    { allocator: allocator.name },
  );
}
