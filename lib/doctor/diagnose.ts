import { collectFacts } from './facts/collect.js';
import type { Facts } from './facts/facts.js';
import type { FactSource } from './facts/source.js';
import type { Finding } from './findings/finding.js';
import { findingsOf } from './findings/index.js';

export interface Diagnosis {
  /** Of this form; a change that a reader could notice raises it. */
  readonly schema: 1;
  readonly facts: Facts;
  readonly findings: readonly Finding[];
}

/**
 * What a process runs on and what is wrong with that.
 * @param pid this process when absent
 * @param machine where facts are read from; tests give a folder
 */
export function diagnose(pid?: number, machine?: FactSource): Diagnosis {
  const facts = collectFacts(pid, machine);
  return { schema: 1, facts, findings: findingsOf(facts) };
}
