import { constants } from 'node:buffer';
import { Block, globalAllocator, system, type BlockOptions } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';
import { fill, holds } from '../support/memory.js';
import { backends } from './support/allocators.js';

expectNoLeaks();

describe.each(backends)('on $name', (allocator) => {
  test('the bytes are at the address, and are counted as its allocator gave them', () => {
    const before = allocator.live();
    const block = Block.allocate(1000, { allocator });
    expect(allocator.live()).toEqual({
      blocks: before.blocks + 1,
      bytes: before.bytes + block.usableSize,
    });
    expect(block).toMatchObject({ size: 1000, align: 16, allocator, external: true, freed: false });
    expect(block.usableSize).toBe(allocator.usableSize(1000, 16));
    expect(block.bytes).toBeInstanceOf(Buffer);
    expect(block.bytes).toHaveLength(1000);
    expect(block.bytes.buffer.byteLength).toBe(1000);
    expect(block.bytes).toBe(block.bytes);
    fill(block.address, 1000, 1);
    const copy = Buffer.from(block.bytes);
    expect(holds(block.address, 1000, 1)).toBe(true);
    block.bytes.fill(0);
    expect(holds(block.address, 1000, 1)).toBe(false);
    expect(copy.some((byte) => byte !== 0)).toBe(true);
    block.free();
    expect(allocator.live()).toEqual(before);
  });

  test.each([1, 2, 8, 16, 64, 4096, 65_536, 2 ** 21])('alignment %d', (align) => {
    for (const size of [1, 24, 5000]) {
      const block = Block.allocate(size, { allocator, align });
      expect(block.address % align).toBe(0);
      expect(block.resize(size * 3).address % align).toBe(0);
      block.free();
    }
  });

  test('zero: all bytes are 0, also in memory that was used before, and those that resize adds', () => {
    for (const size of [1, 100, 5000, 100_000, 3_000_000]) {
      const dirty = Block.allocate(size * 3, { allocator });
      dirty.bytes.fill(0xee);
      dirty.free();
      const block = Block.allocate(size, { allocator, zero: true });
      expect(block.bytes.every((byte) => byte === 0)).toBe(true);
      block.bytes.fill(7);
      block.resize(Math.ceil(size / 2)).resize(size * 3);
      const kept = Math.ceil(size / 2);
      expect(block.bytes.subarray(0, kept).every((byte) => byte === 7)).toBe(true);
      expect(block.bytes.subarray(kept).every((byte) => byte === 0)).toBe(true);
      block.free();
    }
  });

  test('resize keeps the content, growing and shrinking, with views and without', () => {
    const sizes = [10, 11, 200, 150, 5000, 4999, 100_000, 70_000, 5_000_000, 1_000_000, 40, 1];
    for (const looksAtBytes of [true, false]) {
      const block = Block.allocate(1, { allocator });
      fill(block.address, 1, 0);
      for (const [index, size] of sizes.entries()) {
        if (looksAtBytes) expect(block.bytes).toHaveLength(block.size);
        const kept = Math.min(block.size, size);
        expect(block.resize(size)).toBe(block);
        expect(block.size).toBe(size);
        expect(block.usableSize).toBeGreaterThanOrEqual(size);
        expect(holds(block.address, kept, index)).toBe(true);
        fill(block.address, size, index + 1);
      }
      block.free();
    }
  });

  test('a shrunk block does not keep twice the bytes it needs', () => {
    const block = Block.allocate(10_000_000, { allocator });
    const before = allocator.live().bytes;
    block.resize(1000);
    expect(block.usableSize).toBeLessThan(2000);
    expect(before - allocator.live().bytes).toBeGreaterThan(9_000_000);
    block.free();
  });

  test('the same size is no change', () => {
    const block = Block.allocate(100, { allocator });
    const { bytes, address } = block;
    block.resize(100);
    expect(block.bytes).toBe(bytes);
    expect(bytes).toHaveLength(100);
    expect(block.address).toBe(address);
    block.free();
  });

  test('a resize that fails changes nothing', () => {
    const block = Block.allocate(100, { allocator });
    const { bytes, address } = block;
    bytes.fill(9);
    const codes = [
      [0, 'ERR_ALLOMORPH_INVALID_SIZE'],
      [1.5, 'ERR_ALLOMORPH_INVALID_SIZE'],
      [2 ** 53 - 1, 'ERR_ALLOMORPH_OUT_OF_MEMORY'],
      ['100', 'ERR_ALLOMORPH_INVALID_SIZE'],
    ] as const;
    for (const [size, code] of codes) {
      expect(() => block.resize(size as number)).toThrow(expect.objectContaining({ code }));
      expect(block).toMatchObject({ size: 100, address, bytes });
      expect(bytes.every((byte) => byte === 9)).toBe(true);
    }
    block.free();
  });

  test('the checked door does not know it: nobody frees it but the block', () => {
    const block = Block.allocate(100, { allocator });
    const refused = expect.objectContaining({ code: 'ERR_ALLOMORPH_UNKNOWN_BLOCK' });
    expect(() => allocator.deallocate(block.address, 100, 16)).toThrow(refused);
    expect(() => allocator.reallocate(block.address, 100, 200, 16)).toThrow(refused);
    expect(() => allocator.reallocateInplace(block.address, 100, 200, 16)).toThrow(refused);
    block.free();
  });

  test('using frees it, also after an error; a block that was freed before is left alone', () => {
    const before = allocator.live();
    const use = () => {
      using block = Block.allocate(100, { allocator });
      using second = Block.allocate(100, { allocator });
      second.free();
      block.bytes.fill(1);
      throw new Error('on the way');
    };
    expect(use).toThrow('on the way');
    expect(allocator.live()).toEqual(before);
  });
});

