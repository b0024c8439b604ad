import {
  AllomorphError,
  cached,
  jemalloc,
  setGlobalAllocator,
  system,
  type Allocator,
} from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';
import { caches } from './support/allocators.js';

const tested = caches();
// After them: their hook, which closes them, has to run before that which counts.
expectNoLeaks();

const bad = {
  size: [0, -1, 1.5, NaN, Infinity, 2 ** 53, '64', 64n, null, undefined, {}, Symbol('64')],
  align: [0, 3, 24, -16, 2.5, NaN, 2 ** 31, 2 ** 32 + 16, '16', 16n, undefined, Symbol('16')],
  address: [0, -0, -4096, 4096.5, NaN, 2 ** 53, '4096', 4096n, undefined, 4097, Symbol('4096')],
} as const;

const calls: readonly [keyof typeof bad, string, (value: unknown) => unknown[]][] = [
  ['size', 'allocate', (value) => [value, 16]],
  ['size', 'usableSize', (value) => [value, 16]],
  ['size', 'deallocate', (value) => [4096, value, 16]],
  ['size', 'reallocate', (value) => [4096, value, 64, 16]],
  ['size', 'reallocate', (value) => [4096, 64, value, 16]],
  ['size', 'reallocateInplace', (value) => [4096, value, 64, 16]],
  ['size', 'reallocateInplace', (value) => [4096, 64, value, 16]],
  ['align', 'allocate', (value) => [64, value]],
  ['align', 'usableSize', (value) => [64, value]],
  ['align', 'deallocate', (value) => [4096, 64, value]],
  ['align', 'reallocate', (value) => [4096, 64, 128, value]],
  ['align', 'reallocateInplace', (value) => [4096, 64, 128, value]],
  ['address', 'deallocate', (value) => [value, 64, 16]],
  ['address', 'reallocate', (value) => [value, 64, 128, 16]],
  ['address', 'reallocateInplace', (value) => [value, 64, 128, 16]],
];
const codes = {
  size: 'ERR_ALLOMORPH_INVALID_SIZE',
  align: 'ERR_ALLOMORPH_INVALID_ALIGNMENT',
  address: 'ERR_ALLOMORPH_INVALID_ADDRESS',
};

describe.each(tested)('cached($kind) refuses', ({ cache }) => {
  const any = cache as unknown as Record<string, (...args: unknown[]) => unknown>;

  test.each(calls)('a bad %s in %s', (kind, method, args) => {
    for (const value of bad[kind]) {
      expect(() => any[method]!(...args(value))).toThrow(
        expect.objectContaining({ code: codes[kind], name: 'AllomorphError' }),
      );
    }
  });
});

test.each([
  ['no allocator', () => cached(undefined as never)],
  ['a name', () => cached('jemalloc' as never)],
  ['half an allocator', () => cached({ allocate: system.allocate.bind(system) } as never)],
  ['no options', () => cached(system, null as never)],
  ['an unknown option', () => cached(system, { depth: 4 } as never)],
  ['maxSize 0', () => cached(system, { maxSize: 0 })],
  ['maxSize 65,537', () => cached(system, { maxSize: 65_537 })],
  ['maxBytes -1', () => cached(system, { maxBytes: -1 })],
  ['maxBytes 1.5', () => cached(system, { maxBytes: 1.5 })],
  ['idle NaN', () => cached(system, { idle: NaN })],
  ['idle "1"', () => cached(system, { idle: '1' as never })],
])('cached refuses %s', (_name, make) => {
  expect(make).toThrow(expect.objectContaining({ code: 'ERR_ALLOMORPH_INVALID_ARGUMENT' }));
});

test('an allocator that is not there refuses by itself', () => {
  if (jemalloc.available) {
    using cache = cached(jemalloc);
    expect(cache.name).toBe('cached(jemalloc)');
    return;
  }
  expect(() => cached(jemalloc)).toThrow(
    expect.objectContaining({ code: 'ERR_ALLOMORPH_UNAVAILABLE' }),
  );
});

test('it cannot be the global allocator, and says so', () => {
  using cache: Allocator & Disposable = cached(system);
  expect(() => setGlobalAllocator(cache)).toThrow(AllomorphError);
  expect(() => setGlobalAllocator(cache)).toThrow(
    expect.objectContaining({ code: 'ERR_ALLOMORPH_NOT_NATIVE' }),
  );
});
