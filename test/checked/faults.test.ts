import { AllomorphError, system, type CheckedAllocator, type CheckedFault } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';
import { fill, holds } from '../support/memory.js';
import { kinds, poisoned, withChecked } from './support/kinds.js';
import { poke } from './support/poke.js';

expectNoLeaks();

/** `file:line` of the call of this function. */
function here(): string {
  const [, , caller = ''] = new Error().stack?.split('\n') ?? [];
  return /([^/(]+\.ts:\d+):\d+\)?$/.exec(caller)?.[1] ?? 'no place';
}

function errorOf(call: () => unknown): AllomorphError & { values: CheckedFault } {
  try {
    call();
  } catch (error) {
    return error as AllomorphError & { values: CheckedFault };
  }
  throw new Error('nothing was thrown');
}

describe.each(poisoned)('checked($kind)', ({ behind, options }) => {
  test.each([1, 15, 16, 17, 100, 4096, 100_000])('overflow by one byte of %d bytes', (size) => {
    withChecked(behind, options, (allocator) => {
      const [address, place] = [allocator.allocate(size, 16), here()];
      poke(address + size);
      const error = errorOf(() => allocator.deallocate(address, size, 16));
      expect(error.code).toBe('ERR_ALLOMORPH_CORRUPTED');
      expect(error.message).toMatch(
        new RegExp(`overflow: the byte at offset ${size} was overwritten with 0x42`),
      );
      expect(error.message).toContain(`has ${size} bytes (alignment 16); it was allocated at `);
      expect(error.message).toContain(place);
      expect(error.values).toMatchObject({
        kind: 'overflow',
        address,
        size,
        align: 16,
        offset: size,
        value: 0x42,
        allocatedAt: expect.stringContaining(place),
      });
      allocator.deallocate(address, size, 16); // said once
      expect(allocator.stats()).toMatchObject({ liveBlocks: 0, keptBlocks: 1, faults: 1 });
    });
  });

  test('underflow', () => {
    withChecked(behind, options, (allocator) => {
      const address = allocator.allocate(100, 64);
      poke(address - 1);
      const error = errorOf(() => allocator.reallocate(address, 100, 200, 64));
      expect(error.code).toBe('ERR_ALLOMORPH_CORRUPTED');
      expect(error.values).toMatchObject({ kind: 'underflow', offset: -1 });
      allocator.deallocate(allocator.reallocate(address, 100, 200, 64), 200, 64);
    });
  });

  test('use after free, found by verify', () => {
    withChecked(behind, options, (allocator) => {
      const [address, allocated] = [allocator.allocate(100, 16), here()];
      fill(address, 100, 1);
      const freed = (allocator.deallocate(address, 100, 16), here());
      expect(allocator.verify()).toEqual([]);
      poke(address + 7);
      const [fault] = allocator.verify();
      expect(fault).toMatchObject({ kind: 'use-after-free', offset: 7, value: 0x42, size: 100 });
      expect(fault?.allocatedAt).toContain(allocated);
      expect(fault?.freedAt).toContain(freed);
      expect(fault?.message).toContain(allocated);
      expect(fault?.message).toContain(freed);
      poke(address + 7, 0xdf); // as it was: closing would report it, and rightly
    });
  });

  test('use after free, found when the block leaves the quarantine: by the call, which then changes nothing', () => {
    withChecked(behind, { ...options, quarantine: 200 }, (allocator) => {
      const address = allocator.allocate(96, 16);
      allocator.deallocate(address, 96, 16);
      poke(address + 95);
      const other = allocator.allocate(96, 16);
      const error = errorOf(() => allocator.deallocate(other, 96, 16));
      expect(error.code).toBe('ERR_ALLOMORPH_CORRUPTED');
      expect(error.values).toMatchObject({ kind: 'use-after-free', address, offset: 95 });
      expect(allocator.stats()).toMatchObject({ liveBlocks: 1, keptBlocks: 1 });
      allocator.deallocate(other, 96, 16);
    });
  });

  test('verify finds all that is wrong, without a call', () => {
    withChecked(behind, options, (allocator) => {
      const blocks = [10, 20, 30].map((size) => ({ size, address: allocator.allocate(size, 16) }));
      for (const { size, address } of blocks) poke(address + size);
      const found = allocator.verify().map(({ kind, size }) => [kind, size]);
      expect(found.sort()).toEqual([
        ['overflow', 10],
        ['overflow', 20],
        ['overflow', 30],
      ]);
      for (const { size, address } of blocks) {
        poke(address + size, 0xfd);
        allocator.deallocate(address, size, 16);
      }
    });
  });
});

