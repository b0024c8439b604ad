/**
 * Marks an allocator as one of the native backends and holds its id. A registered symbol, so
 * that two copies of this package, which share one addon, know each other's objects.
 */
export const backendId: unique symbol = Symbol.for('allomorph.backend') as never;

/** The backend id of an allocator, or undefined when it is not a native one. */
export function backendIdOf(allocator: unknown): number | undefined {
  if (typeof allocator !== 'object' || allocator === null) return undefined;
  const id: unknown = (allocator as { [backendId]?: unknown })[backendId];
  return typeof id === 'number' ? id : undefined;
}
