import type { CandidateResult } from 'allomorph/compare/document/comparison';
import type { Run } from 'allomorph/compare/document/run';
import { curveOf } from 'allomorph/compare/html/plot/curve';
import { looksOf } from 'allomorph/compare/html/plot/look';
import { scale } from 'allomorph/compare/html/plot/scale';
import { spread } from 'allomorph/compare/html/plot/spread';
import fc from 'fast-check';

const positive = fc.double({ min: 1e-3, max: 1e12, noNaN: true });

describe('scale', () => {
  test('ticks are multiples of 1, 2 or 5 times a power of ten, and reach what they shall', () => {
    fc.assert(
      fc.property(positive, fc.integer({ min: 3, max: 10 }), fc.boolean(), (max, wanted, full) => {
        const { ticks, max: end } = scale(max, [0, 100], { wanted, full });
        const step = ticks[1]!;
        expect(Number(step.toPrecision(9).replace(/e.*/, '')).toString()).toMatch(
          /^0*\.?0*[125]0*$/,
        );
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(wanted + 2);
        expect(end).toBeGreaterThanOrEqual(max * (1 - 1e-8));
        expect(ticks.at(-1)).toBeLessThanOrEqual(end * (1 + 1e-8));
      }),
    );
  });

  test('labels have the decimals of the step', () => {
    const label = (max: number, wanted: number) => {
      const axis = scale(max, [0, 1], { wanted, full: true });
      return axis.ticks.map((tick) => axis.label(tick, 1));
    };
    expect(label(1, 4)).toEqual(['0.0', '0.5', '1.0']);
    expect(label(0.05, 5)).toEqual(['0.00', '0.01', '0.02', '0.03', '0.04', '0.05']);
    expect(label(20, 4)).toEqual(['0', '5', '10', '15', '20']);
  });

  test('nothing but zero has an axis too', () => {
    const { at, ticks } = scale(0, [10, 20], { wanted: 5, full: true });
    expect(at(0)).toBe(10);
    expect(ticks.length).toBeGreaterThan(1);
  });
});

describe('curve', () => {
  test('the median of the runs at common moments, and all samples in the band', () => {
    const points = curveOf([
      run([0, 1, 2], [10, 20, 30]),
      run([0, 2], [0, 0]),
      run([0, 1, 2], [100, 100, 100]),
    ]);
    expect(points.map(({ seconds, median }) => [seconds, median])).toEqual([
      [0, 10],
      [1, 20],
      [2, 30],
    ]);
    expect(points.map(({ low, high }) => [low, high])).toEqual([
      [0, 100],
      [0, 100],
      [0, 100],
    ]);
  });

  test('it ends where no more than half of the runs go on, the band with the last', () => {
    const points = curveOf([
      run([0, 1, 2, 3, 4], [1, 1, 1, 1, 9]),
      run([0, 1], [1, 1]),
      run([0, 1, 2], [1, 1, 1]),
    ]);
    expect(points.map(({ median }) => median)).toEqual([1, 1, 1, null, null]);
    expect(points.at(-1)).toMatchObject({ low: 9, high: 9 });
  });

  test('a peak between two of the moments is in the band', () => {
    const seconds = Array.from({ length: 5000 }, (_, index) => index / 100);
    const bytes = seconds.map((_, index) => (index === 3333 ? 7 : 1));
    const points = curveOf([run(seconds, bytes)]);
    expect(points.length).toBeLessThan(300);
    expect(Math.max(...points.map(({ high }) => high))).toBe(7);
  });

  test('every sample is in the band at its moment', () => {
    const column = fc.array(fc.record({ wait: positiveStep, bytes: fc.nat(1000) }));
    fc.assert(
      fc.property(fc.array(column, { minLength: 1, maxLength: 4 }), (columns) => {
        const runs = columns.map(runOf);
        const all = runs.flatMap(({ samples }) => samples.rssBytes);
        const points = curveOf(runs);
        if (all.length === 0) expect(points).toEqual([]);
        else {
          expect(Math.min(...points.map(({ low }) => low))).toBeCloseTo(Math.min(...all), 6);
          expect(Math.max(...points.map(({ high }) => high))).toBeCloseTo(Math.max(...all), 6);
        }
        for (const { low, high, median } of points) {
          expect(median ?? low).toBeGreaterThanOrEqual(low - 1e-6);
          expect(median ?? high).toBeLessThanOrEqual(high + 1e-6);
        }
      }),
    );
  });

  test('no samples, one sample', () => {
    expect(curveOf([])).toEqual([]);
    expect(curveOf([run([], [])])).toEqual([]);
    expect(curveOf([run([], []), run([0.05], [7])])).toEqual([
      { seconds: 0.05, low: 7, high: 7, median: 7 },
    ]);
  });
});

test('labels keep their order and distance, and stay within the limits', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { maxLength: 20 }),
      (wanted) => {
        const placed = spread(wanted, 17, [0, 400]);
        const order = (values: readonly number[]) =>
          values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
        expect(order(placed)).toEqual(order(wanted));
        const sorted = [...placed].sort((a, b) => a - b);
        sorted
          .slice(1)
          .forEach((value, index) =>
            expect(value - sorted[index]!).toBeGreaterThanOrEqual(17 - 1e-9),
          );
        if (sorted.length > 0) expect(sorted.at(-1)).toBeLessThanOrEqual(400);
        if (sorted.length > 0) expect(sorted[0]).toBeGreaterThanOrEqual(-1e-9);
      },
    ),
  );
});

describe('looks', () => {
  test('differ for as many candidates as there are hues and dashes', () => {
    const families = ['jemalloc', 'mimalloc', 'tcmalloc'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...families), { maxLength: 28 }), (allocators) => {
        const candidates = allocators.map((allocator, index) =>
          candidate(String(index), allocator),
        );
        const looks = looksOf([candidate('base', 'glibc', true), ...candidates], '3');
        expect(new Set(looks).size).toBe(looks.length);
      }),
    );
  });

  test('the recommended one is solid, its family has its hue', () => {
    const candidates = [
      candidate('glibc', 'glibc', true),
      candidate('a', 'jemalloc'),
      candidate('b', 'jemalloc'),
      candidate('c', 'mimalloc'),
    ];
    expect(looksOf(candidates, 'b')).toEqual([
      'hue-0 dash-0',
      'hue-1 dash-1',
      'hue-1 dash-0',
      'hue-2 dash-0',
    ]);
  });
});

const positiveStep = fc.double({ min: 1e-3, max: 10, noNaN: true });

function runOf(column: readonly { wait: number; bytes: number }[]): Run {
  let seconds = 0;
  return run(
    column.map(({ wait }) => (seconds += wait)),
    column.map(({ bytes }) => bytes),
  );
}

function run(seconds: readonly number[], rssBytes: readonly number[]): Run {
  return { samples: { seconds, rssBytes } } as Run;
}

function candidate(name: string, allocator: string, baseline = false): CandidateResult {
  return { name, allocator, baseline, runs: [{}] } as unknown as CandidateResult;
}
