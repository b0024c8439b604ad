import { cached, jemalloc, system, type Allocator, type CachedAllocator } from 'allomorph';
import { Scripted } from './scripted.js';

/** Every kind of allocator that magazines can stand before. */
export const kinds: readonly { kind: string; behind: Allocator }[] = [
  { kind: 'system', behind: system },
  ...(jemalloc.available ? [{ kind: 'jemalloc', behind: jemalloc }] : []),
  { kind: 'JavaScript', behind: new Scripted() },
];

/** A cache that is closed when the test file ends. */
export function caches(
  options = {},
): { kind: string; behind: Allocator; cache: CachedAllocator }[] {
  const made = kinds.map((each) => ({ ...each, cache: cached(each.behind, options) }));
  afterAll(() => made.forEach(({ cache }) => cache.close()));
  return made;
}
