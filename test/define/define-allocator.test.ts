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
import { written } from '../compose/support/forms.js';
import { contractCases } from '../contract/cases.js';
import type { Door } from '../contract/doors.js';
import { code } from '../support/errors.js';
import { expectNoLeaks } from '../support/leaks.js';
import { least, raw } from './support/definition.js';

expectNoLeaks();

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

test('exhaustion is an error of ours through the checked functions, and 0 through `unsafe`', () => {
  const a = defineAllocator({ ...least, allocate: () => 0, reallocate: () => 0 });
  expect(() => a.allocate(100, 16)).toThrow(AllomorphError);
  expect(() => a.allocate(100, 16)).toThrow(code('OUT_OF_MEMORY'));
  expect(a.unsafe.allocate(100, 16)).toBe(0);
});
