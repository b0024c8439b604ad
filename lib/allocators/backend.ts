import type { Allocator, RawAllocator } from '../types.js';

/**
 * Marks an allocator as one of the native backends and holds its id. A registered symbol, so
 * that two copies of this package, which share one addon, know each other's objects.
 */
export const backendId: unique symbol = Symbol.for('allomorph.backend') as never;

/**
 * The id that a closed allocator has from then on, as its own may be another one's: that of no backend. Calls find memory
 * exhausted and no block. `max_backends` in native/core/backend.h.
 */
export const closedBackend = 64;

/**
 * Closed ones that keep their id since they are frozen, and who refuses for them. By their unsafe door, which a proxy
 * shows too.
 */
const frozen = new WeakMap<RawAllocator, { refuse(): never }>();

/**
 * The backend id of an allocator, or undefined when it is not a native one.
 * @throws ERR_ALLOMORPH_CLOSED for a frozen one
 */
export function backendIdOf(allocator: unknown): number | undefined {
  if (typeof allocator !== 'object' || allocator === null) return undefined;
  const marked = allocator as { [backendId]?: unknown; unsafe: RawAllocator };
  const id = marked[backendId];
  if (typeof id !== 'number') return undefined;
  frozen.get(marked.unsafe)?.refuse();
  return id;
}

/** Never throws. */
export function takeBackendId(allocator: Allocator, closed: { refuse(): never }): void {
  if (Reflect.defineProperty(allocator, backendId, { value: undefined })) return;
  frozen.set(allocator.unsafe, closed);
}
