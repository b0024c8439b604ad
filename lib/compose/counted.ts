import { OpenedAllocator } from '../allocators/opened-allocator.js';
import { reasonBehind } from '../allocators/exhaustion.js';
import { addon } from '../native/load.js';
import type { Allocator } from '../types.js';
import { nameBehind, nativeBehind } from './behind.js';
import type { ComposedAllocator } from './composed.js';
import { ComposedAllocator as Composed } from './javascript/composed-allocator.js';
import { WrittenCounted } from './javascript/counted.js';

/** Bytes are usable ones: what blocks really occupy. Figures are exact up to 2^53, which all bytes ever allocated may exceed. */
export interface Counts {
  /** Calls, failed ones too. */
  readonly allocate: number;
  readonly deallocate: number;
  readonly reallocate: number;
  readonly reallocateInplace: number;
  /** Those of whoever stands in front included: this package asks it for its own figures. */
  readonly usableSize: number;
  /** Calls of `allocate` and `reallocate` that found memory exhausted. */
  readonly failed: number;
  readonly liveBlocks: number;
  readonly liveBytes: number;
  /** The most bytes that were live at a time. */
  readonly peakBytes: number;
  /** All bytes that were ever allocated; a growth counts as what it added. */
  readonly totalBytes: number;
}

/** See {@link counted}. */
export interface CountedAllocator extends ComposedAllocator {
  /**
   * Figures since it was made. Exact when no other thread is inside a call. O(1)
   * @throws ERR_ALLOMORPH_CLOSED
   */
  counts(): Counts;
}

/**
 * Counts calls, blocks and bytes of an allocator, through both doors.
 * @throws ERR_ALLOMORPH_INVALID_ARGUMENT, ERR_ALLOMORPH_OUT_OF_MEMORY
 */
export function counted(allocator: Allocator): CountedAllocator {
  const behind = nativeBehind(allocator);
  const name = `counted(${nameBehind(allocator)})`;
  return reasonBehind<CountedAllocator>(
    behind === undefined ? new JavaScriptCounted(name, allocator) : new NativeCounted(name, behind),
    allocator,
  );
}

class NativeCounted extends OpenedAllocator implements CountedAllocator {
  constructor(name: string, behind: number) {
    super(addon.compose.counted(name, behind), name);
  }

  counts(): Counts {
    return addon.compose.countedRead(this.openId());
  }
}

class JavaScriptCounted extends Composed<WrittenCounted> implements CountedAllocator {
  constructor(name: string, allocator: Allocator) {
    super(name, [allocator], ([door]) => new WrittenCounted(door));
  }

  counts(): Counts {
    return { ...this.openBlock().counts };
  }
}
