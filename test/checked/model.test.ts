import { checked, jemalloc, system } from 'allomorph';
import { checkAgainstModel, seed } from '../model/check.js';
import { Model, operation } from '../model/model.js';
import { expectNoLeaks } from '../support/leaks.js';
import { kinds } from './support/kinds.js';

const operationsPerRun = 200; // 20,000 operations a door

// A quarantine that is too small for the work: blocks leave it, and are looked at, all the time.
const made = kinds.map(({ kind, behind, options }) => {
  const settings = { ...options, quarantine: 300_000, stacks: false, leaks: 'off' } as const;
  return { kind, allocator: checked(behind, settings) };
});
afterAll(() => made.forEach(({ allocator }) => allocator.close()));
const cases = made.flatMap(({ kind, allocator }) => [
  { kind, door: 'checked', allocator, tested: allocator },
  { kind, door: 'unsafe', allocator, tested: allocator.unsafe },
]);

// After them: their hook, which closes them, has to run before that which counts.
expectNoLeaks();

describe(`random operations against a model (SEED=${String(seed)})`, () => {
  test.each(cases)('checked($kind), $door', ({ allocator, tested }) => {
    const operations = checkAgainstModel(
      operation,
      operationsPerRun,
      () => new Model(tested),
      () => {
        expect(allocator.verify()).toEqual([]);
        expect(allocator.stats()).toMatchObject({ liveBlocks: 0, keptBlocks: 0, faults: 0 });
      },
    );
    expect(operations).toBeGreaterThanOrEqual(15_000);
  });
});

test('every kind of allocator was tested', () => {
  expect(kinds.map(({ behind }) => behind)).toEqual(
    expect.arrayContaining(jemalloc.available ? [system, jemalloc] : [system]),
  );
});
