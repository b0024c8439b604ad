import {
  AllomorphError,
  Block,
  BufferPool,
  cached,
  defineAllocator,
  setGlobalAllocator,
  system,
  type Address,
  type AllocatorDefinition,
} from 'allomorph';
import { contractCases } from '../contract/cases.js';
import type { Door } from '../contract/doors.js';
import { written } from '../compose/support/forms.js';
import { expectNoLeaks } from '../support/leaks.js';
import { fill, holds } from '../support/memory.js';

expectNoLeaks();

const code = (name: string) =>
  expect.objectContaining({ code: `ERR_ALLOMORPH_${name}` }) as unknown as Error;
const bad = (...parts: string[]) => {
  const text = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
  return expect.objectContaining({
    code: 'ERR_ALLOMORPH_BAD_ALLOCATOR',
    message: expect.stringMatching(new RegExp(`^d is at fault: .*${text}`)),
  }) as unknown as Error;
};

const raw = system.unsafe;
/** The least that a definition must have. */
const least = {
  name: 'd',
  allocate: (size: number, align: number): number => raw.allocate(size, align),
  deallocate: (address: Address, oldSize: number, align: number): void => {
    raw.deallocate(address, oldSize, align);
  },
} satisfies AllocatorDefinition;

describe.each([
  { form: 'with all functions', make: () => written() },
  { form: 'with two functions', make: () => defineAllocator(least) },
])('$form', ({ make }) => {
  const allocator = make();
  const doors: Door[] = [
    { name: 'checked', backend: 'other', allocator, exhausted: 'throws' },
    { name: 'unsafe', backend: 'other', allocator: allocator.unsafe, exhausted: 'zero' },
  ];
  describe.each(doors)('contract, $name', (door) => {
    test.each(contractCases)('$name', ({ run }) => {
      run(door);
    });
  });

  test('serves Block, BufferPool and cached', () => {
    const block = Block.allocate(100, { allocator });
    block.bytes.fill(7);
    block.resize(5000);
    expect([...block.bytes.subarray(0, 100)]).toEqual(Array(100).fill(7));
    block.free();
    const pool = new BufferPool({ allocator });
    pool.free(pool.alloc(1000));
    pool.close();
    using cache = cached(allocator);
    cache.deallocate(cache.allocate(100, 16), 100, 16);
    cache.close();
    expect(allocator.live()).toEqual({ blocks: 0, bytes: 0 });
  });

  test('cannot be the global allocator', () => {
    expect(() => setGlobalAllocator(allocator)).toThrow(code('NOT_NATIVE'));
  });

  // State by call: what is allowed, and what is refused with the block as it was.
  const calls = {
    deallocate: (address: Address) => allocator.deallocate(address, 96, 16),
    reallocate: (address: Address) => allocator.reallocate(address, 96, 192, 16),
    reallocateInplace: (address: Address) => allocator.reallocateInplace(address, 96, 96, 16),
  };
  const never = (64 * 1024) as Address;
  test.each(Object.entries(calls))('%s of a live block (allowed)', (name, call) => {
    const block = allocator.allocate(96, 16);
    const result = call(block);
    if (name === 'reallocate') allocator.deallocate(result as Address, 192, 16);
    else if (name !== 'deallocate') allocator.deallocate(block, 96, 16);
    expect(allocator.live().blocks).toBe(0);
  });
  test.each(Object.entries(calls))('%s of a freed one or none (blocked)', (_, call) => {
    const block = allocator.allocate(96, 16);
    allocator.deallocate(block, 96, 16);
    expect(() => call(block)).toThrow(code('UNKNOWN_BLOCK'));
    expect(() => call(never)).toThrow(code('UNKNOWN_BLOCK'));
  });
  test.each(Object.entries(calls))(
    "%s of the system's, or through `unsafe` (blocked)",
    (_, call) => {
      const foreign = system.allocate(96, 16);
      expect(() => call(foreign)).toThrow(code('FOREIGN_BLOCK'));
      system.deallocate(foreign, 96, 16);
      const unchecked = allocator.unsafe.allocate(96, 16);
      expect(() => call(unchecked)).toThrow(code('UNKNOWN_BLOCK'));
      allocator.unsafe.deallocate(unchecked, 96, 16);
    },
  );
});

