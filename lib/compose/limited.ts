import { OpenedAllocator } from '../allocators/opened-allocator.js';
import { addon } from '../native/load.js';
import type { Allocator } from '../types.js';
import { checkInteger } from './arguments.js';
import { nameBehind, nativeBehind } from './behind.js';
import type { ComposedAllocator } from './composed.js';
import { ComposedAllocator as Composed } from './javascript/composed-allocator.js';
import { WrittenLimited } from './javascript/limited.js';
import { reasonOfLimit } from './reasons.js';

/** See {@link limited}. */
export interface LimitedAllocator extends ComposedAllocator {
  /** The most usable bytes that may be live at a time. */
  readonly limit: number;
  /**
   * Usable bytes that are live. O(1)
   * @throws ERR_ALLOMORPH_CLOSED
   */
  used(): number;
}

/**
 * An allocator that has at most so many bytes live at a time: more is `ERR_ALLOMORPH_OUT_OF_MEMORY`, 0 through
 * `unsafe`. Counted are usable bytes, as blocks really occupy them.
 * @param allocator what the memory comes from
 * @param bytes an integer from 1 to 2^53 - 1
 * @throws ERR_ALLOMORPH_INVALID_ARGUMENT, ERR_ALLOMORPH_OUT_OF_MEMORY
 */
export function limited(allocator: Allocator, bytes: number): LimitedAllocator {
  const behind = nativeBehind(allocator);
  checkInteger('bytes', bytes, 1, Number.MAX_SAFE_INTEGER, 'limited(allocator, bytes)');
  const name = `limited(${nameBehind(allocator)}, ${String(bytes)})`;
  return reasonOfLimit(
    behind === undefined
      ? new JavaScriptLimited(name, allocator, bytes)
      : new NativeLimited(name, behind, bytes),
    allocator,
  );
}

class NativeLimited extends OpenedAllocator implements LimitedAllocator {
  readonly limit: number;

  constructor(name: string, behind: number, limit: number) {
    super(addon.compose.limited(name, behind, limit), name);
    this.limit = limit;
  }

  used(): number {
    return addon.compose.limitedUsed(this.openId());
  }
}

class JavaScriptLimited extends Composed<WrittenLimited> implements LimitedAllocator {
  readonly limit: number;

  constructor(name: string, allocator: Allocator, limit: number) {
    super(name, [allocator], ([door]) => new WrittenLimited(door, limit));
    this.limit = limit;
  }

  used(): number {
    return this.openBlock().used;
  }
}
