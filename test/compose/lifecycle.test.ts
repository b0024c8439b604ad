import {
  Block,
  BufferPool,
  abiTable,
  bump,
  cached,
  checked,
  counted,
  failing,
  fallback,
  limited,
  logged,
  segregated,
  setGlobalAllocator,
  system,
  type Allocator,
} from 'allomorph';
import { code } from '../support/errors.js';
import { expectNoLeaks } from '../support/leaks.js';
import { forms } from './support/forms.js';

expectNoLeaks();

const makers = {
  limited: (over: Allocator) => limited(over, 1e6),
  counted,
  logged: (over: Allocator) => logged(over, () => undefined),
  'logged to a file': (over: Allocator) => logged(over, '/dev/null'),
  fallback: (over: Allocator) => fallback(over, over),
  segregated: (over: Allocator) => segregated(100, over, over),
  bump: (over: Allocator) => bump(over),
  failing: (over: Allocator) => failing(over, { after: 100 }),
  checked: (over: Allocator) => checked(over, { leaks: 'off' }),
};
const cases = forms.flatMap(({ form, over }) =>
  Object.entries(makers).map(([block, make]) => ({ form, over, block, make })),
);

describe.each(cases)('$block over $form', ({ over, make }) => {
  test('a closed one refuses everything, and closing again does nothing', () => {
    const a = make(over);
    a.deallocate(a.allocate(64, 16), 64, 16);
    a.close();
    a.close();
    a[Symbol.dispose]();
    for (const door of [a, a.unsafe]) {
      for (const call of [
        () => door.allocate(64, 16),
        () => door.deallocate(4096 as never, 64, 16),
        () => door.reallocate(4096 as never, 64, 128, 16),
        () => door.reallocateInplace(4096 as never, 64, 128, 16),
        () => door.usableSize(64, 16),
      ]) {
        expect(call).toThrow(code('CLOSED'));
      }
    }
    for (const use of [
      () => counted(a),
      () => cached(a),
      () => Block.allocate(64, { allocator: a }),
      () => fallback(system, a),
      () => segregated(64, a, system),
      () => setGlobalAllocator(a),
      () => abiTable(a),
    ]) {
      expect(use).toThrow(code('CLOSED'));
    }
  });

  test('is not closed while a block is live', () => {
    const a = make(over);
    const block = a.allocate(64, 16);
    expect(() => a.close()).toThrow(code('BUSY'));
    a.deallocate(block, 64, 16);
    a.close();
  });

  test('is not closed while others stand in front of it', () => {
    const a = make(over);
    const fronts = [counted(a), fallback(a, system), bump(a), cached(a), checked(a)];
    for (const front of fronts) {
      front.deallocate(front.allocate(64, 16), 64, 16);
      expect(() => a.close()).toThrow(code('BUSY'));
      front.close();
    }
    a.close();
  });

  test('a cache gives it up as soon as it is closed, and its last block comes back', () => {
    const a = make(over);
    const cache = cached(a);
    const block = cache.allocate(64, 16);
    cache.close();
    expect(() => a.close()).toThrow(code('BUSY'));
    cache.deallocate(block, 64, 16);
    expect(a.live().blocks).toBe(0);
    a.close();
  });

  test('serves a Block and a pool', () => {
    const a = make(over);
    const block = Block.allocate(100, { allocator: a });
    block.bytes.fill(7);
    block.resize(3000);
    expect([...block.bytes.subarray(0, 100)]).toEqual(Array(100).fill(7));
    expect(() => a.close()).toThrow(code('BUSY'));
    block.free();
    expect(a.live().blocks).toBe(0);
    a.close();
  });
});

test.each(forms)('a pool has its slabs from a chain over $form', ({ over }) => {
  using a = counted(over);
  const pool = new BufferPool({ allocator: a });
  const buffers = Array.from({ length: 20 }, (_, index) => pool.alloc(1000 + index));
  expect(a.counts().liveBlocks).toBeGreaterThan(0);
  for (const buffer of buffers) pool.free(buffer);
  pool.close();
  expect(a.counts().liveBlocks).toBe(0);
});

