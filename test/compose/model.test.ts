import {
  bump,
  cached,
  counted,
  failing,
  fallback,
  jemalloc,
  limited,
  logged,
  segregated,
  system,
  type Allocator,
} from 'allomorph';
import fc from 'fast-check';
import { seed } from '../model/check.js';
import { Model, operation } from '../model/model.js';
import { expectNoLeaks, liveCounts } from '../support/leaks.js';
import { written } from './support/forms.js';
import { Composition } from './support/recipes.js';

expectNoLeaks();

/** A tree as data, so that a failure prints it. */
type Tree =
  | { kind: 'leaf'; leaf: string }
  | { kind: 'one'; block: keyof typeof blocks; behind: Tree; amount: number }
  | { kind: 'two'; block: 'fallback' | 'segregated'; left: Tree; right: Tree; amount: number };

const leaves: Record<string, () => Allocator> = {
  system: () => system,
  ...(jemalloc.available ? { jemalloc: () => jemalloc } : {}),
  written: () => written(),
};

const blocks = {
  limited: (over: Allocator) => limited(over, 2 ** 50),
  counted,
  logged: (over: Allocator) => logged(over, '/dev/null'),
  'logged to a function': (over: Allocator) => logged(over, () => undefined),
  bump: (over: Allocator, amount: number) => bump(over, { chunk: 128 + amount }),
  failing: (over: Allocator) => failing(over, { after: 2 ** 50 }),
  cached: (over: Allocator) => cached(over),
};

const amount = fc.integer({ min: 1, max: 20_000 });
const { tree } = fc.letrec<{ tree: Tree; leaf: Tree; one: Tree; two: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'tree' },
    tie('leaf'),
    { weight: 3, arbitrary: tie('one') },
    { weight: 3, arbitrary: tie('two') },
  ),
  leaf: fc.record({
    kind: fc.constant('leaf' as const),
    leaf: fc.constantFrom(...Object.keys(leaves)),
  }),
  one: fc.record({
    kind: fc.constant('one' as const),
    block: fc.constantFrom(...(Object.keys(blocks) as (keyof typeof blocks)[])),
    behind: tie('tree'),
    amount,
  }),
  two: fc.record({
    kind: fc.constant('two' as const),
    block: fc.constantFrom('fallback' as const, 'segregated' as const),
    left: tie('tree'),
    right: tie('tree'),
    amount,
  }),
}));

function build(plan: Tree, composition: Composition): Allocator {
  if (plan.kind === 'leaf') return leaves[plan.leaf]!();
  if (plan.kind === 'one') {
    return composition.add(blocks[plan.block](build(plan.behind, composition), plan.amount));
  }
  const left = build(plan.left, composition);
  const right = build(plan.right, composition);
  if (plan.block === 'segregated') {
    return composition.add(segregated(plan.amount, left, right));
  }
  // Both sides are used.
  const half = composition.add(failing(left, { probability: 0.5, seed: plan.amount }));
  return composition.add(fallback(half, right));
}

const operationsPerRun = 250;
const runs = 240; // 60,000 operations

test.each(['checked', 'unsafe'] as const)(
  `random operations on random trees, %s (SEED=${String(seed)})`,
  (door) => {
    let operations = 0;
    const kinds = new Set<string>();
    const program = fc.array(operation, {
      minLength: operationsPerRun,
      maxLength: operationsPerRun,
    });
    fc.assert(
      fc.property(tree, program, (plan, steps) => {
        const before = liveCounts();
        const composition = new Composition();
        const allocator = build(plan, composition);
        const model = new Model(door === 'checked' ? allocator : allocator.unsafe);
        try {
          for (const step of steps) model.apply(step);
        } finally {
          model.finish();
          composition.close();
        }
        operations += model.operations;
        kinds.add(plan.kind === 'leaf' ? plan.leaf : plan.block);
        expect(liveCounts()).toEqual(before);
      }),
      { seed, numRuns: runs / 2, endOnFailure: true },
    );
    expect(operations).toBeGreaterThanOrEqual(25_000);
    expect(kinds.size).toBeGreaterThan(8);
  },
);
