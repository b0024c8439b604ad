import { Block, system, type Address, type Allocator } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';
import { backends, passingOn, slots } from './support/allocators.js';

expectNoLeaks();

test.each(backends)(
  'each call reaches the allocator, which gets everything back ($name)',
  (inner) => {
    const allocator = passingOn(inner);
    const block = Block.allocate(1000, { allocator, align: 64 });
    expect(block.allocator).toBe(allocator);
    expect(allocator.live).toEqual(new Map([[block.address, 1000]]));
    block.bytes.fill(1);
    block.resize(990).resize(500_000).resize(10);
    expect([...allocator.live.keys()]).toEqual([block.address]);
    expect(block.bytes.every((byte) => byte === 1)).toBe(true);
    block.free();
    expect(allocator.live.size).toBe(0);
  },
);

test.each(backends)(
  'what it got from a checked door cannot be freed under the block ($name)',
  (inner) => {
    const allocator = passingOn(inner);
    const block = Block.allocate(1000, { allocator });
    const refused = expect.objectContaining({ code: 'ERR_ALLOMORPH_UNKNOWN_BLOCK' });
    for (const size of [1000, 1001, 3000]) {
      block.resize(size);
      expect(() => inner.deallocate(block.address, size, 16)).toThrow(refused);
    }
    block.free();
  },
);

test('it resizes in place as far as its allocator says', () => {
  const allocator = slots(system, 4);
  const block = Block.allocate(100, { allocator });
  const { address } = block;
  block.bytes.fill(4);
  expect(block.usableSize).toBe(64 * 1024);
  block.resize(64 * 1024);
  expect(block.address).toBe(address);
  expect(block.bytes.subarray(0, 100).every((byte) => byte === 4)).toBe(true);
  expect(() => block.resize(64 * 1024 + 1)).toThrow('no slot left');
  expect(block).toMatchObject({ size: 64 * 1024, address });
  // So small that staying would waste the slot: it asks for another one.
  block.resize(100);
  expect(block.address).not.toBe(address);
  expect(allocator.live.size).toBe(1);
  block.free();
  expect(allocator.live.size).toBe(0);
  allocator.close();
});

test('a shrink stays where it is when there is no better place', () => {
  const allocator = slots(system, 1);
  const block = Block.allocate(60_000, { allocator });
  const { address } = block;
  block.resize(100);
  expect(block).toMatchObject({ size: 100, address });
  block.free();
  allocator.close();
});

test.each([0, -1, 1.5, NaN, undefined, '4096', 8n, 24])(
  'an allocator that returns %p is refused',
  (result) => {
    const allocator = { ...passingOn(system), allocate: () => result as unknown as Address };
    expect(() => Block.allocate(100, { allocator })).toThrow(
      expect.objectContaining({ code: 'ERR_ALLOMORPH_INVALID_ADDRESS' }),
    );
  },
);

test('what its functions throw comes through, and nothing is lost', () => {
  const inner = passingOn(system);
  let failing = '';
  const fail = (name: string) => {
    if (name === failing) throw new Error(`${name} fails`);
  };
  const allocator: Allocator = {
    ...inner,
    unsafe: inner,
    allocate: (size, align) => (fail('allocate'), inner.allocate(size, align)),
    deallocate: (...args) => {
      fail('deallocate');
      inner.deallocate(...args);
    },
    reallocateInplace: (...args) => (fail('reallocateInplace'), inner.reallocateInplace(...args)),
  };
  failing = 'allocate';
  expect(() => Block.allocate(100, { allocator })).toThrow('allocate fails');
  failing = '';
  const block = Block.allocate(100, { allocator });
  block.bytes.fill(3);
  for (failing of ['allocate', 'reallocateInplace']) {
    expect(() => block.resize(5000)).toThrow(`${failing} fails`);
    expect(block.size).toBe(100);
    expect(block.bytes.every((byte) => byte === 3)).toBe(true);
  }
  failing = 'reallocateInplace';
  expect(() => block.resize(90)).toThrow('reallocateInplace fails');
  expect(block.bytes).toHaveLength(100);
  expect(block.bytes.every((byte) => byte === 3)).toBe(true);
  failing = 'deallocate';
  const { bytes, address } = block;
  expect(() => block.free()).toThrow('deallocate fails');
  expect(block.freed).toBe(true);
  expect(bytes).toHaveLength(0);
  expect(() => block.free()).toThrow(expect.objectContaining({ code: 'ERR_ALLOMORPH_FREED' }));
  inner.deallocate(address, 100, 16);
});

test('an allocator that uses the block from inside a call is refused', () => {
  const inner = passingOn(system);
  const seen: string[] = [];
  const made: Block[] = [];
  const misuse = () => {
    for (const act of [
      () => made[0]?.free(),
      () => made[0]?.resize(7),
      () => made[0]?.resize(700_000),
      () => made[0]?.[Symbol.dispose](),
    ]) {
      try {
        act();
      } catch (error) {
        seen.push((error as { code: string }).code);
      }
    }
  };
  const allocator: Allocator = {
    ...inner,
    unsafe: inner,
    allocate: (size, align) => (misuse(), inner.allocate(size, align)),
    reallocateInplace: (...args) => (misuse(), inner.reallocateInplace(...args)),
    deallocate: (...args) => {
      misuse();
      inner.deallocate(...args);
    },
  };
  const block = Block.allocate(100, { allocator });
  made.push(block);
  block.bytes.fill(2);
  block.resize(200_000);
  expect(seen.length).toBeGreaterThanOrEqual(8);
  expect(new Set(seen)).toEqual(new Set(['ERR_ALLOMORPH_BUSY']));
  expect(block.bytes.subarray(0, 100).every((byte) => byte === 2)).toBe(true);
  seen.length = 0;
  block.free();
  expect(new Set(seen)).toEqual(new Set(['ERR_ALLOMORPH_FREED']));
  expect(inner.live.size).toBe(0);
});

test('what inherits from a native allocator is called through its own functions', () => {
  let calls = 0;
  const allocator = Object.assign(Object.create(system) as Allocator, {
    allocate: (size: number, align: number) => ((calls += 1), system.allocate(size, align)),
    deallocate: (address: Address, size: number, align: number) =>
      system.deallocate(address, size, align),
    usableSize: (size: number) => size,
  });
  const block = Block.allocate(100, { allocator });
  expect(calls).toBe(1);
  block.free();
});

test('a move whose old place is not taken back is done: zeroed, and reported', () => {
  const inner = passingOn(system);
  let failing = false;
  const allocator: Allocator = {
    ...inner,
    unsafe: inner,
    reallocateInplace: (_address, oldSize) => oldSize,
    deallocate: (...block) => {
      inner.deallocate(...block);
      if (failing) throw new Error('on purpose');
    },
  };
  const emitted = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const block = Block.allocate(100, { allocator, zero: true });
  block.bytes.fill(7);
  failing = true;
  block.resize(4096);
  failing = false;
  expect(block.size).toBe(4096);
  expect(block.bytes.subarray(0, 100).every((byte) => byte === 7)).toBe(true);
  expect(block.bytes.subarray(100).every((byte) => byte === 0)).toBe(true);
  block.free();
  const codes = emitted.mock.calls.map(([, settings]) => (settings as { code?: string }).code);
  emitted.mockRestore();
  expect(codes).toEqual(['ALLOMORPH_DEALLOCATION_FAILED']);
});
