import {
  defineAllocator,
  fallback,
  limited,
  system,
  type Address,
  type RawAllocator,
} from 'allomorph';
import { code } from '../support/errors.js';
import { expectNoLeaks } from '../support/leaks.js';
import { fill, holds } from '../support/memory.js';
import { forms } from './support/forms.js';

expectNoLeaks();

describe.each(forms)('fallback over $form', ({ over }) => {
  test('takes from the second what the first does not have, and gives it back there', () => {
    using first = limited(over, 300);
    using second = limited(over, 5000);
    using a = fallback(first, second);
    expect(a.name).toBe(`fallback(${first.name}, ${second.name})`);
    const one = a.allocate(250, 16);
    expect([first.used() > 0, second.used()]).toEqual([true, 0]);
    const two = a.allocate(250, 16);
    fill(one, 250, 1);
    fill(two, 250, 2);
    // No room in the first: it moves.
    const moved = a.reallocate(one, 250, 1500, 16);
    expect(first.used()).toBe(0);
    expect(holds(moved, 250, 1)).toBe(true);
    // No room in either.
    expect(() => a.reallocate(moved, 1500, 6000, 16)).toThrow(code('OUT_OF_MEMORY'));
    expect(holds(moved, 250, 1) && holds(two, 250, 2)).toBe(true);
    a.deallocate(two, 250, 16);
    a.deallocate(moved, 1500, 16);
    expect([first.used(), second.used()]).toEqual([0, 0]);
    expect(() => a.allocate(6000, 16)).toThrow(code('OUT_OF_MEMORY'));
  });

  test('a block of the second moves to the first when only that has room', () => {
    using first = limited(over, 1024);
    using second = limited(over, 100);
    using a = fallback(first, second);
    const filling = a.allocate(1000, 16);
    const block = a.allocate(90, 16);
    fill(block, 90, 4);
    expect(second.used()).toBeGreaterThan(0);
    a.deallocate(filling, 1000, 16);
    const moved = a.reallocate(block, 90, 900, 16);
    expect(holds(moved, 90, 4)).toBe(true);
    expect(second.used()).toBe(0);
    a.deallocate(moved, 900, 16);
  });
});

describe('the second allocates from it again, in the very place that it is taking back,', () => {
  let place: Address;
  beforeAll(() => {
    place = system.allocate(256, 16);
  });
  afterAll(() => {
    system.deallocate(place, 256, 16);
  });
  const none = defineAllocator({ name: 'none', allocate: () => 0, deallocate: () => undefined });

  test.each(['deallocate', 'reallocate'] as const)('within %s', (call) => {
    let within: () => void = () => undefined;
    const taken: number[] = [];
    // No defined one, whose checked functions would not give one place twice.
    const functions: RawAllocator = {
      allocate: () => place,
      deallocate(address) {
        taken.push(address);
        within();
      },
      reallocate(address) {
        within();
        return (address + 128) as Address;
      },
      reallocateInplace: (_address, oldSize) => oldSize,
      usableSize: (size) => size,
    };
    using a = fallback(none, { name: 'second', ...functions, unsafe: functions });
    a.unsafe.allocate(100, 16);
    within = () => {
      within = () => undefined;
      a.unsafe.allocate(100, 16);
    };
    if (call === 'deallocate') a.unsafe.deallocate(place, 100, 16);
    else a.unsafe.reallocate(place, 100, 120, 16);
    taken.length = 0;
    a.unsafe.deallocate(place, 100, 16);
    expect(taken).toEqual([place]);
  });
});