test('without an allocator it is the global one', () => {
  const block = Block.allocate(10);
  expect(block.allocator).toBe(system);
  expect(globalAllocator()).toBe(system);
  block.free();
});

test.each<[string, unknown, BlockOptions | null, string]>([
  ['size 0', 0, {}, 'ERR_ALLOMORPH_INVALID_SIZE'],
  ['size -1', -1, {}, 'ERR_ALLOMORPH_INVALID_SIZE'],
  ['size 1n', 1n, {}, 'ERR_ALLOMORPH_INVALID_SIZE'],
  ['size NaN', NaN, {}, 'ERR_ALLOMORPH_INVALID_SIZE'],
  ['no size', undefined, {}, 'ERR_ALLOMORPH_INVALID_SIZE'],
  ['align 3', 8, { align: 3 }, 'ERR_ALLOMORPH_INVALID_ALIGNMENT'],
  ['align 0', 8, { align: 0 }, 'ERR_ALLOMORPH_INVALID_ALIGNMENT'],
  ['align 2 ** 31', 8, { align: 2 ** 31 }, 'ERR_ALLOMORPH_INVALID_ALIGNMENT'],
  ['align "16"', 8, { align: '16' as never }, 'ERR_ALLOMORPH_INVALID_ALIGNMENT'],
  ['zero 1', 8, { zero: 1 as never }, 'ERR_ALLOMORPH_INVALID_ARGUMENT'],
  ['a name', 8, { allocator: 'system' as never }, 'ERR_ALLOMORPH_INVALID_ARGUMENT'],
  ['an empty object', 8, { allocator: {} as never }, 'ERR_ALLOMORPH_INVALID_ARGUMENT'],
  ['null', 8, { allocator: null as never }, 'ERR_ALLOMORPH_INVALID_ARGUMENT'],
  ['no options', 8, null, 'ERR_ALLOMORPH_INVALID_ARGUMENT'],
  // From Node 24 on a Buffer may be as long as sizes can be told.
  [
    'more than a Buffer, or than memory',
    Math.min(constants.MAX_LENGTH + 1, Number.MAX_SAFE_INTEGER),
    {},
    'ERR_ALLOMORPH_OUT_OF_MEMORY',
  ],
])('refused: %s', (_name, size, options, code) => {
  expect(() => Block.allocate(size as number, options!)).toThrow(expect.objectContaining({ code }));
});

test('a constructor call cannot make one', () => {
  const Constructor = Block as unknown as new (...args: unknown[]) => Block;
  expect(() => new Constructor()).toThrow();
  expect(() => new Constructor(Symbol('Block'), { size: 8 })).toThrow('Block.allocate');
  expect(() => Block.prototype.free.call({})).toThrow(TypeError);
});

test.each(['off', 0, null, 'true'])('trackForgotten(%p) is refused', (on) => {
  expect(() => Block.trackForgotten(on as never)).toThrow(
    expect.objectContaining({ code: 'ERR_ALLOMORPH_INVALID_ARGUMENT' }),
  );
});
