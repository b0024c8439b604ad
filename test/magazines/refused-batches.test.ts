import { cached } from 'allomorph';
import { no, refusing } from '../compose/support/refusing.js';
import { expectNoLeaks } from '../support/leaks.js';

// Over an allocator in JavaScript that does not take memory back: no free block is lost.

expectNoLeaks();

const size = 64;
const nothing = { blocks: 0, bytes: 0 };

/** A cache with free blocks in one magazine. */
function filled() {
  const behind = refusing();
  const cache = cached(behind, { idle: 0 });
  const blocks = Array.from({ length: 20 }, () => cache.allocate(size, 16));
  for (const address of blocks) cache.deallocate(address, size, 16);
  return { behind, cache, held: cache.stats().blocks };
}

test('what one flush could not give back is handed out again, or given back by the next', () => {
  const { behind, cache, held } = filled();
  expect(behind.live().blocks).toBe(held);
  behind.before.deallocate = () => {
    behind.before = {};
    no();
  };
  expect(() => cache.flush()).toThrow('not today');
  expect(cache.stats()).toMatchObject({ blocks: 1, bytes: size });
  expect(behind.live().blocks).toBe(1);
  const { hits } = cache.stats();
  const address = cache.allocate(size, 16);
  expect(cache.stats()).toMatchObject({ hits: hits + 1, blocks: 0 });
  cache.deallocate(address, size, 16);
  cache.flush();
  expect(behind.live()).toEqual(nothing);
  cache.close();
});

test('a close that threw is tried again by the next one', () => {
  const { behind, cache, held } = filled();
  behind.before.deallocate = no;
  expect(() => cache.close()).toThrow('not today');
  expect(cache.stats().blocks).toBe(held);
  behind.before = {};
  cache.close();
  expect(cache.stats()).toMatchObject(nothing);
  expect(behind.live()).toEqual(nothing);
});

test.each([0, 100])('a refused block is either live or free, with %i bytes', (maxBytes) => {
  const behind = refusing();
  const cache = cached(behind, { idle: 0, maxBytes });
  const blocks = [1, 2, 3].map(() => cache.allocate(size, 16)) as [never, never, never];
  behind.before.deallocate = no;
  const refused = blocks.filter((address) => {
    try {
      cache.deallocate(address, size, 16);
      return false;
    } catch {
      return true;
    }
  });
  expect(refused.length).toBeGreaterThan(0);
  const more = [1, 2, 3, 4].map(() => cache.allocate(size, 16));
  expect(more.filter((address) => refused.includes(address as never))).toEqual([]);
  expect(new Set(more).size).toBe(4);
  behind.before = {};
  for (const address of [...refused, ...more]) cache.deallocate(address, size, 16);
  cache.close();
  expect(behind.live()).toEqual(nothing);
});
