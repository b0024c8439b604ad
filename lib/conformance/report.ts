import type { CounterExample, RuleId } from './rule.js';

/** What became of one rule. */
export interface RuleResult {
  readonly id: RuleId;
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

/** What the conformance suite found. */
export interface ConformanceReport {
  /** No rule failed. */
  readonly passed: boolean;
  /** The same seed tries the same calls again. */
  readonly seed: number;
  readonly rules: readonly RuleResult[];
}

export type { CounterExample, RuleId };
