import { explainsExhaustion, reasonOf } from '../allocators/exhaustion.js';
import type { Allocator } from '../types.js';
import type { FailingAllocator } from './failing.js';
import type { LimitedAllocator } from './limited.js';

// Why a building block gave no memory: itself, or what stands behind it.

export function reasonOfLimit(front: LimitedAllocator, behind: Allocator): LimitedAllocator {
  return explainsExhaustion(front, (wanted) => {
    const { size, align, oldSize } = wanted;
    const { limit } = front;
    const used = front.used();
    const had = oldSize === undefined ? 0 : front.unsafe.usableSize(oldSize, align);
    // Beyond the limit, usableSize is not asked: what no allocator has, it may know nothing about.
    const needed = size > limit ? size : front.unsafe.usableSize(size, align);
    if (used - had + needed <= limit) return reasonOf(behind, wanted);
    return {
      text:
        `the limit of ${front.name}: ${String(used)} of ${String(limit)} bytes in use, and ` +
        `${String(needed - had)} more were needed`,
      advice: 'Free blocks, ask for less, or make it with a higher limit.',
      values: { limit, used, needed: needed - had },
    };
  });
}

/** @param hasFailed whether the last call was made to fail */
export function reasonOfFailing<T extends FailingAllocator>(
  front: T,
  behind: Allocator,
  hasFailed: (front: T) => boolean,
): T {
  return explainsExhaustion(front, (wanted) => {
    if (!hasFailed(front)) return reasonOf(behind, wanted);
    return {
      text: `${front.name} made the call fail, as it was told to`,
      advice: 'See that the program goes on as it would without memory.',
      values: { failures: front.failures() },
    };
  });
}
