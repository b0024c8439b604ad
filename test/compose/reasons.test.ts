import {
  Block,
  type AllomorphError,
  bump,
  cached,
  checked,
  counted,
  defineAllocator,
  failing,
  fallback,
  limited,
  logged,
  segregated,
  system,
  type Allocator,
} from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';

expectNoLeaks();

const javascript = () =>
  defineAllocator({
    name: 'mine',
    allocate: (size, align) => system.unsafe.allocate(size, align),
    deallocate: (address, oldSize, align) => {
      system.unsafe.deallocate(address, oldSize, align);
    },
  });

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_ALLOMORPH_OUT_OF_MEMORY' });
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

function valuesOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return (error as AllomorphError).values;
  }
  throw new Error('nothing was thrown');
}

const advice = 'Free blocks, ask for less, or make it with a higher limit.';

describe.each([
  { kind: 'native', source: () => system as Allocator },
  { kind: 'in JavaScript', source: javascript },
])('why there was no memory, of building blocks that are $kind', ({ source }) => {
  test('a limit, with its figures', () => {
    using limit = limited(source(), 1000);
    const address = limit.allocate(500, 16);
    const used = String(limit.used());
    const says = (more: number) =>
      `the limit of ${limit.name}: ${used} of 1000 bytes in use, and ${String(more)} more were needed. ${advice}`;
    const usable = limit.usableSize(600, 16);
    expect(messageOf(() => limit.allocate(600, 16))).toBe(
      `${limit.name} could not provide 600 bytes (alignment 16): ${says(usable)}`,
    );
    expect(messageOf(() => limit.allocate(2 ** 52, 16))).toContain(says(2 ** 52));
    expect(messageOf(() => limit.reallocate(address, 500, 1100, 16))).toContain(
      says(1100 - limit.used()),
    );
    expect(valuesOf(() => limit.allocate(600, 16))).toMatchObject({
      limit: 1000,
      used: limit.used(),
      needed: usable,
    });
    limit.deallocate(address, 500, 16);
  });

  test.each<[string, (behind: Allocator) => Allocator & Partial<Disposable>]>([
    ['counted', counted],
    ['bump', (behind) => bump(behind, { chunk: 4096 })],
    ['logged', (behind) => logged(behind, () => undefined)],
    ['checked', (behind) => checked(behind, { leaks: 'off' })],
    ['cached', (behind) => cached(behind)],
    ['fallback', (behind) => fallback(failing(source(), { after: 0 }), behind)],
    ['segregated', (behind) => segregated(64, source(), behind)],
  ])('a limit behind %s', (_name, make) => {
    using limit = limited(source(), 1000);
    const front = make(limit);
    expect(messageOf(() => front.allocate(2000, 16))).toContain(
      `the limit of ${limit.name}: 0 of 1000 bytes in use`,
    );
    front[Symbol.dispose]?.();
  });

  // Each is within the limit, and what is around it is not.
  test.each<[string, (behind: Allocator) => Allocator & Partial<Disposable>, number, number]>([
    ['checked', (behind) => checked(behind, { leaks: 'off' }), 990, 16],
    ['checked, by alignment', (behind) => checked(behind, { leaks: 'off' }), 500, 512],
    ['bump, by alignment', (behind) => bump(behind, { chunk: 128 }), 900, 256],
    ['bump, by its chunk', (behind) => bump(behind, { chunk: 4096 }), 10, 16],
  ])('a limit that what is around a block exceeds: %s', (_name, make, size, align) => {
    using limit = limited(source(), 1000);
    const front = make(limit);
    expect(messageOf(() => front.allocate(size, align))).toMatch(
      new RegExp(`: 0 of 1000 bytes in use, and [1-9][0-9]{3} more were needed`),
    );
    front[Symbol.dispose]?.();
  });

  test('a limit that a reallocation exceeds, as the new block needs room beside the old one', () => {
    using limit = limited(source(), 1000);
    const front = checked(limit, { leaks: 'off' });
    const address = front.allocate(500, 16);
    expect(messageOf(() => front.reallocate(address, 500, 600, 16))).toContain('more were needed');
    front.deallocate(address, 500, 16);
    front.close();
  });

  test('a limit behind several', () => {
    using limit = limited(source(), 1000);
    using inner = counted(limit);
    using front = counted(inner);
    expect(messageOf(() => front.allocate(2000, 16))).toContain(`the limit of ${limit.name}: 0 of`);
  });

  test('a Block', () => {
    using limit = limited(source(), 1000);
    using block = Block.allocate(900, { allocator: limit });
    expect(messageOf(() => Block.allocate(200, { allocator: limit }))).toContain('of 1000 bytes');
    expect(messageOf(() => block.resize(1200))).toContain('of 1000 bytes');
  });

  test('failing says that it did', () => {
    using front = failing(source(), { after: 1 });
    using counts = counted(front);
    const address = counts.allocate(10, 16);
    expect(messageOf(() => counts.allocate(10, 16))).toMatch(
      `${front.name} made the call fail, as it was told to. `,
    );
    expect(messageOf(() => counts.reallocate(address, 10, 20, 16))).toContain('made the call fail');
    counts.deallocate(address, 10, 16);
    counts.close();
  });

  test('what is exhausted behind a limit or failing is said of that, or of memory', () => {
    using limit = limited(source(), 2 ** 53 - 1);
    expect(messageOf(() => limit.allocate(2 ** 50, 16))).toContain('memory or address space');
    using inner = limited(source(), 100);
    using front = failing(inner, { after: 1000 });
    expect(messageOf(() => front.allocate(101, 16))).toContain(`the limit of ${inner.name}`);
    front.close();
  });
});

test('a limit that the header of a native chunk exceeds', () => {
  using limit = limited(system, 100_000);
  using front = bump(limit, { chunk: 128 });
  expect(messageOf(() => front.allocate(100_000, 16))).toContain('0 of 100000 bytes in use, and ');
});
