import { cached, type Address } from 'allomorph';
import { refusing } from '../compose/support/refusing.js';
import { expectNoLeaks } from '../support/leaks.js';

// Over an allocator in JavaScript that uses the very cache in front of it: whatever was counted before it was called, it
// gets no block back twice, and none is handed out twice.

expectNoLeaks();

const bytes = 2000; // for all magazines, so that each takes from the others

test('one that allocates as it gets a block back that is in the way', () => {
  const behind = refusing();
  using cache = cached(behind, { maxBytes: bytes, idle: 0 });
  const once = (when: 'allocate' | 'deallocate', use: () => void) => {
    behind.before[when] = () => {
      behind.before = {};
      use();
    };
  };
  const within: Address[] = [];
  once('allocate', () => within.push(cache.allocate(531, 16)));
  const outer = cache.allocate(1261, 16);
  cache.deallocate(outer, 1261, 16);
  const [first] = within as [Address];
  once('deallocate', () => within.push(cache.allocate(863, 16)));
  cache.deallocate(first, 531, 16);
  const [, second] = within as [Address, Address];
  cache.deallocate(second, 863, 16);
  cache.close();
  expect(behind.live()).toEqual({ blocks: 0, bytes: 0 });
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])('any calls from within, seed %i', (seed) => {
  let state = seed;
  const below = (most: number) => {
    state = (state * 48_271) % 0x7fffffff; // Park and Miller's generator
    return state % most;
  };
  const behind = refusing();
  using cache = cached(behind, { maxBytes: bytes, idle: 0 });
  const live = new Map<Address, number>();
  const add = (address: Address, size: number) => {
    expect(live.has(address)).toBe(false);
    live.set(address, size);
  };
  const use = () => {
    const size = 1 + below(1500);
    const [address, before] = [...live][below(16)] ?? [];
    if (address === undefined || before === undefined) {
      add(cache.allocate(size, 16), size);
      return;
    }
    live.delete(address); // a call from within does not use it
    if (below(4) > 0) cache.deallocate(address, before, 16);
    else add(cache.reallocate(address, before, size, 16), size);
  };
  let depth = 0;
  const within = () => {
    if (depth === 2 || below(4) > 0) return;
    depth += 1;
    use();
    depth -= 1;
  };
  behind.before = { allocate: within, deallocate: within };
  for (let call = 0; call < 500; call++) use();
  behind.before = {};
  for (const [address, size] of live) cache.deallocate(address, size, 16);
  cache.close();
  expect(behind.live()).toEqual({ blocks: 0, bytes: 0 });
});