test.each(forms)('a bump over $form is not reset under those who use it', ({ over }) => {
  using a = bump(over);
  const refused = () => expect(() => a.reset()).toThrow(code('BUSY'));
  const block = Block.allocate(100, { allocator: a });
  block.bytes.fill(1);
  refused();
  block.free();
  const cache = cached(a);
  refused();
  cache.close();
  const front = limited(a, 1000);
  refused();
  front.close();
  a.reset();
});

test('a native one in front of which one in JavaScript stands is not closed', () => {
  const behind = limited(system, 10_000);
  const front = logged(behind, () => undefined);
  expect(() => behind.close()).toThrow(code('BUSY'));
  front.close();
  behind.close();
});

describe('arguments', () => {
  const noAllocator = [undefined, null, 5, 'system', {}, { allocate: () => 0 }];
  test.each([
    ['limited', (a: never) => limited(a, 10)],
    ['counted', (a: never) => counted(a)],
    ['logged', (a: never) => logged(a, 'stderr')],
    ['fallback, first', (a: never) => fallback(a, system)],
    ['fallback, second', (a: never) => fallback(system, a)],
    ['segregated, small', (a: never) => segregated(10, a, system)],
    ['segregated, large', (a: never) => segregated(10, system, a)],
    ['bump', (a: never) => bump(a)],
    ['failing', (a: never) => failing(a, { after: 1 })],
  ])('%s refuses what is no allocator', (_, make) => {
    for (const value of noAllocator) {
      expect(() => make(value as never)).toThrow(code('INVALID_ARGUMENT'));
    }
  });

  test('a number that is left out: the message names the function and its parameters', () => {
    const [limit, segregate] = [limited, segregated] as unknown as ((a: unknown) => void)[];
    expect(() => limit!(system)).toThrow(/^limited\(allocator, bytes\): bytes must be an integer/);
    expect(() => segregate!(system)).toThrow(
      /^segregated\(threshold, small, large\): threshold must be/,
    );
  });

  const numbers = [0, -1, 1.5, NaN, Infinity, 2 ** 53, '10', 10n, null, Symbol('s')];
  test.each<[string, (value: never) => unknown, readonly unknown[]]>([
    ['limited: bytes', (value) => limited(system, value), [...numbers, undefined]],
    [
      'segregated: threshold',
      (value) => segregated(value, system, system),
      [...numbers, undefined],
    ],
    ['bump: options', (value) => bump(system, value), [null, 5, { size: 5 }]],
    [
      'bump: chunk',
      (value) => bump(system, { chunk: value }),
      [...numbers.filter((each) => each !== null), 127],
    ],
    [
      'failing: options',
      (value) => failing(system, value),
      [undefined, null, 5, {}, { seed: 1 }, { every: 2 }],
    ],
    ['failing: after', (value) => failing(system, { after: value }), numbers.slice(1)],
    [
      'failing: probability',
      (value) => failing(system, { probability: value }),
      [-0.1, 1.1, NaN, '0.5', null],
    ],
    ['failing: seed', (value) => failing(system, { after: 1, seed: value }), numbers.slice(1)],
    ['logged: sink', (value) => logged(system, value), [undefined, null, '', 5, {}, { write: 5 }]],
  ])('%s', (_, make, values) => {
    const before = counted(system); // a place for a backend
    before.close();
    for (const value of values) {
      expect(() => make(value as never)).toThrow(code('INVALID_ARGUMENT'));
    }
  });
});

test('a log file that cannot be opened is told with the reason', () => {
  for (const over of forms.map(({ over: each }) => each)) {
    expect(() => logged(over, '/nonexistent/log')).toThrow(code('SYSTEM'));
    expect(() => logged(over, 'a\0b')).toThrow(code('INVALID_ARGUMENT'));
  }
});
