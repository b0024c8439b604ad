import { cached, system, type Address, type Allocator } from 'allomorph';
import { run } from '../support/child.js';
import { expectNoLeaks } from '../support/leaks.js';
import { kinds } from './support/allocators.js';
import { Scripted } from './support/scripted.js';

expectNoLeaks();

test.each(['forgotten', 'idle'])('a refusal while nobody calls is a warning: %s', (when) => {
  const source = `
    const { cached, system } = require('allomorph');
    const allocator = {
      name: 'refusing', allocate: (size, align) => system.allocate(size, align),
      deallocate() { throw new Error('on purpose'); }, reallocate() {}, reallocateInplace() {}, usableSize: (size) => size,
    };
    const codes = [];
    process.on('warning', ({ code }) => codes.push(code));
    (() => {
      const cache = cached(allocator, { idle: ${when === 'idle' ? '20' : '0'} });
      cache.deallocate(cache.allocate(64, 16), 64, 16);
      if (${String(when === 'idle')}) globalThis.kept = cache;
    })();
    (async () => {
      for (let round = 0; round < 100 && codes.length === 0; round++) {
        gc();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      console.log(codes.join());
      process.exit();
    })();`;
  const child = run(process.execPath, ['--expose-gc', '--no-warnings', '-e', source]);
  expect(child).toMatchObject({
    status: 0,
    stderr: '',
    stdout: 'ALLOMORPH_DEALLOCATION_FAILED\n',
  });
});

test('what inherits from a native allocator is called through its own functions', () => {
  let calls = 0;
  const behind = Object.create(system, {
    name: { value: 'counting' },
    usableSize: { value: (size: number) => size },
    allocate: {
      value: (size: number, align: number) => ((calls += 1), system.allocate(size, align)),
    },
    deallocate: {
      value: (address: Address, size: number, align: number) =>
        system.deallocate(address, size, align),
    },
  }) as Allocator;
  using cache = cached(behind);
  cache.deallocate(cache.allocate(64, 16), 64, 16);
  expect(calls).toBeGreaterThan(0);
});

test.each([0, NaN, -16, '16', undefined])(
  'a block without a magazine at the address %p is refused',
  (value) => {
    const behind = new Scripted();
    behind.allocate = () => value as Address;
    using cache = cached(behind);
    expect(() => cache.allocate(100_000, 16)).toThrow(
      expect.objectContaining({ code: 'ERR_ALLOMORPH_INVALID_ADDRESS' }),
    );
  },
);

test('exhaustion is known by its code', () => {
  const behind = new Scripted();
  behind.allocate = () => {
    throw Object.assign(new Error('of another copy'), { code: 'ERR_ALLOMORPH_OUT_OF_MEMORY' });
  };
  using cache = cached(behind);
  expect(cache.unsafe.allocate(64, 16)).toBe(0);
});

test('an allocator that uses the cache from inside deallocate mixes no classes', () => {
  const sizes = new Map<number, number>();
  const wrong: number[] = [];
  let [next, armed] = [0x1000_0000, false];
  let held: Address[] = [];
  const behind: Allocator = {
    name: 're-entrant',
    unsafe: system.unsafe,
    allocate: (size) => {
      const address = next;
      next += Math.ceil(size / 16) * 16;
      sizes.set(address, size);
      return address as Address;
    },
    deallocate: (address, size) => {
      if (sizes.get(address) !== size) wrong.push(address);
      sizes.delete(address);
      const nested = armed ? held.pop() : undefined;
      if (nested !== undefined) cache.deallocate(nested, 32, 16);
    },
    reallocate: () => 0 as Address,
    reallocateInplace: (_address, oldSize) => oldSize,
    usableSize: (size) => size,
  };
  const cache = cached(behind, { maxBytes: 2 ** 30, idle: 0 });
  const take = (count: number, size: number) =>
    Array.from({ length: count }, () => cache.allocate(size, 16));
  for (let round = 0; round < 12; round++) {
    for (const address of take(4096, 32)) cache.deallocate(address, 32, 16);
  }
  for (const address of take(200, 48)) cache.deallocate(address, 48, 16);
  const blocks = take(8000, 32);
  held = blocks.splice(0, 4000);
  armed = true;
  for (const address of blocks) cache.deallocate(address, 32, 16);
  armed = false;
  const live = [...take(600, 48), ...take(6000, 32)];
  expect(new Set(live).size).toBe(live.length);
  cache.close();
  expect(wrong).toEqual([]);
});

describe.each(kinds)('a block of $kind that was shrunk in place', ({ behind }) => {
  const pairs: [number, number][] = [
    [40_000, 100],
    [40_000, 39_000],
    [128, 16],
    [128, 100],
  ];
  test.each(pairs)(
    'from %i to %i is freed with any size from the new to the usable',
    (from, to) => {
      using cache = cached(behind);
      for (const claim of ['asked', 'usable'] as const) {
        const address = cache.allocate(from, 16);
        const usable = cache.reallocateInplace(address, from, to, 16);
        expect(usable).toBeGreaterThanOrEqual(to);
        if (to > 16) {
          expect(() => cache.deallocate(address, 1, 16)).toThrow(/oldSize|not a live block|size/);
        }
        cache.deallocate(address, claim === 'asked' ? to : usable, 16);
        const again = cache.allocate(from, 16);
        cache.reallocateInplace(again, from, to, 16);
        const moved = cache.reallocate(again, to, 60_000, 16);
        cache.deallocate(moved, 60_000, 16);
        expect(() => cache.deallocate(moved, 60_000, 16)).toThrow();
      }
    },
  );

  // Each lies in a MiB of its own, so that the record of live blocks grows while it is written.
  test('and many of them, all over the address space', () => {
    using cache = cached(behind);
    // The second time slightly smaller, so that blocks lie where others of another size were.
    for (const size of [3 * 2 ** 20, 3 * 2 ** 20 - 8192]) {
      const blocks = Array.from({ length: 40 }, () => cache.allocate(size, 16));
      const usable = blocks.map((address) => cache.reallocateInplace(address, size, 100, 16));
      blocks.forEach((address, index) => {
        cache.deallocate(address, usable[index]!, 16);
      });
    }
  });
});
