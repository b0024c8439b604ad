import fc from 'fast-check';
import type { Address, AllomorphError, CachedAllocator } from 'allomorph';
import { seed } from '../model/check.js';
import { expectNoLeaks } from '../support/leaks.js';
import { caches } from './support/allocators.js';

// One cache through both doors: the checked one keeps a record of its blocks, of which `unsafe`, and the
// batches between the magazines and the allocator behind, know nothing.

const tested = caches();
// After them: their hook, which closes them, has to run before that which counts.
expectNoLeaks();

/** Without `expect`, as it is asked a hundred thousand times. */
function expectRefusal(use: () => void): void {
  try {
    use();
  } catch (error) {
    if ((error as AllomorphError).code === 'ERR_ALLOMORPH_UNKNOWN_BLOCK') return;
    throw error;
  }
  throw new Error('it was accepted');
}

interface Held {
  readonly address: Address;
  readonly size: number;
  readonly door: 'checked' | 'unsafe';
}

/** Frees it through its own door; the checked one refuses a second time, and what `unsafe` gave. */
function free(cache: CachedAllocator, { address, size, door }: Held): void {
  const checked = () => {
    cache.deallocate(address, size, 16);
  };
  if (door === 'checked') checked();
  expectRefusal(checked);
  if (door === 'unsafe') cache.unsafe.deallocate(address, size, 16);
}

const stepOf = (kind: 'allocate' | 'unsafe' | 'free', most: number) =>
  fc.record({ kind: fc.constant(kind), count: fc.nat(most) });
const step = fc.oneof(
  { weight: 6, arbitrary: stepOf('allocate', 40) },
  { weight: 6, arbitrary: stepOf('unsafe', 40) },
  { weight: 10, arbitrary: stepOf('free', 80) },
  { weight: 1, arbitrary: fc.constant({ kind: 'flush', count: 1 } as const) },
);

const sizes = [64, 64, 1000, 16_000];

describe.each(tested)('cached($kind)', ({ cache }) => {
  test(`blocks of both doors through the same magazines, in any order (SEED=${String(seed)})`, () => {
    const held: Held[] = [];
    const uses = {
      allocate: (size: number) =>
        held.push({ address: cache.allocate(size, 16), size, door: 'checked' }),
      unsafe: (size: number) =>
        held.push({ address: cache.unsafe.allocate(size, 16), size, door: 'unsafe' }),
      free: (_size: number, index: number) => {
        const [block] = held.splice((index * 7) % (held.length || 1), 1);
        if (block !== undefined) free(cache, block);
      },
      flush: () => {
        cache.flush();
      },
    };
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
        for (const { kind, count } of steps) {
          for (let index = 0; index < count; index++) uses[kind](sizes[index % 4] ?? 0, index);
        }
        while (held.length > 0) uses.free(0, held.length);
      }),
      { seed, numRuns: 150 },
    );
  });

  test('the record grows, and forgets pages whose blocks are free in magazines', () => {
    // The smallest, side by side: places of a page that were given to two would be seen.
    const allocateSmall = () => Array.from({ length: 40_000 }, () => cache.allocate(16, 16));
    const small = allocateSmall();
    for (const address of small) cache.deallocate(address, 16, 16);
    // 160 MB: most of its pages are new, and there is room for one at first.
    const large = Array.from({ length: 10_000 }, () => cache.allocate(16_000, 16));
    const again = allocateSmall();
    for (const address of large) {
      free(cache, { address, size: 16_000, door: 'checked' });
    }
    for (const address of again) free(cache, { address, size: 16, door: 'checked' });
    for (const address of large) {
      expectRefusal(() => {
        cache.deallocate(address, 16_000, 16);
      });
    }
  });
});
