import { AllomorphError, cached, type Address } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';
import { fill, holds } from '../support/memory.js';
import { Scripted } from './support/scripted.js';

expectNoLeaks();

const exhausted = expect.objectContaining({ code: 'ERR_ALLOMORPH_OUT_OF_MEMORY' });

test('a refill that finds only some blocks hands out these, then throws', () => {
  const behind = new Scripted();
  behind.limit = 10 * 96;
  using cache = cached(behind);
  const blocks = Array.from({ length: 10 }, () => cache.allocate(64, 16));
  expect(() => cache.allocate(64, 16)).toThrow(exhausted);
  expect(() => cache.allocate(64, 16)).toThrow('the limit of the script is reached');
  expect(cache.unsafe.allocate(64, 16)).toBe(0);
  for (const address of blocks) cache.deallocate(address, 64, 16);
  expect(cache.stats().blocks).toBe(10);
});

test('before it throws, the other magazines give their blocks back', () => {
  const behind = new Scripted();
  behind.limit = 4800;
  using cache = cached(behind);
  const small = Array.from({ length: 100 }, () => cache.allocate(48, 16));
  for (const address of small) cache.deallocate(address, 48, 16);
  expect(behind.bytes).toBeGreaterThan(0);
  const large = cache.allocate(3000, 16);
  cache.deallocate(large, 3000, 16);
  const half = cache.unsafe.allocate(1500, 16);
  expect(half).not.toBe(0);
  cache.unsafe.deallocate(half, 1500, 16);
});

test('the same for sizes without a magazine, and for reallocate', () => {
  const behind = new Scripted();
  behind.limit = 50_000;
  using cache = cached(behind);
  const hold = () => {
    const blocks = Array.from({ length: 20 }, () => cache.allocate(1000, 16));
    for (const address of blocks) cache.deallocate(address, 1000, 16);
    expect(cache.stats().bytes).toBeGreaterThan(5000);
  };
  hold();
  let address = cache.allocate(46_000, 16);
  cache.deallocate(address, 46_000, 16);
  address = cache.allocate(100, 16);
  hold();
  address = cache.reallocate(address, 100, 46_000, 16);
  cache.deallocate(address, 46_000, 16);
  let raw = cache.unsafe.allocate(100, 16);
  hold();
  raw = cache.unsafe.reallocate(raw, 100, 46_000, 16);
  expect(raw).not.toBe(0);
  cache.unsafe.deallocate(raw, 46_000, 16);
});

test.each([
  [100, 5000],
  [5000, 100],
  [100, 100_000],
  [100_000, 5000],
  [100_000, 200_000],
])('a reallocate from %d to %d that fails leaves the block as it was', (from, to) => {
  const behind = new Scripted();
  using cache = cached(behind);
  const address = cache.allocate(from, 16);
  const raw = cache.unsafe.allocate(from, 16);
  fill(address, from, 1);
  fill(raw, from, 2);
  // Below what is used already, so that not even shrinking works.
  behind.limit = -1_000_000;
  expect(() => cache.reallocate(address, from, to, 16)).toThrow(exhausted);
  expect(cache.unsafe.reallocate(raw, from, to, 16)).toBe(0);
  expect(holds(address, from, 1) && holds(raw, from, 2)).toBe(true);
  cache.deallocate(address, from, 16);
  cache.unsafe.deallocate(raw, from, 16);
});

test('what else the allocator throws comes through, and nothing has changed', () => {
  const behind = new Scripted();
  using cache = cached(behind);
  const address = cache.allocate(100_000, 16);
  behind.refusal = new TypeError('not now');
  expect(() => cache.deallocate(address, 100_000, 16)).toThrow('not now');
  cache.deallocate(address, 100_000, 16);
});

test.each([8, 0.5, -16, NaN, '16', undefined, 2 ** 60])(
  'an allocator that hands out the address %p is told so',
  (value) => {
    const behind = new Scripted();
    behind.allocate = () => value as Address;
    using cache = cached(behind);
    const error = (() => {
      try {
        return cache.allocate(64, 16);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(AllomorphError);
    expect(error).toMatchObject({ code: 'ERR_ALLOMORPH_INVALID_ADDRESS' });
  },
);
