import { checkAllocator as requireAllocator } from '../allocators/check-allocator.js';
import { AllomorphError } from '../errors/error.js';
import { checkOptions } from '../support/options.js';
import { lookAt } from '../support/look-at.js';
import { show } from '../support/show.js';
import type { Allocator, RawAllocator } from '../types.js';
import type { AllocatorRuleId, ConformanceReport, RuleResult } from './report.js';
import { rules } from './rules/index.js';
import { runSuite } from './run-suite.js';

export interface CheckAllocatorOptions {
  /** An integer from 0 to 2^32 - 1; default 1. The same seed tries the same calls again. */
  readonly seed?: number | undefined;
  /** Only these rules; default all. */
  readonly rules?: readonly AllocatorRuleId[] | undefined;
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
): ConformanceReport<AllocatorRuleId> {
  requireAllocator(allocator);
  checkOptions('checkAllocator', options, ['seed', 'rules']);
  const seed = checkSeed(options.seed ?? 1);
  const only = options.rules === undefined ? undefined : checkRules(options.rules);
  const results = runSuite(allocator, {
    seed,
    effort: 'full',
    only,
  }) as RuleResult<AllocatorRuleId>[];
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

function checkRules(wanted: unknown): readonly AllocatorRuleId[] {
  const known = rules.map(({ id }) => id);
  const isRule = (id: unknown) => (known as unknown[]).includes(id);
  // Copied, as `every` passes over the holes of an array.
  const given = lookAt<unknown[]>(
    () => (Array.isArray(wanted) ? [...(wanted as unknown[])] : []),
    () => noRules(wanted, known),
  );
  if (given.length > 0 && given.every(isRule)) return given as AllocatorRuleId[];
  throw noRules(wanted, known);
}

function noRules(wanted: unknown, known: readonly string[]): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ARGUMENT',
    `rules must be an array of one or more of ${known.join(', ')}; got ${show(wanted)}.`,
    { rules: wanted },
  );
}
