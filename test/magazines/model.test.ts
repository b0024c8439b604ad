import { jemalloc, system } from 'allomorph';
import { checkAgainstModel, seed } from '../model/check.js';
import { Model, operation } from '../model/model.js';
import { expectNoLeaks, liveCounts } from '../support/leaks.js';
import { caches, kinds } from './support/allocators.js';

const operationsPerRun = 600; // 60,000 operations a door

// The second is too small for its work: magazines are robbed of their bytes all the time.
const cases = [{}, { maxBytes: 20_000, maxSize: 5000 }].flatMap((options) =>
  caches(options).flatMap(({ kind, cache }) => [
    { kind, options: JSON.stringify(options), door: 'checked', cache, allocator: cache },
    { kind, options: JSON.stringify(options), door: 'unsafe', cache, allocator: cache.unsafe },
  ]),
);

// After them: their hook, which closes them, has to run before that which counts.
expectNoLeaks();

describe(`random operations against a model (SEED=${String(seed)})`, () => {
  test.each(cases)('cached($kind, $options), $door', ({ cache, allocator }) => {
    const before = liveCounts();
    const operations = checkAgainstModel(
      operation,
      operationsPerRun,
      () => new Model(allocator),
      () => {
        cache.flush();
        expect(liveCounts()).toEqual(before);
      },
    );
    expect(operations).toBeGreaterThanOrEqual(50_000);
  });
});

test('every kind of allocator was tested', () => {
  expect(kinds.map(({ behind }) => behind)).toEqual(
    expect.arrayContaining(jemalloc.available ? [system, jemalloc] : [system]),
  );
});
