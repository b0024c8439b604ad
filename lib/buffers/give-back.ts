import { jemalloc } from '../allocators/jemalloc.js';
import { system } from '../allocators/system.js';
import { AllomorphError } from '../errors/error.js';
import type { Allocator } from '../types.js';

/**
 * Asks a native allocator to give what it keeps of freed memory back to the system. Does nothing
 * where there is no such call.
 */
export function giveBack(allocator: Allocator): void {
  try {
    if (allocator === jemalloc) jemalloc.purge();
    else if (allocator === system) system.trim();
  } catch (error) {
    if (error instanceof AllomorphError && error.code === 'ERR_ALLOMORPH_UNAVAILABLE') return;
    throw error;
  }
}
