import fc from 'fast-check';

/** Printed with every run; SEED=… makes the same again. */
export const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

const runs = 100;

/** What applies random operations to what is tested, and asserts after each that it holds. */
export interface Checked<Operation> {
  /** How many operations did something. */
  readonly operations: number;
  apply(operation: Operation): void;
  /** Takes back all that is left. */
  finish(): void;
}

/**
 * Runs random programs against a model; each program begins with a new model.
 * @param afterEach asserts what must hold once a program has given everything back
 * @returns how many operations did something
 */
export function checkAgainstModel<Operation>(
  operation: fc.Arbitrary<Operation>,
  operationsPerRun: number,
  makeModel: () => Checked<Operation>,
  afterEach: () => void,
): number {
  let operations = 0;
  const program = fc.array(operation, { minLength: operationsPerRun, maxLength: operationsPerRun });
  fc.assert(
    fc.property(program, (steps) => {
      const model = makeModel();
      try {
        for (const step of steps) model.apply(step);
      } finally {
        model.finish();
      }
      operations += model.operations;
      afterEach();
    }),
    { seed, numRuns: runs, endOnFailure: true },
  );
  console.log(`seed ${String(seed)}: ${String(operations)} operations`);
  return operations;
}
