import path from 'node:path';

/** Which allocations of a pool are watched: none, one of 128, all. */
export type LeakDetection = 'off' | 'sampled' | 'all';

/** Of so many allocations one is watched by `'sampled'`: the rate of Netty's default level. */
const samplingInterval = 128;

/** The code of the process warning. */
export const leakWarning = 'ALLOMORPH_BUFFER_LEAK';

/** A live buffer that is watched. */
export interface Tracked {
  readonly view: WeakRef<Buffer>;
  readonly size: number;
  /** Keeps the stack of the allocation; V8 makes text of it when it is read. */
  readonly allocation: Origin;
}

/** Where something was called. A program's `Error.prepareStackTrace` may make anything of the stack. */
interface Origin {
  readonly stack?: unknown;
}

/** Makes a call whose allocations count as made in some other place. */
export type Here = <T>(use: () => T) => T;

/** That place is who calls now. For what is allocated later, by calls of Node. */
export function rememberCaller(leaks: LeakDetector | undefined): Here {
  if (leaks === undefined) return (use) => use();
  const place = origin();
  return (use) => leaks.at(place, use);
}

function origin(): Origin {
  const here = {};
  Error.captureStackTrace(here);
  return here;
}

/**
 * Finds buffers that the program has forgotten without freeing them: the collector finds them, and
 * the first one of each place in the program becomes a process warning.
 *
 * Knows nothing of the pool, so that a pool that is forgotten itself is not kept.
 */
export class LeakDetector {
  /** Watched buffers that were forgotten. */
  leaked = 0;
  readonly #interval: number;
  #untilNext: number;
  #stopped = false;
  #origin: Origin | undefined;
  readonly #reported = new Set<string>();
  readonly #registry = new FinalizationRegistry<Tracked>((tracked) => {
    this.#report(tracked);
  });

  constructor(mode: 'sampled' | 'all') {
    this.#interval = mode === 'all' ? 1 : samplingInterval;
    this.#untilNext = this.#interval;
  }

  /** Counts an allocation; whether it is one to watch. */
  get isDue(): boolean {
    this.#untilNext -= 1;
    if (this.#untilNext > 0) return false;
    this.#untilNext = this.#interval;
    return true;
  }

  /** What is tracked in the call counts as allocated there. */
  at<T>(place: Origin, use: () => T): T {
    this.#origin = place;
    try {
      return use();
    } finally {
      this.#origin = undefined;
    }
  }

  track(view: Buffer): Tracked {
    const allocation = this.#origin ?? origin();
    const tracked = { view: new WeakRef(view), size: view.length, allocation };
    this.#registry.register(view, tracked, tracked);
    return tracked;
  }

  untrack(tracked: Tracked): void {
    this.#registry.unregister(tracked);
  }

  /** What is still live has been taken back by other means. */
  stop(): void {
    this.#stopped = true;
  }

  #report({ size, allocation }: Tracked): void {
    if (this.#stopped) return;
    this.leaked += 1;
    const frames = framesOutside(stackOf(allocation));
    const site =
      frames[0]?.trim().replace(/^at /, '') ??
      'an unknown place (Error.stackTraceLimit, Error.prepareStackTrace)';
    if (this.#reported.has(site)) return;
    this.#reported.add(site);
    process.emitWarning(
      `A Buffer of ${String(size)} bytes from a BufferPool was forgotten without pool.free(buffer); its ` +
        `memory stays in use until the pool is closed. It was allocated at ${site}. ` +
        'Further ones from there are not reported.',
      { type: 'AllomorphWarning', code: leakWarning, detail: frames.join('\n') },
    );
  }
}

/** V8 calls the program's `Error.prepareStackTrace` for it, and here is nobody to catch what that throws. */
function stackOf(place: Origin): unknown {
  try {
    return place.stack;
  } catch {
    return undefined;
  }
}

/** The frames of a stack that are not of this folder. */
function framesOutside(stack: unknown): string[] {
  if (typeof stack !== 'string') return [];
  const own = __dirname + path.sep;
  return stack.split('\n').filter((line) => /^\s*at /.test(line) && !line.includes(own));
}
