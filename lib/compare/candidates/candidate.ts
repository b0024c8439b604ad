import type { EnvironmentChange } from './environment-changes.js';

/** A way to run the program. */
export interface Candidate {
  readonly name: string;
  /** What the others are compared with: the present state. */
  readonly baseline: boolean;
  /** What a running program must report its malloc to come from. */
  readonly expected: Expected;
  readonly changes: readonly EnvironmentChange[];
  /** The variables among them that configure the allocator. */
  readonly settings: Readonly<Record<string, string>>;
  /** The line that puts it in effect for good; null for the present state. */
  readonly line: string | null;
}

/** `'any'`: the present state, whatever it is; `'libc'`; or the absolute path of a library. */
export type Expected = string;
