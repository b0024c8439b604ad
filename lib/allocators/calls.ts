import { AllomorphError } from '../errors/error.js';

/** The calls of an allocator that have not returned. What it calls is the program's, which may close it there. */
export class Calls {
  #count = 0;

  during<Result>(call: () => Result): Result {
    this.#count += 1;
    try {
      return call();
    } finally {
      this.#count -= 1;
    }
  }

  /** The block of a call that has not returned is nowhere counted as live. @throws ERR_ALLOMORPH_BUSY */
  refuseWithin(allocator: { readonly name: string }, done: 'closed' | 'reset' = 'closed'): void {
    if (this.#count === 0) return;
    throw new AllomorphError(
      'ERR_ALLOMORPH_BUSY',
      `${allocator.name} cannot be ${done}: a call of it has not returned, and this is within it. Do that afterwards.`,
      { allocator: allocator.name, calls: this.#count },
    );
  }
}
