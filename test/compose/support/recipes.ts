import {
  bump,
  cached,
  counted,
  failing,
  fallback,
  limited,
  logged,
  segregated,
  type Allocator,
} from 'allomorph';

type Closable = Allocator & { close(): void };
/** Makes closable allocators, and closes them again in the right order. */
export class Composition {
  readonly #made: Closable[] = [];

  add<Made extends Closable>(made: Made): Made {
    this.#made.push(made);
    return made;
  }

  close(): void {
    for (const each of this.#made.splice(0).reverse()) each.close();
  }
}

export interface Recipe {
  readonly name: string;
  make(composition: Composition, over: Allocator): Allocator;
}

const large = 2 ** 50;
const half = (c: Composition, over: Allocator, other: Allocator) =>
  c.add(fallback(c.add(failing(over, { probability: 0.5, seed: 7 })), other));

/** Each building block over an allocator, and building blocks over building blocks. */
export const recipes: readonly Recipe[] = [
  { name: 'limited', make: (c, over) => c.add(limited(over, large)) },
  { name: 'counted', make: (c, over) => c.add(counted(over)) },
  { name: 'logged', make: (c, over) => c.add(logged(over, '/dev/null')) },
  { name: 'logged to a function', make: (c, over) => c.add(logged(over, () => undefined)) },
  { name: 'fallback', make: (c, over) => half(c, over, over) },
  { name: 'segregated', make: (c, over) => c.add(segregated(1000, over, over)) },
  { name: 'bump', make: (c, over) => c.add(bump(over)) },
  { name: 'failing', make: (c, over) => c.add(failing(over, { probability: 0 })) },
  {
    name: 'fallback with a bump',
    make: (c, over) => half(c, over, c.add(bump(over, { chunk: 4096 }))),
  },
  {
    name: 'segregated with bump and cache',
    make: (c, over) => c.add(segregated(300, c.add(bump(over)), c.add(cached(over)))),
  },
  {
    name: 'five levels',
    make(c, over) {
      const first = c.add(segregated(777, c.add(counted(over)), c.add(limited(over, large))));
      return c.add(limited(c.add(counted(half(c, first, c.add(bump(over))))), large));
    },
  },
];
