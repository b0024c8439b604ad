import { failing, type Allocator } from 'allomorph';
import { code } from '../support/errors.js';
import { expectNoLeaks } from '../support/leaks.js';
import { fill, holds } from '../support/memory.js';
import { forms } from './support/forms.js';

expectNoLeaks();

// Written down from another implementation of splitmix64.
const expectedPlaces = '1100001100001011100000001000000000110000010001000000000001001000';

describe.each(forms)('failing over $form', ({ over }) => {
  const failures = (a: Allocator, calls: number) =>
    Array.from({ length: calls }, () => {
      const block = a.unsafe.allocate(16, 16);
      if (block !== 0) a.unsafe.deallocate(block, 16, 16);
      return block === 0;
    });

  test('after so many calls', () => {
    using a = failing(over, { after: 3 });
    expect(a.name).toBe(`failing(${over.name}, { after: 3 })`);
    const block = a.allocate(100, 16);
    fill(block, 100, 1);
    const moved = a.reallocate(block, 100, 200, 16);
    a.deallocate(a.allocate(1, 1), 1, 1);
    expect(() => a.allocate(1, 1)).toThrow(code('OUT_OF_MEMORY'));
    expect(() => a.reallocate(moved, 200, 100, 16)).toThrow(code('OUT_OF_MEMORY'));
    expect(holds(moved, 100, 1)).toBe(true);
    expect(a.failures()).toBe(2);
    a.deallocate(moved, 200, 16);
  });

  test('its name has all options, inherited ones too', () => {
    const inherited = Object.create({ after: 1, probability: 0.5 }) as { seed: number };
    inherited.seed = 7;
    using a = failing(over, inherited);
    expect(a.name).toBe(`failing(${over.name}, { after: 1, probability: 0.5, seed: 7 })`);
  });

  test('with a probability: everywhere in the places that the seed says', () => {
    using a = failing(over, { probability: 0.25, seed: 2 ** 53 - 1 });
    const places = failures(a, 64).map(Number).join('');
    expect(places).toBe(expectedPlaces);
    using never = failing(over, { probability: 0 });
    using always = failing(over, { probability: 1 });
    expect(failures(never, 100)).not.toContain(true);
    expect(failures(always, 100)).not.toContain(false);
    expect(always.failures()).toBe(100);
  });
});
