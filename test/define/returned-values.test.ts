import { defineAllocator, type Address } from 'allomorph';
import { code } from '../support/errors.js';
import { expectNoLeaks } from '../support/leaks.js';
import { fill, holds } from '../support/memory.js';
import { least, raw } from './support/definition.js';

expectNoLeaks();

const bad = (...parts: string[]) => {
  const text = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
  return expect.objectContaining({
    code: 'ERR_ALLOMORPH_BAD_ALLOCATOR',
    message: expect.stringMatching(new RegExp(`^d is at fault: .*${text}`)),
  }) as unknown as Error;
};

describe('what the functions return is validated', () => {
  /** Memory of the test's own, in which a script says where blocks are. */
  const arena = { start: 0 as Address, size: 1 << 20 };
  beforeAll(() => {
    arena.start = raw.allocate(arena.size, 4096);
  });
  afterAll(() => raw.deallocate(arena.start, arena.size, 4096));

  /** Each function returns what the test says next. */
  const scripted = () => {
    const next: Record<'address' | 'usable' | 'inplace', unknown> = {
      address: arena.start,
      usable: undefined,
      inplace: 0,
    };
    const allocator = defineAllocator({
      name: 'd',
      allocate: () => next.address as number,
      deallocate: () => undefined,
      reallocate: () => next.address as number,
      reallocateInplace: () => next.inplace as number,
      usableSize: (size) => (next.usable === undefined ? size : (next.usable as number)),
    });
    return { next, allocator };
  };

  const noAddresses = [undefined, null, -16, 1.5, NaN, Infinity, 2 ** 53, '4096', 4096n, {}, true];

  test.each(noAddresses.map((value) => [value]))('an address that is none: %p', (value) => {
    const { next, allocator } = scripted();
    const block = allocator.allocate(100, 16);
    next.address = value;
    expect(() => allocator.allocate(100, 1)).toThrow(bad('allocate of 100', 'must be the address'));
    expect(() => allocator.reallocate(block, 100, 50, 16)).toThrow(
      bad('reallocate of 50', 'must be the address'),
    );
    expect(allocator.live()).toEqual({ blocks: 1, bytes: 100 });
    allocator.deallocate(block, 100, 16);
  });

  test('an address that is not aligned', () => {
    const { next, allocator } = scripted();
    const block = allocator.allocate(100, 64);
    next.address = arena.start + 1024 + 32;
    expect(() => allocator.allocate(100, 64)).toThrow(
      bad('aligned to 64', 'multiple of the alignment'),
    );
    expect(() => allocator.reallocate(block, 100, 50, 64)).toThrow(
      bad('multiple of the alignment'),
    );
    allocator.deallocate(block, 100, 64);
    expect(allocator.live().blocks).toBe(0);
  });

  test.each([
    ['the same address', 0, 16],
    ['the last byte', 96, 16],
    ['the first byte', -16, 17],
    ['around it', -64, 500],
  ])('a block that overlaps a live one: %s', (_, offset, size) => {
    const { next, allocator } = scripted();
    next.address = arena.start + 4096;
    const block = allocator.allocate(97, 16);
    next.address = arena.start + 8192;
    const other = allocator.allocate(97, 16);
    next.address = block + offset;
    expect(() => allocator.allocate(size, 16)).toThrow(
      bad('must not overlap a live block', block.toString(16)),
    );
    expect(() => allocator.reallocate(other, 97, size, 16)).toThrow(bad('must not overlap'));
    expect(allocator.live().blocks).toBe(2);
    // Next to it is right, and so is a moved block over its own old bytes.
    next.address = block + 112;
    const beside = allocator.allocate(16, 16);
    next.address = other + 16;
    const moved = allocator.reallocate(other, 97, 200, 16);
    for (const [address, bytes] of [
      [block, 97],
      [beside, 16],
      [moved, 200],
    ] as const) {
      allocator.deallocate(address, bytes, 16);
    }
  });

  test('usable bytes must not overlap either', () => {
    const { next, allocator } = scripted();
    const block = allocator.allocate(100, 16);
    next.address = arena.start + 112;
    const other = allocator.allocate(100, 16);
    allocator.deallocate(block, 100, 16);
    next.address = block;
    next.usable = 128;
    expect(() => allocator.allocate(100, 16)).toThrow(bad('must not overlap', 'its 128 bytes'));
    next.usable = undefined;
    allocator.deallocate(other, 100, 16);
  });

  test.each([
    [undefined],
    [null],
    [99],
    [0],
    [-1],
    [100.5],
    [NaN],
    [Infinity],
    [2 ** 53],
    ['100'],
    [100n],
  ])('a usable size that is none: %p', (value) => {
    const allocator = defineAllocator({ ...least, usableSize: () => value as number });
    const broken = bad('usableSize(100, 16)', 'must be an integer of at least the size');
    expect(() => allocator.usableSize(100, 16)).toThrow(broken);
    // Before anything is allocated: nothing leaks.
    expect(() => allocator.allocate(100, 16)).toThrow(broken);
    expect(allocator.live().blocks).toBe(0);
  });

  test.each([
    [undefined, 'must be the usable size'],
    [0, 'must be the usable size'],
    [-1, 'must be the usable size'],
    [150.5, 'must be the usable size'],
    ['200', 'must be the usable size'],
    [2 ** 53, 'must be the usable size'],
    [150, 'must be the usable size it had, 100'],
    [99, 'must be the usable size it had, 100'],
    [5000, 'must not overlap a live block'],
  ])('a result of reallocateInplace that is wrong: %p', (value, rule) => {
    const { next, allocator } = scripted();
    const block = allocator.allocate(100, 16);
    next.address = arena.start + 4096;
    const other = allocator.allocate(100, 16);
    next.inplace = value;
    expect(() => allocator.reallocateInplace(block, 100, 200, 16)).toThrow(
      bad('reallocateInplace', rule),
    );
    // As it was.
    next.inplace = 300;
    expect(allocator.reallocateInplace(block, 100, 200, 16)).toBe(300);
    expect(() => allocator.deallocate(block, 301, 16)).toThrow(code('SIZE_MISMATCH'));
    allocator.deallocate(block, 200, 16);
    allocator.deallocate(other, 100, 16);
  });

  test('what a function throws passes through, and nothing has changed', () => {
    const error = new Error('mine');
    let broken = false;
    const guard = <Result>(result: () => Result): Result => {
      if (broken) throw error;
      return result();
    };
    const allocator = defineAllocator({
      name: 'd',
      allocate: (size, align) => guard(() => raw.allocate(size, align)),
      deallocate: (address, size, align) => guard(() => raw.deallocate(address, size, align)),
      reallocate: (address, old, size, align) =>
        guard(() => raw.reallocate(address, old, size, align)),
      reallocateInplace: (_address, old) => guard(() => old),
      usableSize: (size) => size,
    });
    const block = allocator.allocate(100, 16);
    fill(block, 100, 9);
    broken = true;
    for (const call of [
      () => allocator.allocate(1, 1),
      () => allocator.deallocate(block, 100, 16),
      () => allocator.reallocate(block, 100, 200, 16),
      () => allocator.reallocateInplace(block, 100, 200, 16),
    ]) {
      expect(call).toThrow(error);
      expect(allocator.live()).toEqual({ blocks: 1, bytes: 100 });
    }
    broken = false;
    expect(holds(block, 100, 9)).toBe(true);
    allocator.deallocate(block, 100, 16);
  });
});