test('what is missing is derived', () => {
  const calls: string[] = [];
  const a = defineAllocator({
    name: 'd',
    allocate(size, align) {
      calls.push(`allocate ${size} ${align}`);
      return raw.allocate(size, align);
    },
    deallocate(address, oldSize, align) {
      calls.push(`deallocate ${oldSize} ${align}`);
      raw.deallocate(address, oldSize, align);
    },
  });
  for (const door of [a, a.unsafe]) {
    const block = door.allocate(100, 32);
    fill(block, 100, 1);
    expect(door.usableSize(100, 32)).toBe(100);
    expect(door.reallocateInplace(block, 100, 50, 32)).toBe(100);
    expect(door.reallocateInplace(block, 100, 101, 32)).toBe(100);
    const moved = door.reallocate(block, 100, 300, 32);
    expect(holds(moved, 100, 1)).toBe(true);
    door.deallocate(moved, 300, 32);
    expect(calls.splice(0)).toEqual([
      'allocate 100 32',
      'allocate 300 32',
      'deallocate 100 32',
      'deallocate 300 32',
    ]);
  }
});

test('the derived reallocate leaves the old block when memory is exhausted, or its release fails', () => {
  let fault: Error | undefined;
  let exhausted = false;
  const a = defineAllocator({
    ...least,
    allocate: (size, align) => (exhausted ? 0 : raw.allocate(size, align)),
    deallocate(address, oldSize, align) {
      const error = fault;
      fault = undefined;
      if (error !== undefined) throw error;
      raw.deallocate(address, oldSize, align);
    },
  });
  const block = a.allocate(100, 16);
  fill(block, 100, 1);
  exhausted = true;
  expect(() => a.reallocate(block, 100, 200, 16)).toThrow(code('OUT_OF_MEMORY'));
  exhausted = false;
  fault = new Error('not now');
  expect(() => a.reallocate(block, 100, 200, 16)).toThrow('not now');
  expect(holds(block, 100, 1)).toBe(true);
  expect(a.live()).toEqual({ blocks: 1, bytes: 100 });
  a.deallocate(block, 100, 16);
});

describe('the definition', () => {
  test.each([
    ['none', undefined],
    ['null', null],
    ['a function', () => undefined],
    ['without a name', { ...least, name: undefined }],
    ['with an empty name', { ...least, name: '' }],
    ['with a number as name', { ...least, name: 5 }],
    ['without allocate', { name: 'd', deallocate: least.deallocate }],
    ['without deallocate', { name: 'd', allocate: least.allocate }],
    ...['allocate', 'deallocate', 'reallocate', 'reallocateInplace', 'usableSize'].map(
      (key): [string, unknown] => [`with ${key} that is no function`, { ...least, [key]: 5 }],
    ),
    ['with null for an optional one', { ...least, usableSize: null }],
    ['with a misspelt one', { ...least, realloc: least.allocate }],
  ])('%s', (_, definition) => {
    expect(() => defineAllocator(definition as never)).toThrow(code('INVALID_ARGUMENT'));
  });

  test('may be an object of a class', () => {
    class Mine implements AllocatorDefinition {
      readonly name = 'mine';
      allocate(size: number, align: number) {
        expect(this).toBeInstanceOf(Mine);
        return raw.allocate(size, align);
      }
      deallocate(address: Address, oldSize: number, align: number) {
        raw.deallocate(address, oldSize, align);
      }
    }
    const a = defineAllocator(new Mine());
    a.deallocate(a.allocate(64, 16), 64, 16);
    expect(a.name).toBe('mine');
  });
});

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

test('exhaustion is an error of ours through the checked functions, and 0 through `unsafe`', () => {
  const a = defineAllocator({ ...least, allocate: () => 0, reallocate: () => 0 });
  expect(() => a.allocate(100, 16)).toThrow(AllomorphError);
  expect(() => a.allocate(100, 16)).toThrow(code('OUT_OF_MEMORY'));
  expect(a.unsafe.allocate(100, 16)).toBe(0);
});
