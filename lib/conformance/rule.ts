import type { Subject } from './subject.js';

/** One sentence of the contract and how it is tried. */
export interface Rule {
  readonly id: RuleId;
  /** What must hold, in one sentence. */
  readonly text: string;
  /** Where ABI.md says so. */
  readonly clause: string;
  /**
   * Tries it. What it allocated is given back, unless the rule is broken: whether that can be done is
   * not known then. When a function throws, the subject gives back what is live.
   * @throws Violation when it does not hold
   * @returns why it does not apply to this allocator; undefined when it was tried
   */
  readonly run: (subject: Subject, effort: Effort) => string | undefined;
}

export type RuleId =
  | 'symbols'
  | 'load'
  | 'allocate'
  | 'alignment'
  | 'alignment-above-size'
  | 'over-alignment'
  | 'overlap'
  | 'reallocate'
  | 'reallocate-over-aligned'
  | 'usable-size'
  | 'usable-size-stable'
  | 'usable-room'
  | 'old-size'
  | 'exhaustion'
  | 'reallocate-null'
  | 'inplace-room'
  | 'inplace-result'
  | 'model'
  | 'model-over-aligned'
  | 'threads';

/** Those that can be asked of an allocator; the two others are about a library file. */
export type AllocatorRuleId = Exclude<RuleId, 'symbols' | 'load'>;

/** How much is tried: `brief` takes well below a second, `full` a second or two. */
export type Effort = 'brief' | 'full';

/** The arguments and results that show it: sizes, alignments, addresses. */
export interface CounterExample {
  readonly message: string;
  readonly values: Readonly<Record<string, number | string>>;
}

/** Ends a rule that does not hold. */
export class Violation extends Error {
  readonly counterExample: CounterExample;

  constructor(message: string, values: Readonly<Record<string, number | string>> = {}) {
    super(message);
    this.name = 'Violation';
    this.counterExample = { message, values };
  }
}
