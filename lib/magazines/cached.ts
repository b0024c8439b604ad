import { checkAllocator } from '../allocators/check-allocator.js';
import { noteCache } from '../allocators/busy.js';
import { backendId, backendIdOf } from '../allocators/backend.js';
import { allocatorById } from '../allocators/by-id.js';
import { reasonBehind } from '../allocators/exhaustion.js';
import { nameOf } from '../allocators/name.js';
import { undecided } from '../global/undecided.js';
import { addon } from '../native/load.js';
import type { Allocator } from '../types.js';
import { CachedAllocator } from './cached-allocator.js';
import { CalledSource, forgotten } from './called-source.js';
import { Magazines } from './magazines.js';
import { NativeSource } from './native-source.js';
import { settingsOf, type CachedOptions } from './options.js';
import { makeTable } from './table.js';

export type { CachedAllocator } from './cached-allocator.js';
export type { CachedStats } from './magazines.js';
export type { CachedOptions } from './options.js';

/**
 * Puts magazines in front of an allocator: stacks of free blocks, one for each size class, which `allocate` pops
 * and `deallocate` pushes in JavaScript, without a native call. They are filled and emptied in batches, and
 * grow deeper as they turn out too shallow, up to `maxBytes` together.
 *
 * For sizes up to `maxSize` with alignments up to 16; anything else goes through to the allocator.
 *
 * It belongs to the thread that made it, as do the blocks of its checked functions. Free blocks in magazines count as
 * live in the allocator behind; they go back by `flush`, by `close`, by time (`idle`), when the object is
 * collected as garbage, and, for a native allocator, when its thread ends.
 *
 * @param allocator any: `system`, `jemalloc`, or one that is written in JavaScript. `globalAllocator()` while
 * nothing is chosen settles the choice, as an allocation would.
 * @throws ERR_ALLOMORPH_INVALID_ARGUMENT, ERR_ALLOMORPH_UNAVAILABLE
 */
export function cached(allocator: Allocator, options: CachedOptions = {}): CachedAllocator {
  const behind = requireAllocator(allocator);
  const settings = settingsOf(options);
  noteCache();
  const name = `cached(${nameOf(behind)})`;
  const table = makeTable((size, align) => behind.usableSize(size, align), settings.maxSize);
  // An own property only: what inherits from a native allocator may override its functions.
  const backend = Object.hasOwn(behind, backendId) ? backendIdOf(behind) : undefined;
  if (backend !== undefined) {
    const magazines = new Magazines(
      name,
      table,
      new NativeSource(backend, behind, table),
      settings,
    );
    return reasonBehind(new CachedAllocator(name, behind, magazines), behind);
  }
  const magazines = new Magazines(name, table, new CalledSource(behind, table), settings);
  forgotten.register(magazines, { allocator: behind, table });
  return reasonBehind(new CachedAllocator(name, behind, magazines), behind);
}

function requireAllocator(value: unknown): Allocator {
  // What globalAllocator() gives while nothing is chosen. Magazines are made for one allocator.
  if (value === undecided) return allocatorById(addon.freezeGlobal());
  return checkAllocator(value);
}
