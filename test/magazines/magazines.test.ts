import { setTimeout as sleep } from 'node:timers/promises';
import { cached, globalAllocator, system, type CachedAllocator } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';
import { kinds } from './support/allocators.js';
import { Scripted } from './support/scripted.js';

expectNoLeaks();

const burst = (cache: CachedAllocator, blocks: number, size = 64) => {
  const held = Array.from({ length: blocks }, () => cache.allocate(size, 16));
  for (const address of held) cache.deallocate(address, size, 16);
};

describe.each(kinds)('cached($kind)', ({ kind, behind }) => {
  test('blocks in magazines are held, count as live behind, and go back by flush', () => {
    using cache = cached(behind);
    const before = system.live();
    burst(cache, 500);
    const { blocks, bytes } = cache.stats();
    expect(blocks).toBeGreaterThan(0);
    expect(bytes).toBe(blocks * cache.usableSize(64, 16));
    cache.flush();
    expect(cache.stats()).toMatchObject({ blocks: 0, bytes: 0 });
    expect(system.live()).toEqual(before);
  });

  test('the last freed block is the next one', () => {
    using cache = cached(behind);
    const address = cache.allocate(64, 16);
    cache.deallocate(address, 64, 16);
    expect(cache.allocate(50, 8)).toBe(address);
    cache.unsafe.deallocate(address, 64, 16);
  });

  test('hits, misses and batches add up', () => {
    using cache = cached(behind);
    burst(cache, 1000);
    const { hits, misses, refills, flushes } = cache.stats();
    expect(hits + misses).toBe(1000);
    expect(misses).toBe(refills);
    expect(refills).toBeGreaterThanOrEqual(Math.ceil(1000 / 64));
    expect(refills).toBeLessThan(40);
    expect(flushes).toBeGreaterThan(0);
  });

  test('depth follows the working set: after some rounds 1,000 live blocks need no batch', () => {
    using cache = cached(behind);
    for (let round = 0; round < 12; round++) burst(cache, 1000);
    const { refills, flushes } = cache.stats();
    for (let round = 0; round < 5; round++) burst(cache, 1000);
    expect(cache.stats()).toMatchObject({ refills, flushes });
    expect(cache.stats().blocks).toBeGreaterThanOrEqual(1000);
  });

  test('flush makes the magazines shallow again', () => {
    using cache = cached(behind);
    for (let round = 0; round < 12; round++) burst(cache, 1000);
    cache.flush();
    cache.deallocate(cache.allocate(64, 16), 64, 16);
    expect(cache.stats().blocks).toBeLessThanOrEqual(64);
  });

  test.each([0, 1000, 100_000, 4 * 2 ** 20])('never more than maxBytes: %d', (maxBytes) => {
    using cache = cached(behind, { maxBytes });
    let most = 0;
    for (let round = 0; round < 15; round++) {
      for (let size = 16; size <= 32_768; size *= 2) {
        burst(cache, 100, size);
        most = Math.max(most, cache.stats().bytes);
      }
    }
    expect(most).toBeLessThanOrEqual(maxBytes);
    if (maxBytes > 1000) expect(most).toBeGreaterThan(maxBytes / 8);
  });

  test('maxSize: larger blocks, and over-aligned ones, go through', () => {
    using cache = cached(behind, { maxSize: 1000 });
    expect(cache.usableSize(1000, 16)).toBeLessThanOrEqual(1008);
    for (const [size, align] of [
      [1009, 16],
      [64, 32],
      [100_000, 4096],
    ] as const) {
      expect(cache.usableSize(size, align)).toBe(behind.usableSize(size, align));
      cache.deallocate(cache.allocate(size, align), size, align);
    }
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 0, blocks: 0 });
  });

  test('usableSize: every class is at least the size, holds its own size, and wastes a fifth at most', () => {
    using cache = cached(behind);
    for (let size = 1; size <= 32_768; size++) {
      const usable = cache.usableSize(size, 8);
      expect(usable >= size && cache.usableSize(usable, 16) === usable).toBe(true);
      if (size > 128 && kind !== 'JavaScript') expect(usable - size).toBeLessThan(size / 4);
    }
  });

  test('idle: gives everything back, and begins anew', async () => {
    using cache = cached(behind, { idle: 20 });
    for (let round = 0; round < 2; round++) {
      burst(cache, 100);
      expect(cache.stats().blocks).toBeGreaterThan(0);
      for (let tries = 0; tries < 100 && cache.stats().blocks > 0; tries++) await sleep(20);
      expect(cache.stats().blocks).toBe(0);
    }
  });

  test('idle: an owner that goes on keeps its magazines', async () => {
    using cache = cached(behind, { idle: 50 });
    burst(cache, 100);
    for (let round = 0; round < 20; round++) {
      await sleep(10);
      burst(cache, 10);
    }
    expect(cache.stats().blocks).toBeGreaterThan(0);
  });
});

test('classes are those of the allocator behind', () => {
  using cache = cached(new Scripted());
  expect([1, 48, 49, 96, 97, 145].map((size) => cache.usableSize(size, 16))).toEqual([
    48, 48, 96, 96, 144, 192,
  ]);
});

test('two caches over one allocator, and a cache over a cache', () => {
  using one = cached(system);
  using two = cached(system);
  using upon = cached(one);
  const blocks = [one, two, upon].map((cache) => cache.allocate(64, 16));
  expect(new Set(blocks).size).toBe(3);
  [one, two, upon].forEach((cache, index) => cache.deallocate(blocks[index]!, 64, 16));
  expect(upon.name).toBe('cached(cached(system))');
});

test('the global allocator, while nothing is chosen: the choice is settled', () => {
  using cache = cached(globalAllocator());
  expect(cache.name).toBe(`cached(${globalAllocator().name})`);
  cache.deallocate(cache.allocate(64, 16), 64, 16);
});