describe.each(kinds)('checked($kind)', ({ behind, options }) => {
  const wrongCalls: {
    name: string;
    code: string;
    kind: string;
    call: (allocator: CheckedAllocator, address: never) => unknown;
  }[] = [
    {
      name: 'a wrong size',
      code: 'ERR_ALLOMORPH_SIZE_MISMATCH',
      kind: 'wrong-size',
      call: (allocator, address) => allocator.deallocate(address, 101, 16),
    },
    {
      name: 'a wrong size in reallocate',
      code: 'ERR_ALLOMORPH_SIZE_MISMATCH',
      kind: 'wrong-size',
      call: (allocator, address) => allocator.reallocate(address, 99, 200, 16),
    },
    {
      name: 'a wrong size in reallocateInplace',
      code: 'ERR_ALLOMORPH_SIZE_MISMATCH',
      kind: 'wrong-size',
      call: (allocator, address) => allocator.reallocateInplace(address, 99, 50, 16),
    },
    {
      name: 'a wrong alignment',
      code: 'ERR_ALLOMORPH_ALIGNMENT_MISMATCH',
      kind: 'wrong-alignment',
      call: (allocator, address) => allocator.deallocate(address, 100, 8),
    },
    {
      name: 'an address inside the block',
      code: 'ERR_ALLOMORPH_UNKNOWN_BLOCK',
      kind: 'interior-free',
      call: (allocator, address) =>
        allocator.deallocate(((address as number) + 32) as never, 68, 16),
    },
  ];

  test.each(wrongCalls)('$name: says which, and changes nothing', ({ code, kind, call }) => {
    withChecked(behind, options, (allocator) => {
      const [address, place] = [allocator.allocate(100, 16), here()];
      fill(address, 100, 3);
      const error = errorOf(() => call(allocator, address as never));
      expect(error.code).toBe(code);
      expect(error.values).toMatchObject({ kind, address, size: 100, align: 16 });
      expect(error.message).toContain(place);
      expect(holds(address, 100, 3)).toBe(true);
      expect(allocator.live()).toEqual({ blocks: 1, bytes: 100 });
      allocator.deallocate(address, 100, 16);
      expect(allocator.live()).toEqual({ blocks: 0, bytes: 0 });
    });
  });

  test('a double free names both places', () => {
    withChecked(behind, options, (allocator) => {
      const [address, allocated] = [allocator.allocate(100, 16), here()];
      const freed = (allocator.deallocate(address, 100, 16), here());
      const error = errorOf(() => allocator.deallocate(address, 100, 16));
      expect(error.code).toBe('ERR_ALLOMORPH_UNKNOWN_BLOCK');
      expect(error.message).toContain('double free');
      expect(error.message).toContain(allocated);
      expect(error.message).toContain(freed);
      expect(error.values.freedAt).toContain(freed);
    });
  });

  test('the old address of a reallocate is a freed block', () => {
    withChecked(behind, options, (allocator) => {
      const address = allocator.allocate(100, 16);
      fill(address, 100, 5);
      const moved = allocator.reallocate(address, 100, 300, 16);
      expect(moved).not.toBe(address);
      expect(holds(moved, 100, 5)).toBe(true);
      expect(errorOf(() => allocator.deallocate(address, 100, 16)).values.kind).toBe('double-free');
      allocator.deallocate(moved, 300, 16);
    });
  });

  test('blocks of others are refused', () => {
    withChecked(behind, options, (allocator) => {
      const other = system.allocate(100, 16);
      expect(errorOf(() => allocator.deallocate(other, 100, 16)).code).toBe(
        'ERR_ALLOMORPH_FOREIGN_BLOCK',
      );
      system.deallocate(other, 100, 16);
      expect(errorOf(() => allocator.deallocate(4096 as never, 100, 16)).code).toBe(
        'ERR_ALLOMORPH_UNKNOWN_BLOCK',
      );
    });
  });

  test('in place a block shrinks to any size, and never grows', () => {
    withChecked(behind, options, (allocator) => {
      const address = allocator.allocate(100, 16);
      expect(allocator.usableSize(100, 16)).toBe(100);
      expect(allocator.reallocateInplace(address, 100, 101, 16)).toBe(100);
      expect(allocator.reallocateInplace(address, 100, 90, 16)).toBe(90);
      allocator.deallocate(address, 90, 16);
    });
  });

  test('leaks lists what is live and where it was allocated', () => {
    withChecked(behind, options, (allocator) => {
      const [address, place] = [allocator.allocate(123, 16), here()];
      expect(allocator.leaks()).toEqual([
        expect.objectContaining({
          address,
          size: 123,
          align: 16,
          allocatedAt: expect.stringContaining(place),
        }),
      ]);
      allocator.deallocate(address, 123, 16);
      expect(allocator.leaks()).toEqual([]);
    });
  });

  test('without stacks the places are unknown, or native', () => {
    withChecked(behind, { ...options, stacks: false, frames: 4 }, (allocator) => {
      const address = allocator.allocate(100, 16);
      const [block] = allocator.leaks();
      expect(block?.allocatedAt).toBeUndefined();
      const native = behind.name !== 'scripted';
      expect(block?.nativeFrames.length).toBe(native ? 4 : 0);
      const { message } = errorOf(() => allocator.deallocate(address, 99, 16));
      expect(message).toContain(native ? 'by native code at ' : 'at an unknown place');
      allocator.deallocate(address, 100, 16);
    });
  });
});
