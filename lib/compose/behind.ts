import { backendId, backendIdOf } from '../allocators/backend.js';
import { checkAllocator } from '../allocators/check-allocator.js';
import { nameOf } from '../allocators/name.js';
import { UnavailableAllocator } from '../allocators/unavailable.js';
import { undecided } from '../global/undecided.js';
import { globalBehind } from '../native/addon.js';
import type { Allocator } from '../types.js';

/**
 * The native backend that a building block calls when it stands in front of an allocator.
 * @returns undefined for one written in JavaScript: then so is the building block
 * @throws ERR_ALLOMORPH_INVALID_ARGUMENT; ERR_ALLOMORPH_UNAVAILABLE for one that this build does not have;
 * ERR_ALLOMORPH_CLOSED
 */
export function nativeBehind(allocator: Allocator, parameter = 'allocator'): number | undefined {
  checkAllocator(allocator, parameter);
  if (allocator === undecided) return globalBehind;
  for (const door of [allocator, allocator.unsafe]) {
    if (door instanceof UnavailableAllocator) door.refuse();
  }
  // An own property only: what inherits from a native allocator may override its functions.
  return Object.hasOwn(allocator, backendId) ? backendIdOf(allocator) : undefined;
}

/** How an allocator is called in the name of the chain in front of it. */
export function nameBehind(allocator: Allocator): string {
  return allocator === undecided ? 'global' : nameOf(allocator);
}
