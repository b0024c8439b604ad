import { seededRandom } from '../support/random.js';
import { show } from '../support/show.js';
import type { Allocator, RawAllocator } from '../types.js';
import type { RuleResult } from './report.js';
import { Violation, type CounterExample, type Effort, type Rule, type RuleId } from './rule.js';
import { rules } from './rules/index.js';
import { Subject } from './subject.js';

export interface SuiteOptions {
  readonly seed: number;
  readonly effort: Effort;
  /** Absent: all. */
  readonly only?: readonly RuleId[] | undefined;
  /** Called before a rule is tried, for whoever has to tell which one did not end. */
  readonly onStart?: (id: RuleId) => void;
  readonly onEnd?: (result: RuleResult) => void;
  /** Called before each call of a function and each use of a block, with what it is. */
  readonly onCall?: ((call: string) => void) | undefined;
}

/** The rules of the suite, one after the other, on one allocator. */
export function runSuite(
  allocator: RawAllocator | Allocator,
  { seed, effort, only, onStart, onEnd, onCall }: SuiteOptions,
): RuleResult[] {
  const chosen = rules.filter(({ id }) => only === undefined || only.includes(id));
  return chosen.map((rule) => {
    onStart?.(rule.id);
    const result = tryRule(rule, allocator, { seed, effort, onCall });
    onEnd?.(result);
    return result;
  });
}

export function passed({ id, text, clause }: Rule): RuleResult {
  return { id, text, clause, outcome: 'passed', counterExample: null, reason: null };
}

export function failed({ id, text, clause }: Rule, counterExample: CounterExample): RuleResult {
  return { id, text, clause, outcome: 'failed', counterExample, reason: null };
}

function tryRule(
  rule: Rule,
  allocator: RawAllocator | Allocator,
  { seed, effort, onCall }: Pick<SuiteOptions, 'seed' | 'effort' | 'onCall'>,
): RuleResult {
  // Its own numbers, so that a rule by itself is tried as it is among all.
  const random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ (rules.indexOf(rule) + 1));
  const subject = new Subject(allocator, random, onCall);
  try {
    const reason = rule.run(subject, effort);
    return reason === undefined
      ? passed(rule)
      : { ...passed(rule), outcome: 'not-applicable', reason };
  } catch (error) {
    if (error instanceof Violation) return failed(rule, error.counterExample);
    // Nothing speaks against its memory, as it does after a violation: freeing a block that was given twice ends the process.
    subject.giveBackAll();
    return failed(rule, { message: `a function threw ${thrown(error)}`, values: {} });
  }
}

function thrown(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : show(error);
}
