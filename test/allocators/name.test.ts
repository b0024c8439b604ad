import {
  AllomorphError,
  bump,
  cached,
  counted,
  failing,
  fallback,
  limited,
  logged,
  segregated,
  system,
  type Address,
  type Allocator,
} from 'allomorph';
import { code } from '../support/errors.js';
import { expectNoLeaks } from '../support/leaks.js';

expectNoLeaks();

const fronts: [string, (over: Allocator) => Allocator & Disposable][] = [
  ['limited', (over) => limited(over, 1e6)],
  ['counted', counted],
  ['logged', (over) => logged(over, () => undefined)],
  ['fallback', (over) => fallback(over, system)],
  ['segregated', (over) => segregated(100, over, over)],
  ['bump', (over) => bump(over)],
  ['failing', (over) => failing(over, { after: 100 })],
  ['cached', (over) => cached(over)],
];

/** One that may have anything as its name, and no more memory. */
function named(name: unknown): Allocator {
  const exhausted = () => {
    throw new AllomorphError('ERR_ALLOMORPH_OUT_OF_MEMORY', 'as it was told to');
  };
  return {
    name: name as string,
    unsafe: system.unsafe,
    allocate: exhausted,
    deallocate: () => undefined,
    reallocate: exhausted,
    reallocateInplace: (_address, oldSize) => oldSize,
    usableSize: (size) => Math.ceil(size / 16) * 16,
  };
}

describe.each(fronts)('%s over one whose name is no string', (front, make) => {
  test.each([
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['nothing', undefined, 'undefined'],
    ['an object without toString', Object.create(null), '[Object: null prototype] {}'],
  ])('%s is shown', (_, name, shown) => {
    using a = make(named(name));
    expect(a.name).toContain(shown);
    if (front !== 'fallback') {
      expect(() => a.allocate(64, 16)).toThrow(code('OUT_OF_MEMORY'));
    }
  });
});

test('a native allocator whose name was replaced by a symbol still says what is wrong', () => {
  const a = limited(system, 1000);
  Object.assign(a, { name: Symbol('s') });
  expect(() => a.deallocate(4096 as Address, 64, 16)).toThrow(code('UNKNOWN_BLOCK'));
  const block = a.allocate(64, 16);
  expect(() => a.close()).toThrow(code('BUSY'));
  a.deallocate(block, 64, 16);
  a.close();
  expect(() => a.allocate(64, 16)).toThrow(code('CLOSED'));
});
