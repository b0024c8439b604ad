import { cached, jemalloc, system, type Address, type CachedAllocator } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';
import { fill, holds } from '../support/memory.js';
import { caches } from './support/allocators.js';

const tested = caches();
// After them: their hook, which closes them, has to run before that which counts.
expectNoLeaks();

const refuses = (code: string, use: () => unknown) =>
  expect(use).toThrow(expect.objectContaining({ code: `ERR_ALLOMORPH_${code}` }));

type Use = (cache: CachedAllocator, address: Address, size: number, align: number) => unknown;
const uses: [string, Use][] = [
  ['deallocate', (cache, ...block) => cache.deallocate(...block)],
  ['reallocate', (cache, address, size, align) => cache.reallocate(address, size, 200, align)],
  [
    'reallocateInplace',
    (cache, address, size, align) => cache.reallocateInplace(address, size, 200, align),
  ],
];

describe.each(tested)('cached($kind)', ({ cache, behind }) => {
  describe.each(uses)('%s refuses', (_name, use) => {
    test('a block that was freed, wherever it lies now', () => {
      const blocks = Array.from({ length: 300 }, () => cache.allocate(64, 16));
      for (const address of blocks) cache.deallocate(address, 64, 16);
      for (const address of blocks) refuses('UNKNOWN_BLOCK', () => use(cache, address, 64, 16));
      cache.flush();
      for (const address of blocks) refuses('UNKNOWN_BLOCK', () => use(cache, address, 64, 16));
    });

    test('a freed address that is live again with another size', () => {
      const first = cache.allocate(64, 16);
      cache.deallocate(first, 64, 16);
      const second = cache.allocate(64, 16);
      expect(second).toBe(first);
      refuses('SIZE_MISMATCH', () => use(cache, first, 1000, 16));
      cache.deallocate(second, 64, 16);
    });

    test('a wrong size, a wrong alignment and an address inside the block', () => {
      const address = cache.allocate(100, 16);
      const usable = cache.usableSize(100, 16);
      refuses('SIZE_MISMATCH', () => use(cache, address, usable + 1, 16));
      refuses('SIZE_MISMATCH', () => use(cache, address, 100_000, 16));
      refuses('SIZE_MISMATCH', () => use(cache, address, 1, 16));
      refuses('INVALID_ADDRESS', () => use(cache, (address + 8) as Address, 100, 16));
      refuses('UNKNOWN_BLOCK', () => use(cache, (address + 16) as Address, 100, 16));
      refuses('UNKNOWN_BLOCK', () => use(cache, (address + 4) as Address, 100, 4));
      const wrong = address % 64 === 0 ? 'ALIGNMENT_MISMATCH' : 'INVALID_ADDRESS';
      refuses(wrong, () => use(cache, address, 100, 64));
      cache.deallocate(address, 100, 16);
    });

    test('a block of the allocator behind, of another one, of another cache, of `unsafe`', () => {
      using other = cached(behind);
      const theirs = behind.allocate(64, 16);
      const others = other.allocate(64, 16);
      const raw = cache.unsafe.allocate(64, 16);
      const foreignCode = behind.name === 'scripted' ? 'UNKNOWN_BLOCK' : 'FOREIGN_BLOCK';
      refuses(foreignCode, () => use(cache, theirs, 64, 16));
      refuses('UNKNOWN_BLOCK', () => use(cache, others, 64, 16));
      refuses('UNKNOWN_BLOCK', () => use(cache, raw, 64, 16));
      behind.deallocate(theirs, 64, 16);
      other.deallocate(others, 64, 16);
      cache.unsafe.deallocate(raw, 64, 16);
      if (!jemalloc.available) return;
      const foreign = (behind === jemalloc ? system : jemalloc).allocate(64, 16);
      refuses(foreignCode, () => use(cache, foreign, 64, 16));
      (behind === jemalloc ? system : jemalloc).deallocate(foreign, 64, 16);
    });

    test('a large block that is claimed to be small', () => {
      const address = cache.allocate(100_000, 16);
      const code = behind.name === 'scripted' ? 'UNKNOWN_BLOCK' : 'SIZE_MISMATCH';
      refuses(code, () => use(cache, address, 64, 16));
      cache.deallocate(address, 100_000, 16);
    });
  });

  test('a refused call changes neither the block nor what is held', () => {
    const address = cache.allocate(100, 16);
    fill(address, 100, 1);
    const before = cache.stats();
    for (const [, use] of uses) refuses('SIZE_MISMATCH', () => use(cache, address, 5000, 16));
    expect(cache.stats()).toEqual(before);
    expect(holds(address, 100, 1)).toBe(true);
    cache.deallocate(address, 100, 16);
  });

  test('any size of the class and any alignment up to 16 is right', () => {
    const usable = cache.usableSize(100, 16);
    for (let size = 100; size <= usable; size++) {
      for (const align of [1, 2, 4, 8, 16]) {
        cache.deallocate(cache.allocate(100, 16), size, align);
      }
    }
  });

  test('a block with alignment above 16 keeps its rules', () => {
    const address = cache.allocate(64, 64);
    refuses('SIZE_MISMATCH', () => cache.deallocate(address, 10, 64));
    refuses('UNKNOWN_BLOCK', () => cache.deallocate((address + 64) as Address, 64, 64));
    cache.deallocate(address, 64, 64);
    refuses('UNKNOWN_BLOCK', () => cache.deallocate(address, 64, 64));
  });
});
