import { checkAllocator as requireAllocator } from '../allocators/check-allocator.js';
import { AllomorphError } from '../errors/error.js';
import { checkOptions } from '../support/options.js';
import { show } from '../support/show.js';
import type { Allocator, RawAllocator } from '../types.js';
import type { ConformanceReport, RuleId } from './report.js';
import { rules } from './rules/index.js';
import { runSuite } from './run-suite.js';

export interface CheckAllocatorOptions {
  /** An integer from 0 to 2^32 - 1; default 1. The same seed tries the same calls again. */
  readonly seed?: number | undefined;
  /** Only these rules; default all. */
  readonly rules?: readonly RuleId[] | undefined;
}

/**
 * Tries the allocator contract on an allocator, rule by rule: one written in TypeScript, a native one, or any
 * object with the five functions. What is tried is its `unsafe` door, where it has one. Some seconds, and
 * some hundred MiB for a moment.
 *
 * It runs in this process and writes to the addresses that the allocator gives: one that gives
 * addresses which are no memory crashes it. `allomorph check` tries a shared library in a process of its own.
 * When a function throws, the blocks of the rule are given back. Those of a rule that failed otherwise are not, as nobody knows
 * whether that can be done.
 *
 * @throws ERR_ALLOMORPH_INVALID_ARGUMENT; that a rule is broken is no error, see `passed`
 */
export function checkAllocator(
  allocator: RawAllocator | Allocator,
  options: CheckAllocatorOptions = {},
): ConformanceReport {
  requireAllocator(allocator);
  checkOptions('checkAllocator', options, ['seed', 'rules']);
  const seed = checkSeed(options.seed ?? 1);
  const only = options.rules === undefined ? undefined : checkRules(options.rules);
  const results = runSuite(allocator, { seed, effort: 'full', only });
  return {
    passed: results.every(({ outcome }) => outcome !== 'failed'),
    seed,
    rules: results,
  };
}

function checkSeed(seed: number): number {
  if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) return seed;
  throw new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ARGUMENT',
    `seed must be an integer from 0 to 2^32 - 1, got ${show(seed)}.`,
    { seed },
  );
}

function checkRules(wanted: unknown): readonly RuleId[] {
  const known = rules.map(({ id }) => id);
  const isRule = (id: unknown): id is RuleId => (known as unknown[]).includes(id);
  if (Array.isArray(wanted) && wanted.length > 0 && (wanted as unknown[]).every(isRule)) {
    return wanted as RuleId[];
  }
  throw new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ARGUMENT',
    `rules must be an array of one or more of ${known.join(', ')}; got ${show(wanted)}.`,
    { rules: wanted },
  );
}
