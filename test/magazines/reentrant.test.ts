import { cached, defineAllocator, system, type Address, type CachedOptions } from 'allomorph';
import { code } from '../support/errors.js';
import { expectNoLeaks } from '../support/leaks.js';

// The allocator behind is written in JavaScript, and calls the cache while the cache calls it.

expectNoLeaks();

/** A cache over an allocator whose next call of a kind does something first. */
function interrupted(options: CachedOptions = {}) {
  const next: { allocate?: (() => void) | undefined; deallocate?: (() => void) | undefined } = {};
  const interrupt = (kind: 'allocate' | 'deallocate') => {
    const act = next[kind];
    next[kind] = undefined;
    act?.();
  };
  const behind = defineAllocator({
    name: 'interrupted',
    allocate: (size, align) => {
      interrupt('allocate');
      return system.unsafe.allocate(size, align);
    },
    deallocate: (address, size, align) => {
      interrupt('deallocate');
      system.unsafe.deallocate(address, size, align);
    },
  });
  const cache = cached(behind, { idle: 0, ...options });
  const end = () => {
    cache.close();
    expect(behind.live()).toEqual({ blocks: 0, bytes: 0 });
  };
  return { next, behind, cache, end };
}

const freedAlready = code('UNKNOWN_BLOCK');

test('a block is freed once, also from inside the batch that freeing it causes', () => {
  const { next, cache, end } = interrupted({ maxBytes: 4096 });
  const blocks = Array.from({ length: 200 }, () => cache.allocate(64, 16));
  let current: Address | undefined;
  let seen = 0;
  const live = new Set(blocks);
  for (const block of blocks) {
    current = block;
    next.deallocate = () => {
      seen += 1;
      expect(() => cache.deallocate(current!, 64, 16)).toThrow(freedAlready);
      const fresh = cache.allocate(64, 16);
      expect(live.has(fresh)).toBe(false);
      live.add(fresh);
    };
    live.delete(block);
    cache.deallocate(block, 64, 16);
  }
  next.deallocate = undefined;
  expect(seen).toBeGreaterThan(0);
  for (const block of live) cache.deallocate(block, 64, 16);
  end();
});

test.each([
  ['to another size class', 64, 400],
  ['to a size without one', 64, 100_000],
])('a block is not freed from inside its reallocation %s', (_, from, to) => {
  const { next, cache, end } = interrupted();
  const block = cache.allocate(from, 16);
  let seen = false;
  next.allocate = () => {
    seen = true;
    expect(() => cache.deallocate(block, from, 16)).toThrow(freedAlready);
    expect(() => cache.reallocate(block, from, to, 16)).toThrow(freedAlready);
    expect(() => cache.reallocateInplace(block, from, from, 16)).toThrow(freedAlready);
  };
  const moved = cache.reallocate(block, from, to, 16);
  expect(seen).toBe(true);
  cache.deallocate(moved, to, 16);
  end();
});

test('a block that could not be freed or resized is live, and is freed later', () => {
  const { next, cache, end } = interrupted({ maxBytes: 4096 });
  const refuse = () => {
    throw new Error('on purpose');
  };
  const block = cache.allocate(64, 16);
  next.allocate = refuse;
  expect(() => cache.reallocate(block, 64, 400, 16)).toThrow('on purpose');
  expect(cache.reallocateInplace(block, 64, 64, 16)).toBeGreaterThanOrEqual(64);
  cache.close();
  next.deallocate = refuse;
  expect(() => cache.deallocate(block, 64, 16)).toThrow('on purpose');
  cache.deallocate(block, 64, 16);
  expect(() => cache.deallocate(block, 64, 16)).toThrow(freedAlready);
  end();
});

describe('close from inside a batch is refused, and changes nothing', () => {
  test('that is fetched', () => {
    const { next, behind, cache, end } = interrupted();
    let seen = false;
    next.allocate = () => {
      seen = true;
      expect(() => cache.close()).toThrow(code('BUSY'));
    };
    const block = cache.allocate(64, 16);
    expect(seen).toBe(true);
    cache.deallocate(block, 64, 16);
    expect(behind.live().blocks).toBe(cache.stats().blocks);
    end();
    expect(() => cache.allocate(64, 16)).toThrow(code('CLOSED'));
  });

  test('that is given back', () => {
    const { next, cache, end } = interrupted();
    cache.deallocate(cache.allocate(64, 16), 64, 16);
    let seen = false;
    next.deallocate = () => {
      seen = true;
      expect(() => cache.close()).toThrow(code('BUSY'));
    };
    cache.flush();
    expect(seen).toBe(true);
    cache.deallocate(cache.allocate(64, 16), 64, 16);
    end();
  });

  test('but one that is closing does so', () => {
    const { next, cache, end } = interrupted();
    cache.deallocate(cache.allocate(64, 16), 64, 16);
    next.deallocate = () => cache.close();
    end();
    expect(cache.stats()).toMatchObject({ blocks: 0, bytes: 0 });
  });
});
