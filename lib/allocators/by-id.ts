import { backendIds } from '../native/addon.js';
import type { Allocator } from '../types.js';
import { jemalloc } from './jemalloc.js';
import { system } from './system.js';

/** The allocator object of a backend that the native side names by its id. */
export function allocatorById(id: number): Allocator {
  return id === backendIds.jemalloc ? jemalloc : system;
}
