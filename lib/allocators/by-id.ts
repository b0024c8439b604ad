import { backendIds } from '../native/addon.js';
import { addon } from '../native/load.js';
import type { Allocator } from '../types.js';
import { jemalloc } from './jemalloc.js';
import { NativeAllocator } from './native-allocator.js';
import { system } from './system.js';

/** Those of this thread that were opened at run time. Weak: a backend closes when its object is collected. */
const opened = new Map<number, WeakRef<Allocator>>();

/** The allocator object of a backend that the native side names by its id. */
export function allocatorById(id: number): Allocator {
  if (id === backendIds.system) return system;
  if (id === backendIds.jemalloc) return jemalloc;
  const known = opened.get(id)?.deref();
  if (known !== undefined) return known;
  // Opened by another thread, and what a thread learns of from the native side stays open: it is global.
  const allocator = new NativeAllocator(id, addon.opened.name(id) ?? 'closed');
  keepAllocator(id, allocator);
  return allocator;
}

export function keepAllocator(id: number, allocator: Allocator): void {
  opened.set(id, new WeakRef(allocator));
}

export function forgetAllocator(id: number): void {
  opened.delete(id);
}
