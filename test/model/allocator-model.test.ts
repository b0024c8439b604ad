import { jemalloc, system } from 'allomorph';
import fc from 'fast-check';
import { expectNoLeaks } from '../support/leaks.js';
import { Model, operation } from './model.js';

expectNoLeaks();

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
const runs = 100;
const operationsPerRun = 600; // 60,000 operations a backend and door

const backends = jemalloc.available ? [system, jemalloc] : [system];
const cases = backends.flatMap((allocator) => [
  { backend: allocator.name, door: 'checked', allocator, live: () => allocator.live() },
  {
    backend: allocator.name,
    door: 'unsafe',
    allocator: allocator.unsafe,
    live: () => allocator.live(),
  },
]);

describe(`random operations against a model (SEED=${String(seed)})`, () => {
  test.each(cases)('$backend, $door', ({ allocator, live }) => {
    let operations = 0;
    const before = live();
    fc.assert(
      fc.property(
        fc.array(operation, { minLength: operationsPerRun, maxLength: operationsPerRun }),
        (steps) => {
          const model = new Model(allocator);
          try {
            for (const step of steps) model.apply(step);
          } finally {
            model.finish();
          }
          operations += model.operations;
          expect(live()).toEqual(before);
        },
      ),
      { seed, numRuns: runs, endOnFailure: true },
    );
    console.log(`seed ${String(seed)}: ${String(operations)} operations`);
    expect(operations).toBeGreaterThanOrEqual(20_000);
  });
});
