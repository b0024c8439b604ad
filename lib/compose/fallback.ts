import { OpenedAllocator } from '../allocators/opened-allocator.js';
import { reasonBehind } from '../allocators/exhaustion.js';
import { addon } from '../native/load.js';
import type { Allocator } from '../types.js';
import { nameBehind, nativeBehind } from './behind.js';
import type { ComposedAllocator } from './composed.js';
import { ComposedAllocator as Composed } from './javascript/composed-allocator.js';
import { WrittenFallback } from './javascript/fallback.js';

/**
 * What `first` does not have comes from `second`. A block is resized where it is from, and moves to the other one when
 * that has no memory for it. The usable size is the smaller of the two, as it must hold for either.
 * @throws ERR_ALLOMORPH_INVALID_ARGUMENT, ERR_ALLOMORPH_OUT_OF_MEMORY
 */
export function fallback(first: Allocator, second: Allocator): ComposedAllocator {
  const behind = [nativeBehind(first, 'first'), nativeBehind(second, 'second')] as const;
  const name = `fallback(${nameBehind(first)}, ${nameBehind(second)})`;
  if (behind[0] !== undefined && behind[1] !== undefined) {
    const native = addon.compose.fallback(name, behind[0], behind[1]);
    return reasonBehind(new OpenedAllocator(native, name), second);
  }
  return reasonBehind(
    new Composed(name, [first, second], ([a, b]) => new WrittenFallback(a, b)),
    second,
  );
}
