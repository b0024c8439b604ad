import { jemalloc, system } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';
import { checkAgainstModel, seed } from './check.js';
import { Model, operation } from './model.js';

expectNoLeaks();

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
    const before = live();
    const operations = checkAgainstModel(
      operation,
      operationsPerRun,
      () => new Model(allocator),
      () => expect(live()).toEqual(before),
    );
    expect(operations).toBeGreaterThanOrEqual(20_000);
  });
});
