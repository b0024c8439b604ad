import type { Allocator } from '../types.js';
import { allocatorMethods } from './check-allocator.js';
import { UnavailableAllocator } from './unavailable.js';

/**
 * Makes both doors of an allocator refuse with ERR_ALLOMORPH_CLOSED. On the object and not by a check
 * in each call: those cost what they cost.
 */
export function closeDoors(allocator: Allocator): UnavailableAllocator {
  const closed = new UnavailableAllocator(allocator.name, 'it was closed.', 'ERR_ALLOMORPH_CLOSED');
  const refuse = () => closed.refuse();
  for (const name of allocatorMethods) Object.defineProperty(allocator, name, { value: refuse });
  Object.defineProperty(allocator, 'unsafe', { value: closed });
  return closed;
}
