import { checkAllocator } from '../allocators/check-allocator.js';
import { OpenedAllocator } from '../allocators/opened-allocator.js';
import { AllomorphError } from '../errors/error.js';
import { addon } from '../native/load.js';
import { show } from '../support/show.js';
import type { Allocator } from '../types.js';
import { nameBehind, nativeBehind } from './behind.js';

/** See {@link limited}. */
export interface LimitedAllocator extends Allocator, Disposable {
  /** The most usable bytes that may be live at a time. */
  readonly limit: number;
  /** Usable bytes that are live. O(1) */
  used(): number;
  /** @throws ERR_ALLOMORPH_BUSY while blocks of it are live or others use it */
  close(): void;
}

class NativeLimited extends OpenedAllocator implements LimitedAllocator {
  readonly limit: number;
  readonly #id: number;

  constructor(name: string, behind: number, limit: number) {
    const opened = addon.compose.limited(name, behind, limit);
    super(opened, name);
    this.limit = limit;
    this.#id = opened?.id ?? -1;
  }

  used(): number {
    return addon.compose.limitedUsed(this.#id);
  }
}

/**
 * An allocator that has at most so many bytes live at a time: more is `ERR_ALLOMORPH_OUT_OF_MEMORY`, 0 through
 * `unsafe`. Counted are usable bytes, as blocks really occupy them.
 * @param allocator what the memory comes from
 * @param bytes an integer from 1 to 2^53 - 1
 * @throws ERR_ALLOMORPH_INVALID_ARGUMENT, ERR_ALLOMORPH_OUT_OF_MEMORY
 */
export function limited(allocator: Allocator, bytes: number): LimitedAllocator {
  checkAllocator(allocator);
  if (!Number.isSafeInteger(bytes) || bytes < 1) {
    throw new AllomorphError(
      'ERR_ALLOMORPH_INVALID_ARGUMENT',
      `The limit must be an integer from 1 to 2^53 - 1 (bytes), got ${show(bytes)}.`,
      { bytes },
    );
  }
  const name = `limited(${nameBehind(allocator)}, ${String(bytes)})`;
  const behind = nativeBehind(allocator);
  if (behind === undefined) throw new Error('JavaScript'); // replaced below
  return new NativeLimited(name, behind, bytes);
}
