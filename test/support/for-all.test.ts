import { forAll } from 'allomorph/support/for-all';

test('each is acted on, and the first of what was thrown comes afterwards, whatever it is', () => {
  const seen: number[] = [];
  const act = (item: number) => {
    seen.push(item);
    if (item === 2) throw undefined as unknown;
    if (item > 2) throw new RangeError(String(item));
  };
  let thrown: unknown = 'nothing';
  try {
    forAll([1, 2, 3, 4], act);
  } catch (error) {
    thrown = error;
  }
  expect(seen).toEqual([1, 2, 3, 4]);
  expect(thrown).toBeUndefined();
  expect(() => {
    forAll([1], act);
  }).not.toThrow();
});
