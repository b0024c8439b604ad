import fc from 'fast-check';
import { defaultRounds, orderOf, sampleIntervalFor } from 'allomorph/compare/schedule';

test('each round holds everybody once', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 50 }),
      (count, round) => {
        const items = Array.from({ length: count }, (_, index) => index);
        expect(orderOf(items, round).sort((left, right) => left - right)).toEqual(items);
      },
    ),
  );
});

test('over the rounds, everybody has been first, and has followed different neighbours', () => {
  const items = ['a', 'b', 'c', 'd', 'e', 'f'];
  const orders = Array.from({ length: 12 }, (_, index) => orderOf(items, index + 1));
  expect(new Set(orders.map(([first]) => first))).toEqual(new Set(items));
  for (const item of items) {
    const before = orders.map((order) => order[order.indexOf(item) - 1]);
    expect(new Set(before).size).toBeGreaterThan(2);
  }
});

test('by default, as many rounds as fit into a few minutes, but never too few to tell', () => {
  expect(defaultRounds(8, 0.5)).toBe(10);
  expect(defaultRounds(8, 7)).toBe(4);
  expect(defaultRounds(6, 7)).toBe(5);
  expect(defaultRounds(8, 600)).toBe(4);
  expect(defaultRounds(1, 0)).toBe(10);
});

test('the looks at memory are some 200, and never more than 50 in a second', () => {
  expect(sampleIntervalFor(0.1)).toBe(0.02);
  expect(sampleIntervalFor(20)).toBeCloseTo(0.1);
  expect(sampleIntervalFor(3600)).toBe(1);
});
