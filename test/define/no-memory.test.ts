import {
  Block,
  BufferPool,
  bump,
  checked,
  defineAllocator,
  fallback,
  segregated,
  system,
  type Address,
  type Allocator,
} from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';

expectNoLeaks();

describe('a reallocate that is allocate and a copy writes to no address that is no memory', () => {
  const header = 16;
  const allocator = defineAllocator({
    name: 'header',
    // Null is not looked at.
    allocate: (size, align) => system.unsafe.allocate(size + header, align) + header,
    deallocate: (address, size, align) => {
      system.unsafe.deallocate((address - header) as Address, size + header, align);
    },
  });
  const fault = expect.objectContaining({
    code: 'ERR_ALLOMORPH_BAD_ALLOCATOR',
    message: expect.stringMatching(
      /^header is at fault: allocate of 4503599627370496 bytes aligned to 1 returned 0x10, /,
    ) as string,
  }) as Error;

  test.each(['checked', 'unsafe'] as const)('%s: the old block stays as it was', (door) => {
    const functions = door === 'checked' ? allocator : allocator.unsafe;
    const address = functions.allocate(100, 1);
    expect(() => functions.reallocate(address, 100, 2 ** 52, 1)).toThrow(fault);
    functions.deallocate(address, 100, 1);
    expect(allocator.live()).toEqual({ blocks: 0, bytes: 0 });
  });
});

describe('an allocator may manage what is no memory, which nobody writes to', () => {
  const endOfMemory = process.arch === 'x64' ? 2 ** 47 : 2 ** 48;
  const nowhere = [16, 4096, endOfMemory - 64, endOfMemory, 2 ** 48, 2 ** 52];
  const giving = (address: number) =>
    defineAllocator({ name: 'mine', allocate: () => address, deallocate: () => undefined });
  const refused = (address: number) =>
    expect.objectContaining({
      code: 'ERR_ALLOMORPH_BAD_ALLOCATOR',
      message: expect.stringContaining(` returned 0x${address.toString(16)}, `) as string,
    }) as Error;

  test.each(nowhere)('its checked functions pass %d on', (address) => {
    const allocator = giving(address);
    expect(allocator.allocate(100, 16)).toBe(address);
    allocator.deallocate(address as Address, 100, 16);
    expect(allocator.live().blocks).toBe(0);
  });

  test.each(nowhere)('a Block is refused at %d', (address) => {
    expect(() => Block.allocate(100, { allocator: giving(address) })).toThrow(refused(address));
  });

  test('a Block is not moved there, and is what it was', () => {
    const next: { address?: number } = {};
    const allocator = defineAllocator({
      name: 'mine',
      allocate: (size, align) => next.address ?? system.unsafe.allocate(size, align),
      deallocate: (address, size, align) => {
        system.unsafe.deallocate(address, size, align);
      },
    });
    using block = Block.allocate(100, { allocator });
    block.bytes.fill(7);
    next.address = 4096;
    expect(() => block.resize(5000)).toThrow(refused(4096));
    expect([...block.bytes]).toEqual(Array(100).fill(7));
  });

  test.each([4096, endOfMemory, 2 ** 52])(
    'a buffer of a BufferPool is refused at %d',
    (address) => {
      const pool = new BufferPool({ allocator: giving(address) });
      expect(() => pool.alloc(100)).toThrow(refused(address));
      pool.close();
    },
  );

  test.each(nowhere)('checked refuses to write its redzones at %d', (address) => {
    using debug = checked(giving(address), { leaks: 'off' });
    expect(() => debug.allocate(100, 16)).toThrow(refused(address));
    expect(debug.live()).toEqual({ blocks: 0, bytes: 0 });
  });

  const some = (has: (size: number) => boolean, otherwise: number) =>
    defineAllocator({
      name: 'mine',
      allocate: (size, align) => (has(size) ? system.unsafe.allocate(size, align) : otherwise),
      deallocate: (address, size, align) => {
        if (has(size)) system.unsafe.deallocate(address, size, align);
      },
    });
  const isSmall = (size: number) => size < 1000;
  test.each<[string, () => Allocator]>([
    ['bump', () => bump(some(isSmall, 4096), { chunk: 128 })],
    ['fallback', () => fallback(some(isSmall, 0), some(isSmall, 4096))],
    ['segregated', () => segregated(1000, system, some(isSmall, 4096))],
    ['defineAllocator, from there', () => some((size) => !isSmall(size), 4096)],
    [
      'segregated, from there',
      () =>
        segregated(
          1000,
          some(() => false, 4096),
          system,
        ),
    ],
  ])('%s does not move a block there', (_name, make) => {
    const allocator: Allocator & Partial<Disposable> = make();
    const address = allocator.allocate(100, 16);
    const bad = expect.objectContaining({ code: 'ERR_ALLOMORPH_BAD_ALLOCATOR' }) as Error;
    expect(() => allocator.reallocate(address, 100, 5000, 16)).toThrow(bad);
    allocator.deallocate(address, 100, 16);
    allocator[Symbol.dispose]?.();
  });
});
