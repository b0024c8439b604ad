import type { AllocatorRuleId, CounterExample, RuleId } from './rule.js';

/** What became of one rule. */
export interface RuleResult<Id extends RuleId = RuleId> {
  readonly id: Id;
  /** What must hold, in one sentence. */
  readonly text: string;
  /** Where the contract says so. */
  readonly clause: string;
  readonly outcome: 'passed' | 'failed' | 'not-applicable';
  /** Present exactly when it failed: sizes, alignments, addresses. */
  readonly counterExample: CounterExample | null;
  /** Why it does not apply. */
  readonly reason: string | null;
}

/** What the conformance suite found: of `checkAllocator`, or of `allomorph check --json`, which has rules about the file, too. */
export interface ConformanceReport<Id extends RuleId = RuleId> {
  /** No rule failed. */
  readonly passed: boolean;
  /** The same seed tries the same calls again. */
  readonly seed: number;
  readonly rules: readonly RuleResult<Id>[];
}

export type { AllocatorRuleId, CounterExample, RuleId };
