import type { ConformanceReport, RuleResult } from '../../conformance/report.js';

const outcomes = { passed: 'pass', failed: 'FAIL', 'not-applicable': '  - ' } as const;

/**
 * What a person reads.
 * @param total how many rules were to be tried
 */
export function conformanceTable(
  library: string,
  { passed, seed, rules }: ConformanceReport,
  total: number,
): string {
  const width = Math.max(...rules.map(({ id }) => id.length));
  const lines = rules.flatMap((result) => linesOf(result, width));
  const failures = rules.filter(({ outcome }) => outcome === 'failed').length;
  const untried = total - rules.length;
  const summary = passed
    ? `${library} keeps the allocator contract: ${String(rules.length)} rules, seed ${String(seed)}.`
    : `${library} breaks ${String(failures)} of ${String(total)} rules, seed ${String(seed)}` +
      `${untried === 0 ? '' : `; ${String(untried)} could not be tried`}.`;
  return `${lines.join('\n')}\n\n${summary}\n`;
}

function linesOf(
  { id, text, clause, outcome, counterExample, reason }: RuleResult,
  width: number,
): string[] {
  const head = `${outcomes[outcome]}  ${id.padEnd(width)}  ${text}`;
  const indent = ' '.repeat(width + 8);
  if (counterExample !== null) {
    return [head, `${indent}${counterExample.message}`, `${indent}(ABI: ${clause})`];
  }
  return reason === null ? [head] : [head, `${indent}not applicable: ${reason}`];
}
