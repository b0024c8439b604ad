import { OpenedAllocator } from '../allocators/opened-allocator.js';
import { addon } from '../native/load.js';
import type { Allocator } from '../types.js';
import { checkOptions } from '../support/options.js';
import { checkInteger, invalid } from './arguments.js';
import { nameBehind, nativeBehind } from './behind.js';
import type { ComposedAllocator } from './composed.js';
import { ComposedAllocator as Composed } from './javascript/composed-allocator.js';
import { WrittenFailing } from './javascript/failing.js';
import { reasonOfFailing } from './reasons.js';

/** When to fail: `after`, `probability` or both. */
export interface FailingOptions {
  /** So many calls of `allocate` and `reallocate` are passed on, then all of them fail: 0 to 2^53 - 1. */
  readonly after?: number | undefined;
  /** That a call of `allocate` or `reallocate` fails: 0 to 1. */
  readonly probability?: number | undefined;
  /** Of the sequence that decides it, 0 to 2^53 - 1; a program of one thread fails in the same places again. Default: 0. */
  readonly seed?: number | undefined;
}

/** See {@link failing}. */
export interface FailingAllocator extends ComposedAllocator {
  /**
   * Calls that were made to fail. O(1)
   * @throws ERR_ALLOMORPH_CLOSED
   */
  failures(): number;
}

export interface FailingSettings {
  /** Infinity: never. */
  readonly after: number;
  readonly probability: number;
  readonly seed: number;
}

/**
 * Finds memory exhausted on purpose, for tests: how does a program do when an allocation fails? The error is
 * `ERR_ALLOMORPH_OUT_OF_MEMORY`, and 0 through `unsafe`, as if it were true.
 * @throws ERR_ALLOMORPH_INVALID_ARGUMENT, ERR_ALLOMORPH_OUT_OF_MEMORY
 */
export function failing(allocator: Allocator, options: FailingOptions): FailingAllocator {
  const behind = nativeBehind(allocator);
  const settings = settingsOf(options);
  // By name, as an option may be inherited.
  const shown = names.flatMap((key) =>
    options[key] === undefined ? [] : `${key}: ${String(options[key])}`,
  );
  const name = `failing(${nameBehind(allocator)}, { ${shown.join(', ')} })`;
  const hasFailed = (front: NativeFailing | JavaScriptFailing) => front.hasFailed();
  return reasonOfFailing(
    behind === undefined
      ? new JavaScriptFailing(name, allocator, settings)
      : new NativeFailing(name, behind, settings),
    allocator,
    hasFailed,
  );
}

const names = ['after', 'probability', 'seed'] as const;

function settingsOf(options: FailingOptions): FailingSettings {
  checkOptions('failing', options, names);
  const { after, probability, seed } = options;
  if (after === undefined && probability === undefined) {
    throw invalid('options', options, 'must say when to fail: { after } or { probability }');
  }
  if (
    probability !== undefined &&
    !(typeof probability === 'number' && probability >= 0 && probability <= 1)
  ) {
    throw invalid('options.probability', probability, 'must be a number from 0 to 1');
  }
  const most = Number.MAX_SAFE_INTEGER;
  return {
    after: after === undefined ? Infinity : checkInteger('options.after', after, 0, most),
    probability: probability ?? 0,
    seed: seed === undefined ? 0 : checkInteger('options.seed', seed, 0, most),
  };
}

class NativeFailing extends OpenedAllocator implements FailingAllocator {
  #known = 0;

  constructor(name: string, behind: number, { after, probability, seed }: FailingSettings) {
    const calls = after === Infinity ? -1 : after;
    super(addon.compose.failing(name, behind, calls, probability, seed), name);
  }

  failures(): number {
    return addon.compose.failingCount(this.openId());
  }

  /**
   * Of the calls since it was last asked, whether one was made to fail: asked after each failure, it is the last
   * one. Failures that nobody asks about, through `unsafe` and in other threads, are taken for that of the next.
   * @internal
   */
  hasFailed(): boolean {
    const before = this.#known;
    this.#known = this.failures();
    return this.#known > before;
  }
}

class JavaScriptFailing extends Composed<WrittenFailing> implements FailingAllocator {
  constructor(name: string, allocator: Allocator, settings: FailingSettings) {
    super(name, [allocator], ([door]) => new WrittenFailing(door, settings));
  }

  failures(): number {
    return this.openBlock().failures;
  }

  /** Whether the last call was made to fail. @internal */
  hasFailed(): boolean {
    return this.openBlock().hasFailed;
  }
}
