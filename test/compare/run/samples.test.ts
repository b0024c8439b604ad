import fc from 'fast-check';
import { columns, timeAverage } from 'allomorph/compare/run/samples';

test('each value holds until the next one, the first one from the start', () => {
  expect(timeAverage([[0, 10]], 5)).toBe(10);
  expect(
    timeAverage(
      [
        [1, 10],
        [3, 20],
      ],
      4,
    ),
  ).toBe((3 * 10 + 1 * 20) / 4);
  expect(
    timeAverage(
      [
        [0, 10],
        [1, 30],
      ],
      1,
    ),
  ).toBe(10);
});

test('nothing seen is nothing known', () => {
  expect(timeAverage([], 5)).toBeNull();
});

test('samples behind the end do not count', () => {
  expect(
    timeAverage(
      [
        [0, 10],
        [2, 1000],
      ],
      2,
    ),
  ).toBe(10);
});

test('the average lies between the least and the most', () => {
  const points = fc.array(
    fc.tuple(fc.double({ min: 0, max: 100, noNaN: true }), fc.integer({ min: 0, max: 2 ** 40 })),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(points, fc.double({ min: 0.001, max: 200, noNaN: true }), (unordered, end) => {
      const values = unordered.sort(([left], [right]) => left - right);
      const average = timeAverage(values, end) ?? NaN;
      const heights = values.map(([, value]) => value);
      expect(average).toBeGreaterThanOrEqual(Math.min(...heights) * (1 - 1e-9) - 1e-6);
      expect(average).toBeLessThanOrEqual(Math.max(...heights) * (1 + 1e-9) + 1e-6);
    }),
  );
});

test('columns are of one length', () => {
  const sample = { seconds: 0.123456, rss: 1, pss: null, anonHugePages: null, processes: 1 };
  expect(columns([sample, { ...sample, pss: 2, anonHugePages: 0 }])).toEqual({
    seconds: [0.1235, 0.1235],
    rssBytes: [1, 1],
    pssBytes: [null, 2],
    anonHugePagesBytes: [null, 0],
  });
});
