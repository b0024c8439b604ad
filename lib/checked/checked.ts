import { checkAllocator } from '../allocators/check-allocator.js';
import { nameBehind, nativeBehind } from '../compose/behind.js';
import { reasonBehind } from '../allocators/exhaustion.js';
import { AllomorphError } from '../errors/error.js';
import type { Allocator } from '../types.js';
import type { CheckedAllocator } from './checked-allocator.js';
import { JavaScriptChecked } from './javascript-checked.js';
import { withNativeRedzones, withRedzones } from './layout.js';
import { watchForLeaks } from './leak-report.js';
import { NativeChecked } from './native-checked.js';
import { settingsOf, type CheckedOptions } from './options.js';

/**
 * A debugging allocator in front of another one: finds overflow, underflow, use after free, double free, a
 * wrong size or alignment, addresses that are no block, and leaks, and says which block it was, where it was
 * allocated and where it was freed. `usableSize` is exactly the size.
 *
 * What comes through `unsafe`, the ABI table, `Block`, `BufferPool` or another thread is checked as well; faults found
 * there are written to stderr, where no JavaScript could be told.
 * @param allocator what the memory comes from; one written in JavaScript has the level `'poison'` only
 * @throws ERR_ALLOMORPH_INVALID_ARGUMENT, ERR_ALLOMORPH_UNAVAILABLE (level `'page-guard'` over an allocator
 * written in JavaScript), ERR_ALLOMORPH_OUT_OF_MEMORY (also: 64 of level `'page-guard'` are open)
 */
export function checked(allocator: Allocator, options: CheckedOptions = {}): CheckedAllocator {
  checkAllocator(allocator);
  const settings = settingsOf(options);
  const name = `checked(${nameBehind(allocator)})`;
  const behind = nativeBehind(allocator);
  if (behind === undefined && settings.level === 'page-guard') throw noGuards(allocator);
  const result: CheckedAllocator =
    behind === undefined
      ? new JavaScriptChecked(name, allocator, settings)
      : new NativeChecked(name, behind, settings);
  if (settings.leaks === 'warn') watchForLeaks(result);
  return reasonBehind(result, allocator, behind === undefined ? withRedzones : withNativeRedzones);
}

function noGuards(allocator: Allocator): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_UNAVAILABLE',
    `checked: level 'page-guard' is not possible over ${allocator.name}, which is written in JavaScript: a fault of the ` +
      "processor cannot call JavaScript. Use level 'poison', or put checked in front of a native allocator.",
    { allocator: allocator.name, level: 'page-guard' },
  );
}
