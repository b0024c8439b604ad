import {
  fallback,
  limited,
  segregated,
  type Address,
  type Allocator,
  type AllomorphError,
} from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';
import { fill, holds } from '../support/memory.js';
import { no, refusing, type Refusing } from './support/refusing.js';

// A reallocation that moves a block to another allocator, where the old one does not take it back.

expectNoLeaks();

const cases: readonly {
  name: string;
  sizes: readonly [number, number];
  make: (from: Refusing, to: Refusing) => Allocator & { close(): void };
}[] = [
  {
    name: 'segregated, to large',
    sizes: [50, 200],
    make: (from, to) => segregated(100, from, to),
  },
  {
    name: 'segregated, to small',
    sizes: [200, 50],
    make: (from, to) => segregated(100, to, from),
  },
  {
    name: 'fallback, to the second',
    sizes: [50, 200],
    make: (from, to) => fallback(limited(from, 100), to),
  },
];

test.each(cases)('$name: the new block is given back, the old one stays', ({ sizes, make }) => {
  const [from, to] = [refusing('from'), refusing('to')];
  const a = make(from, to);
  const [oldSize, size] = sizes;
  const block = a.allocate(oldSize, 16);
  fill(block, oldSize, 1);
  from.before.deallocate = no;
  expect(() => a.reallocate(block, oldSize, size, 16)).toThrow('not today');
  expect(to.live().blocks).toBe(0);
  expect(from.live().blocks).toBe(1);
  expect(holds(block, oldSize, 1)).toBe(true);
  from.before = {};
  const moved = a.reallocate(block, oldSize, size, 16);
  expect(to.live().blocks).toBe(1);
  a.deallocate(moved, size, 16);
  a.close();
  expect([from.live().blocks, to.live().blocks]).toEqual([0, 0]);
});

test.each(cases)('$name: neither is taken back, and the error tells of the new one', (each) => {
  const [from, to] = [refusing('from'), refusing('to')];
  const a = each.make(from, to);
  const [oldSize, size] = each.sizes;
  const block = a.allocate(oldSize, 16);
  from.before.deallocate = to.before.deallocate = no;
  let values: unknown;
  try {
    a.reallocate(block, oldSize, size, 16);
  } catch (error) {
    ({ values } = error as AllomorphError);
  }
  expect(values).toEqual({ address: expect.any(Number), size, align: 16, from: block });
  expect([from.live().blocks, to.live().blocks]).toEqual([1, 1]);
  from.before = {};
  to.before = {};
  to.deallocate((values as { address: Address }).address, size, 16);
  a.deallocate(block, oldSize, 16);
  a.close();
  expect([from.live().blocks, to.live().blocks]).toEqual([0, 0]);
});

test('fallback, back to the first, where the second refuses', () => {
  const [first, second] = [refusing('first'), refusing('second')];
  const a = fallback(limited(first, 300), limited(second, 150));
  const taken = a.allocate(200, 16);
  const block = a.allocate(150, 16);
  a.deallocate(taken, 200, 16);
  second.before.deallocate = no;
  expect(() => a.reallocate(block, 150, 160, 16)).toThrow('not today');
  expect([first.live().blocks, second.live().blocks]).toEqual([0, 1]);
  second.before = {};
  a.deallocate(block, 150, 16);
  a.close();
  expect([first.live().blocks, second.live().blocks]).toEqual([0, 0]);
});
