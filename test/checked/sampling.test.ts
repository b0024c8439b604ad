import { checked, system, type Address } from 'allomorph';
import { Scripted } from '../magazines/support/scripted.js';
import { expectNoLeaks } from '../support/leaks.js';
import { poke } from './support/poke.js';

expectNoLeaks();

const guarded = { level: 'page-guard', stacks: false, frames: 0, leaks: 'off' } as const;

test('without every all blocks have guards', () => {
  const allocator = checked(system, guarded);
  const addresses = Array.from({ length: 20 }, () => allocator.allocate(100, 16));
  expect(allocator.stats()).toMatchObject({ guardedBlocks: 20, unguardedBlocks: 0 });
  for (const address of addresses) allocator.deallocate(address, 100, 16);
  expect(allocator.stats()).toMatchObject({ guardedBlocks: 20, liveBlocks: 0 });
  allocator.close();
  expect(allocator.stats()).toMatchObject({ guardedBlocks: 0, unguardedBlocks: 0 });
});

test.each([2, 3, 20])(
  'every %d: one in so many, the others are checked as poison does',
  (every) => {
    const allocator = checked(system, { ...guarded, every });
    for (let index = 0; index < every * 10; index++) {
      const before = allocator.stats().guardedBlocks;
      const address: Address = allocator.allocate(64, 16);
      const isGuarded = allocator.stats().guardedBlocks > before;
      if (isGuarded) {
        allocator.deallocate(address, 64, 16);
        continue;
      }
      poke(address + 64);
      expect(() => allocator.deallocate(address, 64, 16)).toThrow(
        expect.objectContaining({ code: 'ERR_ALLOMORPH_CORRUPTED' }),
      );
      allocator.deallocate(address, 64, 16);
    }
    const blocks = { guardedBlocks: 10, unguardedBlocks: (every - 1) * 10 };
    expect(allocator.stats()).toMatchObject(blocks);
    allocator.close();
  },
);

test('level poison has no guards to count, neither over JavaScript', () => {
  for (const behind of [system, new Scripted()]) {
    const allocator = checked(behind, { leaks: 'off' });
    allocator.deallocate(allocator.allocate(64, 16), 64, 16);
    expect(allocator.stats()).toMatchObject({ guardedBlocks: 0, unguardedBlocks: 0 });
    allocator.close();
  }
});
