/** What is watched: how often it has allocated, and how to make it small. */
interface Watched {
  allocations(): number;
  /** Must not throw: nobody is there to catch it. */
  flushIdle(): void;
}

/**
 * Makes magazines small when their owner has stopped allocating: looks once in a while whether anything
 * was allocated since the last look; if not, flushes, and looks no more until armed again.
 */
export class Idle {
  readonly #watched: Watched;
  readonly #milliseconds: number;
  #timer: NodeJS.Timeout | undefined;
  #before = 0;

  /** @param milliseconds between two looks; 0: never look */
  constructor(watched: Watched, milliseconds: number) {
    this.#watched = watched;
    this.#milliseconds = milliseconds;
  }

  /** Looks from now on, unless it does so already. */
  arm(): void {
    if (this.#timer !== undefined || this.#milliseconds === 0) return;
    this.#before = this.#watched.allocations();
    this.#timer = every(this.#milliseconds, new WeakRef(this));
  }

  look(): void {
    const now = this.#watched.allocations();
    if (now !== this.#before) {
      this.#before = now;
      return;
    }
    this.stop();
    this.#watched.flushIdle();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/**
 * Keeps neither the process nor the magazines alive. A function of its own: a closure made in the class
 * would hold the object by its `this`.
 */
function every(milliseconds: number, reference: WeakRef<Idle>): NodeJS.Timeout {
  const timer = setInterval(() => {
    const idle = reference.deref();
    if (idle === undefined) clearInterval(timer);
    else idle.look();
  }, milliseconds);
  return timer.unref();
}
