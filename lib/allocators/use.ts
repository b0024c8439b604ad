import type { OpenedHandle } from '../native/addon.js';
import { addon } from '../native/load.js';
import type { Allocator } from '../types.js';
import { backendIdOf } from './backend.js';
import { exhausted } from './exhaustion.js';

/** Of allocators in JavaScript. The native side counts the users of its own. */
const users = new WeakMap<Allocator, number>();

/** Whether an allocator in JavaScript stands in front of this one, which is in JavaScript too. */
export function hasUsers(allocator: Allocator): boolean {
  return (users.get(allocator) ?? 0) > 0;
}

/**
 * That something in JavaScript stands in front of an allocator, which cannot be closed for so long. Ends
 * by itself when the user is collected as garbage, and, for a native allocator, when its thread ends.
 */
export class Use {
  readonly #allocator: Allocator;
  readonly #handle: OpenedHandle | null = null;
  #ended = false;

  constructor(user: object, allocator: Allocator) {
    this.#allocator = allocator;
    const backend = backendIdOf(allocator);
    if (backend !== undefined) {
      this.#handle = addon.opened.use(backend);
      if (this.#handle === null) throw exhausted(allocator, 64, 16);
    } else {
      users.set(allocator, (users.get(allocator) ?? 0) + 1);
      forgotten.register(user, this);
    }
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#handle !== null) addon.opened.endUse(this.#handle);
    else users.set(this.#allocator, (users.get(this.#allocator) ?? 1) - 1);
  }
}

const forgotten = new FinalizationRegistry((use: Use) => {
  use.end();
});
