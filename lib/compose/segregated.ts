import { explainsExhaustion, reasonOf } from '../allocators/exhaustion.js';
import { OpenedAllocator } from '../allocators/opened-allocator.js';
import { addon } from '../native/load.js';
import type { Allocator } from '../types.js';
import { checkInteger } from './arguments.js';
import { nameBehind, nativeBehind } from './behind.js';
import type { ComposedAllocator } from './composed.js';
import { ComposedAllocator as Composed } from './javascript/composed-allocator.js';
import { WrittenSegregated } from './javascript/segregated.js';

/**
 * Sizes up to `threshold` come from `small`, the rest from `large`. A block never crosses the threshold where it
 * lies: the usable size of a small one ends there.
 * @param threshold bytes, an integer from 1 to 2^53 - 2
 * @throws ERR_ALLOMORPH_INVALID_ARGUMENT, ERR_ALLOMORPH_OUT_OF_MEMORY
 */
export function segregated(
  threshold: number,
  small: Allocator,
  large: Allocator,
): ComposedAllocator {
  checkInteger(
    'threshold',
    threshold,
    1,
    Number.MAX_SAFE_INTEGER - 1,
    'segregated(threshold, small, large)',
  );
  const behind = [nativeBehind(small, 'small'), nativeBehind(large, 'large')] as const;
  const name = `segregated(${String(threshold)}, ${nameBehind(small)}, ${nameBehind(large)})`;
  if (behind[0] !== undefined && behind[1] !== undefined) {
    const native = addon.compose.segregated(name, behind[0], behind[1], threshold);
    return reasonOfEither(new OpenedAllocator(native, name), threshold, small, large);
  }
  return reasonOfEither(
    new Composed(name, [small, large], ([a, b]) => new WrittenSegregated(threshold, a, b)),
    threshold,
    small,
    large,
  );
}

function reasonOfEither(
  front: ComposedAllocator,
  threshold: number,
  small: Allocator,
  large: Allocator,
): ComposedAllocator {
  return explainsExhaustion(front, ({ size, align, oldSize }) => {
    // What crosses the threshold is a new block of the other one.
    const isCrossing = oldSize !== undefined && oldSize <= threshold !== size <= threshold;
    const wanted = { size, align, oldSize: isCrossing ? undefined : oldSize };
    return reasonOf(size <= threshold ? small : large, wanted);
  });
}
