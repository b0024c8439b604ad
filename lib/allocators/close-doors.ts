import type { Allocator } from '../types.js';
import { allocatorMethods } from './check-allocator.js';
import { nameOf } from './name.js';
import { UnavailableAllocator } from './unavailable.js';

/**
 * Makes both doors of an allocator refuse with ERR_ALLOMORPH_CLOSED. On the object and not by a check
 * in each call: those cost what they cost. Never throws; functions that were taken from the object before, and all of
 * a frozen one, stay what they are.
 */
export function closeDoors(allocator: Allocator): UnavailableAllocator {
  const closed = closedDoor(nameOf(allocator));
  const refuse = () => closed.refuse();
  for (const name of allocatorMethods) Reflect.defineProperty(allocator, name, { value: refuse });
  Reflect.defineProperty(allocator, 'unsafe', { value: closed });
  return closed;
}

export function closedDoor(name: string): UnavailableAllocator {
  return new UnavailableAllocator(name, 'it was closed.', 'ERR_ALLOMORPH_CLOSED');
}
